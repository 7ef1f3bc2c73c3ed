"""The history of a tooth."""
