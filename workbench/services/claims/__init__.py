"""The life of a claim: registered, taken, assessed, decided, returned, re-submitted, reopened."""
