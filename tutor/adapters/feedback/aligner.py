"""Whisper as a listener that knows the text: where each word is, how probable each token was.

CTranslate2's `align` forces the text on the decoder (teacher forcing) and finds each token in time
by dynamic time warping over the cross-attention. The encoder's window is cut to the audio: that
costs a fraction and leaves scores as they are (correlation 0.98 with the full 30 s).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor.adapters.speech.whisper.loading import load_whisper
from tutor.adapters.speech.whisper.mel import FRAMES_PER_SECOND, LogMel, numpy_log_mel
from tutor.core.audio.samples import RATE, WHISPER_WINDOW_S, Audio
from tutor.core.feedback.pronunciation.spans import Span
from tutor.core.text.normal import UNSPACED

_mean = attrgetter("mean")

MARGIN_S = 0.5
STEP_S = 0.5
"""Seconds of silence that the encoder's window holds after the audio, and seconds of which the
window is a multiple."""

ENCODED_PER_SECOND = 50
"""Frames of the encoder in a second, 20 ms each."""

TEXT_TOKENS = 440
"""The most tokens of a text: Whisper's decoder holds 448, with the prompt and the end."""


@dataclass(frozen=True)
class Encoded:
    """An utterance as Whisper's encoder hears it."""

    features: Any
    """The encoder's output [1, window, width] in CTranslate2's own type, for the decoder."""
    frames: npt.NDArray[np.float32]
    """The encoder's output [window, width], 20 ms a frame, those after the audio too."""
    count: int
    """How many frames hold audio."""


class Aligner:
    """One Whisper model on the CPU. Safe to share between threads: CTranslate2 queues the calls."""

    def __init__(self, model: Path, threads: int) -> None:
        self._whisper = load_whisper(model, "cpu", "int8", threads)
        mel_filters = self._whisper.feature_extractor.mel_filters
        self._log_mel: LogMel = numpy_log_mel(mel_filters, "cpu")

    def encode(self, audio: Audio) -> Encoded:
        """Encode up to 30 s of audio (float32 at 16 kHz)."""
        window = round(window_s(len(audio) / RATE) * FRAMES_PER_SECOND)
        features = self._whisper.model.encode(self._log_mel([audio], window), to_cpu=True)
        count = math.ceil(len(audio) / RATE * ENCODED_PER_SECOND)
        return encoded(np.array(features)[0], count)

    def tokens(self, words: Sequence[str], language: str) -> list[list[int]]:
        """The tokens of each word."""
        space = "" if language in UNSPACED else " "
        tokenizer = self._whisper.hf_tokenizer
        return [
            list(tokenizer.encode(space + word, add_special_tokens=False).ids) for word in words
        ]

    def mark_tokens(self, mark: str) -> list[int]:
        """The tokens of a mark behind a word: as a word of its own, it has no space before it."""
        return list(self._whisper.hf_tokenizer.encode(mark, add_special_tokens=False).ids)

    def align(self, heard: Encoded, tokens: Sequence[Sequence[int]], language: str) -> list[Span]:
        """Find words, given as their tokens, in the audio; at most `TEXT_TOKENS` in all."""
        flat = [token for word in tokens for token in word]
        result = self._whisper.model.align(
            heard.features,
            self._prompt(language),
            [flat],
            # In frames of the mel spectrogram, two for each of the encoder's.
            2 * heard.count,
        )[0]
        starts = _token_starts(result.alignments, len(flat), heard.count)
        logs = np.log(np.maximum(result.text_token_probs, 1e-9))
        ends = np.cumsum([len(word) for word in tokens])
        return [
            Span(int(starts[a]), int(starts[b]), tuple(float(x) for x in logs[a:b]))
            for a, b in zip([0, *ends[:-1]], ends, strict=True)
        ]

    def align_likeliest(
        self, heard: Encoded, ways: Sequence[Sequence[Sequence[int]]], language: str
    ) -> list[Span]:
        """Find words in the audio, each as the likelier of its spellings."""
        tries = [self.align(heard, tokens, language) for tokens in ways]
        return [max(spans, key=_mean) for spans in zip(*tries, strict=True)]

    def no_speech(self, heard: Encoded) -> float:
        """The probability that nobody speaks, by the decoder's first step."""
        prompt = self._prompt("en")
        result = self._whisper.model.generate(
            heard.features,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + 1,
            return_no_speech_prob=True,
        )[0]
        return float(result.no_speech_prob)

    def languages(self, heard: Encoded) -> dict[str, float]:
        """The probability of each language, by Whisper's code."""
        found = self._whisper.model.detect_language(heard.features)[0]
        return {token.strip("<|>"): float(share) for token, share in found}

    def _prompt(self, language: str) -> list[int]:
        names = ["<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>"]
        return [self._whisper.hf_tokenizer.token_to_id(name) for name in names]


def encoded(frames: npt.NDArray[np.float32], count: int) -> Encoded:
    """The encoder's output as the aligner takes it; `frames`: [window, width]."""
    import ctranslate2

    whole = np.ascontiguousarray(frames, np.float32)
    return Encoded(ctranslate2.StorageView.from_array(whole[None]), whole, count)


def window_s(audio_s: float) -> float:
    """Seconds of the encoder's window for so much audio."""
    return min(WHISPER_WINDOW_S, math.ceil((audio_s + MARGIN_S) / STEP_S) * STEP_S)


def _token_starts(
    path: Sequence[tuple[int, int]], tokens: int, frames: int
) -> npt.NDArray[np.int64]:
    """The frame at which each token begins, and at last the one at which all end; [tokens + 1]."""
    starts = np.full(tokens + 1, frames, np.int64)
    for token, frame in reversed(path):
        starts[token] = frame
    return starts
