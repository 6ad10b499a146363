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


@dataclass(frozen=True)
class Expected:
    """What is known of the language before it is heard. Languages are Whisper's codes."""

    languages: tuple[str, ...] = ()
    """Those that may be spoken; empty: any."""
    target: str = ""
    """The one that is practised; empty: it is not known."""

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
        be empty: it is not known. Both may be spoken."""
        codes = [whisper_language(tag) or "" for tag in (target, native)]
        also = WHISPER_LANGUAGES.intersection(codes)
        languages = tuple(sorted(also.union(self.languages))) if self.languages else ()
        return Expected(languages, codes[0] or self.target)

    def after(self, heard: str) -> Expected:
        """With the language of what was said before as the practised one, if that is not known."""
        known = self.target or (heard if heard in WHISPER_LANGUAGES else "")
        return replace(self, target=known)

    def chosen(self, probabilities: Mapping[str, float]) -> str:
        """The likeliest language; `probabilities`: the recogniser's, of each language, 0 to 1.

        Where none of the expected languages is among them, the recogniser's own choice.
        """
        allowed = [code for code in self.languages if code in probabilities] or probabilities
        return max(allowed, key=lambda code: probabilities[code] * self._odds(code))

    def _odds(self, code: str) -> float:
        return math.exp(PRIOR) if code == self.target else 1.0


def language_of(text: str, among: Iterable[str]) -> str:
    """The one of some languages, Whisper's codes, in which a text is written, by its function
    words; empty: none has more of them than the others."""
    words = text.split()
    counts = {code: sum(is_function_word(word, code) for word in words) for code in among}
    most = max(counts.values(), default=0)
    found = [code for code, count in counts.items() if count == most]
    return found[0] if most and len(found) == 1 else ""
