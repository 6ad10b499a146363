"""Limits of a session and an account, each with its unit and its default."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.samples import WHISPER_WINDOW_S

EVENTS_TTL_S = 120
"""Seconds that the store keeps a session's events: so long may its client come back, to any
gateway."""


@dataclass(frozen=True)
class Limits:
    """The limits of one session, which `session.started` tells to the client."""

    max_frame_bytes: int = 65_536
    """Bytes of one WebSocket message; a larger one closes the socket with 1009."""

    max_session_s: int = 3_600
    """Seconds from `session.start` to the forced end."""

    max_utterance_ms: int = WHISPER_WINDOW_S * 1000
    """Milliseconds of the longest utterance; there its endpoint is forced."""

    idle_timeout_s: int = 120
    """Seconds that a client may send no message at all."""

    max_speed: float = 2.0
    """How fast audio may come: seconds of audio per second of time."""

    speed_burst_ms: int = 5_000
    """Milliseconds of audio that may come at once, on top of `max_speed`."""

    max_messages: int = 240
    """Text messages that a client may send in a minute, all of them at once if it likes; one more
    is answered with `too_many_messages` and has no effect. `session.start`, `session.end` and
    `speech.played` do not count."""


MIN_SAMPLE_RATE = 8_000
MAX_SAMPLE_RATE = 48_000

SPEECH_RATES = (8_000, 16_000, 24_000, 48_000)
"""Samples per second that the tutor's audio may have: a millisecond is whole samples of each."""

MIN_ENDPOINT_SILENCE_MS = 200
MAX_ENDPOINT_SILENCE_MS = 2_000

MAX_HOLD_MS = 30_000
"""The longest hold of a turn: no utterance is longer."""

MAX_VOCABULARY = 64
"""Words and names that a client may name as likely."""

MAX_VOCABULARY_WORD = 60
"""Characters of each of them."""

MAX_LOGINS = 100
"""How many logins one account may have at once, by default."""

MAX_API_KEYS = 20
"""How many API keys one account may have, by default."""
