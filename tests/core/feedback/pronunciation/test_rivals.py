from dataclasses import replace

import numpy as np
import pytest

from tutor.core.feedback.pronunciation.apart import is_one_apart
from tutor.core.feedback.pronunciation.bounds import BOUNDS, Origin
from tutor.core.feedback.pronunciation.laying import Floats, lay_phones, preference
from tutor.core.feedback.pronunciation.rivals import (
    Heard,
    Rival,
    Verdict,
    Weighed,
    beside,
    choose,
    is_contracted,
    is_worth_asking,
    least,
    likelihood_ratio,
    rivals_of,
    sureness,
    with_rival,
)
from tutor.core.feedback.pronunciation.spans import Span

SHIP, SHEEP = Rival("ship", Origin.PAIR), Rival("sheep", Origin.PAIR)
CAT = Rival("cat", Origin.ENDING)
CLASSES = 6


def weighed(at: int, rival: Rival, evidence: float) -> Weighed:
    """A rival for which there is so much evidence, as much as can be from both sides."""
    half = evidence / 2
    return Weighed(at, rival, half, half)


def frames(*classes: int, sure: float = 0.9) -> Floats:
    """Log posteriors of three frames for each class."""
    rest = (1 - sure) / (CLASSES - 1)
    rows = np.full((3 * len(classes), CLASSES), rest, np.float32)
    rows[np.arange(len(rows)), np.repeat(classes, 3)] = sure
    return np.log(rows)


def prefers(heard: Floats, words: list[list[int]], at: int, other: list[int]) -> float:
    """How much a recording prefers another word, its phones laid as the product lays them."""
    segments = lay_phones(heard, words)
    assert segments is not None
    return preference(heard, words, segments, at, other)


def test_frames_prefer_the_word_that_was_said() -> None:
    """What was said is likelier by what its own sound's frames say, whichever the text has."""
    said = frames(0, 1, 2, 3, 4, 0)
    gain = 3 * (np.log(0.9) - np.log(0.02))
    assert prefers(said, [[1], [2, 5], [4]], 1, [2, 3]) == pytest.approx(gain, rel=1e-3)
    assert prefers(said, [[1], [2, 3], [4]], 1, [2, 5]) == pytest.approx(-gain, rel=1e-3)


def test_words_far_away_do_not_decide() -> None:
    """Only a word's neighbours are laid anew: unclear sounds elsewhere change nothing."""
    clear, unclear = frames(1, 2, 3, 4, 5, 1), frames(1, 2, 3, 4, 5, 1)
    unclear[-3:] = np.log(1 / CLASSES)
    words = [[1], [2], [3], [4], [5], [1]]
    assert prefers(clear, words, 1, [4]) == prefers(unclear, words, 1, [4])


def test_a_word_that_needs_more_frames_than_there_are() -> None:
    """It is never preferred."""
    assert prefers(frames(1), [[1]], 0, [1, 2, 3, 4]) == -np.inf


def test_frames_tell_whether_a_word_was_left_out() -> None:
    """Nothing may stand in a word's place, too: its neighbours then meet, or silence is between."""
    without, pause, whole = frames(0, 1, 4, 0), frames(0, 1, 0, 4, 0), frames(0, 1, 2, 4, 0)
    for said in (without, pause):
        assert prefers(said, [[1], [2], [4]], 1, []) > 0
    assert prefers(whole, [[1], [2], [4]], 1, []) < 0
    assert prefers(frames(0, 0), [[2]], 0, []) > 0 > prefers(frames(0, 2), [[2]], 0, [])


def test_the_word_behind_counts_too() -> None:
    """What the recogniser thinks of a word and the next one makes the ratio, and no other."""
    own = [Span(0, 1, (-1.0, -1.0)), Span(1, 2, (-9.0,)), Span(2, 3, (-4.0,)), Span(3, 4, (-8.0,))]
    others = [
        Span(0, 1, (-7.0,)),
        Span(1, 2, (-1.0, -1.0)),
        Span(2, 3, (-1.0,)),
        Span(3, 4, (0.0,)),
    ]
    assert likelihood_ratio(own, others, 1) == 10
    assert likelihood_ratio(own, others, 3) == 8


