from tests.support.rows import deck_with
from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.decks import Decks
from tutor.core.coach.review import ReviewDeck


def test_a_deck_comes_back_on_another_clock(database: Database, user: User) -> None:
    """Waits of days go on across sessions, whatever the sessions' clocks began with."""
    words, deck = Decks(database), deck_with(("weather", 20), ("today", 30))
    words.keep(user.id, "en", ReviewDeck().to_dict(), deck.to_dict(), ahead_s=1e9)
    loaded = words.load(user.id, ahead_s=1e9 + 50)["en"]
    assert [card.word for card in loaded.cards] == ["weather", "today"]
    assert [card.moved_s for card in loaded.cards] == [-50, -49]
    assert loaded.to_dict()["utterance"] == 2


def test_two_sessions_do_not_undo_each_other(database: Database, user: User) -> None:
    """Each writes only the words that it has changed."""
    words, empty = Decks(database), ReviewDeck().to_dict()
    words.keep(user.id, "en", empty, deck_with(("weather", 20)).to_dict())
    before = words.load(user.id)["en"].to_dict()
    words.keep(user.id, "en", empty, deck_with(("brother", 30)).to_dict())
    changed = ReviewDeck.from_dict(before)
    changed.receive_score("weather", 10, 5.0)
    words.keep(user.id, "en", before, changed.to_dict())
    after = {card.word: card.score for card in words.load(user.id)["en"].cards}
    assert after == {"weather": 10, "brother": 30}
    words.keep(user.id, "en", changed.to_dict(), empty)
    assert [card.word for card in words.load(user.id)["en"].cards] == ["brother"]


def test_languages_have_decks_of_their_own(database: Database, user: User) -> None:
    """A German word does not come back in an English lesson."""
    words, empty = Decks(database), ReviewDeck().to_dict()
    words.keep(user.id, "en", empty, deck_with(("weather", 20)).to_dict())
    words.keep(user.id, "de", empty, deck_with(("Wetter", 20)).to_dict())
    loaded = words.load(user.id)
    assert {name: deck.cards[0].word for name, deck in loaded.items()} == {
        "en": "weather",
        "de": "Wetter",
    }
