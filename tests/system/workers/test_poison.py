"""Messages that stopped a worker for ever, at a real one."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis

from tests.support.house import READY_S, wait_until
from tests.support.store import running_store
from tutor.adapters.store import keys

LIVE = keys.waiting(keys.QUEUE_LIVE, 0)


def message(job: object, **parts: object) -> str:
    """A message of Celery's, with parts of it changed."""
    tag = str(uuid4())
    whole: dict[str, Any] = {
        "body": base64.b64encode(json.dumps(job).encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"id": tag, "task": keys.TASK_RECOGNISE, "lang": "py"},
        "properties": {
            "body_encoding": "base64",
            "correlation_id": tag,
            "delivery_info": {"exchange": "", "routing_key": keys.QUEUE_LIVE},
            "delivery_tag": tag,
            "priority": 0,
        },
    }
    return json.dumps({**whole, **parts})


POISON: list[str | bytes] = [
    b"no JSON \xff",
    b"1",
    b"null",
    b"[1]",
    b'{"a": 1}',
    message({"a": 1}),
    message(1),
    message([[], {}]),
    message([[], {}, "x"]),
    message([[], {}, {}], body="***"),
    message([[], {}, {}], headers=[1]),
    message([[], {}, {}], headers={"id": {"a": 1}, "task": keys.TASK_RECOGNISE}),
    message([[], {}, {}], headers={"task": keys.TASK_RECOGNISE}),
    message([[], {}, {}], headers={"id": "x", "task": keys.TASK_RECOGNISE, "timelimit": "x"}),
    message([[], {}, {}], properties=[]),
    message([[], {}, {}], **{"content-type": "application/data"}),
]


@contextmanager
def working(url: str, pool: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of one process, until the block ends."""
    command = [sys.executable, "-m", "tests.support.odd_worker", url, pool]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_message_that_nobody_can_read_stops_nobody(tmp_path: Path, pool: str) -> None:
    """Whatever layer would choke: each is set aside, and the same process does the next job."""
    log = tmp_path / "log"
    with running_store(tmp_path) as url, working(url, pool, log) as worker:
        store = redis.Redis.from_url(url)
        store.hset(keys.UNACKNOWLEDGED, "tag", b"no JSON")
        store.zadd(f"{keys.UNACKNOWLEDGED}_index", {"tag": 1})
        store.lpush(LIVE, *POISON, message([[], {"odd": 1}, {}]), message([[], {"good": 1}, {}]))
        wait_until(lambda: "did {'good': 1}" in log.read_text(), READY_S, log)
        wait_until(lambda: store.llen(keys.poison("unacknowledged")) == 1, READY_S, log)
        assert store.llen(keys.poison(keys.QUEUE_LIVE)) == len(POISON) + 1
        assert worker.poll() is None
        assert not store.exists(LIVE, keys.UNACKNOWLEDGED)


def test_a_message_that_kills_its_workers_is_given_up_after_two(tmp_path: Path) -> None:
    """The third worker does not try it, but tells who waits, and does the next job."""
    log = tmp_path / "log"
    with running_store(tmp_path) as url, working(url, "prefork", log):
        store = redis.Redis.from_url(url)
        store.lpush(LIVE, message([[], {"deadly": 1}, {}]))
        wait_until(lambda: "gave up {'deadly': 1}" in log.read_text(), READY_S, log)
        store.lpush(LIVE, message([[], {"good": 1}, {}]))
        wait_until(lambda: "did {'good': 1}" in log.read_text(), READY_S, log)
        assert log.read_text().count("did {'deadly': 1}") == 2
        assert store.llen(keys.poison(keys.QUEUE_LIVE)) == 1
