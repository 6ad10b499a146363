"""Progress, what a guest hands over, and the words as files."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import redis
from starlette.testclient import TestClient

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.speech import VOICES
from tutor.adapters.store.workers import registered
from tutor.adapters.wire.practice import to_json
from tutor.core.voice.voices import VoiceFacts
from tutor.shells.gateway.app import make_app

PASSWORD = "correct horse battery"  # noqa: S105 - a test's


@pytest.fixture(scope="module")
def server(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The API of one server, for all who register there."""
    with entered(store, tmp_path_factory.mktemp("server")) as client:
        yield client


@pytest.fixture
def learner(server: TestClient) -> TestClient:
    """The API as somebody uses it who has just registered, in each test another one."""
    _enter(server, f"{token_hex(4)}@school.example")
    return server


@contextmanager
def entered(store: Settings, tmp_path: Path, **changed: Any) -> Iterator[TestClient]:
    """A server with its settings, and somebody who has just registered there."""
    settings = Settings.load(
        redis_url=store.redis_url, data_dir=tmp_path, address_tries=0, **changed
    )
    asgi = make_app(settings)
    with TestClient(asgi, base_url="http://127.0.0.1") as client:
        _enter(client, f"{tmp_path.name}@school.example")
        yield client


def _enter(client: TestClient, email: str) -> None:
    account = {"email": email, "password": PASSWORD}
    assert client.post("/v1/accounts", json=account).status_code == 201
    form = {"grant_type": "password", "username": email, "password": PASSWORD}
    token = client.post("/v1/token", data=form).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"


def said(name: str, score: float = 40.0, word: str = "weather") -> dict[str, Any]:
    """An utterance as a guest's browser keeps it."""
    phones = [{"ipa": "w", "score": 90}, {"ipa": "ð", "score": score}]
    sounded = {"text": word, "start_ms": 0, "end_ms": 400, "score": score, "phones": phones}
    return {
        "name": name,
        "text": f"The {word}.",
        "language": "en-GB",
        "start_ms": 0,
        "end_ms": 900,
        "words": [{"text": "The", "start_ms": 0, "end_ms": 200, "confidence": 0.9}],
        "scores": {
            "accuracy": {
                "accuracy": 100,
                "completeness": 100,
                "words": [{"text": word, "status": "matched"}],
            },
            "pronunciation": {"calibrated": True, "basis": "text", "total": 70, "words": [sounded]},
            "fluency": {"score": 80, "words_per_minute": 100},
        },
        "reply": "Well said!",
    }  # fmt: skip


def session(name: str = "guest-1", days_ago: float = 1, **fields: Any) -> dict[str, Any]:
    """A guest's session."""
    began = datetime.now(UTC) - timedelta(days=days_ago)
    spoken = [said("u1"), said("u2", 60)]
    return {
        "id": name,
        "language": "en",
        "type": "read_aloud",
        "started_at": began.isoformat(),
        "audio_s": 42.5,
        "spoken": spoken,
    } | fields


def test_what_a_guest_hands_over_is_history_progress_and_words(learner: TestClient) -> None:
    """Once: what comes twice, or goes on, is kept as one session. Other accounts see none of it."""
    assert learner.post("/v1/me/sessions", json=session()).json() == {"utterances": 2}
    assert learner.post("/v1/me/sessions", json=session()).json() == {"utterances": 0}
    more = session(spoken=[said("u3", 20, "think")])
    assert learner.post("/v1/me/sessions", json=more).json() == {"utterances": 1}

    (row,) = learner.get("/v1/me/sessions").json()["sessions"]
    assert (row["utterances"], row["audio_s"], row["exercise"]) == (3, 42.5, {"type": "read_aloud"})
    spoken = learner.get(f"/v1/me/sessions/{row['id']}").json()["spoken"]
    assert [one["text"] for one in spoken] == ["The weather.", "The weather.", "The think."]
    words = learner.get("/v1/me/words").json()["words"]
    assert {word["word"]: round(word["score"]) for word in words} == {"weather": 60, "think": 20}

    (sums,) = learner.get("/v1/me/progress").json()["sessions"]
    assert (sums["utterances"], sums["accuracy"]) == (3, {"sum": 300, "count": 3})
    assert sums["pronunciation"] == {"sum": 210, "count": 3}
    assert sums["fluency"] == {"sum": 240, "count": 3}
    assert sums["sounds"] == {"w": {"sum": 270, "count": 3}, "ð": {"sum": 120, "count": 3}}
    learner.post("/v1/me/sessions", json=session("guest-2", days_ago=200))
    assert len(learner.get("/v1/me/progress").json()["sessions"]) == 1
    assert len(learner.get("/v1/me/progress?days=400").json()["sessions"]) == 2

    _enter(learner, "bert@school.example")
    assert learner.get("/v1/me/progress?days=400").json() == {"sessions": []}
    assert learner.post("/v1/me/sessions", json=session()).json() == {"utterances": 2}


