"""What a learner with an account finds again, and what is left when the account is deleted."""

import base64
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import redis

from tests.support import asking
from tests.support.gateway import Person, enter
from tests.support.house import SOON_S, House, wait_until
from tests.support.practice import Heard, hear
from tests.support.speech import TEXTS, spoken, wer
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.decks import Decks
from tutor.client import practise
from tutor.core.coach.review import DAY_S, UTTERANCES, ReviewDeck
from tutor.core.protocol.messages import Exercise, SessionStart, TutorReplyDone

MARKER = "zyxomarker"
"""A word that nobody says and nothing else holds: part of the text to read."""

TEXT = f"I went to the market with my brother, {MARKER}."


def database_file(house: House) -> Path:
    """The house's database."""
    return Path(house.part("gateway").environ()["TUTOR_DATA_DIR"]) / "tutor.db"


def rows(house: House, table: str) -> list[tuple[Any, ...]]:
    """All rows of a table."""
    with sqlite3.connect(database_file(house)) as connection:
        found = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
    connection.close()
    return found


def keys(house: House, table: str) -> set[Any]:
    """What its rows are of; those of members may change, or go, after their sessions."""
    return {row[0] for row in rows(house, table)}


async def read_aloud(house: House, anna: Person, text: str) -> tuple[Heard, str]:
    """Read a text aloud in a session; what came, and the session's id."""
    heard = Heard()
    start = SessionStart("en", Exercise("read_aloud", text, "A2"))
    async with practise(house.url, start, token=anna.token) as client:
        await client.play(spoken("market.flac").tobytes(), 1.9)
        await client.end()
        async for numbered in client:
            heard.events.append(numbered)
        heard.close_code = client.close_code
    heard.assert_whole()
    return heard, client.started.session


def contents(store: "redis.Redis") -> Iterator[tuple[str, str]]:
    """Every key of Redis with all that it holds."""
    readers: dict[bytes, Callable[[Any], Any]] = {
        b"string": store.get,
        b"list": lambda name: store.lrange(name, 0, -1),
        b"hash": store.hgetall,
        b"set": store.smembers,
        b"zset": lambda name: store.zrange(name, 0, -1, withscores=True),
        b"stream": store.xrange,
        b"none": lambda _: None,  # it has expired meanwhile
    }
    for name in store.scan_iter("*"):
        kind: Any = store.type(name)
        yield str(name), f"{name!r} {readers[kind](name)!r}"


def found_in_files(house: House, marks: dict[str, bytes]) -> set[str]:
    """Which marks the database's files hold, the log beside the file too."""
    path = database_file(house)
    held = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    return {name for name, mark in marks.items() if mark in held}


async def test_an_account_from_its_first_session_to_its_deletion(house: House) -> None:
    """Sessions, utterances, scores, words and, with consent, recordings are there to be read and
    exported; after the deletion no store holds any of it: no table, no byte of a file, no key."""
    anna = enter(house.url, f"anna-{token_hex(4)}@school.example")
    store = house.store()
    with house_client(house, anna) as client:
        assert client.patch("/v1/me", json={"keep_audio": True}).status_code == 200
        client.post("/v1/keys", json={"name": f"key of {MARKER}"})
        heard, session_id = await read_aloud(house, anna, TEXT)
        wait_until(lambda: bool(_session(client, session_id).get("ended_at")), SOON_S)

        # The history tells what the session has told.
        session = _session(client, session_id)
        assert session["exercise"] == {"type": "read_aloud", "text": TEXT, "level": "A2"}
        assert session["utterances"] == len(session["spoken"]) >= 1
        assert wer(TEXTS["market.flac"], " ".join(u["text"] for u in session["spoken"])) <= 0.15
        (utterance, *_) = session["spoken"]
        assert {"accuracy", "pronunciation", "fluency"} <= set(utterance["scores"])
        assert utterance["reply"] == heard.of(TutorReplyDone)[0].text
        assert session["audio_s"] == pytest.approx(len(spoken("market.flac")) / 16_000, abs=0.1)
        assert client.get("/v1/me/sessions").json()["sessions"][0]["id"] == session_id
        used = client.get("/v1/me").json()["usage"]["used_s"]
        assert used == pytest.approx(session["audio_s"], abs=0.01)

        # The recording is what was said.
        assert utterance["has_audio"]
        path = f"/v1/me/sessions/{session_id}/utterances/{utterance['name']}/audio"
        flac = client.get(path)
        assert flac.headers["content-type"] == "audio/flac"
        assert flac.content.startswith(b"fLaC")

        # The export has all of it.
        data = client.get("/v1/me/export").json()
        assert data["account"]["email"] == anna.email
        (exported,) = data["sessions"]
        assert exported["utterances"][0]["text"] == utterance["text"]
        assert exported["utterances"][0]["has_audio"]
        assert base64.b64decode(exported["utterances"][0]["flac"]) == flac.content
        assert data["usage"][0]["audio_s"] == pytest.approx(used, abs=0.01)

        # The search finds what is there ...
        marks = {
            "text": MARKER.encode(),
            "address": anna.email.encode(),
            "voice": flac.content[-2000:-1968],
            "session": session_id.encode(),
        }
        assert found_in_files(house, marks) == set(marks)
        held = "\n".join(text for _, text in contents(store))
        assert utterance["text"] in held
        assert session_id in held

        # ... and nothing after the deletion.
        assert client.delete("/v1/me").status_code == 204
    for table in ("users", "logins", "api_keys", "practice_sessions", "utterances", "recordings"):
        theirs = (MARKER, session_id, anna.email)
        assert not [row for row in rows(house, table) if any(x in str(row) for x in theirs)]
    assert found_in_files(house, marks) == set()
    for name, text in contents(store):
        assert not any(mark in text for mark in (MARKER, anna.email, session_id)), name


