"""How fast audio may come: a token bucket on seconds of audio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Pace:
    """Lets audio pass at `speed` times real time, with a burst on top.

    The burst is what a client may have gathered while it connected.
    """

    speed: float
    """Seconds of audio per second of time."""

    burst_s: float
    """Seconds of audio that may come at once."""

    _level_s: float | None = None
    _at: float = 0.0

    def admits(self, audio_s: float, now: float) -> bool:
        """Whether `audio_s` seconds of audio may come at the time `now` (seconds, monotonic)."""
        level = self.burst_s if self._level_s is None else self._level_s
        if self._level_s is not None:
            level = min(self.burst_s, level + (now - self._at) * self.speed)
        self._level_s, self._at = level - audio_s, now
        return self._level_s >= 0
