"""Batches of a centre and direct claims on their way to the payment."""
