"""Piper's voices (VITS as ONNX) through onnxruntime, without Piper itself, which is GPL.

A voice is two files as Piper publishes them: `NAME.onnx` and `NAME.onnx.json`; `MODEL_CARD` beside
them, where it is there, names the licence.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tutor.adapters.voice.durations import with_durations
from tutor.adapters.voice.voice import Said, VoiceError
from tutor.core.audio.samples import Samples
from tutor.core.voice.voices import VoiceFacts

_FRAMES = b"Ceil"
"""What makes the frames of each symbol in VITS."""

_PAD, _BEGIN, _END = "_", "^", "$"

Frames = NDArray[np.float32]

Sounds = Callable[[str], str]
"""Makes of a text the symbols that a voice was taught to read."""


@dataclass(frozen=True)
class PiperConfig:
    """What a voice's `.onnx.json` says."""

    sample_rate: int
    language: str
    phonemes: str
    """`espeak`: IPA as espeak-ng writes it; `text`: the letters themselves."""
    espeak_voice: str
    ids: Mapping[str, tuple[int, ...]]
    speakers: int
    noise: float
    length: float
    noise_w: float


def read_config(path: Path) -> PiperConfig:
    """Read a voice's `.onnx.json`.

    Raises:
        VoiceError: it cannot be read, or is none.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        espeak, inference = data.get("espeak") or {}, data.get("inference") or {}
        language = (data.get("language") or {}).get("code") or path.name.split("-")[0]
        return PiperConfig(
            int(data["audio"]["sample_rate"]),
            str(language).replace("_", "-"),
            str(data.get("phoneme_type", "espeak")),
            str(espeak.get("voice", "")),
            {symbol: tuple(map(int, ids)) for symbol, ids in data["phoneme_id_map"].items()},
            int(data.get("num_speakers", 1)),
            float(inference.get("noise_scale", 0.667)),
            float(inference.get("length_scale", 1.0)),
            float(inference.get("noise_w", 0.8)),
        )
    except OSError as error:
        raise VoiceError(f"{path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VoiceError(f"{path}: not a Piper voice's configuration: {error!r}") from error


class PiperVoice:
    """One voice, resident."""

    def __init__(
        self, model: Path, config: PiperConfig, facts: VoiceFacts, sounds: Sounds, threads: int
    ) -> None:
        """Load the model; `threads`: of one clause.

        Raises:
            VoiceError: the file is no model, or no voice.
        """
        self.facts = facts
        self._config = config
        self._sounds = sounds
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            with _as_file(model) as path:
                self._session = onnxruntime.InferenceSession(
                    path, options, providers=["CPUExecutionProvider"]
                )
        except Exception as error:  # onnxruntime's own have no common base
            raise VoiceError(f"{model}: not a voice: {_first_line(error)}") from error
        names = {one.name for one in self._session.get_inputs()}
        if not {"input", "input_lengths", "scales"} <= names:
            raise VoiceError(f"{model}: not a Piper voice: its inputs are {sorted(names)}")
        self._has_speakers = "sid" in names

    @property
    def sample_rate(self) -> int:
        """Samples of its audio in a second."""
        return self._config.sample_rate

    def say(self, clause: str, speed: float) -> Said:
        """Say a clause.

        Raises:
            VoiceError: nothing of it has a sound.
        """
        ids, words = self._ids(self._sounds(clause))
        config = self._config
        feeds = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([config.noise, config.length / speed, config.noise_w], np.float32),
        }
        if self._has_speakers:
            feeds["sid"] = np.array([0], np.int64)
        audio, *durations = self._session.run(None, feeds)
        samples: Samples = (np.clip(audio.ravel(), -1, 1) * 32767).astype(np.int16)
        starts = _starts(words, durations[0].ravel(), len(samples)) if durations else ()
        return Said(samples, starts)

    def _ids(self, symbols: str) -> tuple[list[int], list[int]]:
        """The model's numbers for symbols, a pad behind each, as it was taught; and with which of
        them each word begins."""
        ids, known = self._config.ids, 0
        numbers = [*ids[_BEGIN], *ids[_PAD]]
        words, is_between = [], True
        for symbol in unicodedata.normalize("NFD", symbols):
            if is_between and not symbol.isspace():
                words.append(len(numbers))
            is_between = symbol.isspace()
            if symbol in ids:
                numbers += [*ids[symbol], *ids[_PAD]]
                known += symbol.isalpha()
        if not known:
            raise VoiceError(f"{self.facts.id} has no sounds for it")
        return [*numbers, *ids[_END]], words


@contextmanager
def _as_file(model: Path) -> Iterator[str | bytes]:
    """A model that tells how long each of its symbols lasts, as a file: of bytes that it is given
    onnxruntime keeps a copy, 60 MB of a voice. Where there are no files in memory, these bytes."""
    data = with_durations(model.read_bytes(), _FRAMES)
    if data is None:
        yield str(model)
    elif not hasattr(os, "memfd_create"):
        yield data
    else:
        with os.fdopen(os.memfd_create(model.stem), "wb") as file:
            file.write(data)
            file.flush()
            del data
            yield f"/proc/self/fd/{file.fileno()}"


def _starts(words: list[int], frames: Frames, samples: int) -> tuple[int, ...]:
    """The samples with which words begin, by how long each of the model's numbers lasts."""
    ends = np.concatenate([[0], np.cumsum(frames)])
    if ends[-1] <= 0 or len(frames) < max(words, default=0):
        return ()
    return tuple(int(ends[word] * samples / ends[-1]) for word in words)


def read_licence(card: Path) -> str:
    """The licence that a voice's model card names; empty without one."""
    try:
        text = card.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    found = re.search(r"(?im)^[*\s-]*licen[cs]e\s*:\s*(.+)$", text)
    return found[1].strip() if found else ""


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
