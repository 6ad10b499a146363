"""How hard a recogniser listens: in which window of its encoder, with how much room to write."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutor.adapters.settings import RecognitionSettings
from tutor.adapters.speech.request import Request
from tutor.core.audio import guards
from tutor.core.audio.recognition import Kind
from tutor.core.audio.samples import WHISPER_WINDOW_S
from tutor.core.queue.coalescer import bucket_s

CONTEXT = 448
"""Tokens of Whisper's context: a prompt and the text after it."""

PROMPT_TOKENS = 200
"""The most tokens of a prompt: Whisper's context has 448, and the text needs the rest."""

SAFE_WINDOW_S = 12.0
"""Seconds of a window in which echoes hardly happen (none in 145 learner utterances; at 8 s 2.8
%)."""


@dataclass(frozen=True)
class Decoding:
    """How hard to listen."""

    beam: int
    floor_s: float
    """Seconds of the encoder's shortest window."""
    margin_s: float
    """Seconds of silence that the window must hold after the audio, or the decoder loops."""
    step_s: float = 1.0
    """Seconds of which windows are multiples."""
    meets: bool = False
    """Whether windows are those of few buckets, so that many requests meet in one call."""

    def window_s(self, audio_s: float) -> float:
        """Seconds of the encoder's window for so much audio."""
        wanted = max(self.floor_s, audio_s + self.margin_s)
        return self.held_by(min(WHISPER_WINDOW_S, math.ceil(wanted / self.step_s) * self.step_s))

    def held_by(self, window_s: float) -> float:
        """Seconds of the window that is encoded where one of so many is wanted."""
        return bucket_s(window_s) if self.meets else window_s


def decodings(settings: RecognitionSettings, *, meets: bool) -> dict[Kind, Decoding]:
    """How hard to listen to partials and finals, as the settings say."""
    return {
        "partial": Decoding(
            settings.partial_beam,
            settings.partial_window_s,
            settings.partial_margin_s,
            meets=meets,
        ),
        "final": Decoding(
            settings.final_beam, settings.final_window_s, settings.final_margin_s, meets=meets
        ),
    }


def wider_window(request: Request, window_s: float, *, doubted: bool, echoes: bool) -> float | None:
    """Seconds of the window to listen in again to what a guard doubts; None: believe it."""
    safe = max(SAFE_WINDOW_S, min(request.seconds + 1, WHISPER_WINDOW_S))
    if window_s < safe and (doubted or echoes):
        return safe
    return WHISPER_WINDOW_S if doubted and window_s < WHISPER_WINDOW_S else None


def prompt_tokens(tokenizer: Any, prompt: str) -> list[int]:
    """Tokens that Whisper takes for the text before the audio: the end of the prompt."""
    if not prompt.strip():
        return []
    tokens = tokenizer.encode(" " + prompt.strip())[-PROMPT_TOKENS:]
    return [tokenizer.sot_prev, *tokens]


def max_length(prompt: int, requests: Sequence[Request], languages: Sequence[str]) -> int:
    """CTranslate2's limit for a text: it writes half of it at most, and the prompt counts, too."""
    limits = zip(requests, languages, strict=True)
    most = max(guards.token_limit(request.seconds, language) for request, language in limits)
    return min(CONTEXT, max(2 * most, prompt + most))
