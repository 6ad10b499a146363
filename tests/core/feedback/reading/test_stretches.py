"""Whether a text was read, and which part of it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.feedback.assessment import (
    Passage,
    Phone,
    PronouncedWord,
    Pronunciation,
    ReadWord,
    WordStatus,
)
from tutor.core.feedback.reading.reading import Window
from tutor.core.feedback.reading.stretches import (
    CHANGE,
    CHANGE_OF_SENTENCE,
    EXPECTED,
    LEAST,
    MOST,
    NOT_READING,
    change_costs,
    expected,
    is_clear,
    is_part,
    is_scrap,
    odds_of,
    read_passage,
    shares_little,
    stretches,
    was_expected,
    was_heard,
    was_read,
    without_chance,
    without_room,
    word_odds,
)

CODES: dict[str, WordStatus] = {
    "=": "matched",
    "/": "substituted",
    "-": "omitted",
    "+": "inserted",
}


def passage(script: str, start: int = 0) -> Passage:
    """Words with a sign before each: = matched, / substituted, - omitted, + inserted."""
    words = tuple(ReadWord(one[1:], CODES[one[0]]) for one in script.split())
    count = sum(word.status != "inserted" for word in words)
    return Passage(start, start + count, words)


def pronounced(
    *scores: float, match: float | None = 8.0, probability: float = 0.5
) -> Pronunciation:
    """Words whose sounds have these scores; one under 50 was not said."""
    words = tuple(
        PronouncedWord(
            "word", 0, 100, score if score >= 50 else None, probability, (Phone("a", score),)
        )
        for score in scores
    )
    return Pronunciation(90, 90, 90, 90, True, words, match=match)


def untrained(*probabilities: float) -> Pronunciation:
    """Words of these probabilities, in a language without a trained head."""
    words = tuple(PronouncedWord("word", 0, 100, 50, one) for one in probabilities)
    return Pronunciation(90, None, None, 90, False, words)


# ---------------------------------------------------------------- the whole


@pytest.mark.parametrize(
    ("script", "match", "is_read"),
    [
        ("=the =cat =sat", 8, True),
        ("/the /cat /sat", 3, True),  # nothing was recognised as it is: the sounds say so
        ("=the =cat =sat", -2, True),  # a beginner's sounds, of whom all was recognised
        ("=the /cat /sat +on +it", -2, False),
        ("/the /cat /sat", -0.1, False),
        ("-the -cat -sat", -5, False),
    ],
)
def test_sounds_and_transcript_decide_together(script: str, match: float, is_read: bool) -> None:
    """A bad transcript alone makes no other text, and neither do bad sounds alone."""
    assert was_read(passage(script), pronounced(80, 80, 80, match=match)) is is_read


def test_a_word_alone_is_judged_and_not_the_text() -> None:
    """Who says "card" for "car" said a word wrong; who says a sentence said something else."""
    alone = pronounced(20, match=-6)
    assert was_read(passage("/car"), alone)
    assert was_read(passage("+a /car"), alone)
    assert not was_read(passage("+I /car +am +not +here"), alone)
    assert was_heard(alone)


def test_without_a_trained_head_the_recogniser_decides() -> None:
    """Words that were read are likely to it, though not every one."""
    read = passage("=le =chat =est /là")
    assert was_read(read, untrained(0.9, 0.7, 0.8, 1e-3))
    assert was_read(passage("/le /chat /est /là"), untrained(0.9, 0.7, 0.8, 0.2))
    assert not was_read(passage("/le /chat =est /là"), untrained(1e-4, 1e-5, 0.4, 1e-5))
    doubtful = untrained(0.04, 0.035)
    assert was_read(passage("/le /chat"), doubtful)
    assert not was_read(passage("+on /le +ne +sait +jamais /chat"), doubtful)


def test_where_nothing_was_transcribed_the_sounds_decide() -> None:
    """By a few log odds a text that was read is told from others."""
    assert was_heard(pronounced(80, 80, match=0))
    assert not was_heard(pronounced(80, 80, match=-4))
    assert was_heard(untrained(0.9, 0.7, 0.8))
    assert not was_heard(untrained(1e-4, 1e-5, 1e-3))


# ---------------------------------------------------------------- the reader's place


WINDOW = Window(tuple("Then we left. It was late. We slept well".split()), 3)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        (0, "It was late."),
        (1, "It was late."),
        (3, "It was late."),
        (4, "It was late. We slept well"),
    ],
)
def test_who_goes_on_reading_says_the_next_sentence(heard: int, words: str) -> None:
    """From the reader's place to the end of the sentence in which so many words are said."""
    found = expected(WINDOW, heard)
    assert [word.text for word in found.words] == words.split()
    assert (found.start, found.end) == (3, 3 + len(words.split()))
    assert {word.status for word in found.words} == {"omitted"}


