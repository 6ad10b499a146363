"""How fast audio may come: a token bucket on seconds of audio."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_STALL_S = 60.0
"""No longer stall is credited: a client that saw nothing for so long has another connection."""


@dataclass
class Pace:
    """A token bucket that lets audio pass at `speed` times real time, with a burst on top.

    The burst is what a client may have gathered while it connected.
    """

    speed: float
    """Seconds of audio per second of time."""

    burst_s: float
    """Seconds of audio that may come at once."""

    held_s: float = 0.0
    """What could have been sent in so many seconds since the beginning may come at once as well: a
    network holds audio back, then delivers all of it. It needs `began_at`."""

    began_at: float | None = None
    """The beginning, on the clock of `now`; None: nothing was held back before the first frame."""

    _level_s: float = 0.0
    _at: float | None = None
    _stalled_s: float = 0.0

    def __post_init__(self) -> None:
        self._level_s = self.burst_s
        self._at = self.began_at

    def credit_stall(self, stalled_s: float) -> None:
        """Take note that the receiver did not run for so long since the last frame.

        What was sent meanwhile comes at once, whatever else may be saved up.
        """
        self._stalled_s = min(LONGEST_STALL_S, self._stalled_s + stalled_s)

    def admits(self, audio_s: float, now: float) -> bool:
        """Count `audio_s` seconds of audio at the time `now`; whether the pace allows them.

        `now`: seconds of a monotonic clock.
        """
        return self.take(audio_s, now) >= 0

    def take(self, audio_s: float, now: float) -> float:
        """Count `audio_s` seconds of audio at the time `now`; how many more may come at once.

        Below 0: the audio came too soon. `now`: seconds of a monotonic clock.
        """
        self._level_s, self._at, self._stalled_s = self._level(now) - audio_s, now, 0.0
        return self._level_s

    def wait_s(self, audio_s: float, now: float) -> float:
        """Seconds that a sender must wait from `now` on before it sends `audio_s` seconds of
        audio."""
        return max(0.0, (min(audio_s, self.burst_s) - self._level(now)) / self.speed)

    def _level(self, now: float) -> float:
        elapsed_s = 0.0 if self._at is None else now - self._at
        stalled_s = min(self._stalled_s, elapsed_s)
        level = self._level_s + (elapsed_s - stalled_s) * self.speed
        most = max(self._most(now), self._level_s)  # a stall's credit is kept until it is used
        return min(most, level) + stalled_s * self.speed

    def _most(self, now: float) -> float:
        """What may be saved up by now, stalls apart."""
        age_s = 0.0 if self.began_at is None else now - self.began_at
        return self.burst_s + min(self.held_s, age_s) * self.speed
