"""``verify``: whether trail, ledger, money, steps and sums say the same."""