def test_at_the_end_of_the_text_nothing_is_expected() -> None:
    """A reader who has read it all goes on with nothing of it."""
    found = expected(Window(("It", "was."), 2), 3)
    assert (found.start, found.end, found.words) == (2, 2, ())


def test_what_nobody_recognised_needs_clear_sounds() -> None:
    """Two texts are tried then, so the second needs more."""
    assert was_expected(pronounced(80, match=EXPECTED + 0.1))
    assert not was_expected(pronounced(80, match=EXPECTED))
    assert not was_expected(untrained(0.9))


def test_a_passage_of_which_nothing_stands_out_needs_clear_sounds() -> None:
    """But for a word alone, and where no head is trained."""
    assert is_clear(pronounced(60, 60, match=EXPECTED + 0.1))
    assert not is_clear(pronounced(60, 60, match=EXPECTED))
    assert is_clear(pronounced(60, match=-5))
    assert is_clear(untrained(0.1, 0.1))


# ---------------------------------------------------------------- stretches


def read_of(*odds: float, ends: Sequence[int] = ()) -> list[bool]:
    """What was read; `ends`: the words before which a sentence begins."""
    costs = [CHANGE_OF_SENTENCE if n in ends else CHANGE for n in range(len(odds))]
    return stretches(odds, costs)


def test_a_wrong_word_is_no_other_text() -> None:
    """One or two words that were not said lie within what was read."""
    assert all(read_of(2, 2, -3, -3, 2, 2))
    assert all(read_of(-3, 2, 2, 2))


def test_a_chance_match_is_not_read() -> None:
    """In a stretch of something else a word matches now and then."""
    other = [-3.0] * 4 + [2.0] + [-3.0] * 4
    assert not any(read_of(*other))
    assert read_of(*[3.0] * 5, *other) == [True] * 5 + [False] * 9
    assert read_of(*other, *[3.0] * 5) == [False] * 9 + [True] * 5


def test_a_sentence_may_be_something_else() -> None:
    """Between two sentences a reader stops more easily than within one."""
    odds = (3, 3, 3, -2, -2)
    assert all(read_of(*odds))
    assert read_of(*odds, ends=[3]) == [True, True, True, False, False]
    costs = change_costs(passage("=Oh. +well =I =went. +there -She -did"))
    within, between = CHANGE, CHANGE_OF_SENTENCE
    assert costs == [within, between, between, within, between, between, within]


@given(st.lists(st.tuples(st.floats(-MOST, MOST), st.floats(0, CHANGE)), max_size=8))
def test_stretches_are_the_likeliest(words: list[tuple[float, float]]) -> None:
    """No other choice of read words has better odds, less what its changes cost."""

    def worth(read: tuple[bool, ...]) -> float:
        total = 0.0
        for n, ((odds, cost), is_read) in enumerate(zip(words, read, strict=True)):
            if n:
                total -= cost * (is_read != read[n - 1])
            else:  # not to have begun, or to stop at once
                total -= 0 if is_read else min(NOT_READING, cost)
            total += odds / 2 if is_read else -odds / 2
        return total

    found = tuple(stretches([one for one, _ in words], [cost for _, cost in words]))
    every = product((False, True), repeat=len(words))
    assert worth(found) == pytest.approx(max(map(worth, every)), abs=1e-9)


def test_odds_follow_what_was_recognised_and_heard() -> None:
    """Each kind of evidence raises them, and none decides beyond the most that a word counts."""
    good, bad = pronounced(100).words[0], pronounced(10).words[0]
    assert word_odds("matched", good) == MOST
    assert word_odds("omitted", bad) == LEAST
    assert word_odds("matched", good) >= word_odds("substituted", good) > word_odds("omitted", bad)
    likely, unlikely = untrained(0.9, 1e-9).words
    assert word_odds("matched", likely) > word_odds("omitted", likely)
    assert word_odds("omitted", likely) > word_odds("omitted", unlikely)


HALF = "=I =went =to =town. -The -weather -is =very -nice"
SOUNDS = (95, 95, 95, 95, 40, 30, 60, 60, 20)


def test_of_half_a_text_the_other_half_has_no_scores() -> None:
    """Its words are omitted, the chance match too, and the scores of the whole fall."""
    whole, sounds = passage(HALF), pronounced(*SOUNDS, match=0.5)
    read = stretches(odds_of(whole, sounds), change_costs(whole))
    assert read == [True] * 4 + [False] * 5
    kept, scored = without_chance(whole, sounds, read)
    assert [word.status for word in kept.words] == ["matched"] * 4 + ["omitted"] * 5
    assert [word.score is None for word in scored.words] == [False] * 4 + [True] * 5
    assert scored.total is not None
    assert scored.total < 90
    assert (scored.fluency, scored.match) == (90, 0.5)
    assert without_chance(whole, sounds, [True] * 9) == (whole, sounds)


