"""Flash cards as a file of Anki's: a zip with an SQLite collection of schema 11 and its sounds.

Every version of Anki since 2012 takes it. Written here, for `genanki`, the library that is known
for it, has had no release since 2023 and brings one that nobody keeps (decision 0048).
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha1, sha256
from html import escape

_MODEL = 1_764_500_000_001
"""The id of the kind of card; one for all files, so that Anki knows its own again."""

_DECKS_FROM = 1_764_500_000_100
_FIELDS = ("Word", "Sentence", "Sounds", "Score", "Recording")
_SEPARATOR = "\x1f"
_FRONT = '<div class="word">{{Word}}</div>'
_BACK = (
    "{{FrontSide}}<hr id=answer>{{#Sounds}}<div class=sounds>{{Sounds}}</div>{{/Sounds}}"
    "{{#Sentence}}<div>{{Sentence}}</div>{{/Sentence}}"
    "{{#Score}}<div class=score>{{Score}}</div>{{/Score}}{{Recording}}"
)
_STYLE = (
    ".card{font:22px system-ui,sans-serif;text-align:center}"
    ".word{font-size:36px}.sounds{font-size:26px}.score{color:#777;font-size:16px}"
)
_SCHEMA = """
CREATE TABLE col (id integer primary key, crt integer not null, mod integer not null,
  scm integer not null, ver integer not null, dty integer not null, usn integer not null,
  ls integer not null, conf text not null, models text not null, decks text not null,
  dconf text not null, tags text not null);
CREATE TABLE notes (id integer primary key, guid text not null, mid integer not null,
  mod integer not null, usn integer not null, tags text not null, flds text not null,
  sfld integer not null, csum integer not null, flags integer not null, data text not null);
CREATE TABLE cards (id integer primary key, nid integer not null, did integer not null,
  ord integer not null, mod integer not null, usn integer not null, type integer not null,
  queue integer not null, due integer not null, ivl integer not null, factor integer not null,
  reps integer not null, lapses integer not null, left integer not null, odue integer not null,
  odid integer not null, flags integer not null, data text not null);
CREATE TABLE revlog (id integer primary key, cid integer not null, usn integer not null,
  ease integer not null, ivl integer not null, lastIvl integer not null, factor integer not null,
  time integer not null, type integer not null);
CREATE TABLE graves (usn integer not null, oid integer not null, type integer not null);
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_cid ON revlog (cid);
CREATE INDEX ix_notes_csum ON notes (csum);
"""

_INTO_COL = "INSERT INTO col VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INTO_NOTES = "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INTO_CARDS = "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class FlashCard:
    """A word to practise."""

    word: str
    language: str
    """Its deck's: a card of the same word in the same language is the same card for ever."""
    deck: str
    """The deck as the learner reads it."""
    sentence: str = ""
    """Where it was said last."""
    sounds: str = ""
    """In IPA."""
    score: str = ""
    recording: bytes | None = None
    """The learner saying the sentence, as FLAC."""
    model: bytes | None = None
    """A voice reading the word, as MP3."""

    @property
    def sounds_in(self) -> dict[str, bytes]:
        """Its sounds by the names of their files, the model's first."""
        name = f"voice-tutor-{_digest(self)[:20]}"
        both = {f"{name}.mp3": self.model, f"{name}.flac": self.recording}
        return {file: sound for file, sound in both.items() if sound is not None}


