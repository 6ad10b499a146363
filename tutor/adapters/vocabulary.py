"""How advanced somebody's words are, by the levels of the Common European Framework (cefrpy)."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal

import cefrpy

Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]

LEAST_KNOWN = 4
"""Different words with a level; fewer say nothing."""

LEAST_AT_LEVEL = 2
LEAST_SHARE = 0.1
"""Of the different words: so many must reach a level for the utterance to reach it."""

_LEVELS: tuple[Level, ...] = ("A1", "A2", "B1", "B2", "C1", "C2")

_WORD = re.compile(r"(?<![\w'])[a-z]{3,}(?![\w'])")


class Vocabulary:
    """The levels of English words; the list is read with the first text."""

    def level(self, text: str) -> Level | None:
        """The highest level that two different words, and a tenth of all, reach.

        One rare word is chance. Words of one or two letters and names (a capital inside the
        sentence) do not count. None with fewer than four known words.
        """
        words = set(_WORD.findall(_sentence_starts_lowered(text)))
        levels = [level for level in map(self._word_level, words) if level is not None]
        if len(levels) < LEAST_KNOWN:
            return None
        needed = max(LEAST_AT_LEVEL, LEAST_SHARE * len(levels))
        reached = [n for n in range(len(_LEVELS)) if sum(at >= n for at in levels) >= needed]
        return _LEVELS[max(reached)]

    def _word_level(self, word: str) -> int | None:
        """0 for A1 to 5 for C2: of the word's easiest part of speech; None when it has none."""
        levels = self._words.get_pos_level_dict_for_word(word, word_level_as_float=True).values()
        return min(5, max(0, round(min(levels)) - 1)) if levels else None

    @cached_property
    def _words(self) -> cefrpy.CEFRAnalyzer:
        return cefrpy.CEFRAnalyzer()


def _sentence_starts_lowered(text: str) -> str:
    return re.sub(r"(?:^|[.!?]\s+)[A-Z]", lambda match: match[0].lower(), text)
