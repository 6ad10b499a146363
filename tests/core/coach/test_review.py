import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.coach.review import (
    BOXES,
    DAY_S,
    DAYS,
    GOOD,
    MAX_CARDS,
    MAX_PRACTISE,
    MAX_WORD,
    UTTERANCES,
    WEAK,
    ReviewDeck,
)

WELL, BADLY, MIDDLING = 95.0, 20.0, (WEAK + GOOD) / 2


def speak(deck: ReviewDeck, now_s: float, times: int = 1) -> float:
    """So many utterances of other words, a second each; the time of the last."""
    for _ in range(times):
        now_s += 1
        deck.receive_score("other", WELL, now_s)
    return now_s


def say(deck: ReviewDeck, word: str, score: float, now_s: float) -> float:
    """One utterance of one word."""
    deck.receive_score(word, score, now_s + 1)
    return now_s + 1


def test_only_weak_words_enter() -> None:
    """A word at the threshold is not to be practised, one under it is."""
    deck = ReviewDeck()
    for word, score in (("fine", WELL), ("fair", WEAK), ("weak", WEAK - 0.1)):
        deck.receive_score(word, score, 1)
    assert deck.practise() == ("weak",)


def test_a_weak_word_comes_back_after_some_utterances() -> None:
    """It is not due at once, when the learner still has it in the ear."""
    deck = ReviewDeck()
    now = say(deck, "though", BADLY, 0)
    for _ in range(UTTERANCES[0] - 1):
        now = speak(deck, now)
        assert deck.due(now) == ()
    now = speak(deck, now)
    assert deck.due(now) == ("though",)


def test_scores_of_one_utterance_count_once() -> None:
    """Many words at one time are one utterance."""
    deck = ReviewDeck()
    for word in ("though", "a", "long", "sentence", "of", "many", "words"):
        deck.receive_score(word, BADLY if word == "though" else WELL, 5.0)
    assert deck.due(5.0) == ()


def test_a_word_leaves_after_good_repetitions_spread_over_weeks() -> None:
    """Each box waits its time: utterances first, then days; out of the last the word is gone."""
    deck = ReviewDeck()
    now = say(deck, "though", BADLY, 0)
    for wait in UTTERANCES:
        now = speak(deck, now, wait - 1)
        now = say(deck, "though", WELL, now)
    for days in DAYS:
        assert deck.due(now + days * DAY_S - 1) == ()
        assert deck.due(now + days * DAY_S) == ("though",)
        now = say(deck, "though", WELL, now + days * DAY_S)
    assert deck.due(now + 1000 * DAY_S) == ()
    assert deck.to_dict()["cards"] == []


def test_crammed_repetitions_are_no_proof() -> None:
    """A word said well again and again at once stays where it is."""
    deck = ReviewDeck()
    now = say(deck, "though", BADLY, 0)
    for _ in range(UTTERANCES[0] - 1):
        now = say(deck, "though", WELL, now)
    speak(deck, now)
    assert deck.due(now) == ("though",)


def test_a_relapse_begins_anew() -> None:
    """A word said badly after weeks is practised within the session again."""
    deck = ReviewDeck()
    now = say(deck, "though", BADLY, 0)
    for wait in UTTERANCES:
        now = speak(deck, now, wait - 1)
        now = say(deck, "though", WELL, now)
    now = say(deck, "though", BADLY, now + DAYS[0] * DAY_S)
    now = speak(deck, now, UTTERANCES[0])
    assert deck.due(now) == ("though",)


def test_a_middling_repetition_moves_nothing() -> None:
    """Neither weak nor good: the word waits the same time again."""
    deck = ReviewDeck()
    now = say(deck, "though", BADLY, 0)
    now = speak(deck, now, UTTERANCES[0] - 1)
    now = say(deck, "though", MIDDLING, now)
    assert deck.due(now) == ()
    now = speak(deck, now, UTTERANCES[0])
    assert deck.due(now) == ("though",)


def test_the_weakest_come_first() -> None:
    """What is due and what is to be practised begins with the weakest."""
    deck = ReviewDeck()
    for word, score in (("third", 55), ("first", 5), ("second", 30)):
        deck.receive_score(word, score, 1)
    now = speak(deck, 1, UTTERANCES[0])
    assert deck.practise() == deck.due(now) == ("first", "second", "third")


def test_a_word_said_well_later_is_no_word_to_practise() -> None:
    """The end of a session names what is still weak."""
    deck = ReviewDeck()
    now = say(deck, "though", BADLY, 0)
    now = say(deck, "tough", BADLY, now)
    say(deck, "though", WELL, now)
    assert deck.practise() == ("tough",)


