"""Pages of the dental commission: inbox, plan, promise board, notices."""
