"""What a session may do: every limit has a name, a unit and a default."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.samples import WHISPER_WINDOW_S

EVENTS_TTL_S = 120
"""How long a client has to come back, to any gateway; the store keeps its events so long."""


@dataclass(frozen=True)
class Limits:
    """The limits of one session; `session.started` tells them to the client."""

    max_frame_bytes: int = 65_536
    """Bytes of one WebSocket message; a larger one closes the socket with 1009."""

    max_session_s: int = 3_600
    """Seconds from `session.start` to the forced end."""

    max_utterance_ms: int = WHISPER_WINDOW_S * 1000
    """Milliseconds of one utterance; then an endpoint is forced."""

    idle_timeout_s: int = 120
    """Seconds without any message from the client."""

    max_speed: float = 2.0
    """Seconds of audio per second of time."""

    speed_burst_ms: int = 5_000
    """Milliseconds of audio that may come at once, on top of `max_speed`."""


MIN_SAMPLE_RATE = 8_000
MAX_SAMPLE_RATE = 48_000

MIN_ENDPOINT_SILENCE_MS = 200
MAX_ENDPOINT_SILENCE_MS = 2_000

MAX_LOGINS = 100
"""Of one account by default."""

MAX_API_KEYS = 20
"""Of one account by default."""
