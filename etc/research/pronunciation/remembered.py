"""Whisper that remembers: what it made of some audio is kept in a file, so that judging is free.

Thresholds are tried many times on the same recordings; the encoder, the alignments and the
recogniser need not run again for it. The file may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor.adapters.feedback.aligner import Aligner, Encoded, encoded
from tutor.adapters.speech.request import Recogniser, Request
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import Audio
from tutor.core.feedback.pronunciation.spans import Span


class Memory:
    """Text by key, in one file; and arrays, each in a file of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._rows = sqlite3.connect(folder / "remembered.db", timeout=60)
        self._rows.execute("create table if not exists kept (key text primary key, value text)")

    def recall(self, key: Sequence[Any], make: Callable[[], Any]) -> Any:
        """The JSON value of a key; made and kept if it is new."""
        name = json.dumps(key)
        row = self._rows.execute("select value from kept where key = ?", (name,)).fetchone()
        if row is not None:
            return json.loads(row[0])
        value = make()
        self._rows.execute("insert or replace into kept values (?, ?)", (name, json.dumps(value)))
        self._rows.commit()
        return value


def digest(audio: Audio) -> str:
    """The name of some audio."""
    return hashlib.sha256(np.ascontiguousarray(audio, np.float32).tobytes()).hexdigest()[:24]


class RememberingAligner(Aligner):
    """An aligner that hears each recording once, ever."""

    def __init__(self, model: Path, memory: Memory) -> None:
        super().__init__(model, 1)
        self._memory = memory
        self._names: dict[int, tuple[Encoded, str]] = {}

    def encode(self, audio: Audio) -> Encoded:
        """Encode, or read what was encoded."""
        name = digest(audio)
        path = self._memory.folder / f"{name}.npz"
        if not path.exists():
            found = super().encode(audio)
            np.savez(path, frames=found.frames.astype(np.float16), count=found.count)
        with np.load(path) as stored:  # the same numbers the first time and ever after
            heard = encoded(stored["frames"].astype(np.float32), int(stored["count"]))
        self._names = {id(heard): (heard, name)}
        return heard

    def align(self, heard: Encoded, tokens: Sequence[Sequence[int]], language: str) -> list[Span]:
        """Align, or recall the alignment."""
        spans = self._memory.recall(
            ["align", self._name(heard), language, [list(word) for word in tokens]],
            lambda: [
                [s.start, s.end, [round(x, 4) for x in s.log_probabilities]]
                for s in super(RememberingAligner, self).align(heard, tokens, language)
            ],
        )
        return [Span(start, end, tuple(logs)) for start, end, logs in spans]

    def no_speech(self, heard: Encoded) -> float:
        """Ask once, then recall."""
        ask = super().no_speech
        return float(self._memory.recall(["silent", self._name(heard)], lambda: ask(heard)))

    def languages(self, heard: Encoded) -> dict[str, float]:
        """Ask once, then recall."""
        ask = super().languages
        found: dict[str, float] = self._memory.recall(
            ["languages", self._name(heard)], lambda: ask(heard)
        )
        return found

    def _name(self, heard: Encoded) -> str:
        known = self._names.get(id(heard))
        return known[1] if known else digest(heard.frames)


class RememberingRecogniser:
    """A recogniser that hears each recording once, ever; it is loaded when it is first needed."""

    def __init__(self, load: Callable[[], Recogniser], memory: Memory) -> None:
        self._load = load
        self._memory = memory
        self._recogniser: Recogniser | None = None

    def hear(self, audio: npt.NDArray[np.float32], language: str) -> Recognition:
        """What is recognised, as a final."""
        text, words = self._memory.recall(
            ["heard", digest(audio), language], lambda: self._ask(audio, language)
        )
        return Recognition(text, language, tuple(RecognisedWord(*word) for word in words))

    def _ask(self, audio: npt.NDArray[np.float32], language: str) -> Any:
        self._recogniser = self._recogniser or self._load()
        found = self._recogniser.recognise([Request(audio, language, "final")])[0]
        words = [(w.text, w.start_s, w.end_s, round(w.confidence, 4)) for w in found.words]
        return found.text, words
