"""Words one sound apart from a given one, of those that learners know."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable

import cefrpy

from tutor.adapters.feedback.phones import ASSETS, PHONES, English

KINDS = ("vowel", "consonant", "left out", "added")
"""What the learner did to the text's word: another vowel or consonant, a sound less, one more."""

VOWELS = frozenset(PHONES[:22])

HARDEST = 4.5
"""Mean CEFR level of a word, 1 (A1) to 6 (C2): harder ones make no pair that a learner meets."""

Sounds = tuple[str, ...]


class Confusable:
    """All pairs of common words one sound apart."""

    def __init__(self, english: English) -> None:
        self._english = english
        self._alike: defaultdict[Sounds, list[str]] = defaultdict(list)
        self._holed: defaultdict[tuple[Sounds, Sounds], list[tuple[str, str]]] = defaultdict(list)
        for word in _common_words():
            sounds = english.phones(word)
            self._alike[sounds].append(word)
            for before, sound, behind in _holes(sounds):
                self._holed[before, behind].append((word, sound))

    def of(self, word: str) -> dict[str, list[str]]:
        """The words that the text may have instead of one that is said, by kind."""
        sounds = self._english.phones(word)
        found = defaultdict[str, list[str]](list)
        for before, sound, behind in _holes(sounds):
            for other, theirs in self._holed[before, behind]:
                if theirs != sound and (theirs in VOWELS) == (sound in VOWELS):
                    found["vowel" if sound in VOWELS else "consonant"].append(other)
            found["added"] += self._alike[before + behind] if len(sounds) > 2 else []
        for at in range(len(sounds) + 1):
            found["left out"] += [other for other, _ in self._holed[sounds[:at], sounds[at:]]]
        return {kind: sorted(set(found[kind])) for kind in KINDS if found[kind]}


def _holes(sounds: Sounds) -> Iterable[tuple[Sounds, str, Sounds]]:
    return ((sounds[:n], sound, sounds[n + 1 :]) for n, sound in enumerate(sounds))


def _common_words() -> list[str]:
    lines = gzip.decompress((ASSETS / "cmudict.txt.gz").read_bytes()).decode().splitlines()
    levels = cefrpy.CEFRAnalyzer()
    words = (line.split()[0] for line in lines)
    found = {w: levels.get_average_word_level_float(w) for w in words if w.isalpha() and len(w) > 1}
    return [word for word, level in found.items() if level is not None and level < HARDEST]