async def test_a_deletion_in_mid_session_leaves_nothing_either(house: House) -> None:
    """The socket closes with 4401, and what the session has told meanwhile goes, too."""
    anna = enter(house.url, f"anna-{token_hex(4)}@school.example")
    start = SessionStart("en", Exercise("read_aloud", TEXT, "A2"))
    async with practise(house.url, start, token=anna.token) as client:
        await client.play(spoken("market.flac").tobytes(), 1.9)
        with house_client(house, anna) as http:
            assert http.delete("/v1/me").status_code == 204
        events = [event async for _, event in client]
    assert client.close_code == 4401
    assert any(getattr(event, "code", "") == "unauthenticated" for event in events)
    session_id = client.started.session
    wait_until(lambda: not any(session_id in name for name, _ in contents(house.store())), SOON_S)
    marks = {"text": MARKER.encode(), "who": anna.email.encode()}
    wait_until(lambda: found_in_files(house, marks) == set(), SOON_S)


async def test_words_to_practise_come_back_in_the_next_session(house: House) -> None:
    """A word whose days are over is in the text that the tutor proposes, and is kept."""
    anna = enter(house.url, f"anna-{token_hex(4)}@school.example")
    with house_client(house, anna) as client:
        user = client.get("/v1/me").json()["id"]
        database = Database.open(f"sqlite:///{database_file(house)}")
        waiting = ["weather", len(UTTERANCES), 40.0, 1, time.time() - 2 * DAY_S]
        deck = ReviewDeck.from_dict({"utterance": 1, "cards": [waiting]})
        Decks(database).keep(user, "en", ReviewDeck().to_dict(), deck.to_dict())
        database.close()
        (word,) = client.get("/v1/me/words").json()["words"]
        assert (word["word"], word["due"]) == ("weather", True)

        heard, _ = await read_aloud(house, anna, TEXTS["market.flac"])
        proposed = heard.of(TutorReplyDone)[-1].next
        assert proposed is not None
        assert "weather" in (proposed.text or "").lower()
        wait_until(lambda: bool(client.get("/v1/me/sessions").json()["sessions"]), SOON_S)
        assert "weather" in [w["word"] for w in client.get("/v1/me/words").json()["words"]]
        client.delete("/v1/me")


async def test_of_a_guest_nothing_is_kept(house: House) -> None:
    """No row anywhere; and of a learner who did not agree, no recording."""
    anna = enter(house.url, f"anna-{token_hex(4)}@school.example")
    before = {table: keys(house, table) for table in ("practice_sessions", "utterances", "usage")}
    await hear(house.url, spoken("market.flac"), speed=1.9)
    assert all(keys(house, table) <= before[table] for table in before)
    _, session_id = await read_aloud(house, anna, TEXTS["market.flac"])
    with house_client(house, anna) as client:
        wait_until(lambda: bool(_session(client, session_id).get("spoken")), SOON_S)
        (utterance, *_) = _session(client, session_id)["spoken"]
        path = f"/v1/me/sessions/{session_id}/utterances/{utterance['name']}/audio"
        assert not utterance["has_audio"]
        assert client.get(path).status_code == 404
        (exported,) = client.get("/v1/me/export").json()["sessions"]
        assert not exported["utterances"][0]["has_audio"]
        assert rows(house, "recordings") == []
        client.delete("/v1/me")


def house_client(house: House, anna: Person) -> Any:
    """An HTTP client with her token."""

    headers = {"Authorization": f"Bearer {anna.token}"}
    return asking.client(house.url, headers)


def _session(client: Any, session_id: str) -> dict[str, Any]:
    """The session as the history tells it; empty when it is not there yet."""
    answer = client.get(f"/v1/me/sessions/{session_id}")
    found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
    return found
