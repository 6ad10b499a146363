"""Finals whose clients have named likely words are decoded once more, and no others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tutor.adapters.speech.request import Request
from tutor.adapters.speech.whisper.hypothesis import Hypothesis
from tutor.adapters.speech.whisper.likely import Likely

AUDIO = np.zeros(16_000, np.float32)


class Tokenizer:
    """A token for each word."""

    sot_sequence = (1, 2)

    def encode(self, text: str) -> list[int]:
        """Numbers that `Model` can turn back."""
        return [ord(word[0]) for word in text.split()]

    def split_tokens_on_unicode(self, tokens: Sequence[int]) -> tuple[list[str], list[list[int]]]:
        """Each token a word with the blank before it."""
        return [f" {chr(token)}" for token in tokens], [[token] for token in tokens]


@dataclass
class Model:
    """A decoder that hears "S" where it is told of likely words, and doubts one word."""

    doubted: str
    decoded: list[list[str]] = field(default_factory=list)
    """The prompts of each call."""

    def align(self, encoded: Any, sot: list[int], texts: list[list[int]], frames: int) -> Any:
        """The probability of each token."""
        assert (len(np.asarray(encoded)), frames, sot) == (len(texts), 100, [1, 2])
        sure = [[0.2 if chr(t) == self.doubted else 0.9 for t in text] for text in texts]

        @dataclass
        class Alignment:
            text_token_probs: list[float]

        return [Alignment(each) for each in sure]

    def generate(
        self, encoded: Any, requests: Sequence[Request], languages: Sequence[str]
    ) -> list[Hypothesis]:
        """What is heard with the words."""
        assert len(np.asarray(encoded)) == len(requests) == len(languages)
        self.decoded.append([request.prompt for request in requests])
        return [hypothesis("a S c") for _ in requests]


def hypothesis(text: str) -> Hypothesis:
    """What a decoder wrote."""
    return Hypothesis(Tokenizer().encode(text), text, -0.2, 0.0)


def heard(model: Model, *requests: Request, language: str = "en") -> list[str]:
    """The texts of "a b c" after the second hearing."""
    likely = Likely(model, Tokenizer(), model.generate, lambda one: list(one.prompt.encode()))
    first = [hypothesis("a b c") for _ in requests]
    encoded = np.zeros((len(requests), 1), np.float32)
    found = likely.hear(encoded, list(requests), first, language)
    assert all(one.tokens == Tokenizer().encode(one.text) for one in found)
    return [one.text for one in found]


def request(*vocabulary: str) -> Request:
    """A final with likely words."""
    return Request(AUDIO, "en", "final", vocabulary=vocabulary)


def test_a_named_word_takes_the_place_of_a_doubtful_one() -> None:
    """The prompt is the words; the other words stay."""
    model = Model("b")
    assert heard(model, request("S", "Tbilisi")) == ["a S c"]
    assert model.decoded == [["S, Tbilisi."]]


def test_what_was_heard_surely_and_what_was_not_named_stay() -> None:
    """Another word's doubt, and another name, change nothing."""
    assert heard(Model("c"), request("S")) == ["a b c"]
    assert heard(Model("b"), request("Tbilisi")) == ["a b c"]


def test_who_names_nothing_is_heard_once() -> None:
    """In a batch only who has named words is decoded again, together where the prompts are as
    long: of one call all begin at one place."""
    model = Model("b")
    asked = [request(), request("S"), request(), request("T"), request("Tbilisi")]
    assert heard(model, *asked) == ["a b c", "a S c", "a b c", "a b c", "a b c"]
    assert sorted(model.decoded) == [["S.", "T."], ["Tbilisi."]]
    silent = Model("b")
    assert heard(silent, request(), request()) == ["a b c"] * 2
    assert silent.decoded == []


def test_languages_without_blanks_are_heard_once() -> None:
    """Their words are not told apart."""
    model = Model("b")
    assert heard(model, request("S"), language="zh") == ["a b c"]
    assert model.decoded == []
