"""Streamed transcriptions at a real gateway; the test does the files worker's part."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import httpx2
import pytest

from tests.support.gateway import Gateway, Person, enter, openai_client, running_gateway
from tests.support.house import SOON_S, wait_until
from tutor.adapters.settings import Settings
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.jobs import JobTable
from tutor.core.audio.recognition import Recognition
from tutor.core.files.pieces import FinishedPiece
from tutor.core.files.transcript import Piece, Transcript

PING = ": ping"

FORM = {"model": "whisper-1", "stream": "true"}

FILES = {"file": ("a.wav", b"sound")}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database."""
    return f"sqlite:///{tmp_path_factory.mktemp('database') / 'tutor.db'}"


@pytest.fixture(scope="module")
def gateway(
    store: Settings, url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that pings often."""
    folder = tmp_path_factory.mktemp("gateway")
    settings = {"database_url": url, "ping_interval_s": "0.1"}
    with running_gateway(folder, store.redis_url, **settings) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def anna(gateway: Gateway) -> Person:
    """Somebody with an account."""
    return enter(gateway.url)


@pytest.fixture
def table(url: str) -> Iterator[JobTable]:
    """The gateway's jobs."""
    database = Database.open(url)
    yield JobTable(database)
    database.close()


@pytest.fixture
def client(gateway: Gateway, anna: Person) -> Iterator[httpx2.Client]:
    """Her client."""
    with gateway.client(anna.token) as client:
        yield client


def owner(client: httpx2.Client) -> str:
    """Her id."""
    return str(client.get("/v1/me").json()["id"])


def add_piece(table: JobTable, job: str, index: int, text: str) -> None:
    """A piece that was recognised."""
    piece = Piece(index, index * 1000, (index + 1) * 1000)
    table.add_piece(job, FinishedPiece(piece, Recognition(text, "en")))


def finish(table: JobTable, job: str, text: str) -> None:
    """The job is done."""
    result: dict[str, Any] = {
        "transcript": asdict(Transcript(text, "en", 2.0, ())),
        "assessment": None,
    }
    assert table.take(job, "lease", time.time())
    assert table.finish(job, "lease", "done", time.time(), result=result)


def test_a_long_wait_is_filled_with_pings(client: httpx2.Client, table: JobTable) -> None:
    """While nothing comes the stream says that it lives, and no proxy may hold that back."""
    user = owner(client)
    with client.stream("POST", "/v1/audio/transcriptions", data=FORM, files=FILES) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        lines = (line for line in answer.iter_lines() if line)
        assert [next(lines), next(lines)] == [PING, PING]
        (job,) = table.names(user)
        finish(table, job, "Hello.")
        events = [line.removeprefix("data: ") for line in lines if line != PING]
    assert json.loads(events[0]) == {"type": "transcript.text.done", "text": "Hello."}
    assert events[1:] == ["[DONE]"]
    wait_until(lambda: not table.names(user), SOON_S)


def test_openais_client_reads_past_the_pings(
    gateway: Gateway, anna: Person, client: httpx2.Client, table: JobTable
) -> None:
    """Each piece's text comes in order as soon as it is there, whatever was sent in between."""
    user = owner(client)
    stream = openai_client(gateway.url, anna.token).audio.transcriptions.create(
        file=("a.wav", b"sound"), model="whisper-1", stream=True
    )
    (job,) = table.names(user)
    add_piece(table, job, 1, "there.")  # not told before the first one
    time.sleep(0.5)  # some pings
    add_piece(table, job, 0, "Hello")
    assert next(stream).to_dict() == {"type": "transcript.text.delta", "delta": "Hello"}
    assert next(stream).to_dict() == {"type": "transcript.text.delta", "delta": " there."}
    finish(table, job, "Hello there.")
    assert [event.to_dict() for event in stream] == [
        {"type": "transcript.text.done", "text": "Hello there."}
    ]


def test_a_client_that_leaves_ends_the_work(client: httpx2.Client, table: JobTable) -> None:
    """Who hangs up on a stream wants no transcription any more: its job is deleted."""
    user = owner(client)
    with client.stream("POST", "/v1/audio/transcriptions", data=FORM, files=FILES) as answer:
        lines = answer.iter_lines()  # closes the answer when it is closed
        assert next(lines) == PING
        assert len(table.names(user)) == 1
    wait_until(lambda: not table.names(user), SOON_S)


def test_a_client_that_may_come_back_keeps_the_work(client: httpx2.Client, table: JobTable) -> None:
    """With an idempotency key a stream can be asked for again, and is the same job's."""
    user = owner(client)
    asking = {"data": FORM, "files": FILES, "headers": {"Idempotency-Key": "lesson-1"}}
    for _ in range(2):
        with client.stream("POST", "/v1/audio/transcriptions", **asking) as answer:  # type: ignore[arg-type]
            lines = answer.iter_lines()  # closes the answer when it is closed
            assert next(lines) == PING
            (job,) = table.names(user)
    finish(table, job, "Hello.")
    answer = client.post("/v1/audio/transcriptions", **asking)  # type: ignore[arg-type]
    assert '"transcript.text.done", "text": "Hello."' in answer.text
