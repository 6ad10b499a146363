"""How advanced an utterance's words are, by the Common European Framework's levels (cefrpy)."""

from __future__ import annotations

import math
import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import cefrpy

Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]

LEAST_KNOWN = 4
"""Different words with a level that an utterance needs; fewer say nothing."""

LEAST_AT_LEVEL = 2
LEAST_SHARE = 0.1
"""Different words that must reach a level for the utterance to reach it: a count, and a share."""

_LEVELS: tuple[Level, ...] = ("A1", "A2", "B1", "B2", "C1", "C2")

_WORD = re.compile(r"(?<![\w'])[a-z]{3,}(?![\w'])")
_FIRST = re.compile(r"(?:^|[.!?]\s+)([A-Z][a-z]{2,})(?![\w'])")


class Vocabulary:
    """The levels of English words; the list is read with the first text."""

    def level(self, text: str) -> Level | None:
        """The highest level that two different words, and a tenth of all, reach.

        One rare word is chance. Words of one or two letters do not count, nor do names: words with
        a capital, and rare ones at the beginning of a sentence. None with fewer than four known
        words.
        """
        inner = set(_WORD.findall(text))
        first = {word.lower() for word in _FIRST.findall(text)} - inner
        levels = [level for word in inner if (level := self._word_level(word)) is not None]
        levels += [n for word in first if (n := self._word_level(word)) in (0, 1)]
        if len(levels) < LEAST_KNOWN:
            return None
        needed = max(LEAST_AT_LEVEL, LEAST_SHARE * len(levels))
        return _LEVELS[max(n for n in range(6) if sum(at >= n for at in levels) >= needed)]

    def _word_level(self, word: str) -> int | None:
        """A word's level, 0 for A1 to 5 for C2, over its parts of speech; None for an unknown
        word."""
        level = self._words.get_average_word_level_float(word)
        return None if level is None else min(5, max(0, math.ceil(level - 0.5) - 1))

    @cached_property
    def _words(self) -> cefrpy.CEFRAnalyzer:
        import cefrpy

        return cefrpy.CEFRAnalyzer()
