"""Waiting before another try: "full jitter", which spreads the clients of a server that comes back.

AWS Architecture Blog, "Exponential Backoff And Jitter" (2015); as web/sdk/backoff.js.
"""

from __future__ import annotations

BASE_S = 0.5
LONGEST_S = 10.0


def full_jitter(attempt: int, chance: float) -> float:
    """Seconds to wait before try number `attempt` (0, 1, …); `chance`: a random number from 0 to
    1."""
    bound: float = min(LONGEST_S, BASE_S * 2.0 ** min(attempt, 32))
    return chance * bound
