"""Faults done on purpose to a running product, and what became of what was said meanwhile."""
