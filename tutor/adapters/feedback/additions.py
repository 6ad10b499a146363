"""Words that were added to a text, asked for in the audio."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tutor.adapters.feedback.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.feedback.phones import CLASS_OF
from tutor.core.feedback.pronunciation.additions import is_proven, left_at, ratios, with_added
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.laying import Floats, left_over
from tutor.core.feedback.pronunciation.spans import Span
from tutor.core.text.marks import closing_mark


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
    ) -> tuple[int, ...]:
        """The places at which words were added for certain.

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
            return ()
        behind = asked.get(len(words), ())
        end = self._aligner.mark_tokens(closing_mark(behind)) if behind else []
        ways = self._ways(with_added(words, asked), end, language)
        if max(sum(map(len, tokens)) for tokens in ways) > TEXT_TOKENS:
            return ()
        if behind:
            own_ways = self._ways(words, end, language)
            spans = [*spans, self._aligner.align_likeliest(heard, own_ways, language)[-1]]
        tried = self._aligner.align_likeliest(heard, ways, language)
        left = self._left_over(heard, sounds)
        return tuple(
            n
            for n, ratio in ratios(spans, tried, asked).items()
            if is_proven(
                ratio,
                None if left is None else left_at(left, n),
                len(asked[n]),
                at_edge=n in (0, len(words)),
            )
        )

    def _ways(self, words: Sequence[str], end: list[int], language: str) -> list[list[list[int]]]:
        """The tokens of words in their spellings, with those of the mark behind the last one."""
        last = [end] if end else []
        return [[*self._aligner.tokens(way, language), *last] for way in spellings(words, language)]

    def _left_over(self, heard: Encoded, sounds: Sequence[Sequence[str]]) -> list[int] | None:
        """The frames of sound before each word, and after the last one, that none explains."""
        spoken = [[CLASS_OF[phone] for phone in phones] for phones in sounds if phones]
        if self._scores is None or not spoken:
            return None
        left = left_over(self._scores(heard.frames[: heard.count]), spoken)
        return [left[sum(map(bool, sounds[:n]))] for n in range(len(sounds) + 1)]


def _is_word(text: str) -> bool:
    return any(c.isalnum() for c in text)
