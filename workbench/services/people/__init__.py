"""Users, sign-in, sessions, passwords."""
