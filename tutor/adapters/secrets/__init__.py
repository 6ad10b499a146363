"""Secrets: tokens, passwords, keys."""
