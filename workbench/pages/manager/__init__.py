"""Pages of managers: charts of the work, each figure with the cases behind it."""
