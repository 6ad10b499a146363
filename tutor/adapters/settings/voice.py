"""Settings: the tutor's voices."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from tutor.adapters.settings.cores import usable_cores
from tutor.core.voice.config import FASTEST, MOST_CHARS, SLOWEST

MOST_THREADS = 4
"""The most clauses that a speech worker makes at once by default."""


class VoiceSettings(BaseModel):
    """Speech of the tutor."""

    speech: bool = Field(True, description="speak: a speech worker is part of `tutor serve`")
    voice: str = Field(
        "", description="id of the voice that speaks when none is asked for; empty: the first one"
    )
    kokoro: bool = Field(
        True,
        description="offer Kokoro's voices (Spanish, French, English) where their packages are "
        "installed; the first clause that one of them says loads 300 MB into the speech worker",
    )
    voices_dir: Path | None = Field(
        None,
        description="folder of Piper voices (`NAME.onnx` with `NAME.onnx.json`), beside the one of "
        "the package",
    )
    tts_url: str = Field(
        "", description="server with OpenAI's `/audio/speech`, up to `/v1`: its voices, too"
    )
    tts_api_key: SecretStr = Field(
        "", validate_default=True, description="its key; never logged or shown"
    )
    tts_model: str = Field("tts-1", description="its name of the model to ask")
    tts_voices: str = Field("alloy", description="its names of voices to offer, comma separated")
    tts_timeout_s: float = Field(20, gt=0, description="a try at one clause of it; there are two")
    speech_threads: int = Field(
        0, ge=0, description="clauses a speech worker makes at once; 0: one a core, 4 at most"
    )
    speech_kept_s: float = Field(
        300,
        ge=0,
        description="speech of each voice that a worker keeps in memory (44 kB a second) and "
        "does not make again: phrases of coach and scenarios come often; 0: none",
    )
    speech_max_chars: int = Field(
        MOST_CHARS, ge=1, description="characters of a text to be spoken (else HTTP 422)"
    )
    speech_slowest: float = Field(SLOWEST, ge=0.1, le=1, description="least speed of a voice")
    speech_fastest: float = Field(FASTEST, ge=1, le=10, description="greatest speed of a voice")
    speech_ahead_s: float = Field(
        20, gt=0, description="speech that is made ahead of what its listener has taken"
    )
    speech_retry_s: float = Field(
        4, gt=0, description="a speech of which nothing new came for so long is dispatched again"
    )
    speech_deadline_s: float = Field(
        30, gt=0, description="and after this it is given up (HTTP 503)"
    )
    speech_time_limit_s: float = Field(
        60, gt=0, description="a clause that takes longer ends its worker, which starts again"
    )
    speech_lead_s: float = Field(
        5, gt=0, description="the tutor's audio on the socket that is sent ahead of what is played"
    )
    speech_unheard_s: float = Field(
        30, gt=0, description="a reply of whose audio nothing was played for so long is cancelled"
    )
    duck_ms: int = Field(
        64, ge=0, description="speech of a learner after which the tutor is played softly"
    )
    unduck_ms: int = Field(
        400, gt=0, description="silence after which it is as loud as before, if it was nothing"
    )
    max_speeches: int = Field(
        32, ge=1, description="texts that one gateway has spoken at once (else HTTP 429)"
    )
    cards_voice_s: float = Field(
        20,
        ge=0,
        description="the longest that a file of cards waits for the voice to read its words",
    )

    @property
    def clauses_at_once(self) -> int:
        """Clauses that a speech worker makes at the same time, a thread each."""
        return self.speech_threads or min(MOST_THREADS, usable_cores())
