"""How many messages a client may send: a token bucket, filled for a minute ahead."""

from __future__ import annotations

MINUTE_S = 60.0


class Brake:
    """Lets so many messages through in a minute; that many may come at once.

    `now`: when it begins, in seconds of a steady clock, as in all that it is asked.
    """

    def __init__(self, per_minute: int, now: float) -> None:
        self._most = self._left = float(per_minute)
        self._at = self._held_until = now

    def admits(self, now: float) -> bool:
        """Count a message; False: it is one too many, and the next is not to be read before the
        time of one has passed."""
        self._left = min(self._most, self._left + (now - self._at) * self._most / MINUTE_S)
        self._at = now
        if self._left < 1.0:
            self._held_until = now + MINUTE_S / self._most
            return False
        self._left -= 1.0
        return True

    def hold_s(self, now: float) -> float:
        """Seconds for which nothing more should be read."""
        return max(0.0, self._held_until - now)
