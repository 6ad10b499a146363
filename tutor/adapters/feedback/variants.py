"""The pronunciations of English words in their places: all that are right, the likeliest first.

A word may have several: two words may share a spelling (`homographs.toml` says which one the words
beside it ask for), British and American English may differ (`variants.txt`), a figure or a short
form may be said in several ways, and CMUdict may know more than one. All count as right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from tutor.adapters.feedback.phones import ASSETS, English, plain_words_of, way_words
from tutor.core.feedback.pronunciation.converting import convert
from tutor.core.text.homographs import Homograph, homographs_from

MOST = 12
"""Pronunciations of one written word that its sounds are compared with, at most."""

Sounds = tuple[str, ...]


def load_homographs(assets: Path = ASSETS) -> Mapping[str, Homograph]:
    """The words that the package knows to be said in two ways."""
    return homographs_from(tomllib.loads((assets / "homographs.toml").read_text("utf-8")))


class Variants:
    """Looks up pronunciations. Safe to share between threads."""

    def __init__(self, english: English, assets: Path = ASSETS) -> None:
        self._english = english
        self._assets = assets
        self._alone = lru_cache(maxsize=4096)(self._look_up)

    def of(self, words: Sequence[str], said: Mapping[int, Sequence[str]]) -> list[list[Sounds]]:
        """The pronunciations of each word, the likeliest first; none where nothing is spoken.

        `said`: in what words those are said that are not said as they are written, by index.
        """
        return [
            self._of_ways([way_words(way) for way in said[n]] if n in said else
                          [plain_words_of(word)], words[:n], words[n + 1 :])
            for n, word in enumerate(words)
        ]  # fmt: skip

    def way(
        self, words: Sequence[str], said: Mapping[int, Sequence[str]], at: int, sounds: Sounds
    ) -> str:
        """The way of saying a word that sounds so, of those in which it is said."""
        before, behind = words[:at], words[at + 1 :]
        return next(
            (way for way in said[at] if sounds in self._of_ways([way_words(way)], before, behind)),
            said[at][0],
        )

    def _of_ways(
        self, ways: Sequence[Sequence[str]], before: Sequence[str], behind: Sequence[str]
    ) -> list[Sounds]:
        found: list[Sounds] = []
        for way in ways:
            options = [
                self._options(way[n], [*before, *way[:n]], [*way[n + 1 :], *behind])
                for n in range(len(way))
            ]
            first = [one[0] for one in options]
            found.append(_joined(first))
            for n, one in enumerate(options):
                found += [_joined([*first[:n], other, *first[n + 1 :]]) for other in one[1:]]
        return [sounds for sounds in dict.fromkeys(found) if sounds][:MOST]

    def _options(self, word: str, before: Sequence[str], behind: Sequence[str]) -> list[Sounds]:
        """The pronunciations of one word of a lexicon in its place."""
        homograph = self._homographs.get(word)
        if homograph is None:
            return self._alone(word)
        likeliest = homograph.likeliest(before, behind)
        readings = [likeliest, *(name for name in homograph.readings if name != likeliest)]
        return [convert(homograph.readings[name].split(), word) for name in readings]

    def _look_up(self, word: str) -> list[Sounds]:
        found = [
            self._english.sounds([word]),
            *self._listed.get(word, ()),
            *self._english.others(word),
        ]
        return list(dict.fromkeys(found))

    @cached_property
    def _homographs(self) -> Mapping[str, Homograph]:
        return load_homographs(self._assets)

    @cached_property
    def _listed(self) -> Mapping[str, list[Sounds]]:
        found: dict[str, list[Sounds]] = {}
        for line in (self._assets / "variants.txt").read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                word, *sounds = line.split()
                found.setdefault(word, []).append(convert(sounds, word))
        return found


def _joined(parts: Sequence[Sounds]) -> Sounds:
    return tuple(sound for part in parts for sound in part)