def package(cards: Sequence[FlashCard], now_s: int) -> bytes:
    """The cards as the bytes of an `.apkg`; `now_s` in seconds since 1970."""
    sounds = {name: sound for card in cards for name, sound in card.sounds_in.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("collection.anki2", _collection(cards, now_s))
        archive.writestr("media", json.dumps({str(at): name for at, name in enumerate(sounds)}))
        for at, sound in enumerate(sounds.values()):
            archive.writestr(str(at), sound)
    return packed.getvalue()


def _collection(cards: Sequence[FlashCard], now_s: int) -> bytes:
    decks = {card.language: card.deck for card in cards}
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(_SCHEMA)
        base.execute(_INTO_COL, _settings(decks, now_s))
        for at, card in enumerate(cards):
            note = now_s * 1000 + at
            base.execute(_INTO_NOTES, _note(card, note, now_s))
            new = (note, note, _deck_id(card.language), 0, now_s, -1, 0, 0, at, *[0] * 8, "")
            base.execute(_INTO_CARDS, new)
        base.commit()
        return base.serialize()


def _note(card: FlashCard, note: int, now_s: int) -> tuple[object, ...]:
    sound = " ".join(f"[sound:{name}]" for name in card.sounds_in)
    shown = (card.word, card.sentence, card.sounds, card.score)
    fields = [*(escape(text.replace(_SEPARATOR, " ")) for text in shown), sound]
    check = int(sha1(card.word.encode(), usedforsecurity=False).hexdigest()[:8], 16)
    guid = _digest(card)[:20]
    text = _SEPARATOR.join(fields)
    return (note, guid, _MODEL, now_s, -1, "", text, card.word, check, 0, "")


def _digest(card: FlashCard) -> str:
    return sha256(f"{card.language}\0{card.word}".encode()).hexdigest()


def _deck_id(language: str) -> int:
    return _DECKS_FROM + int(sha256(language.encode()).hexdigest()[:6], 16)


def _settings(decks: dict[str, str], now_s: int) -> tuple[object, ...]:
    """The one row of `col`."""
    conf = {"nextPos": 1, "activeDecks": [1], "curDeck": 1, "sortType": "noteFld", "addToCur": True}
    every = [
        _deck(1, "Default", now_s),
        *(_deck(_deck_id(code), name, now_s) for code, name in decks.items()),
    ]
    model = {
        "id": _MODEL, "name": "Voice Tutor", "type": 0, "mod": now_s, "usn": -1, "sortf": 0,
        "did": 1, "vers": [], "tags": [], "css": _STYLE, "latexPre": "", "latexPost": "",
        "req": [[0, "any", [0]]],
        "flds": [
            {
                "name": name, "ord": at, "font": "Arial", "size": 20,
                "media": [], "rtl": False, "sticky": False,
            }
            for at, name in enumerate(_FIELDS)
        ],
        "tmpls": [
            {
                "name": "Say it", "ord": 0, "qfmt": _FRONT, "afmt": _BACK,
                "bqfmt": "", "bafmt": "", "did": None,
            }
        ],
    }  # fmt: skip
    written: tuple[object, ...] = (
        conf,
        {str(_MODEL): model},
        {str(deck["id"]): deck for deck in every},
        {"1": _pace(now_s)},
        {},
    )
    return (1, now_s, now_s * 1000, now_s * 1000, 11, 0, 0, 0, *map(json.dumps, written))


def _deck(number: int, name: str, now_s: int) -> dict[str, object]:
    return {
        "id": number, "name": name, "mod": now_s, "usn": -1, "collapsed": False, "desc": "",
        "dyn": 0, "conf": 1, "extendNew": 10, "extendRev": 50,
        "newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0],
    }  # fmt: skip


def _pace(now_s: int) -> dict[str, object]:
    """Anki's own defaults of how often cards come."""
    return {
        "id": 1, "name": "Default", "mod": now_s, "usn": 0, "maxTaken": 60, "autoplay": True,
        "timer": 0, "replayq": True, "dyn": False,
        "new": {
            "delays": [1, 10], "ints": [1, 4, 7], "initialFactor": 2500, "perDay": 20,
            "order": 1, "bury": True, "separate": True,
        },
        "rev": {
            "perDay": 100, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1,
            "maxIvl": 36500, "bury": True, "minSpace": 1,
        },
        "lapse": {"delays": [10], "mult": 0, "minInt": 1, "leechFails": 8, "leechAction": 0},
    }  # fmt: skip
