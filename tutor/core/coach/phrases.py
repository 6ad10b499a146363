"""What the built-in coach can say in one language: sentences with gaps, and counted things.

The words come from data files, one for each language; this file says which phrases there must be,
which gaps each may have, and how a number chooses its form (CLDR, Language Plural Rules, cardinals
of integers).
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from tutor.core.text.one_line import OneLineError

SENTENCES: dict[str, frozenset[str]] = {
    name: frozenset(gaps.split())
    for name, gaps in {
        "praise.complete": "words",
        "praise.word": "word",
        "praise.word_rank": "word",
        "praise.fluent": "",
        "praise.run": "words",
        "praise.sounds": "",
        "praise.level": "level",
        "try.omitted": "word",
        "try.omitted_many": "list",
        "try.moved": "word",
        "try.substituted": "word heard",
        "try.other_word": "word",
        "try.doubtful": "word",
        "try.inserted": "heard",
        "try.sound": "word ipa",
        "try.sound_heard": "word ipa",
        "try.word": "word",
        "try.word_heard": "word",
        "try.word_rank": "word",
        "try.grammar": "span better",
        "try.grammar_drop": "span",
        "try.grammar_open": "span",
        "try.pauses": "pauses",
        "try.pause_after": "pauses word",
        "try.filler": "filler",
        "try.repetition": "phrase",
        "try.slow": "words",
        "try.fast": "words",
        "try.did_you_say": "list",
        "try.practise": "list",
        "nothing_to_correct": "",
        "heard": "said",
        "heard_nothing": "",
        "reason.no_text": "",
        "reason.text_too_long": "",
        "reason.other_script": "",
        "reason.other_language": "",
        "reason.other_text": "",
        "reason.after_the_text": "",
        "reason.too_short": "",
        "reason.too_long": "",
        "reason.too_loud": "",
        "reason.no_speech": "",
        "reason.not_understood": "",
        "quoted": "word",
        "next.read_aloud": "prompt",
        "next.shadow": "prompt",
        "next.dialogue": "prompt",
        "next.free": "prompt",
    }.items()
}
"""The name of each sentence and its gaps: every variant in every language has exactly these."""

COUNTED = frozenset({"words", "pauses"})
"""The things that are counted; each of their forms holds the number as `{n}`, but those of
`WORDED`, which may say it in words."""

PLURALS: dict[str, frozenset[str]] = {
    "none": frozenset({"other"}),  # Chinese, Japanese, Thai, Vietnamese
    "one": frozenset({"one", "other"}),  # English, German, Dutch, Italian, Spanish
    "zero_one": frozenset({"one", "other"}),  # French
    "slavic": frozenset({"one", "few", "many"}),  # Russian, Ukrainian, Belarusian
    "arabic": frozenset({"zero", "one", "two", "few", "many", "other"}),
}
"""Families of plural rules, and the forms that each needs."""

WORDED = {"arabic": frozenset({"one", "two"})}
"""Forms that say their number without a figure: Arabic has a singular and a dual."""


class PhrasesError(OneLineError):
    """A file of phrases is wrong; the message is one line that names the file and the phrase."""


@dataclass(frozen=True)
class Phrases:
    """The coach's phrases in one language."""

    plural: str
    """The language's family of plural rules, a key of `PLURALS`."""
    sentences: Mapping[str, tuple[str, ...]]
    """The variants of each sentence, by its name."""
    counted: Mapping[str, Mapping[str, str]]
    """The forms of each counted thing, by plural form."""

    def say(self, name: str, seed: str, **gaps: str) -> str:
        """One variant of a sentence, with its gaps filled; the same seed always gives the same
        variant."""
        variants = self.sentences[name]
        return variants[zlib.crc32(f"{name} {seed}".encode()) % len(variants)].format(**gaps)

    def count(self, name: str, number: int) -> str:
        """A number of a counted thing, in the right plural form."""
        return self.counted[name][plural_form(self.plural, number)].format(n=number)


