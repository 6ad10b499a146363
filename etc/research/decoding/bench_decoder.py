"""Whisper through CTranslate2 with every knob that the benches turn."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from bench_audio import Audio
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_ctranslate2_storage, get_suppressed_tokens

from tutor.adapters.speech.models.weights import resolve_model
from tutor.core.audio import guards
from tutor.core.audio.samples import RATE
from tutor.core.text.normal import normalise as normalise_word

HOP = 160
FULL_S = 30.0
FULL_FRAMES = 3000


@dataclass(frozen=True)
class Decoding:
    """One way to decode."""

    plain: bool = False
    """faster-whisper's own `transcribe`, nothing else."""

    words: bool = False
    """Word times too."""

    beam: int = 5
    floor_s: float = FULL_S
    """The window is at least so long,"""

    margin_s: float = 0.0
    """at least the audio and so much more,"""

    bucket_s: float = 0.0
    """and a whole number of buckets."""

    padding: str = "zero"
    """What fills the window: `zero`, `minimum` of the mel, or `silence` in the audio."""

    tail_s: float = 0.0
    """Encoder output of emptiness, kept from earlier, stuck behind the window up to so long."""

    ngram: int = 0
    repetition: float = 1.0
    patience: float = 1.0
    length_penalty: float = 1.0
    timestamps: bool = False
    tokens_per_s: float = 12.0
    spare_tokens: int = 8


@dataclass(frozen=True)
class Heard:
    """What came out, and what it cost."""

    text: str
    tokens: tuple[int, ...] = ()
    log_probability: float = 0.0
    no_speech: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    full: bool = False
    """The token limit was reached."""
    words: tuple[tuple[str, float, float, float], ...] = field(default=(), repr=False)


class Decoder:
    """The loaded model."""

    def __init__(self, cache: Path, threads: int, compute_type: str = "int8") -> None:
        self.whisper = WhisperModel(
            str(resolve_model("base", cache)),
            device="cpu",
            compute_type=compute_type,
            cpu_threads=threads,
            local_files_only=True,
        )
        self.tokenizer = Tokenizer(
            self.whisper.hf_tokenizer, True, task="transcribe", language="en"
        )
        self._suppressed = list(get_suppressed_tokens(self.tokenizer, [-1]))
        empty = np.zeros((80, FULL_FRAMES), np.float32)
        self._emptiness = np.array(self.whisper.encode(empty))

    def hear(self, audio: Audio, how: Decoding, prefix: tuple[int, ...] = ()) -> Heard:
        """Decode, timed."""
        wall, cpu = time.perf_counter(), time.process_time()
        heard = self._plain(audio, how) if how.plain else self._own(audio, how, prefix)
        took = (time.perf_counter() - wall, time.process_time() - cpu)
        return Heard(**{**heard.__dict__, "wall_s": took[0], "cpu_s": took[1]})

    def _plain(self, audio: Audio, how: Decoding) -> Heard:
        segments, _ = self.whisper.transcribe(
            audio,
            beam_size=how.beam,
            language="en",
            condition_on_previous_text=False,
            word_timestamps=how.words,
        )
        heard = list(segments)
        return Heard(
            " ".join(segment.text.strip() for segment in heard),
            tuple(token for segment in heard for token in segment.tokens),
            float(np.mean([segment.avg_logprob for segment in heard])) if heard else 0.0,
            max((segment.no_speech_prob for segment in heard), default=1.0),
        )

    def _own(self, audio: Audio, how: Decoding, prefix: tuple[int, ...]) -> Heard:
        encoded = self.encode(audio, how)
        sot = list(self.tokenizer.sot_sequence)
        prompt = [*sot, *([] if how.timestamps else [self.tokenizer.no_timestamps]), *prefix]
        limit = min(220, how.spare_tokens + int(len(audio) / RATE * how.tokens_per_s))
        result = self.whisper.model.generate(
            encoded,
            [prompt],
            beam_size=how.beam,
            patience=how.patience,
            length_penalty=how.length_penalty,
            repetition_penalty=how.repetition,
            no_repeat_ngram_size=how.ngram,
            max_length=len(prompt) + limit,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )[0]
        # CTranslate2 gives the prefix back, and decodes it token by token, at full price.
        answer = result.sequences_ids[0][len(prefix) :]
        tokens = [token for token in answer if token < self.tokenizer.eot]
        words: tuple[tuple[str, float, float, float], ...] = ()
        if how.words and tokens:
            words = self.align(encoded, [*prefix, *tokens], len(audio) // HOP)
        return Heard(
            self.tokenizer.decode(tokens).strip(),
            tuple(tokens),
            result.scores[0],
            result.no_speech_prob,
            full=len(tokens) >= limit,
            words=words,
        )

    def align(
        self, encoded: Any, tokens: list[int], frames: int
    ) -> tuple[tuple[str, float, float, float], ...]:
        """Words, their starts and ends in seconds, their probabilities."""
        alignment = self.whisper.find_alignment(self.tokenizer, [tokens], encoded, frames)[0]
        return tuple(
            (w["word"].strip(), float(w["start"]), float(w["end"]), float(w["probability"]))
            for w in alignment
            if w["word"].strip()
        )

    def encode(self, audio: Audio, how: Decoding) -> Any:
        """Encode the audio in its window."""
        frames = window_frames(len(audio), how)
        if how.padding == "silence":
            short = max(0, frames * HOP - len(audio))
            audio = np.concatenate([audio, np.zeros(short, np.float32)])
        mel = self.whisper.feature_extractor(audio)
        fill = float(mel.min()) if how.padding == "minimum" else 0.0
        padded = np.full((mel.shape[0], frames), fill, np.float32)
        padded[:, : mel.shape[-1]] = mel[:, :frames]
        encoded = self.whisper.encode(padded)
        if frames // 2 >= how.tail_s * 50:
            return encoded
        tail = self._emptiness[:, frames // 2 : round(how.tail_s * 50)]
        return get_ctranslate2_storage(np.concatenate([np.array(encoded), tail], axis=1))


def window_frames(samples: int, how: Decoding) -> int:
    """How many mel frames the encoder sees."""
    seconds = max(how.floor_s, samples / RATE + how.margin_s)
    if how.bucket_s:
        seconds = np.ceil(seconds / how.bucket_s) * how.bucket_s
    frames = max(round(seconds * RATE / HOP), samples // HOP + 1)
    return min(frames + frames % 2, FULL_FRAMES)


def set_seed(seed: int) -> None:
    """Make sampling (faster-whisper's fallback to temperatures) repeatable."""
    ctranslate2.set_random_seed(seed)


def collapse(text: str) -> str:
    """The text without the echo at its end, the last of which may be cut short."""
    words = text.split()
    keys = [normalise_word(word) for word in words]
    for size in range(guards.ECHO_WORDS, len(words)):
        for start in range(len(words) - size):
            rest = keys[start + size :]
            phrase = keys[start : start + size]
            whole = len(rest) >= size
            if whole and all(key == phrase[i % size] for i, key in enumerate(rest)):
                return " ".join(words[: start + size])
    return text
