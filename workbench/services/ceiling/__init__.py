"""Covers and their ceilings: the ledger, and who is insured."""