def plural_form(plural: str, number: int) -> str:
    """The CLDR category of a whole number in a family of plural rules."""
    if plural == "slavic":
        return _slavic(number)
    if plural == "arabic":
        return _arabic(number)
    singular = {"one": number == 1, "zero_one": number in (0, 1), "none": False}[plural]
    return "one" if singular else "other"


def _slavic(number: int) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    return "few" if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else "many"


def _arabic(number: int) -> str:
    if number < 3:
        return ("zero", "one", "two")[number]
    last = number % 100
    return "other" if last < 3 else "few" if last <= 10 else "many"


def bare(word: str) -> str:
    """A word without the punctuation around it, so that it can be quoted."""
    kept = [at for at, sign in enumerate(word) if unicodedata.category(sign)[0] not in "PSZC"]
    return word[kept[0] : kept[-1] + 1] if kept else word


def phrases_from(data: Mapping[str, object], name: str) -> Phrases:
    """The phrases of one parsed data file.

    Raises:
        PhrasesError: a phrase is missing, unknown or has the wrong gaps; `name` is the file's.
    """
    for key in sorted(data.keys() - {"plural", "sentences", "counted"}):
        raise PhrasesError(f"{name}: `{key}` means nothing here")
    plural = data.get("plural")
    if not isinstance(plural, str) or plural not in PLURALS:
        raise PhrasesError(f"{name}: `plural` must be one of {', '.join(PLURALS)}")
    sentences = _flatten(data.get("sentences"), name)
    _require_same(set(sentences), set(SENTENCES), f"{name}, sentences")
    return Phrases(
        plural,
        {
            key: _read_variants(value, SENTENCES[key], f"{name}, {key}")
            for key, value in sentences.items()
        },
        _read_counted(data.get("counted"), plural, name),
    )


def _flatten(tables: object, name: str) -> dict[str, object]:
    """Nested tables as one table, with names joined by dots."""
    if not isinstance(tables, dict):
        raise PhrasesError(f"{name}: there is no table `sentences`")
    flat: dict[str, object] = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": deep for inner, deep in value.items()}
        else:
            flat[key] = value
    return flat


def _read_counted(tables: object, plural: str, name: str) -> dict[str, dict[str, str]]:
    if not isinstance(tables, dict):
        raise PhrasesError(f"{name}: there is no table `counted`")
    _require_same(set(tables), COUNTED, f"{name}, counted")
    for key, forms in tables.items():
        if not isinstance(forms, dict):
            raise PhrasesError(f"{name}, counted.{key}: must be a table of plural forms")
        _require_same(set(forms), PLURALS[plural], f"{name}, counted.{key}")
        in_figures = [text for form, text in forms.items() if not _is_worded(plural, form, text)]
        _read_variants(in_figures, frozenset({"n"}), f"{name}, counted.{key}")
    return tables


def _is_worded(plural: str, form: str, text: object) -> bool:
    may_be = form in WORDED.get(plural, ())
    return may_be and isinstance(text, str) and bool(text) and not gaps_in(text)


def _read_variants(value: object, gaps: frozenset[str], where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise PhrasesError(f"{where}: must be a list of texts, one at least")
    for variant in value:
        if gaps_in(variant) != gaps:
            wanted = ", ".join(f"{{{gap}}}" for gap in sorted(gaps)) or "none"
            raise PhrasesError(f"{where}: the gaps of {variant!r} must be: {wanted}")
    return tuple(value)


def gaps_in(text: str) -> frozenset[str]:
    """The names of a sentence's gaps; one that says how it is filled has no plain name."""
    try:
        return frozenset(
            f"{gap}!{conversion}:{spec}" if conversion or spec else gap
            for _, gap, spec, conversion in Formatter().parse(text)
            if gap is not None
        )
    except ValueError:  # a brace without its partner
        return frozenset({"{"})


def _require_same(found: set[str], wanted: set[str] | frozenset[str], where: str) -> None:
    if lacking := wanted - found:
        raise PhrasesError(f"{where}: lacks {', '.join(sorted(lacking))}")
    if unknown := found - wanted:
        raise PhrasesError(f"{where}: does not know {', '.join(sorted(unknown))}")
