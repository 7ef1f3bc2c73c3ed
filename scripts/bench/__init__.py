"""Filling a database with many claims, and measuring the product on it."""
