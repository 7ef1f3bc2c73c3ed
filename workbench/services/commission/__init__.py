"""The dental commission: plans, panel, votes, promise board."""
