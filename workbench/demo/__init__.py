"""Synthetic content for demonstrations: nothing here shows a real person."""
