"""Referral letters: issued, changed, listed before they expire, expired."""
