"""Words that were added to a text, asked for in the audio."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tutor.adapters.feedback.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.feedback.phones import CLASS_OF, English
from tutor.core.feedback.pronunciation.additions import is_proven, ratios, with_added
from tutor.core.feedback.pronunciation.features import Span
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.laying import Floats, left_over


class Additions:
    """Asks for added words."""

    def __init__(
        self,
        aligner: Aligner,
        english: English,
        scores: Callable[[Floats], Floats] | None,
    ) -> None:
        """`scores`: from the encoder's frames to what phones are laid along."""
        self._aligner = aligner
        self._english = english
        self._scores = scores

    def find(
        self,
        heard: Encoded,
        words: Sequence[str],
        spans: Sequence[Span],
        added: Mapping[int, Sequence[str]],
        language: str,
    ) -> tuple[int, ...]:
        """The places at which words were added for certain.

        Args:
            heard: The audio.
            words: The text's words.
            spans: These, as the aligner found them.
            added: What was recognised beside the text, by the index of the word behind it.
            language: Whisper's code.
        """
        asked = {n: said for n, run in added.items() if (said := [w for w in run if _is_word(w)])}
        if not asked:
            return ()
        others = with_added(words, asked)
        ways = [self._aligner.tokens(way, language) for way in spellings(others, language)]
        if max(sum(map(len, tokens)) for tokens in ways) > TEXT_TOKENS:
            return tuple(asked)
        tried = self._aligner.align_likeliest(heard, ways, language)
        left = self._left_over(heard, words) if language == "en" else None
        return tuple(
            n
            for n, ratio in ratios(spans, tried, asked).items()
            if is_proven(ratio, None if left is None else left[n])
        )

    def _left_over(self, heard: Encoded, words: Sequence[str]) -> list[int] | None:
        """The frames of sound before each word, and after the last one, that none explains."""
        sounds = [self._english.phones(word) for word in words]
        spoken = [[CLASS_OF[phone] for phone in phones] for phones in sounds if phones]
        if self._scores is None or not spoken:
            return None
        left = left_over(self._scores(heard.frames[: heard.count]), spoken)
        return [left[sum(map(bool, sounds[:n]))] for n in range(len(words) + 1)]


def _is_word(text: str) -> bool:
    return any(c.isalnum() for c in text)
