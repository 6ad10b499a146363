"""Learners' recordings in which something else is said than the text has.

A word is cut out of one recording and joined into another one of the same speaker: another word in
a word's place, the same word (nothing is wrong then, but for the cuts), none; or a word loses its
ending. Beside them a recording is held against a text with a word one sound apart. So the voices
are learners', and what was said is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from confusable import Confusable
from listen import audio_of

from tutor.adapters.feedback.aligner import Aligner
from tutor.adapters.feedback.phones import CLASS_OF, English
from tutor.adapters.feedback.trained import Trained
from tutor.core.audio.samples import RATE, Audio
from tutor.core.feedback.pronunciation.apart import is_one_apart
from tutor.core.feedback.pronunciation.endings import is_lost_before, without_ending
from tutor.core.feedback.pronunciation.laying import lay_phones
from tutor.core.text.function_words import is_function_word
from tutor.core.text.normal import normalise

FRAME_S = 0.02
FADE = round(0.012 * RATE)
"""Samples over which what is joined goes over into each other."""
WELL_SAID = 8
LEAST_ACCURACY = 7
FEWEST_SOUNDS = 3
"""Of a word that is taken for another one."""
FEWEST_FRAMES = 5
"""Of a word that is cut out."""


@dataclass(frozen=True)
class Piece:
    """A word of a recording, and where it lies."""

    row: dict[str, Any]
    at: int
    text: str
    sounds: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    """Of each sound, in frames."""

    @property
    def key(self) -> str:
        """What it is compared by."""
        return normalise(self.text)

    @property
    def is_good(self) -> bool:
        """Whether experts found it well said, and it is long enough to be cut out."""
        score = float(np.median(self.row["words"][self.at]["accuracy"]))
        return score >= WELL_SAID and self.ends[-1] - self.starts[0] >= FEWEST_FRAMES


@dataclass(frozen=True)
class Splice:
    """A recording that was cut and joined, the text that it is held against, and what is wrong."""

    row: dict[str, Any]
    audio: Audio
    kind: str
    group: str
    text: str
    fault: str
    at: int


class Splicer:
    """Cuts and joins the recordings of one speaker after another."""

    def __init__(self, aligner: Aligner, english: English, trained: Trained, data: Path) -> None:
        self._aligner = aligner
        self._english = english
        self._trained = trained
        self._data = data
        self._confusable = Confusable(english)

    def of(self, rows: Sequence[dict[str, Any]]) -> Iterator[Splice]:
        """All that is made of one speaker's recordings: at most five cases of each."""
        pieces = {row["utterance"]: self._pieces(row) for row in rows}
        bank = [piece for each in pieces.values() for piece in each if piece.is_good]
        for row in rows:
            own = pieces[row["utterance"]]
            if own and float(np.median(row["accuracy"])) >= LEAST_ACCURACY:
                yield from self._of_one(row, own, bank)

    def _pieces(self, row: dict[str, Any]) -> list[Piece]:
        """The words of a recording where they lie; nothing where they cannot be laid."""
        words = row["text"].split()
        sounds = [self._english.phones(word) for word in words]
        heard = self._aligner.encode(audio_of(self._data, row["utterance"]))
        scores = self._trained.scores(heard.frames[: heard.count])
        laid = lay_phones(scores, [[CLASS_OF[sound] for sound in word] for word in sounds])
        if laid is None or not all(sounds):
            return []
        found, first = [], 0
        for at, (text, each) in enumerate(zip(words, sounds, strict=True)):
            part = slice(first, first + len(each))
            starts, ends = laid.starts[part].tolist(), laid.ends[part].tolist()
            found.append(Piece(row, at, text, each, tuple(starts), tuple(ends)))
            first += len(each)
        return found

    def _of_one(self, row: dict[str, Any], own: list[Piece], bank: list[Piece]) -> Iterator[Splice]:
        audio = audio_of(self._data, row["utterance"])
        good = _by_chance([piece for piece in own if piece.is_good], "carrier")
        others = _by_chance([one for one in bank if one.row is not row], row["utterance"])
        places = [
            (piece, donor)
            for piece in good
            for donor in others
            if donor.sounds != piece.sounds and donor.key != piece.key
        ]
        near = [pair for pair in places if is_one_apart(pair[0].sounds, pair[1].sounds)]
        free = [pair for pair in places if min(len(one.sounds) for one in pair) >= FEWEST_SOUNDS]
        same = [(p, donor) for p in good for donor in others if donor.key == p.key]
        for group, pairs in (("joined, near", near), ("joined, free", free)):
            for piece, donor in pairs[:1]:
                yield self._joined(row, audio, own, piece, donor, group)
        for piece, donor in same[:1]:
            yield self._joined(row, audio, own, piece, donor, "joined, the same")
        for piece in [one for one in good if 0 < one.at < len(own) - 1]:
            if is_function_word(piece.text.lower(), "en"):
                sound = _cut(audio, own[piece.at - 1].ends[-1], own[piece.at + 1].starts[0])
                yield _splice(row, sound, "omissions", "cut out", own, piece.at, "")
                break
        yield from self._without_ending(row, audio, own, good)
        yield from self._other_text(row, audio, own, good)

    def _joined(
        self,
        row: dict[str, Any],
        audio: Audio,
        own: list[Piece],
        piece: Piece,
        donor: Piece,
        group: str,
    ) -> Splice:
        donors = audio_of(self._data, donor.row["utterance"])
        word = _part(donors, donor.starts[0], donor.ends[-1])
        level = _level(_part(audio, piece.starts[0], piece.ends[-1])) / _level(word)
        sound = _cut(audio, piece.starts[0], piece.ends[-1], word * np.float32(level))
        kind = "right" if donor.key == piece.key else "substitutions"
        return _splice(row, sound, kind, group, own, piece.at, donor.text)

    def _without_ending(
        self, row: dict[str, Any], audio: Audio, own: list[Piece], good: list[Piece]
    ) -> Iterator[Splice]:
        for piece in good:
            text = piece.text.lower()
            stems, short = without_ending(text, piece.sounds, self._english.is_word)
            behind = own[piece.at + 1].sounds if piece.at + 1 < len(own) else ()
            if not stems or len(short) == len(piece.sounds) or len(short) < FEWEST_SOUNDS - 1:
                continue
            if not is_lost_before(piece.sounds, short, behind):
                sound = _cut(audio, piece.starts[len(short)], piece.ends[-1])
                kind = "past" if text.endswith("ed") else "plural"
                yield _splice(row, sound, kind, "cut off", own, piece.at, stems[0])
                return

    def _other_text(
        self, row: dict[str, Any], audio: Audio, own: list[Piece], good: list[Piece]
    ) -> Iterator[Splice]:
        for piece in good:
            if len(piece.sounds) < FEWEST_SOUNDS:
                continue
            alike = [
                one for each in self._confusable.of(piece.text.lower()).values() for one in each
            ]
            alike = [one for one in alike if self._english.phones(one) != piece.sounds]
            if alike:
                other = alike[int(_rank(row["utterance"] + piece.text), 16) % len(alike)].upper()
                words = [one.text for one in own]
                text = " ".join([*words[: piece.at], other, *words[piece.at + 1 :]])
                yield Splice(row, audio, "substitutions", "other text", text, row["text"], piece.at)
                return