@pytest.mark.parametrize(
    "fields",
    [
        {"started_at": "2001-01-01T00:00:00Z"},
        {"started_at": (datetime.now(UTC) + timedelta(days=3)).isoformat()},
        {"audio_s": 1e9},
        {"audio_s": -1},
        {"spoken": [said(f"u{n}") for n in range(21)]},
        {"spoken": [said("u1", 101)]},
        {"spoken": [said("u1") | {"end_ms": 10, "start_ms": 20}]},
        {"spoken": [said("u 1")]},
        {"spoken": [said("u1"), said("u1")]},
        {"spoken": []},
        {"spoken": [said("u1") | {"text": "x" * 5001}]},
        {"language": "no language!"},
        {"id": "../1"},
    ],
)
def test_what_no_session_can_be_is_refused(learner: TestClient, fields: dict[str, Any]) -> None:
    """With its field, and nothing of it is kept."""
    answer = learner.post("/v1/me/sessions", json=session(**fields))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert learner.get("/v1/me/sessions").json()["sessions"] == []


def test_what_was_practised_long_ago_is_taken_over_too(learner: TestClient) -> None:
    """It is in the list of sessions, and older than what progress tells."""
    assert learner.post("/v1/me/sessions", json=session(days_ago=1500)).status_code == 201
    assert len(learner.get("/v1/me/sessions").json()["sessions"]) == 1
    assert learner.get("/v1/me/progress", params={"days": 400}).json()["sessions"] == []


def test_a_clock_that_is_ahead_dates_nothing_in_the_future(learner: TestClient) -> None:
    """What a browser dates some hours ahead began when it was handed over, at the latest."""
    assert learner.post("/v1/me/sessions", json=session(days_ago=-0.5)).status_code == 201
    (row,) = learner.get("/v1/me/sessions").json()["sessions"]
    assert datetime.fromisoformat(row["started_at"]) <= datetime.now(UTC)


def test_an_account_takes_over_so_much_and_no_more(store: Settings, tmp_path: Path) -> None:
    """Else whoever has an account could fill the server's disk: `TUTOR_MAX_TAKEN_OVER`."""
    with entered(store, tmp_path, max_taken_over=2) as learner:
        _hand_over_too_much(learner)


def _hand_over_too_much(learner: TestClient) -> None:
    assert learner.post("/v1/me/sessions", json=session()).status_code == 201
    answer = learner.post("/v1/me/sessions", json=session("guest-2"))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert len(learner.get("/v1/me/sessions").json()["sessions"]) == 1


def test_cards_do_not_wait_for_a_voice_for_ever(store: Settings, tmp_path: Path) -> None:
    """`TUTOR_CARDS_VOICE_S`: what the voice has not read by then is left out, the words stay."""
    with entered(store, tmp_path, cards_voice_s=0.3) as learner:
        learner.post("/v1/me/sessions", json=session())
        told = {VOICES: to_json([VoiceFacts("joe", "en-US", "piper", "CC0", "a package")]).decode()}
        with redis.Redis.from_url(store.redis_url) as kept:
            seconds, _ = kept.time()
            kept.hset(keys.REGISTRY, "speech:gone", registered(seconds, told))
            answer = learner.get("/v1/me/words.apkg")
            kept.hdel(keys.REGISTRY, "speech:gone")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read("media")) == {}


def test_words_are_a_table_and_cards_for_anki(learner: TestClient) -> None:
    """Each with its sounds and where it was said; a cell that looks like a formula is none."""
    learner.post("/v1/me/sessions", json=session(spoken=[said("u1"), said("u2", 20, "=think")]))
    table = learner.get("/v1/me/words.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert table.content.decode("utf-8-sig").splitlines() == [
        "language,word,score,sounds,sentence",
        "en,think,20,/wð/,'=think",
        "en,weather,40,/wð/,weather",
    ]

    answer = learner.get("/v1/me/words.apkg")
    assert 'filename="voice-tutor-words.apkg"' in answer.headers["content-disposition"]
    with (
        zipfile.ZipFile(io.BytesIO(answer.content)) as archive,
        closing(sqlite3.connect(":memory:")) as base,
    ):
        assert json.loads(archive.read("media")) == {}
        base.deserialize(archive.read("collection.anki2"))
        (decks,) = base.execute("SELECT decks FROM col").fetchone()
        notes = base.execute("SELECT flds FROM notes ORDER BY id").fetchall()
        held = base.execute("SELECT did FROM cards").fetchall()
    assert [note.split("\x1f") for (note,) in notes] == [
        ["think", "=think", "/wð/", "20", ""],
        ["weather", "weather", "/wð/", "40", ""],
    ]
    (deck,) = {number for (number,) in held}
    assert json.loads(decks)[str(deck)]["name"] == "Voice Tutor: English"
    assert learner.get("/v1/me/words.csv?language=de").text.count("\n") == 1
