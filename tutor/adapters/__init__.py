"""The third parties: each file wraps one of them for the core and the shells."""