def test_a_word_left_out_brings_the_next_one_forward() -> None:
    """The word behind it is compared with itself."""
    own = [Span(0, 1, (-1.0,)), Span(1, 2, (-9.0,)), Span(2, 3, (-4.0,))]
    assert likelihood_ratio(own, [own[0], Span(1, 3, (-2.0,))], 1) == 11
    assert likelihood_ratio(own, own[:2], 2) == 4


def test_a_rival_is_asked_for_as_the_text_is() -> None:
    """In capitals where the whole text is: more spellings would be more chances."""
    assert with_rival(["A", "SHIP"], 1, SHEEP) == ["A", "SHEEP"]
    assert with_rival(["A", "ship"], 1, SHEEP) == ["A", "sheep"]
    assert with_rival(["A", "ship"], 0, Rival("", Origin.MISSED)) == ["ship"]


@pytest.mark.parametrize("origin", Origin)
def test_what_is_less_likely_is_doubtful_before_it_is_proven(origin: Origin) -> None:
    """And said where the evidence is little: a bound has to be exceeded."""
    bounds = BOUNDS[origin]
    assert 0 < bounds.doubtful <= bounds.proven
    rival = Rival("ship", origin)
    assert weighed(0, rival, bounds.doubtful).verdict is Verdict.SAID
    assert not weighed(0, rival, bounds.doubtful).is_open
    assert weighed(0, rival, bounds.proven + 0.1).is_open
    assert weighed(0, rival, bounds.proven + 0.1).verdict is Verdict.REPLACED
    if bounds.doubtful < bounds.proven:
        assert weighed(0, rival, bounds.proven).verdict is Verdict.DOUBTFUL


def test_what_the_recogniser_brought_up_needs_more_proof() -> None:
    """It chose the word as the likeliest; what was named beforehand was not chosen."""
    assert BOUNDS[Origin.HEARD].proven > BOUNDS[Origin.PAIR].proven
    far, near = BOUNDS[Origin.FAR], BOUNDS[Origin.HEARD]
    assert far.doubtful > near.doubtful
    assert far.proven > near.proven


@pytest.mark.parametrize(
    ("sounds", "others", "apart"),
    [
        ("SH IH P", "SH IY P", True),
        ("R EY N", "TR EY N", True),
        ("W AO K", "W AO K S", True),
        ("AX B AW T", "B AW T", True),
        ("B AR", "B IH L", False),
        ("SH IH P", "SH IH P", False),
        ("S P IH N", "P IH N S", False),
        ("AX", "", False),
        ("B AA R N", "B ER N", True),
        ("B AA R N", "B IH N", False),
    ],
)
def test_words_one_sound_apart(sounds: str, others: str, apart: bool) -> None:
    """One sound is changed, added or left out; words that sound alike are no rivals."""
    assert is_one_apart(sounds.split(), others.split()) == apart
    assert is_one_apart(others.split(), sounds.split()) == apart


def test_what_the_recogniser_is_sure_of_counts_for_more() -> None:
    """As odds, evenly about a half, and not without end."""
    assert sureness(0.5) == 0
    assert sureness(0.9) == pytest.approx(-sureness(0.1))
    assert 0 < sureness(0.7) < sureness(0.9) < sureness(1.0) < 4


def test_each_hearing_must_bear_it_out() -> None:
    """The least of each side counts; what one hearing rules out is out."""
    first = [Weighed(0, SHIP, 4.0, 5.0), Weighed(2, CAT, 3.0, 3.0)]
    assert least([first]) == first
    second = [Weighed(0, SHIP, 8.0, 2.0)]
    third = [Weighed(0, SHIP, 3.0, 9.0), Weighed(2, CAT, 3.0, 4.0)]
    found = least([first, second, third])
    assert [one.evidence for one in found] == [5.0, -np.inf]


