"""The error of the store."""

from __future__ import annotations


class StoreError(Exception):
    """The store is away, does not answer, or refuses a command."""
