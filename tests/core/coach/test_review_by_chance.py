"""Review decks of whatever words: they reach another gateway and the store unchanged."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.coach.review import (
    BOXES,
    DAY_S,
    DAYS,
    MAX_CARDS,
    MAX_PRACTISE,
    UTTERANCES,
    WEAK,
    Card,
    ReviewDeck,
)

BADLY, WELL = 20.0, 95.0

words = st.sampled_from(
    ["tea", "Tea,", "„Straße“", "teɪ", "don’t", "tea™", "tea\u200b", "№7a", "天气"]
)
steps = st.lists(
    st.tuples(words, st.sampled_from([5.0, BADLY, 65.0, WELL]), st.sampled_from([0, 1, 90, DAY_S])),
    max_size=30,
)
"""Words, their scores and the seconds since the word before; 0: in the same utterance."""


def played(history: list[tuple[str, float, int]], deck: ReviewDeck, now: float = 0.0) -> float:
    """Say the words of a history; the time of the last."""
    for word, score, wait in history:
        now += wait
        deck.receive_score(word, score, now)
    return now


# ---------------------------------------------------------------- the way to another gateway


@few(50)
@given(steps, steps)
@example([("tea\u200b", BADLY, 1)], [("tea\u200b", WELL, DAY_S)])
@example([("tea™", BADLY, 1)], [("tea", BADLY, 1)])
def test_a_deck_goes_on_at_another_gateway_as_it_was(
    before: list[tuple[str, float, int]], after: list[tuple[str, float, int]]
) -> None:
    """On a clock that begins elsewhere the same words are weak, due and to be practised."""
    here = ReviewDeck()
    now = played(before, here)
    there = ReviewDeck.restored(here.snapshot(now), 1e6)
    assert there.practise() == here.practise()
    assert there.snapshot(1e6) == here.snapshot(now)
    later = [(word, score, wait or 1) for word, score, wait in after]
    played(later, here, now)
    played(later, there, 1e6)
    for days in (0, 1, 40):
        wait = sum(step[2] for step in later) + days * DAY_S
        assert there.due(1e6 + wait) == here.due(now + wait)
    assert there.practise() == here.practise()


@few(50)
@given(steps)
def test_no_word_is_named_twice(history: list[tuple[str, float, int]]) -> None:
    """Words that look alike to a learner are one card, whatever signs stood around them."""
    deck = ReviewDeck()
    now = played(history, deck)
    for named in (deck.due(now + 100 * DAY_S), deck.practise()):
        assert len({word.casefold() for word in named}) == len(named)
    assert len(deck.practise()) <= MAX_PRACTISE


@given(steps)
def test_a_stored_deck_holds_as_many_cards(history: list[tuple[str, float, int]]) -> None:
    """No two cards become one on the way through the store."""
    deck = ReviewDeck()
    played(history, deck)
    again = ReviewDeck.from_dict(json.loads(json.dumps(deck.to_dict())))
    assert again.cards == deck.cards


# ---------------------------------------------------------------- boxes


@given(steps)
def test_boxes_stay_boxes(history: list[tuple[str, float, int]]) -> None:
    """A card lies in a box that there is, at most one above the box that it was in."""
    deck = ReviewDeck()
    now, boxes = 0.0, dict[str, int]()
    for word, score, wait in history:
        now = played([(word, score, wait)], deck, now)
        for card in deck.cards:
            assert 0 <= card.box < BOXES
            assert card.box <= boxes.get(card.word.casefold(), -1) + 1
        boxes = {card.word.casefold(): card.box for card in deck.cards}


@pytest.mark.parametrize("box", range(BOXES))
def test_each_box_waits_for_its_time_exactly(box: int) -> None:
    """A card is due when its wait is over, in utterances first and in days afterwards."""
    card = Card("though", box, BADLY, 10, 1_000.0)
    if box < len(UTTERANCES):
        assert not card.is_due(10 + UTTERANCES[box] - 1, 1e9), "time alone brings nothing back"
        assert card.is_due(10 + UTTERANCES[box], 1_000.0)
    else:
        wait = DAYS[box - len(UTTERANCES)] * DAY_S
        assert not card.is_due(1_000, 1_000.0 + wait - 1), "nor do utterances alone"
        assert card.is_due(10, 1_000.0 + wait)


def test_a_new_word_takes_the_place_of_the_one_known_best() -> None:
    """A full deck gives up the card in the highest box, not the one that came first."""
    cards = [[f"word{n}x", 0, 10.0, 0, 0.0] for n in range(MAX_CARDS)]
    cards[7][1] = 3
    deck = ReviewDeck.from_dict({"utterance": 1, "cards": cards})
    deck.receive_score("though", BADLY, 1.0)
    named = {card.word for card in deck.cards}
    assert len(named) == MAX_CARDS
    assert "though" in named
    assert "word7x" not in named


def test_a_middling_word_is_weak_today_only_if_it_was_weak_before() -> None:
    """Between weak and good a known word stays to be practised, an unknown one never enters."""
    deck = ReviewDeck()
    played([("though", WEAK + 5, 1), ("tough", BADLY, 1), ("tough", WEAK + 5, 1)], deck)
    assert deck.practise() == ("tough",)


# ---------------------------------------------------------------- what is no deck


@pytest.mark.parametrize(
    "data",
    [
        {"utterance": True, "cards": []},
        {"utterance": 1.5, "cards": []},
        {"utterance": 1, "cards": [["word", -1, 1.0, 1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, 1.0, -1, 1.0]]},
        {"utterance": 1, "cards": [["word", 0, 10**400, 1, 1.0]]},
        {"utterance": 1, "cards": ["a word"]},
        {"utterance": 1, "cards": None},
    ],
)
def test_a_damaged_deck_is_refused(data: dict[str, object]) -> None:
    """Counts that are none, boxes that there are not and figures out of range are named."""
    with pytest.raises(ValueError, match="no review deck"):
        ReviewDeck.from_dict(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@few(50)
@given(st.fixed_dictionaries({"utterance": json_values, "cards": json_values}))
@example({"utterance": 1, "cards": [["word", 0, 1.0, 1, 1.0]]})
def test_whatever_was_stored_is_a_deck_or_an_error(data: dict[str, object]) -> None:
    """No record makes a deck that breaks later: it takes words, and can be stored again."""
    deck = read(data)
    if deck is None:
        return
    deck.receive_score("though", BADLY, 1.0)
    assert "though" in deck.practise()
    again = read(deck.to_dict())
    assert again is not None
    assert [(card.word, card.box) for card in again.cards] == [
        (card.word, card.box) for card in deck.cards
    ]


def read(data: dict[str, object]) -> ReviewDeck | None:
    """The deck of a record; None if it is refused as none."""
    try:
        return ReviewDeck.from_dict(data)
    except ValueError:
        return None