@pytest.mark.parametrize("origin", Origin)
def test_nobody_is_accused_against_one_ear(origin: Origin) -> None:
    """However much the other one has against the word: where a bound is set, each has to agree,
    or the recogniser at least has to lean to it where the sounds are plain."""
    bounds, rival, much = BOUNDS[origin], Rival("ship", origin), 50.0
    assert Weighed(0, rival, bounds.sounds, much).verdict is Verdict.SAID
    leans = min(bounds.recogniser, 0.0 if bounds.plain < much else np.inf)
    assert Weighed(0, rival, much, leans).verdict is Verdict.SAID
    least_sounds, least_ratio = max(bounds.sounds, -40.0), max(bounds.recogniser, -40.0)
    assert Weighed(0, rival, least_sounds + 0.1, much).verdict is not Verdict.SAID
    assert Weighed(0, rival, much, least_ratio + 0.1).verdict is not Verdict.SAID


def test_what_is_plainly_not_there_is_doubtful_though_the_recogniser_was_lost() -> None:
    """ "Chinat drink coffee" for "She not drink coffee": the sounds of "does" are nowhere."""
    nothing = Rival("", Origin.MISSED)
    assert Weighed(1, nothing, 16.7, 3.0, beside=0.0).verdict is Verdict.DOUBTFUL
    assert Weighed(1, nothing, 10.0, 3.0, beside=0.0).verdict is Verdict.SAID
    assert Weighed(1, nothing, 16.7, -0.1, beside=0.0).verdict is Verdict.SAID


def test_what_was_written_with_less_than_even_odds_accuses_nobody() -> None:
    """However much speaks for it the word is doubtful at most."""
    assert Weighed(1, Rival("bull", Origin.HEARD, 0.41), 2.0, 6.2).verdict is Verdict.DOUBTFUL
    assert Weighed(1, Rival("chance", Origin.HEARD, 0.4), 30.0, 9.0).verdict is Verdict.DOUBTFUL
    assert Weighed(1, Rival("chance", Origin.HEARD, 0.6), 30.0, 9.0).verdict is Verdict.REPLACED
    assert Weighed(1, Rival("Han", Origin.HEARD, 0.42), 2.3, 0.2).verdict is Verdict.SAID


def test_where_the_frames_are_undecided_the_recogniser_makes_a_doubt() -> None:
    """ "bags" for "bugs": if it wrote that surely, and prefers it when it is asked for both."""
    sure, unsure = Rival("bags", Origin.HEARD, 0.9), Rival("bags", Origin.HEARD, 0.7)
    assert Weighed(1, sure, -1.7, 3.4).verdict is Verdict.DOUBTFUL
    assert Weighed(1, unsure, -1.7, 3.4).verdict is Verdict.SAID
    assert Weighed(1, sure, -2.1, 3.4).verdict is Verdict.SAID
    assert Weighed(1, sure, -1.7, 2.9).verdict is Verdict.SAID
    far = Rival("fifth", Origin.FAR, 0.8)
    assert Weighed(5, far, -1.1, 9.9).verdict is Verdict.DOUBTFUL
    assert Weighed(5, far, -1.1, 7.0).verdict is Verdict.SAID


def test_a_word_that_grammar_supplied_is_doubtful_where_the_frames_know_nothing_of_it() -> None:
    """ "I would like see the menu", of which a recogniser makes "to see"; it is asked only then."""
    nothing = Rival("", Origin.SUPPLIED)
    assert Weighed(3, nothing, 13.3, -2.3).verdict is Verdict.DOUBTFUL
    assert Weighed(3, nothing, 4.6, -3.7).verdict is Verdict.SAID
    assert Weighed(3, nothing, 9.0, -6.0).verdict is Verdict.SAID
    assert is_worth_asking(7.0, Origin.SUPPLIED)
    assert not is_worth_asking(5.0, Origin.SUPPLIED)
    assert is_worth_asking(-2.0, Origin.SKIPPED)


