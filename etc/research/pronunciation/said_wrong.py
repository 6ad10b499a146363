"""The sentences of `said_wrong.txt`, who says them how fast, and what becomes of the recordings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["plural", "third", "past", "substitutions", "omissions"]
Half = Literal["choose", "measure"]

HERE = Path(__file__).parent

JOE = "joe"
SPEAKERS: dict[Half, tuple[str, ...]] = {
    "choose": ("af_heart", "am_michael", "bf_emma", "am_puck", "af_nova", "bm_lewis"),
    "measure": ("af_bella", "am_fenrir", "bf_isabella", "am_eric", "af_sarah", "bm_george"),
}
"""Kokoro's voices of each half. Joe says the sentences of both: nothing else shares a voice."""

PACES = (0.85, 1.0, 1.2)

_CHOICE = re.compile(r"\{([^|}]*)\|([^}]*)\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence of the list: what its text asks for, and what is said instead."""

    kind: Kind
    number: int
    """Which one of its kind, from 0."""
    text: str
    fault: str
    """The sentence as it is said when something is wrong."""
    at: int
    """Index in the text of the word that is wrong."""

    @property
    def half(self) -> Half:
        """Whether thresholds may look at it."""
        return "measure" if self.number % 2 else "choose"


@dataclass(frozen=True)
class Recording:
    """A sentence as one voice says it."""

    said: str
    voice: str
    pace: float

    @property
    def name(self) -> str:
        """A name for its file."""
        words = re.sub(r"[^a-z]+", "-", self.said.lower().replace("'", "")).strip("-")
        return f"{self.voice}-{self.pace}-{words}"


@dataclass(frozen=True)
class Trial:
    """A recording that is held against a text."""

    recording: Recording
    sentence: Sentence
    text: str
    is_right: bool
    """Whether the text is what was said."""

    @property
    def half(self) -> Half:
        """The half it belongs to."""
        return self.sentence.half


def sentences(path: Path = HERE / "said_wrong.txt") -> Iterator[Sentence]:
    """All sentences; a substitution is one in either direction."""
    kind, number = "", 0
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            kind, number = line.strip("[]"), 0
        elif "{" in line and not line.startswith("#"):
            right, wrong = _CHOICE.search(line).groups()  # type: ignore[union-attr]
            yield _sentence(kind, number, line, right, wrong)  # type: ignore[arg-type]
            if kind == "substitutions":
                yield _sentence("substitutions", number, line, wrong, right)
            number += 1


def _sentence(kind: Kind, number: int, line: str, right: str, wrong: str) -> Sentence:
    at = len(line[: line.index("{")].split())
    return Sentence(kind, number, _filled(line, right), _filled(line, wrong), at)


def _filled(line: str, word: str) -> str:
    plain = " ".join(_CHOICE.sub(word, line).split())
    return plain[0].upper() + plain[1:]


def trials() -> Iterator[Trial]:
    """All recordings with the texts that they are held against, each voice in its half.

    A fault is said by Joe and, but for a substitution, by two of Kokoro's voices, else by one; what
    the text asks for by Joe and one of Kokoro's. What is said in place of another word is right for
    the text in the other direction.
    """
    for count, sentence in enumerate(sentences()):
        for turn, voice in enumerate(_voices(sentence, count)):
            pace = PACES[(count + turn) % len(PACES)]
            fault = Recording(sentence.fault, voice, pace)
            yield Trial(fault, sentence, sentence.text, is_right=False)
            if sentence.kind == "substitutions":
                yield Trial(fault, sentence, sentence.fault, is_right=True)
            elif turn < 2:
                right = Recording(sentence.text, voice, pace)
                yield Trial(right, sentence, sentence.text, is_right=True)


def _voices(sentence: Sentence, count: int) -> tuple[str, ...]:
    others = SPEAKERS[sentence.half]
    first, second = others[count % len(others)], others[(count + 3) % len(others)]
    return (JOE, first) if sentence.kind == "substitutions" else (JOE, first, second)
