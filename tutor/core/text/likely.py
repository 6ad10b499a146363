"""Words that were named beforehand, where a second hearing found them in a recogniser's doubt.

A recogniser that is told likely words writes them where they were said, and a little where they
were not; all its other words get worse. So it hears twice, with and without them, and of the second
hearing only the named words count: in the place of words that the first one doubted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tutor.core.text.normal import normalise

MOST_WORDS = 4
"""The most words that a likely word may take the place of: a name is heard in pieces."""

DOUBT = 0.5
"""The probability of its least probable token under which a word is doubtful."""


@dataclass(frozen=True)
class Change:
    """Words of a text, and those that another hearing has in their place."""

    begin: int
    end: int
    """The words `begin:end` of the first text."""
    words: tuple[str, ...]
    is_same: bool = False
    """Whether it is the same word, spelled as it was named."""


def changes(own: Sequence[str], other: Sequence[str], likely: Sequence[str]) -> list[Change]:
    """Where another hearing has likely words, and nothing else, in the place of a text's own.

    `own`, `other`: the words of two hearings as they are written. A likely word may be several.
    """
    one, two = [[normalise(word) for word in words] for words in (own, other)]
    named = _named(two, likely)
    found = []
    for tag, begin, end, start, stop in SequenceMatcher(a=one, b=two, autojunk=False).get_opcodes():
        is_small = max(end - begin, stop - start) <= MOST_WORDS
        if tag == "replace" and is_small and named.keys() >= set(range(start, stop)):
            words = [_spelled(named[place], other[place]) for place in range(start, stop)]
            found.append(Change(begin, end, tuple(words)))
        if tag == "equal":
            found += _names(
                own, begin, {at - start: named[at] for at in range(start, stop) if at in named}
            )
    return found


def _names(own: Sequence[str], begin: int, named: Mapping[int, str]) -> list[Change]:
    """Names that were heard, in their own spelling; what is named in small letters stays as it is
    written, capital at a sentence's head or not."""
    spelled = {begin + n: _spelled(word, own[begin + n]) for n, word in named.items()}
    return [
        Change(at, at + 1, (word,), is_same=True)
        for at, word in spelled.items()
        if word != own[at] and word != word.lower()
    ]


def _named(keys: Sequence[str], likely: Sequence[str]) -> dict[int, str]:
    """The places of words that belong to a likely word, all of which is there; each as it is to be
    written."""
    found: dict[int, str] = {}
    for word in likely:
        parts = word.split()
        wanted = [normalise(part) for part in parts]
        for at in range(len(keys) - len(parts) + 1):
            if list(keys[at : at + len(parts)]) == wanted:
                found |= {at + n: part for n, part in enumerate(parts)}
    return found


def _spelled(word: str, heard: str) -> str:
    """A likely word with the marks that were heard around it."""
    begin = next((n for n, sign in enumerate(heard) if sign.isalnum()), 0)
    end = next((n for n, sign in enumerate(reversed(heard)) if sign.isalnum()), 0)
    return heard[:begin] + word + heard[len(heard) - end :]


def doubted(made: Sequence[Change], sure: Sequence[float]) -> list[Change]:
    """The changes of words that the first hearing doubted, and those of spelling alone.

    `sure`: the probability of each of its words; none known: nothing is believed of the second.
    """
    return [
        one for one in made if one.is_same or min(sure[one.begin : one.end], default=1.0) < DOUBT
    ]


def changed(own: Sequence[str], made: Sequence[Change]) -> str:
    """A text with these changes."""
    words: list[str] = []
    at = 0
    for change in made:
        words += [*own[at : change.begin], *change.words]
        at = change.end
    return " ".join([*words, *own[at:]])