def test_the_first_word_is_told_as_missing_with_more_proof() -> None:
    """A short one behind silence is lost by a recogniser: "I" in "I gave her a present"."""
    assert Weighed(0, Rival("", Origin.BEGUN), 3.5, 4.7).verdict is Verdict.SAID
    assert Weighed(0, Rival("", Origin.BEGUN), 6.9, 4.1).verdict is Verdict.DOUBTFUL
    assert Weighed(0, Rival("", Origin.SKIPPED), 3.5, 4.7).verdict is Verdict.REPLACED


def test_what_was_surely_written_is_at_least_doubtful() -> None:
    """ "pan" for "pen", where the frames lean to it, too: asked for both, a recogniser prefers what
    people say ("give me a pen"), though it wrote the other."""
    sure, unsure = Rival("pan", Origin.HEARD, 0.8), Rival("pan", Origin.HEARD, 0.7)
    assert Weighed(0, sure, 0.5, -2.0).verdict is Verdict.DOUBTFUL
    assert Weighed(0, sure, -0.5, -2.0).verdict is Verdict.SAID
    assert Weighed(0, unsure, 0.5, -2.0).verdict is Verdict.SAID
    far = Rival("boom", Origin.FAR, 0.9)
    assert Weighed(0, far, 9.0, -2.0).verdict is Verdict.SAID


@pytest.mark.parametrize(
    ("clear", "blurred"), [(Origin.SKIPPED, Origin.MISSED), (Origin.BARE, Origin.ENDING)]
)
def test_what_was_clearly_written_needs_less_proof(clear: Origin, blurred: Origin) -> None:
    """That a word, or its ending, is not there, than what nobody wrote."""
    assert BOUNDS[clear].doubtful < BOUNDS[blurred].doubtful
    assert BOUNDS[clear].proven < BOUNDS[blurred].proven


@pytest.mark.parametrize(
    ("word", "other", "contracted"),
    [
        ("We", "we'd", True),
        ("We", "We\u2019ll.", True),
        ("He", "He's", True),
        ("We'd", "we", False),
        ("We", "well", False),
        ("She", "we'd", False),
    ],
)
def test_a_short_form_behind_the_word(word: str, other: str, contracted: bool) -> None:
    """The recogniser's "we'd always" for "we always"; what the text has short is no such thing."""
    assert is_contracted(word, other) is contracted


def test_a_word_has_one_verdict() -> None:
    """Of several rivals the likeliest is told, and what is proven is no more doubtful."""
    sure, unsure = BOUNDS[Origin.ENDING].proven + 1, BOUNDS[Origin.ENDING].doubtful + 1
    chosen = choose(
        [
            weighed(0, CAT, sure),
            weighed(0, Rival("cap", Origin.ENDING), sure + 1),
            weighed(0, Rival("can", Origin.ENDING), unsure),
            weighed(1, CAT, unsure),
            weighed(2, CAT, 0.0),
        ]
    )
    assert chosen.replaced == {0: "cap"}
    assert chosen.doubtful == {1: "cat"}


@pytest.mark.parametrize("origin", [Origin.HEARD, Origin.FAR, Origin.COMMON])
def test_where_the_recogniser_was_lost_it_is_no_witness(origin: Origin) -> None:
    """ "Here is Petty's gear" for "Here is Betty's scare": beside what it did not understand its
    word is a guess, and takes clear evidence."""
    guess = Weighed(2, Rival("Petty's", origin, 0.6), 5.0, 4.8)
    assert guess.verdict is not Verdict.SAID
    assert replace(guess, beside=0.5).verdict is Verdict.SAID
    assert replace(guess, sounds=9.0, beside=0.5).verdict is not Verdict.SAID


