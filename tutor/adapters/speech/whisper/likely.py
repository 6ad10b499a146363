"""The second hearing of finals whose client has named likely words; see `tutor.core.text.likely`.

The encoder has done its work: what is encoded is decoded once more, with the words as the text
before the audio, and a pass of the decoder tells how sure the first hearing was of each word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutor.adapters.speech.hearing import rows
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.whisper.confidence import by_alignment, of_words
from tutor.adapters.speech.whisper.hypothesis import Hypothesis
from tutor.adapters.speech.whisper.mel import FRAMES_PER_SECOND
from tutor.core.queue.coalescer import alike
from tutor.core.text.likely import changed, changes, doubted
from tutor.core.text.normal import UNSPACED


@dataclass(frozen=True)
class Likely:
    """Hears finals of one language again, those whose clients have named words."""

    whisper: Any
    """CTranslate2's model."""
    tokenizer: Any
    generate: Callable[[Any, Sequence[Request], Sequence[str]], list[Hypothesis]]
    """Decodes what was encoded for some requests, each in its language."""
    prompt: Callable[[Request], list[int]]
    """The tokens of a request's prompt."""

    def hear(
        self, encoded: Any, requests: Sequence[Request], heard: list[Hypothesis], language: str
    ) -> list[Hypothesis]:
        """The hypotheses, with likely words in the place of doubtful ones."""
        found = list(heard)
        named = [at for at, one in enumerate(requests) if one.vocabulary and heard[at].text]
        if language in UNSPACED or not named:
            return found
        asked = {at: replace(requests[at], prompt=prompt_of(requests[at])) for at in named}
        lengths = [len(self.prompt(asked[at])) for at in named]
        for members in alike(named, _spread(named, lengths, len(requests))):
            part = rows(encoded, members, len(requests))
            told = [asked[at] for at in members]
            again = self.generate(part, told, [language] * len(members))
            sure = self._sure(part, told, [heard[at] for at in members])
            for at, other, chances in zip(members, again, sure, strict=True):
                found[at] = self._chosen(heard[at], other, chances, requests[at])
        return found

    def _sure(
        self, encoded: Any, requests: Sequence[Request], heard: Sequence[Hypothesis]
    ) -> list[tuple[float, ...]]:
        """How sure the first hearing was of each word, without the words that were named."""
        frames = round(max(request.seconds for request in requests) * FRAMES_PER_SECOND)
        tokens = [one.tokens for one in heard]
        rated = by_alignment(self.whisper, encoded, self.tokenizer.sot_sequence, tokens, frames)
        pairs = zip(heard, rated, strict=True)
        return [of_words(self.tokenizer, one.tokens, sure, one.text) for one, sure in pairs]

    def _chosen(
        self, own: Hypothesis, other: Hypothesis, sure: tuple[float, ...], request: Request
    ) -> Hypothesis:
        words = own.text.split()
        made = doubted(changes(words, other.text.split(), request.vocabulary), sure)
        if not made:
            return own
        text = changed(words, made)
        return replace(own, text=text, tokens=self.tokenizer.encode(f" {text}"))


def prompt_of(request: Request) -> str:
    """The likely words of a request as a text before the audio."""
    return f"{', '.join(request.vocabulary)}."


def _spread(members: Sequence[int], values: Sequence[int], size: int) -> list[int]:
    """Values at their members' places, in a list for all."""
    spread = [0] * size
    for at, value in zip(members, values, strict=True):
        spread[at] = value
    return spread
