"""What goes wrong with the store."""

from __future__ import annotations


class StoreError(Exception):
    """The store is away, does not answer, or refuses what it is asked."""