def _splice(
    row: dict[str, Any],
    audio: Audio,
    kind: str,
    group: str,
    own: Sequence[Piece],
    at: int,
    said: str,
) -> Splice:
    words = [one.text for one in own]
    fault = " ".join([*words[:at], *([said.upper()] if said else []), *words[at + 1 :]])
    return Splice(row, audio, kind, group, row["text"], fault, at)


def _rank(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _by_chance(pieces: list[Piece], seed: str) -> list[Piece]:
    return sorted(pieces, key=lambda one: _rank(f"{seed} {one.row['utterance']} {one.at}"))


def _part(audio: Audio, start: int, end: int) -> Audio:
    """Some frames of a recording, and what they fade in and out over."""
    first, last = round(start * FRAME_S * RATE), round(end * FRAME_S * RATE)
    return audio[max(0, first - FADE // 2) : last + FADE // 2]


def _level(audio: Audio) -> float:
    return float(np.sqrt(np.mean(audio**2)) + 1e-6)


def _cut(audio: Audio, start: int, end: int, instead: Audio | None = None) -> Audio:
    """A recording without some frames, or with something else instead."""
    first, last = round(start * FRAME_S * RATE), round(end * FRAME_S * RATE)
    before = audio[: min(len(audio), first + FADE // 2)]
    behind = audio[max(0, min(len(audio), last) - FADE // 2) :]
    return _join(before, behind) if instead is None else _join(_join(before, instead), behind)


def _join(left: Audio, right: Audio) -> Audio:
    fade = min(FADE, len(left), len(right))
    if not fade:
        return np.concatenate([left, right])
    rising = np.linspace(0, 1, fade, dtype=np.float32)
    middle = left[-fade:] * (1 - rising) + right[:fade] * rising
    return np.concatenate([left[:-fade], middle, right[fade:]]).astype(np.float32)
