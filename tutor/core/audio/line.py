"""Whether a connection on which nothing comes still carries what is sent on it.

A microphone that was muted sends nothing, and its client answers a ping at once; a network that
holds everything back lets no answer through, and what was said comes later.
"""

from __future__ import annotations

ASK_S = 0.8
"""Seconds without a byte after which the client is asked for a sign of life."""

DOWN_S = 2.5
"""Seconds without a byte, though it was asked, after which the line counts as down: less than any
useful limit for audio that stops, more than an answer takes around the world."""


def wants_sign(silent_s: float) -> bool:
    """Whether to ask the client of a line on which nothing came for so long."""
    return silent_s >= ASK_S


def is_down(silent_s: float) -> bool:
    """Whether a line on which nothing came for so long, though it was asked, carries nothing."""
    return silent_s >= DOWN_S
