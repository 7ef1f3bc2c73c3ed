"""Persian text, numbers, days and identifiers: pure functions, no I/O, no clock."""
