"""Review decks in the database: the words that learners have to practise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from tutor.adapters.sql.database import Base, Database
from tutor.core.coach.review import ReviewDeck
from tutor.core.text.normal import normalise


class Deck(Base):
    """A learner's deck of one language."""

    __tablename__ = "decks"
    __table_args__ = (UniqueConstraint("user_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(35))
    utterances: Mapped[int] = mapped_column(default=0)
    """How many utterances the deck has heard; the short waits of words are counted in them."""


class PractisedWord(Base):
    """A word of a deck; see `tutor.core.coach.review.Card`."""

    __tablename__ = "words"
    __table_args__ = (UniqueConstraint("deck_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deck_id: Mapped[int] = mapped_column(ForeignKey("decks.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(Text)
    word: Mapped[str] = mapped_column(Text)
    box: Mapped[int]
    score: Mapped[float]
    utterance: Mapped[int]
    moved_s: Mapped[float]
    """When the word was moved into its box, in seconds since 1970."""


DeckData = Mapping[str, Any]
"""A deck as `ReviewDeck.to_dict` gives it."""

Card = tuple[str, int, float, int, float]
"""Word, box, score, utterance and time of a card."""

Cards = dict[str, Card]


class Decks:
    """Loads and keeps decks; every method is one transaction and blocks.

    `ahead_s`: by how many seconds 1970's clock is ahead of the one that the decks are counted with.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, user: str, ahead_s: float = 0.0) -> dict[str, ReviewDeck]:
        """A learner's decks by language."""
        with self._database.transaction() as session:
            decks = list(session.scalars(select(Deck).where(Deck.user_id == user)))
            return {deck.language: _deck(session, deck, ahead_s) for deck in decks}

    def keep(
        self, user: str, language: str, before: DeckData, after: DeckData, ahead_s: float = 0.0
    ) -> None:
        """Write only what has changed in a deck: another session may write, too.

        Raises:
            ConflictError: the user is gone.
        """
        old, new = _cards(before), _cards(after)
        changed = {key: card for key, card in new.items() if old.get(key) != card}
        gone = [*changed, *(old.keys() - new.keys())]
        with self._database.transaction() as session:
            deck = _open(session, user, language)
            deck.utterances = max(deck.utterances, int(after["utterance"]))
            session.execute(
                delete(PractisedWord).where(
                    PractisedWord.deck_id == deck.id, PractisedWord.key.in_(gone)
                )
            )
            session.add_all(_word_row(deck, key, card, ahead_s) for key, card in changed.items())


def _open(session: Session, user: str, language: str) -> Deck:
    query = select(Deck).where(Deck.user_id == user, Deck.language == language)
    # Two sessions of one learner take turns here (PostgreSQL; SQLite has one writer anyway).
    deck = session.scalar(query.with_for_update())
    if deck is None:
        try:
            with session.begin_nested():
                deck = Deck(user_id=user, language=language, utterances=0)
                session.add(deck)
        except IntegrityError:
            deck = session.scalar(query.with_for_update())
            if deck is None:
                raise
    return deck


def _deck(session: Session, deck: Deck, ahead_s: float) -> ReviewDeck:
    rows = session.scalars(
        select(PractisedWord).where(PractisedWord.deck_id == deck.id).order_by(PractisedWord.id)
    )
    cards = [[row.word, row.box, row.score, row.utterance, row.moved_s - ahead_s] for row in rows]
    return ReviewDeck.from_dict({"utterance": deck.utterances, "cards": cards})


def _cards(deck: DeckData) -> Cards:
    return {normalise(card[0]): tuple(card) for card in deck["cards"]}


def _word_row(deck: Deck, key: str, card: Card, ahead_s: float) -> PractisedWord:
    word, box, score, utterance, moved_s = card
    return PractisedWord(
        deck_id=deck.id,
        key=key,
        word=word,
        box=box,
        score=score,
        utterance=utterance,
        moved_s=moved_s + ahead_s,
    )
