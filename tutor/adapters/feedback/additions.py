"""Words that were added to a text, asked for in the audio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor.adapters.feedback.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.feedback.phones import CLASS_OF
from tutor.core.feedback.pronunciation.additions import (
    is_proven,
    left_at,
    of_sentence,
    ratios,
    runs_of,
    sound_in,
    with_added,
)
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.laying import SILENCE, Floats, left_over
from tutor.core.feedback.pronunciation.spans import Span
from tutor.core.text.marks import closing_mark


@dataclass(frozen=True)
class _Try:
    """What the recogniser makes of added words that are asked for in one way."""

    ratios: Mapping[int, float]
    """How much likelier the text is with those of each place."""
    spans: Mapping[int, Sequence[Span]]
    """Where it puts them."""


class Additions:
    """Asks for added words."""

    def __init__(self, aligner: Aligner, scores: Callable[[Floats], Floats] | None) -> None:
        """`scores`: from the encoder's frames to what phones are laid along."""
        self._aligner = aligner
        self._scores = scores

    def find(
        self,
        heard: Encoded,
        words: Sequence[str],
        sounds: Sequence[Sequence[str]],
        spans: Sequence[Span],
        added: Mapping[int, Sequence[str]],
        language: str,
    ) -> dict[int, Sequence[str]]:
        """The words that were added for certain, by the index of the word behind them.

        Args:
            heard: The audio.
            words: The text's words.
            sounds: The phones with which each of them was said; none where they are not known.
            spans: The words, as the aligner found them.
            added: What was recognised beside the text, by the index of the word behind it.
            language: Whisper's code.
        """
        asked = {n: said for n, run in added.items() if (said := [w for w in run if _is_word(w)])}
        if not asked:
            return {}
        tries = self._tries(heard, words, spans, asked, language)
        left, sounding = self._left_over(heard, sounds), self._sounding(heard)
        proven: dict[int, Sequence[str]] = {}
        for n, run in asked.items():
            best = max(tries, key=lambda one: one.ratios[n], default=None)
            if best is not None and is_proven(
                best.ratios[n],
                None if left is None else left_at(left, n),
                None if sounding is None else sound_in(sounding, best.spans[n]),
                len(run),
                at_edge=n in (0, len(words)),
            ):
                proven[n] = run
        return proven

    def _tries(
        self,
        heard: Encoded,
        words: Sequence[str],
        spans: Sequence[Span],
        added: Mapping[int, Sequence[str]],
        language: str,
    ) -> list[_Try]:
        """What the recogniser makes of the added words: plain, between commas, and behind the text
        as a sentence of their own; nothing where all are too many for it."""
        behind = added.get(len(words), ())
        end = self._aligner.mark_tokens(closing_mark(behind)) if behind else []
        more = with_added(words, added)
        ways = [self._ways(more, end, language), self._marked(more, added, end, language)]
        if max(sum(map(len, tokens)) for way in ways for tokens in way) >= TEXT_TOKENS:
            return []
        if behind:
            own_ways = self._ways(words, end, language)
            spans = [*spans, self._aligner.align_likeliest(heard, own_ways, language)[-1]]
        tries = []
        for way in ways:
            tried = self._aligner.align_likeliest(heard, way, language)
            places = dict(zip(sorted(added), runs_of(added), strict=True))
            found = {n: tried[run.start : run.stop] for n, run in places.items()}
            tries.append(_Try(ratios(spans, tried, added), found))
        return [*tries, *self._as_sentence(heard, words, more, end, len(behind), tries, language)]

    def _as_sentence(
        self,
        heard: Encoded,
        words: Sequence[str],
        more: Sequence[str],
        end: list[int],
        count: int,
        tries: Sequence[_Try],
        language: str,
    ) -> Iterator[_Try]:
        """The last so many words as a sentence behind the text, the others as in the first try."""
        if count:
            mark = self._aligner.mark_tokens(closing_mark(words))
            ways = [
                [*tokens[: -count - 1], mark, *tokens[-count - 1 :]]
                for tokens in self._ways(more, end, language)
            ]
            tried = self._aligner.align_likeliest(heard, ways, language)
            ratio = of_sentence(tried, count)
            yield _Try(
                {**tries[0].ratios, len(words): ratio},
                {**tries[0].spans, len(words): tried[-count - 1 : -1]},
            )

    def _ways(self, words: Sequence[str], end: list[int], language: str) -> list[list[list[int]]]:
        """The tokens of words in their spellings, with those of the mark behind the last one."""
        last = [end] if end else []
        return [[*self._aligner.tokens(way, language), *last] for way in spellings(words, language)]

    def _marked(
        self,
        words: Sequence[str],
        added: Mapping[int, Sequence[str]],
        end: list[int],
        language: str,
    ) -> list[list[list[int]]]:
        """The same with commas around what was added, since the recogniser expects them there: "at
        home, I think". `words`: with the added ones."""
        comma = self._aligner.mark_tokens(",")
        runs = runs_of(added)
        ways = self._ways(words, end, language)
        for tokens in ways:
            for run in runs:
                tokens[run[0]] = [*(comma if run[0] else []), *tokens[run[0]]]
                tokens[run[-1]] = [*tokens[run[-1]], *(comma if run[-1] + 1 < len(words) else [])]
        return ways

    def _sounding(self, heard: Encoded) -> npt.NDArray[np.bool_] | None:
        """Whether each frame holds sound: in any language, where there are weights."""
        if self._scores is None:
            return None
        sounding: npt.NDArray[np.bool_] = (
            self._scores(heard.frames[: heard.count]).argmax(axis=1) != SILENCE
        )
        return sounding

    def _left_over(self, heard: Encoded, sounds: Sequence[Sequence[str]]) -> list[int] | None:
        """The frames of sound before each word, and after the last one, that none explains."""
        spoken = [[CLASS_OF[phone] for phone in phones] for phones in sounds if phones]
        if self._scores is None or not spoken:
            return None
        left = left_over(self._scores(heard.frames[: heard.count]), spoken)
        return [left[sum(map(bool, sounds[:n]))] for n in range(len(sounds) + 1)]


def _is_word(text: str) -> bool:
    return any(c.isalnum() for c in text)
