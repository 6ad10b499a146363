"""Which language is spoken where that has to be found: of those that may be, the likeliest.

A recogniser that may choose from a hundred languages takes a learner's accent for a language of its
own. What is known beforehand decides better: which languages are taught here, which one the learner
speaks at home, and which one is practised now.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tutor.core.text.function_words import is_function_word
from tutor.core.text.languages import ALL, WHISPER_LANGUAGES, language_list, whisper_language

PRIOR = 1.0
"""Natural logarithm of how much likelier the practised language is than the recogniser says."""

ACCENT = 4.0
"""Natural logarithm of how much less likely the learner's own language is, where it is not taught:
an accent sounds like it."""

FAMILIAR = 1.5
"""Natural logarithm of how much less likely a language is than the recogniser says, where weights
that were adapted to it have encoded the speech: they make all that they hear a little like it."""


@dataclass(frozen=True)
class Expected:
    """What is known of the language before it is heard. Languages are Whisper's codes."""

    languages: tuple[str, ...] = ()
    """Those that may be spoken; empty: any."""
    target: str = ""
    """The one that is practised; empty: it is not known."""
    native: str = ""
    """The learner's own, which may be spoken beside them; empty: it is not known."""

    @classmethod
    def named(cls, setting: str, taught: Iterable[str]) -> Expected:
        """What a server expects by its setting, a list for `language_list`; empty: the languages
        that are taught, which are tags.

        Raises:
            ValueError: the setting names something else.
        """
        if setting.strip().lower() == ALL:
            return cls()
        codes = language_list(setting) or {whisper_language(tag) or "" for tag in taught}
        return cls(tuple(sorted(WHISPER_LANGUAGES & codes)))

    def practised(self, target: str, native: str = "") -> Expected:
        """With the language that is practised, and the learner's own, as tags of which either may
        be empty: it is not known."""
        return replace(self, target=_code(target) or self.target, native=_code(native))

    def after(self, heard: str) -> Expected:
        """With the language of what was said before as the practised one, if that is not known."""
        known = self.target or (heard if heard in WHISPER_LANGUAGES else "")
        return replace(self, target=known)

    def chosen(self, probabilities: Mapping[str, float], encoded_for: str = "") -> str:
        """The likeliest language; where none of the expected ones is among them, of all.

        Args:
            probabilities: The recogniser's, of each language, 0 to 1.
            encoded_for: The language to which the weights were adapted that have encoded the
                speech; empty: to none.
        """
        may_be = {*self.languages, self.target, self.native} if self.languages else probabilities
        allowed = probabilities.keys() & may_be or probabilities.keys()
        return max(
            sorted(allowed), key=lambda code: probabilities[code] * self._odds(code, encoded_for)
        )

    def _odds(self, code: str, encoded_for: str) -> float:
        by = PRIOR if code == self.target else 0.0
        if self.languages and code != self.target and code not in self.languages:
            by -= ACCENT
        if self.languages and code == encoded_for:
            by -= FAMILIAR  # among all languages others gain more by it than those that are right
        return math.exp(by)


def _code(tag: str) -> str:
    code = whisper_language(tag) or ""
    return code if code in WHISPER_LANGUAGES else ""


def language_of(text: str, among: Iterable[str]) -> str:
    """The one of some languages, Whisper's codes, in which a text is written, by its function
    words; empty: none has more of them than the others."""
    words = text.split()
    counts = {code: sum(is_function_word(word, code) for word in words) for code in among}
    most = max(counts.values(), default=0)
    found = [code for code, count in counts.items() if count == most]
    return found[0] if most and len(found) == 1 else ""
