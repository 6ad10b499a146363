"""The words that an utterance is asked for: a text's, and those that were added to it for certain.

Who says "Well, I think I love this city." for "I love this city." has said every word of the text.
Asked for the text alone, a recogniser finds its first word hardly likely where "I think" was, and
sounds that are none of the text's are laid along its words. So what was added is asked for, too,
and then left out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from tutor.core.feedback.assessment import Pronunciation
from tutor.core.feedback.pronunciation.additions import with_added
from tutor.core.feedback.pronunciation.rivals import Rival, beside

_T = TypeVar("_T")


@dataclass(frozen=True)
class Asked:
    """Words, and what is known of them beforehand, by their index."""

    words: Sequence[str]
    said: Mapping[int, Sequence[str]]
    """In what words those are said that are not said as they are written."""
    rivals: Mapping[int, Sequence[Rival]] | None
    """What may have been said in their place; None: they are held against nothing."""
    recognised: Mapping[int, float] | None
    """How sure the recogniser was of words that it heard as the text has them; None: it was not
    asked."""
    own: Sequence[int]
    """The indices of the text's words."""

    @classmethod
    def of(
        cls,
        words: Sequence[str],
        said: Mapping[int, Sequence[str]],
        rivals: Mapping[int, Sequence[Rival]] | None,
        recognised: Mapping[int, float] | None,
    ) -> Asked:
        """A text's words alone."""
        return cls(words, said, rivals, recognised, range(len(words)))

    @property
    def plain(self) -> list[str]:
        """The words as they are said, each in its likeliest way."""
        return [self.said[n][0] if n in self.said else word for n, word in enumerate(self.words)]

    def with_added(self, added: Mapping[int, Sequence[str]]) -> Asked:
        """A text's words with added ones; `added`: words by the index of the word behind them."""
        sizes = [len(added.get(n, ())) for n in range(len(self.words))]
        own = [n + sum(sizes[: n + 1]) for n in range(len(self.words))]
        rivals = None if self.rivals is None else _moved(self.rivals, own)
        words = with_added(self.words, added)
        said = _moved(self.said, own)
        recognised = None if self.recognised is None else _moved(self.recognised, own)
        return Asked(words, said, rivals, recognised, own)

    def beside(self, at: int) -> float:
        """The share of the words beside one that were recognised as the text has them; 1 where
        nobody was asked."""
        return 1.0 if self.recognised is None else beside(at, self.own, self.recognised)

    def without_added(self, found: Pronunciation) -> Pronunciation:
        """How the text's words were said, from how all words were said."""
        place = {n: at for at, n in enumerate(self.own)}
        return replace(
            found,
            words=tuple(found.words[n] for n in self.own),
            replaced=tuple((place[n], other) for n, other in found.replaced if n in place),
            doubtful=tuple((place[n], other) for n, other in found.doubtful if n in place),
        )


def _moved(known: Mapping[int, _T], to: Sequence[int]) -> dict[int, _T]:
    return {to[n]: one for n, one in known.items()}
