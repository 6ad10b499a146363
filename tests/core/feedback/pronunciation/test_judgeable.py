import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.samples import RATE
from tutor.core.feedback.pronunciation.judgeable import (
    CLEAR,
    NOT_HEARD,
    NOT_SAID,
    WRONG,
    bad_input,
    believed,
    is_foreign,
    is_other_script,
    plain_words,
    probability,
    reference_words,
    spellings,
    untrained_score,
    untrained_word_score,
    was_said,
)
from tutor.core.text.languages import WHISPER_LANGUAGES

SECOND = (np.sin(np.arange(RATE) / 20) / 4).astype(np.float32)


def test_words_of_a_text() -> None:
    """Words are what has a letter or a figure in it, as spelled."""
    assert reference_words("Well — I've 2 cats… (and a dog)!") == [
        "Well",
        "I've",
        "2",
        "cats…",
        "(and",
        "a",
        "dog)!",
    ]
    assert reference_words(" – ?! ") == []


@pytest.mark.parametrize(
    ("text", "language", "plain"),
    [
        ("WELL, I THINK SO!", "en", "Well I think so"),
        ("so i've seen «London».", "en", "So I've seen london"),
        ("Ich gehe nach Köln.", "de", "Ich gehe nach Köln"),
        ("ICH GEHE NACH KÖLN.", "de", "ich gehe nach köln"),
        ("I don\u2018t say I\u2019m inter\u00adnational.", "en", "I don't say I'm international"),
        ("\u200bHel\u200blo!", "en", "Hello"),
        ("می\u200cروم", "fa", "می\u200cروم"),
    ],
)
def test_how_words_are_asked_for(text: str, language: str, plain: str) -> None:
    """Punctuation at the edges goes; English is written in one case, others unless in capitals."""
    assert plain_words(reference_words(text), language) == plain.split()


@given(st.text(max_size=40), st.sampled_from(["en", "de", "ja"]))
def test_any_word_stays_a_word(text: str, language: str) -> None:
    """Each word of any text leaves something to ask for."""
    words = reference_words(text)
    plain = plain_words(words, language)
    assert len(plain) == len(words)
    assert all(any(c.isalnum() for c in word) for word in plain)


@pytest.mark.parametrize(
    ("words", "language", "foreign"),
    [
        ("the weather", "en", False),
        ("погода", "en", True),
        ("погода", "ru", False),
        ("pogoda", "ru", True),
        ("vreme време", "sr", False),
        ("天気", "ja", False),
        ("てんき テンキ", "ja", False),
        ("날씨", "ko", False),
        ("날씨", "ja", True),
        ("καιρός", "el", False),
        ("25 %", "ru", False),  # figures have no script
        ("Жүрек Москва and", "en", True),
        ("my friend Олег", "en", False),
    ],
)
def test_scripts(words: str, language: str, foreign: bool) -> None:
    """Text is refused when most of its letters are not of the language's script."""
    assert is_other_script(words.split(), language) == foreign


@pytest.mark.parametrize("language", sorted(WHISPER_LANGUAGES))
def test_every_language_has_a_script(language: str) -> None:
    """No language refuses both Latin letters and all the scripts known here."""
    samples = "latin ж अ ক ε א ا 天 の カ 한 ก ა հ አ ပ ក ລ བ ක ತ త த മ ગ ਕ".split()
    assert any(not is_other_script([sample], language) for sample in samples)


@pytest.mark.parametrize(
    ("seconds", "words", "reason"),
    [
        (0.29, 1, "too_short"),
        (0.3, 1, None),
        (30.0, 40, None),
        (30.1, 40, "too_long"),
        (1.0, 12, None),
        (1.0, 13, "text_too_long"),
        (1.0, 0, "no_text"),
    ],
)
def test_lengths_that_can_be_judged(seconds: float, words: int, reason: str | None) -> None:
    """Audio of 0.3 to 30 s, and no more words than anybody can say in it."""
    audio = np.resize(SECOND, round(seconds * RATE)).astype(np.float32)
    assert bad_input(audio, ["word"] * words, "en") == reason


def test_faint_and_broken_sound() -> None:
    """Sound that nobody can hear, or that is mostly cut off, is not judged."""
    assert bad_input(SECOND / np.float32(1000), ["word"], "en") == "no_speech"
    assert bad_input(np.sign(SECOND), ["word"], "en") == "too_loud"
    assert bad_input(np.clip(SECOND, -0.05, 0.05), ["word"], "en") == "too_loud"


