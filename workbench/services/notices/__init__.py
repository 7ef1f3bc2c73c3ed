"""Notices to centres: written with the decision, sent once."""
