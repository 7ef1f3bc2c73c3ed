"""Prices, reasons and rules: changed by two, tried on the past, replayed."""
