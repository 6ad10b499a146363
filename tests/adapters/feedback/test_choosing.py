from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tutor.adapters.feedback.choosing import Chooser, Hearing, Held
from tutor.adapters.feedback.phones import English
from tutor.core.feedback.pronunciation.bounds import Origin
from tutor.core.feedback.pronunciation.rivals import Rival
from tutor.core.feedback.pronunciation.spans import Span


@pytest.fixture(scope="module")
def chooser() -> Chooser:
    """It holds words against others by the lexicon alone; nothing is listened to."""
    nobody: Any = None
    return Chooser(nobody, English.load())


def held(chooser: Chooser, text: str, heard: str, origin: Origin = Origin.HEARD) -> list[Rival]:
    """What the last word of a text is held against if something was recognised in its place."""
    words = text.split()
    sounds = [English.load().phones(word) for word in words]
    last = len(words) - 1
    found = chooser.hold(words, sounds, {last: [Rival(heard, origin, 0.9)]})
    return [one.rival for one in found if one.at == last]


@pytest.mark.parametrize(
    ("text", "heard", "origin"),
    [
        ("a ship", "sheep", Origin.HEARD),
        ("a bone", "phone", Origin.HEARD),
        ("a bone", "boom", Origin.FAR),
        ("and we", "we'd", Origin.FAR),  # one sound more, but a recogniser's
        ("and we'd", "we", Origin.HEARD),
    ],
)
def test_what_was_recognised_is_near_or_far(
    chooser: Chooser, text: str, heard: str, origin: Origin
) -> None:
    """One sound apart is what a learner says instead; more is another word, or misheard."""
    assert held(chooser, text, heard) == [Rival(heard, origin, 0.9)]


def test_what_sounds_the_same_is_no_rival(chooser: Chooser) -> None:
    """However it is spelled."""
    assert held(chooser, "the sea", "see") == []


def test_a_rival_counts_however_it_is_said(chooser: Chooser) -> None:
    """With each pronunciation that dictionaries have, and with a T between vowels as a flap; of
    the text's own sounds none is a rival's."""
    own = English.load().phones("doctor")
    rival = Rival("daughter", Origin.HEARD, 0.9)
    found = chooser.hold(["doctor"], [own], {0: [rival]})
    assert {one.sounds for one in found} == {("D", "AO", "T", "AX"), ("D", "AO", "D", "AX")}
    assert {one.rival for one in found} == {replace(rival, origin=Origin.FAR)}
    own = English.load().phones("daughter")
    found = chooser.hold(["daughter"], [own], {0: [Rival("doctor", Origin.HEARD, 0.9)]})
    assert {one.sounds[-1] for one in found} == {"AX", "AXR"}


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("or witheld", "withheld"),
        ("or umute", "unmute"),
        ("Wojtulewska", "Wolski"),
        ("a package", "peckich"),
    ],
)
def test_nobody_is_accused_of_a_guess(chooser: Chooser, text: str, heard: str) -> None:
    """The sounds of names and misprints are guessed from letters: the ear has nothing to hold the
    recogniser's word against."""
    assert held(chooser, text, heard) == []
    assert held(chooser, text, "", Origin.MISSED) == [Rival("", Origin.MISSED, 0.9)]


@pytest.mark.parametrize("text", ["two cars", "two cats", "she opened"])
def test_every_word_with_an_ending_is_held_against_its_stem(chooser: Chooser, text: str) -> None:
    """Whatever was recognised, and however the corpus's learners said it."""
    stems = [rival.text for rival in held(chooser, text, text.split()[-1])]
    assert stems == [{"cars": "car", "cats": "cat", "opened": "open"}[text.split()[-1]]]


def test_a_stem_that_was_recognised_is_known_for_it(chooser: Chooser) -> None:
    """Its sounds are the word's without the ending, all the same."""
    assert held(chooser, "two cars", "car.") == [Rival("car", Origin.BARE)]
    assert held(chooser, "two cars", "bars") == [
        Rival("car", Origin.ENDING),
        Rival("bars", Origin.HEARD, 0.9),
    ]


class Prefixes:
    """A recogniser for which every piece of a word is as likely as all others, and which knows that
    the sentence does not end behind a part of what was said."""

    def tokens(self, words: Sequence[str], _: str) -> list[list[str]]:
        """A word's stem, and its ending apart; its case tells nothing."""
        plain = [word.casefold() for word in words]
        return [[w.removesuffix("ed"), "ed"] if w.endswith("ed") else [w] for w in plain]

    def mark_tokens(self, mark: str) -> list[str]:
        """The mark."""
        return [mark]

    def align_likeliest(self, said: str, ways: list[list[list[str]]], _: str) -> list[Span]:
        """Each token has -0.1; what the audio goes on with, and the text does not, -9."""
        way = ways[0]
        tokens = [token for word in way for token in word]
        pairs = enumerate(zip(tokens, said.split(), strict=False))
        wrong = next((n for n, (token, heard) in pairs if token != heard), None)
        logs = iter(-9.0 if n == wrong else -0.1 for n in range(len(tokens)))
        return [Span(n, n + 1, tuple(next(logs) for _ in word)) for n, word in enumerate(way)]


@pytest.mark.parametrize(("said", "is_for_it"), [("we walk ed .", False), ("we walk .", True)])
def test_the_end_of_a_text_speaks_for_an_ending(said: str, is_for_it: bool) -> None:
    """ "walk" is how "walked" begins: only what stands behind it tells the two apart, and behind
    the last word of a text that is the end of its sentence."""
    ears: Any = Prefixes()
    heard: Any = said
    words = ["we", "walked"]
    spans = ears.align_likeliest(said, [ears.tokens(words, "en")], "en")
    rival = Held(1, Rival("walk", Origin.ENDING), ("W", "AO", "K"))
    (found,) = Chooser(ears, English.load()).weigh(Hearing(heard, spans, [3.0]), words, [rival])
    assert (found.recogniser > 5) == is_for_it
    assert (found.recogniser < -5) != is_for_it
