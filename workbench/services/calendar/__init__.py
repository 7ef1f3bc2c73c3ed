"""The working calendar and the deadlines that it moves."""