def timed(script: str, *times: tuple[int, int]) -> Passage:
    """A passage whose recognised words have times, in milliseconds."""
    plain, left = passage(script), iter(times)
    words = [
        word if word.status == "omitted" else replace(word, start_ms=a, end_ms=b)
        for word, (a, b) in (
            (w, (0, 0) if w.status == "omitted" else next(left)) for w in plain.words
        )
    ]
    return replace(plain, words=tuple(words))


BESIDE = "-We -need -to -stop. =He =runs =home."


def test_words_for_which_there_is_no_sound_were_not_read() -> None:
    """ "He runs home" was said and nothing else: of the sentence before it nobody read a word,
    however well its sounds are found in its neighbours'."""
    whole = timed(BESIDE, (300, 500), (500, 800), (800, 1300))
    sounds = [(0.3, 1.3)]
    assert without_room(whole, sounds) == {0, 1, 2, 3}
    found = pronounced(*[90] * 7)
    assert stretches(odds_of(whole, found), change_costs(whole)) == [True] * 7
    crowded = without_room(whole, sounds)
    read = stretches(odds_of(whole, found, crowded), change_costs(whole))
    assert read == [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    ("script", "is_little"),
    [
        ("=Para -incrementar =el /volumen =de +un +mensaje", True),
        ("=Para -incrementar =el =volumen =de +un +mensaje", False),
        ("=Para =el -volumen", False),  # too little was said to tell
        ("=el =de =para =su -tu", False),  # the text has no other words
        ("/Para /dejar /un /mensaje", True),
        ("=pulse =el +uno +para +grabar +rápido +volver +siete -volumen -mudo", True),
        ("=pulse =el =uno =para +grabar +rápido +volver +siete -volumen -mudo", False),
    ],
)
def test_function_words_alone_make_no_reading(script: str, is_little: bool) -> None:
    """Any two texts share them."""
    assert shares_little(passage(script), "es") == is_little


@pytest.mark.parametrize(
    ("script", "count", "scrap"),
    [
        ("+What +a +lovely +rose =She =has", 7, True),
        ("+What +a +lovely +rose =She =has", 2, False),  # that is all of the text
        ("+What +a +lovely =She =has", 7, False),
        ("+Well +to +be +honest =I =love =this =city", 9, False),
    ],
)
def test_two_words_of_another_sentence_are_no_reading(script: str, count: int, scrap: bool) -> None:
    """Twice as many were said that are not the text's."""
    assert is_scrap(passage(script), count) == scrap


def test_words_that_a_recogniser_lost_leave_room_for_them() -> None:
    """Sound before the first word that was recognised, or behind the last one; one or two lost
    words need no room of their own, for their neighbours' times are not so exact."""
    late = timed(BESIDE, (1300, 1500), (1500, 1800), (1800, 2300))
    assert without_room(late, [(0.3, 0.8), (0.9, 2.3)]) == frozenset()
    few = timed("-We -go. =He =runs -home", (300, 500), (500, 800))
    assert without_room(few, [(0.3, 0.8)]) == frozenset()
    behind = timed("=He =runs -home -and -sleeps", (300, 500), (500, 800))
    assert without_room(behind, [(0.3, 0.8)]) == {2, 3, 4}
    assert without_room(behind, [(0.3, 2.0)]) == frozenset()
    assert without_room(passage("-We -need -to"), [(0.3, 0.8)]) == frozenset()
    assert without_room(behind, []) == frozenset()


def test_of_a_beginner_who_read_all_no_part_is_taken_away() -> None:
    """Sounds that speak for the whole speak for each of its words."""
    whole = passage("=I =went =to =town. /The /weather /is /very /nice")
    for match, count in ((6.0, 9), (0.0, 4)):
        sounds = pronounced(*[95] * 4, *[70] * 5, match=match)
        assert sum(stretches(odds_of(whole, sounds), change_costs(whole))) == count


def test_what_was_added_stays_beside_what_was_read() -> None:
    """The passage is cut to the words of the text that were read, not to what was heard."""
    whole = passage("+oh =I =went +there =to =town -the =very -nice +so", start=7)
    read = [True, True, True, True, True, True, False, False, False, False]
    found = read_passage(whole, read)
    assert (found.start, found.end) == (7, 11)
    assert [word.text for word in found.words] == "oh I went there to town so".split()


@pytest.mark.parametrize(
    ("odds", "read", "is_enough"),
    [
        ((3, 3, -3, -3), (1, 1, 0, 0), True),
        ((3, -3, -3, -3), (1, 0, 0, 0), False),  # one word matches by chance
        ((3, 3, 3, 3), (0, 0, 0, 0), False),
    ],
)
def test_a_part_that_was_read_is_no_other_text(
    odds: Sequence[float], read: Sequence[int], is_enough: bool
) -> None:
    """If its words speak clearly enough for it."""
    assert is_part(odds, [bool(one) for one in read]) is is_enough
