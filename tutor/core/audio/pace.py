"""How fast audio may come: a token bucket on seconds of audio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Pace:
    """A token bucket that lets audio pass at `speed` times real time, with a burst on top.

    The burst is what a client may have gathered while it connected.
    """

    speed: float
    """Seconds of audio per second of time."""

    burst_s: float
    """Seconds of audio that may come at once."""

    _level_s: float | None = None
    _at: float = 0.0

    def admits(self, audio_s: float, now: float) -> bool:
        """Count `audio_s` seconds of audio at the time `now`; whether the pace allows them.

        `now`: seconds of a monotonic clock.
        """
        self._level_s, self._at = self._level(now) - audio_s, now
        return self._level_s >= 0

    def wait_s(self, audio_s: float, now: float) -> float:
        """Seconds that a sender must wait from `now` on before it sends `audio_s` seconds of
        audio."""
        return max(0.0, (min(audio_s, self.burst_s) - self._level(now)) / self.speed)

    def _level(self, now: float) -> float:
        if self._level_s is None:
            return self.burst_s
        return min(self.burst_s, self._level_s + (now - self._at) * self.speed)
