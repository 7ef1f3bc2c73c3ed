"""Backup, restoration and export of everything."""
