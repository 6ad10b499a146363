"""Words that come back until they are well said.

Boxes after Leitner (1972, "So lernt man lernen"): a word moves one box up each time it is well said
when it is due, and back to the first when it is not, and each box waits longer. The first boxes are
within a session, where the word is due again after some more utterances (as in Anki's learning
steps); the others are across sessions, in days. Out of the last box a word leaves the deck.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tutor.core.coach.phrases import bare
from tutor.core.text.normal import normalise

WEAK = 60
"""A word with a lower score enters the deck, or goes back to the first box."""

GOOD = 75
"""The score from which on a word counts as well said; between the two it stays in its box."""

UTTERANCES = (3, 8)
"""Utterances before a word of each box within a session is due again."""

DAYS = (1, 3, 7, 16, 35)
"""Days before a word of each box across sessions is due again, each about twice the one before."""

BOXES = len(UTTERANCES) + len(DAYS)

DAY_S = 86_400
"""Seconds of a day."""

MAX_CARDS = 300
"""The most words of a deck: the word that is known best makes room for a new one."""

MAX_WORD = 64
"""The most characters of a word; what is longer is no word."""

MAX_PRACTISE = 10
"""The most words named at the end of a session."""


@dataclass(frozen=True)
class Card:
    """A word of the deck, with the box it is in."""

    word: str
    """The word as it was last spelled."""
    box: int
    """Number of the box, 0 to `BOXES` - 1."""
    score: float
    """The word's last score, 0 to 100."""
    utterance: int
    """Number of the utterance that moved the word into its box."""
    moved_s: float
    """When the word was moved into its box, in seconds of the caller's clock."""

    def is_due(self, utterance: int, now_s: float) -> bool:
        """Whether it is time to say the word again."""
        if self.box < len(UTTERANCES):
            return utterance - self.utterance >= UTTERANCES[self.box]
        return now_s - self.moved_s >= DAYS[self.box - len(UTTERANCES)] * DAY_S


class ReviewDeck:
    """The deck: the words that one learner has to practise.

    Scores of one utterance come with the same time: a new time is a new utterance. The count of
    utterances is stored with the deck and goes on in the next session.
    """

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}
        self._session: dict[str, float] = {}  # last scores of what was weak
        self._utterance = 0
        self._heard_s: float | None = None

    def receive_score(self, word: str, score: float, now_s: float) -> None:
        """Take the score of a word as it was just said; `now_s` in seconds since any fixed time."""
        if now_s != self._heard_s:
            self._utterance, self._heard_s = self._utterance + 1, now_s
        shown = bare(word)
        key = normalise(shown)  # as of a deck that is read again
        if any(map(str.isalpha, key)) and max(len(key), len(shown)) <= MAX_WORD:
            self._note(key, score)
            self._move(key, shown, score, now_s)

    def due(self, now_s: float) -> tuple[str, ...]:
        """The words to say again now, the lowest box first, then the weakest."""
        due = [card for card in self._cards.values() if card.is_due(self._utterance, now_s)]
        return tuple(card.word for card in sorted(due, key=lambda card: (card.box, card.score)))

    @property
    def cards(self) -> tuple[Card, ...]:
        """All cards of the deck."""
        return tuple(self._cards.values())

    def practise(self) -> tuple[str, ...]:
        """The words of this session that were not well said when last heard, the weakest first."""
        weak = [key for key in self._session if key in self._cards]
        weakest = sorted(weak, key=lambda key: self._session[key])[:MAX_PRACTISE]
        return tuple(self._cards[key].word for key in weakest)

    def _note(self, key: str, score: float) -> None:
        """Note whether a word was weak in this session."""
        if score >= GOOD:
            self._session.pop(key, None)
        elif score < WEAK or key in self._cards:
            self._session[key] = score

    def _move(self, key: str, word: str, score: float, now_s: float) -> None:
        card = self._cards.get(key)
        if card is None:
            if score < WEAK:
                self._enter(key, Card(word, 0, score, self._utterance, now_s))
            return
        box = self._next_box(card, score, now_s)
        if box == BOXES:
            del self._cards[key]
        elif box is None:  # said before its time: only the score is new
            self._cards[key] = Card(word, card.box, score, card.utterance, card.moved_s)
        else:
            self._cards[key] = Card(word, box, score, self._utterance, now_s)

    def _next_box(self, card: Card, score: float, now_s: float) -> int | None:
        """The box that a card goes to; `BOXES`: out of the deck; None: it stays, and its wait goes
        on."""
        if score < WEAK:
            return 0
        if not card.is_due(self._utterance, now_s):
            return None  # crammed repetitions are no proof
        return card.box + 1 if score >= GOOD else card.box

    def _enter(self, key: str, card: Card) -> None:
        if len(self._cards) >= MAX_CARDS:
            best = max(self._cards, key=lambda k: (self._cards[k].box, self._cards[k].score))
            del self._cards[best]
        self._cards[key] = card

    # ------------------------------------------------------------ the way to another gateway

    def snapshot(self, now_s: float) -> DeckSnapshot:
        """The deck in the middle of a session; its times are seconds before `now_s`."""
        cards = [
            (card.word, card.box, card.score, card.utterance, now_s - card.moved_s)
            for card in self._cards.values()
        ]
        return DeckSnapshot(self._utterance, tuple(cards), dict(self._session))

    @classmethod
    def restored(cls, kept: DeckSnapshot, now_s: float) -> ReviewDeck:
        """The deck of a snapshot, on another clock."""
        deck = cls()
        deck._utterance, deck._session = kept.utterance, dict(kept.weak)
        for word, box, score, utterance, ago_s in kept.cards:
            deck._cards[normalise(word)] = Card(word, box, score, utterance, now_s - ago_s)
        return deck

    # ------------------------------------------------------------ storage

    def to_dict(self) -> dict[str, object]:
        """The deck as plain data for JSON, without what was weak in this session."""
        return {
            "utterance": self._utterance,
            "cards": [
                [card.word, card.box, card.score, card.utterance, card.moved_s]
                for card in self._cards.values()
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> ReviewDeck:
        """The deck that `to_dict` gave, at the beginning of a new session.

        Raises:
            ValueError: the data are not those of a deck.
        """
        deck = cls()
        try:
            deck._utterance = _number(data["utterance"])
            for word, box, score, utterance, moved_s in data["cards"]:  # type: ignore[attr-defined]
                card = Card(
                    _word(word), _box(box), _score(score), _number(utterance), _finite(moved_s)
                )
                deck._cards[normalise(card.word)] = card
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"these data are no review deck: {error!r}") from error
        return deck


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _word(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_WORD:
        raise ValueError(f"{value!r} is no word")
    return value


def _score(value: object) -> float:
    score = _finite(value)
    if not 0 <= score <= 100:
        raise ValueError(f"{value!r} is no score")
    return score


def _finite(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _box(value: object) -> int:
    if (box := _number(value)) >= BOXES:
        raise ValueError(f"there is no box {box}")
    return box


@dataclass(frozen=True)
class DeckSnapshot:
    """A review deck in the middle of a session."""

    utterance: int
    """How many utterances the deck has heard."""
    cards: tuple[tuple[str, int, float, int, float], ...]
    """Word, box, score, utterance and seconds since the move of each card."""
    weak: Mapping[str, float]
    """The last scores of what was weak in this session, by word."""