def test_spelling_does_not_make_two_words() -> None:
    """Case and punctuation aside a word is one; it is shown as it stood in the text."""
    deck = ReviewDeck()
    deck.receive_score("Straße,", 20, 1)
    deck.receive_score("straße", 15, 2)
    deck.receive_score("„Straße“", 10, 3)
    assert deck.practise() == ("Straße",)


@pytest.mark.parametrize("word", ["", "—", "...", "42", "x" * 100, f"a{'-' * 100}b"])
def test_what_is_no_word_does_not_enter(word: str) -> None:
    """Signs, figures and endless strings are not practised."""
    deck = ReviewDeck()
    deck.receive_score(word, 0, 1)
    assert deck.practise() == ()


def test_the_deck_and_the_list_are_bounded() -> None:
    """However much goes wrong, a learner is not buried in it."""
    deck = ReviewDeck()
    for n in range(2 * MAX_CARDS):
        deck.receive_score(f"word{n}", 10, n)
    assert len(deck.to_dict()["cards"]) == MAX_CARDS  # type: ignore[arg-type]
    assert len(deck.practise()) == MAX_PRACTISE


def test_a_new_session_knows_the_words_but_not_what_was_weak_today() -> None:
    """Words go on from session to session; the summary is of one session."""
    deck = ReviewDeck()
    now = say(deck, "though", BADLY, 0)
    later = ReviewDeck.from_dict(json.loads(json.dumps(deck.to_dict())))
    assert later.practise() == ()
    now = speak(later, now + DAY_S, UTTERANCES[0])
    assert later.due(now) == ("though",)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"utterance": 1},
        {"utterance": -1, "cards": []},
        {"utterance": 1, "cards": [["word"]]},
        {"utterance": 1, "cards": [["word", BOXES, 1.0, 1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, "high", 1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, "5", 1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, float("nan"), 1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, 101, 1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, -1.0, 1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, 5.0, 1, float("inf")]]},
        {"utterance": 1, "cards": [[5, 0, 5.0, 1, 1.0]]},
        {"utterance": 1, "cards": [["w" * (MAX_WORD + 1), 0, 5.0, 1, 1.0]]},
        {"utterance": 1, "cards": 5},
    ],
)
def test_data_that_are_no_deck_are_refused(data: dict[str, object]) -> None:
    """A damaged record is an error, not a strange deck."""
    with pytest.raises(ValueError, match="no review deck"):
        ReviewDeck.from_dict(data)


scores = st.floats(0, 100)
histories = st.lists(
    st.tuples(st.sampled_from(["red", "Green", "blue"]), scores, st.integers(0, 10 * DAY_S)),
    max_size=40,
)


def play(history: list[tuple[str, float, int]]) -> tuple[ReviewDeck, float]:
    """A deck after a history of words, scores and waits in seconds; and its time."""
    deck, now = ReviewDeck(), 0.0
    for word, score, wait in history:
        now += wait
        deck.receive_score(word, score, now)
    return deck, now


@few(50)
@given(histories)
def test_a_stored_deck_goes_on_as_if_it_had_not_been_stored(
    history: list[tuple[str, float, int]],
) -> None:
    """Through JSON and back the same words are due, now and later."""
    deck, now = play(history)
    again = ReviewDeck.from_dict(json.loads(json.dumps(deck.to_dict())))
    assert again.to_dict() == deck.to_dict()
    for days in (0, 1, 5, 50):
        assert again.due(now + days * DAY_S) == deck.due(now + days * DAY_S)


@given(histories)
def test_only_words_that_were_weak_once_are_due(history: list[tuple[str, float, int]]) -> None:
    """Nothing is practised without a reason, and nothing twice at once."""
    deck, now = play(history)
    weak = {word for word, score, _ in history if score < WEAK}
    due = deck.due(now + 1000 * DAY_S)
    assert set(due) <= weak
    assert len(set(due)) == len(due)
    assert set(deck.practise()) <= weak


@given(histories, st.integers(0, 100), st.integers(0, 100))
def test_what_is_due_stays_due(
    history: list[tuple[str, float, int]], sooner: int, later: int
) -> None:
    """Waiting makes more words due, never fewer."""
    deck, now = play(history)
    first, last = sorted((sooner, later))
    assert set(deck.due(now + first * DAY_S)) <= set(deck.due(now + last * DAY_S))


@given(histories)
def test_a_word_said_badly_last_is_in_the_deck(history: list[tuple[str, float, int]]) -> None:
    """Whatever was before, a weak word is practised and comes back."""
    deck, now = play(history)
    deck.receive_score("red", 10, now + 1)
    assert "red" in deck.practise()
    assert "red" in deck.due(speak(deck, now + 1, UTTERANCES[0]))
