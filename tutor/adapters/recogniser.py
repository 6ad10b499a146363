"""Whisper by faster-whisper and CTranslate2, behind one small protocol class."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tutor.adapters.settings import Settings, comma_list
from tutor.core import guards
from tutor.core.audio import RATE
from tutor.core.jobs import Kind, RecognisedWord, Recognition
from tutor.core.languages import AUTO

Audio = npt.NDArray[np.float32]

WHISPER_WINDOW_S = 30.0
"""The window that Whisper was trained on; shorter ones cost less and risk loops."""

_HOP = 160
"""Samples in one mel frame: 10 ms."""

_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - full-width marks are meant
"""Punctuation that belongs to the next or the previous word (faster-whisper's own lists)."""


class Recogniser(Protocol):
    """Anything that turns an utterance's audio into text."""

    device: str
    compute_type: str

    def recognise(self, audio: Audio, language: str, kind: Kind) -> Recognition:
        """Recognise float32 audio at 16 kHz, at most 30 s; words have times when it is final."""


@dataclass(frozen=True)
class Decoding:
    """How hard to listen."""

    beam: int
    window_s: float
    """The encoder's window is the audio's length, but not shorter than this."""


@dataclass(frozen=True)
class _Hypothesis:
    tokens: list[int]
    text: str
    log_probability: float
    """Mean over the tokens."""
    no_speech: float
    """Probability that nobody speaks."""


class WhisperRecogniser:
    """One loaded Whisper model. Not safe to share between threads."""

    def __init__(
        self,
        model: Path,
        decodings: dict[Kind, Decoding],
        *,
        device: str = "auto",
        compute_type: str = "auto",
        threads: int = 0,
        auto_languages: frozenset[str] = frozenset(),
    ) -> None:
        # Imported here: it takes a second and only a worker needs it.
        from faster_whisper import WhisperModel
        from faster_whisper.transcribe import get_suppressed_tokens

        self.device, self.compute_type = choose_device(device, compute_type)
        self._whisper = WhisperModel(
            str(model),
            device=self.device,
            compute_type=self.compute_type,
            cpu_threads=threads,
            local_files_only=True,
        )
        self._decodings = decodings
        self._auto_languages = auto_languages
        self._tokenizers: dict[str, Any] = {}
        self._suppressed = list(get_suppressed_tokens(self._tokenizer("en"), [-1]))

    @classmethod
    def load(cls, settings: Settings, model: Path) -> WhisperRecogniser:
        """Load the model as the settings say."""
        return cls(
            model,
            {
                "partial": Decoding(settings.partial_beam, settings.partial_window_s),
                "final": Decoding(settings.final_beam, settings.final_window_s),
            },
            device=settings.device,
            compute_type=settings.compute_type,
            threads=settings.threads,
            auto_languages=comma_list(settings.auto_languages),
        )

    def recognise(self, audio: Audio, language: str, kind: Kind) -> Recognition:
        """Recognise float32 audio at 16 kHz, at most 30 s; words have times when it is final."""
        decoding = self._decodings[kind]
        mel = self._whisper.feature_extractor(audio)
        encoded = self._encode(mel, decoding.window_s)
        code = self._detect(encoded) if language == AUTO else language
        limit = guards.token_limit(len(audio) / RATE)
        heard = self._generate(encoded, code, decoding.beam, limit)
        if guards.is_loop(heard.text) and decoding.window_s < WHISPER_WINDOW_S:
            encoded = self._encode(mel, WHISPER_WINDOW_S)
            heard = self._generate(encoded, code, decoding.beam, limit)
        if guards.is_silence(heard.no_speech, heard.log_probability):
            return Recognition("", code)
        text = guards.cut_loop(heard.text) if guards.is_loop(heard.text) else heard.text
        if kind == "partial":
            return Recognition(text, code)
        words = self._align(encoded, heard.tokens, code, len(audio) // _HOP)
        return Recognition(text, code, tuple(words[: len(text.split())] if text else ()))

    def _encode(self, mel: npt.NDArray[np.float32], window_s: float) -> Any:
        """Encode log-mel [80, frames], padded with zeros to the window as Whisper was trained."""
        frames = max(mel.shape[-1], round(window_s * RATE / _HOP))
        frames = min(frames, self._whisper.feature_extractor.nb_max_frames)
        padded = np.zeros((mel.shape[0], frames), np.float32)
        padded[:, : mel.shape[-1]] = mel[:, :frames]
        return self._whisper.encode(padded)

    def _detect(self, encoded: Any) -> str:
        """The likeliest language of those allowed."""
        ranked = [token[2:-2] for token, _ in self._whisper.model.detect_language(encoded)[0]]
        allowed = self._auto_languages or ranked
        return str(next((code for code in ranked if code in allowed), ranked[0]))

    def _generate(self, encoded: Any, language: str, beam: int, limit: int) -> _Hypothesis:
        tokenizer = self._tokenizer(language)
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        result = self._whisper.model.generate(
            encoded,
            [prompt],
            beam_size=beam,
            max_length=len(prompt) + limit,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < tokenizer.eot]
        return _Hypothesis(
            tokens, tokenizer.decode(tokens).strip(), result.scores[0], result.no_speech_prob
        )

    def _align(
        self, encoded: Any, tokens: list[int], language: str, frames: int
    ) -> list[RecognisedWord]:
        """Word times by Whisper's cross-attention (dynamic time warping, 20 ms steps)."""
        from faster_whisper.transcribe import merge_punctuations

        alignment = self._whisper.find_alignment(
            self._tokenizer(language), [tokens], encoded, frames
        )[0]
        merge_punctuations(alignment, _PREPENDED, _APPENDED)
        return [
            RecognisedWord(
                word["word"].strip(),
                float(word["start"]),
                float(word["end"]),
                float(word["probability"]),
            )
            for word in alignment
            if word["word"].strip()
        ]

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._whisper.hf_tokenizer,
                self._whisper.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]


class PlainRecogniser:
    """faster-whisper as it comes: `transcribe` on a 30 s window. The baseline of the benchmark."""

    def __init__(self, settings: Settings, model: Path) -> None:
        from faster_whisper import WhisperModel

        self.device, self.compute_type = choose_device(settings.device, settings.compute_type)
        self._whisper = WhisperModel(
            str(model),
            device=self.device,
            compute_type=self.compute_type,
            cpu_threads=settings.threads,
            local_files_only=True,
        )
        self._beams = {"partial": settings.partial_beam, "final": settings.final_beam}

    def recognise(self, audio: Audio, language: str, kind: Kind) -> Recognition:
        """Recognise float32 audio at 16 kHz, at most 30 s; words have times when it is final."""
        segments, info = self._whisper.transcribe(
            audio,
            language=None if language == AUTO else language,
            beam_size=self._beams[kind],
            word_timestamps=kind == "final",
            condition_on_previous_text=False,
        )
        heard = list(segments)
        words = tuple(
            RecognisedWord(word.word.strip(), word.start, word.end, word.probability)
            for segment in heard
            for word in segment.words or ()
        )
        return Recognition("".join(s.text for s in heard).strip(), info.language, words)


class InstantRecogniser:
    """Answers at once with a word for every 0.4 s: to measure everything but recognition."""

    device = compute_type = "none"

    def recognise(self, audio: Audio, language: str, kind: Kind) -> Recognition:  # noqa: ARG002
        """Text as long as the audio, without listening to it."""
        count = 1 + int(len(audio) / RATE / 0.4)
        words = tuple(RecognisedWord(f"word{n}", n * 0.4, n * 0.4 + 0.4, 1.0) for n in range(count))
        return Recognition(" ".join(word.text for word in words), language, words)


def load_recogniser(settings: Settings, model: Path) -> Recogniser:
    """The recogniser that the settings name, loaded."""
    if settings.recogniser == "instant":
        return InstantRecogniser()
    if settings.recogniser == "plain":
        return PlainRecogniser(settings, model)
    return WhisperRecogniser.load(settings, model)


def choose_device(device: str, compute_type: str) -> tuple[str, str]:
    """Where and in what type to run: CUDA in float16 when there is any, else CPU in int8."""
    if device == "auto":
        import ctranslate2

        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    return device, compute_type


def process_name() -> str:
    """A name for this worker process that no other has."""
    return f"{os.uname().nodename}-{os.getpid()}"