numbers = st.floats(-200, 300)


@given(numbers, st.floats(-30, 30))
def test_scores_are_within_bounds(score: float, match: float) -> None:
    """A believed score is 0 to 100, and never above what the heads gave."""
    found = believed(score, match)
    assert 0 <= found <= 100
    assert found <= max(0.0, score)


@given(st.floats(0, 100), st.floats(-30, 29), st.floats(0, 1))
def test_the_better_the_match_the_more_a_score_is_believed(
    score: float, match: float, more: float
) -> None:
    """Likelier to have been read is never scored lower."""
    assert believed(score, match) <= believed(score, match + more) + 1e-9


def test_a_wrong_text_is_not_believed() -> None:
    """A text that was surely not read scores under 30, one that was keeps its score."""
    assert believed(95, -2) <= WRONG
    assert believed(95, -10) < 10
    assert believed(95, 3) == 95


def test_probability_is_the_geometric_mean() -> None:
    """Tokens of one half and one eighth make a word of one quarter."""
    assert math.isclose(probability([math.log(0.5), math.log(0.125)]), 0.25)


@given(st.lists(st.floats(-20, 0), min_size=1), st.floats(0.01, 2))
def test_the_untrained_score_ranks(logs: list[float], less: float) -> None:
    """Less probable words score lower, within 0 to 100."""
    better, worse = untrained_score(logs), untrained_score([log - less for log in logs])
    assert 0 <= worse < better <= 100
    mean = sum(logs) / len(logs)
    for alone in (False, True):
        word = untrained_word_score(mean, alone=alone)
        assert untrained_word_score(mean - less, alone=alone) < word
    assert word > untrained_word_score(mean)


def test_a_word_alone_is_judged_more_mildly() -> None:
    """What nobody would expect alone may still have been said."""
    assert not was_said(math.log(2e-4), None)
    assert was_said(math.log(2e-4), None, alone=True)
    assert not was_said(math.log(2e-5), None, alone=True)


@pytest.mark.parametrize(
    ("text", "language", "ways"),
    [
        ("WELL, MIKE IS HERE!", "en", ["Well mike is here"]),
        ("Well, Mike is here.", "en", ["Well mike is here", "Well Mike is here"]),
        ("well, he is here", "en", ["Well he is here", "well he is here"]),
        ("CAR", "en", ["Car", "car"]),
        ("Köln", "de", ["Köln", "köln"]),
        ("Ich gehe nach Köln.", "de", ["Ich gehe nach Köln", "ich gehe nach köln"]),
        ("Стой! Кто там?", "ru", ["Стой Кто там", "стой кто там"]),
    ],
)
def test_the_spellings_of_a_text(text: str, language: str, ways: list[str]) -> None:
    """Words are asked for in one case and in the text's own; one alone in small letters too."""
    found = spellings(reference_words(text), language)
    assert [" ".join(way) for way in found] == ways


@given(st.floats(-20, 0), st.floats(-20, 0), st.floats(0, 5))
def test_more_evidence_never_accuses(log: float, heard: float, more: float) -> None:
    """A word that counts as said still does when either witness is surer."""
    if was_said(log, heard):
        assert was_said(min(0.0, log + more), heard)
        assert was_said(log, min(0.0, heard + more))


def test_two_witnesses_must_agree() -> None:
    """A word that the recogniser would not write is said when its sounds are there."""
    unlikely = math.log(NOT_SAID) - 1
    assert not was_said(unlikely, None)
    assert was_said(unlikely, -1)
    assert not was_said(unlikely, NOT_HEARD - unlikely - 0.1)


def test_clear_sounds_are_enough() -> None:
    """A beginner's word that the recogniser would never write was said if its sounds are there."""
    never = -15.0
    assert was_said(never, CLEAR)
    assert not was_said(never, CLEAR - 0.1)


@pytest.mark.parametrize(
    ("odds", "foreign"),
    [
        ({"ru": 0.001, "en": 0.99}, True),
        ({"en": 0.99}, True),
        ({"ru": 0.02, "en": 0.97}, False),
        ({"ru": 0.001, "en": 0.5, "uk": 0.4}, False),
        ({"ru": 0.99, "en": 0.001}, False),
    ],
)
def test_another_language(odds: dict[str, float], foreign: bool) -> None:
    """Speech is of another language only where one is sure and the text's own is not likely."""
    assert is_foreign("ru", odds) == foreign
