"""The sentences of a list, who says them how fast, and what becomes of the recordings.

`said_wrong.txt` was looked at many times; `said_wrong_more.txt` was for measuring once, and
`said_wrong_large.txt` is ten times as long as the sets that came first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

T = TypeVar("T")
Kind = Literal["plural", "third", "past", "substitutions", "omissions"]
Half = Literal["choose", "measure"]

HERE = Path(__file__).parent
FIRST = HERE / "said_wrong.txt"

KINDS = ("plural", "third", "past", "omissions")
"""Sections of a list that are a kind each; all others are substitutions."""

JOE = "joe"
SPEAKERS: dict[Half, tuple[str, ...]] = {
    "choose": ("af_heart", "am_michael", "bf_emma", "am_puck", "af_nova", "bm_lewis"),
    "measure": ("af_bella", "am_fenrir", "bf_isabella", "am_eric", "af_sarah", "bm_george"),
}
"""Kokoro's voices of each half. Joe says the sentences of both: nothing else shares a voice."""

FRESH: dict[Half, tuple[str, ...]] = {
    "choose": ("af_aoede", "am_adam"),
    "measure": ("af_jessica", "am_liam", "bf_alice", "am_onyx", "af_kore", "bm_daniel", "bf_lily"),
}
"""Kokoro's voices of the second list's halves: none of them says a sentence of the first."""

MANY: dict[Half, tuple[str, ...]] = {
    "choose": ("am_echo", "flite-rms", "joe+1", "espeak-en-gb", "af_alloy"),
    "measure": (
        "af_sky", "flite-slt", "joe+2", "bm_fable", "espeak-en-us", "joe-2", "af_river",
        "flite-awb", "am_santa", "joe+3",
    ),
}  # fmt: skip
"""The voices of the large list, of four synthesizers: Joe is raised and lowered by semitones. None
says a sentence of the other lists."""

LARGE = "said_wrong_large"

PACES = (0.85, 1.0, 1.2)

_CHOICE = re.compile(r"\{([^|}]*)\|([^}]*)\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence of the list: what its text asks for, and what is said instead."""

    kind: Kind
    group: str
    """The section that it stands in: what sort of words are taken for each other."""
    half: Half
    """Whether thresholds may look at it."""
    text: str
    fault: str
    """The sentence as it is said when something is wrong."""
    at: int
    """Index in the text of the word that is wrong."""


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


def sentences(path: Path = FIRST) -> Iterator[Sentence]:
    """All sentences; a substitution is one in either direction."""
    group, number = "", 0
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            group, number = line.strip("[]"), 0
        elif "{" in line and not line.startswith("#"):
            half: Half = "measure" if number % (2 if path == FIRST else 3) else "choose"
            right, wrong = _CHOICE.search(line).groups()  # type: ignore[union-attr]
            yield _sentence(group, half, line, right, wrong)
            if group not in KINDS:
                yield _sentence(group, half, line, wrong, right)
            number += 1


def _sentence(group: str, half: Half, line: str, right: str, wrong: str) -> Sentence:
    at = len(line[: line.index("{")].split())
    kind: Kind = group if group in KINDS else "substitutions"  # type: ignore[assignment]
    return Sentence(kind, group, half, _filled(line, right), _filled(line, wrong), at)


def _filled(line: str, word: str) -> str:
    plain = " ".join(_CHOICE.sub(word, line).split())
    return plain[0].upper() + plain[1:]


def shuffled(things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Things in an order that has nothing to do with what they are, so that a run that is cut short
    has some of every kind; those of one name stay together."""
    return sorted(things, key=lambda one: sha256(name(one).encode()).digest())


def trials(path: Path = FIRST) -> Iterator[Trial]:
    """All recordings with the texts that they are held against, each voice in its half.

    A fault is said by Joe and, but for a substitution, by two of Kokoro's voices, else by one; what
    the text asks for by Joe and one of Kokoro's. What is said in place of another word is right for
    the text in the other direction. Faults of the large list are said by three of its voices, a
    substitution by two, what its texts ask for by one.
    """
    for count, sentence in enumerate(sentences(path)):
        for turn, voice in enumerate(_voices(sentence, count, path)):
            pace = PACES[(count + turn) % len(PACES)]
            fault = Recording(sentence.fault, voice, pace)
            yield Trial(fault, sentence, sentence.text, is_right=False)
            if sentence.kind == "substitutions":
                yield Trial(fault, sentence, sentence.fault, is_right=True)
            elif turn < (1 if path.stem == LARGE else 2):
                right = Recording(sentence.text, voice, pace)
                yield Trial(right, sentence, sentence.text, is_right=True)


def _voices(sentence: Sentence, count: int, path: Path) -> tuple[str, ...]:
    if path.stem == LARGE:
        voices, many = MANY[sentence.half], 2 if sentence.kind == "substitutions" else 3
        return tuple(voices[(count + 3 * turn) % len(voices)] for turn in range(many))
    others = (SPEAKERS if path == FIRST else FRESH)[sentence.half]
    first, second = others[count % len(others)], others[(count + 3) % len(others)]
    is_pair = sentence.kind == "substitutions" or path != FIRST
    return (JOE, first) if is_pair else (JOE, first, second)
