"""The managers' figures, and the sums that long periods are read from."""