def test_another_word_that_is_written_surely_and_heard_clearly_is_doubtful() -> None:
    """ "They was" for "They were", which the recogniser, asked for both, finds hardly likelier."""
    was = Weighed(1, Rival("was", Origin.FAR, 0.99), 42.0, 2.0, 0.5)
    assert was.verdict is Verdict.DOUBTFUL
    assert replace(was, sounds=9.0).verdict is Verdict.SAID


def test_an_ending_is_heard_as_long_as_one_word_beside_was_understood() -> None:
    """Where neither was, the passage was garbled."""
    left_out = Weighed(1, Rival("answer", Origin.ENDING), 3.8, 2.9)
    assert replace(left_out, beside=0.5).verdict is Verdict.DOUBTFUL
    assert replace(left_out, beside=0.0).verdict is Verdict.SAID


def test_the_words_beside_a_word_are_the_texts() -> None:
    """What was added stands between them, and is none; of one word alone there are none."""
    assert beside(0, range(1), {}) == 1
    assert beside(0, range(3), {1}) == 1
    assert beside(1, range(3), {1, 2}) == 0.5
    assert beside(2, [0, 2, 4], {}) == 1


@pytest.mark.parametrize(
    ("word", "other", "is_held"),
    [
        ("nature", "19th", False),
        ("book", "4", False),
        ("money", "$", False),
        ("late", "8:00", False),
        ("Jenny", "20.", False),
        ("forty", "14", True),
        ("Forty-two,", "14", True),
        ("third", "30th", True),
        ("12", "20", True),
        ("thousand", "100", True),
        ("nature", "mature", True),
    ],
)
def test_figures_are_no_rivals_of_a_word(word: str, other: str, is_held: bool) -> None:
    """Unless it is a number: what a recogniser did not understand becomes a figure."""
    found = rivals_of([word], {0: Heard(other, 0.99)})
    assert (0 in found) == is_held


def test_what_is_told_as_said_sounds_most_like_it() -> None:
    """Of "play" for "plays" the recogniser wrote "played": another word was said, and not that."""
    played = Rival("played", Origin.HEARD, 0.9)
    play = Rival("play", Origin.ENDING)
    chosen = choose([Weighed(1, played, 6.0, 9.0), Weighed(1, play, 8.0, -4.0)])
    assert (dict(chosen.replaced), dict(chosen.doubtful)) == ({1: None}, {})
    chosen = choose([Weighed(1, played, 9.0, 9.0), Weighed(1, play, 8.0, -4.0)])
    assert chosen.replaced == {1: "played"}
    left_out = Weighed(2, Rival("", Origin.SKIPPED), 5.0, 9.0)
    assert choose([left_out, Weighed(2, Rival("a", Origin.PAIR), 6.0, -9.0)]).replaced == {2: ""}


def test_the_rivals_of_a_text() -> None:
    """The other members of a word's pairs, what was recognised in its place, and nothing."""
    words = ["Ship,", "sheep.", "A", "tin"]
    pairs = [("ship", "sheep"), ("thin", "tin", "fin")]
    assert rivals_of(words, {}, (), pairs) == {
        0: [SHEEP],
        1: [SHIP],
        3: [Rival("thin", Origin.PAIR), Rival("fin", Origin.PAIR)],
    }
    heard = {0: Heard("Sheep!", 0.8), 2: Heard("the", 0.9), 3: Heard("tin-tin", 0.2)}
    assert rivals_of(words, heard, (), pairs)[0] == [SHEEP]  # as a member of the pair, not twice
    assert rivals_of(words, heard, (3,)) == {
        0: [Rival("Sheep!", Origin.HEARD, 0.8)],
        2: [Rival("the", Origin.HEARD, 0.9)],
        3: [Rival("", Origin.MISSED)],  # it was not sure of what it wrote there
    }
    assert rivals_of(words, {}, (2, 3), (), {3}) == {
        2: [Rival("", Origin.MISSED)],
        3: [Rival("", Origin.SKIPPED)],
    }
