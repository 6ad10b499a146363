"""A real gateway without workers, for tests that need no recogniser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil
import redis

if TYPE_CHECKING:
    import openai

from tests.support import asking
from tests.support.house import PATIENT, READY_S, SOON_S, free_port, get, wait_until

PASSWORD = "correct horse battery"  # noqa: S105 - for a test
EMAIL = "anna@school.example"


@dataclass
class Gateway:
    """A running `tutor gateway`."""

    url: str
    redis_url: str
    log: Path
    process: psutil.Popen

    @property
    def store(self) -> "redis.Redis":
        """A client of its store."""
        return redis.Redis.from_url(self.redis_url)

    def forget_tries(self) -> None:
        """Let nobody have tried to log in, register or connect: tries of one test do not count in
        the next."""
        store = self.store
        for name in store.scan_iter("tutor:tries:*"):
            assert store.ttl(name) != -1, "a try counts for ever"
            store.delete(name)

    def client(self, token: str | None = None) -> httpx2.Client:
        """An HTTP client with a credential."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return asking.client(self.url, headers)


_openai_clients: list["openai.OpenAI"] = []


def openai_client(url: str, key: str = "unused") -> "openai.OpenAI":
    """OpenAI's own client, which cannot do without a key; it is closed when the test is over."""
    import openai  # a second, for those who need it

    client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
    _openai_clients.append(client)
    return client


def close_openai_clients() -> None:
    """Their exceptions hold them: what the garbage collector finds of their sockets it reports."""
    while _openai_clients:
        _openai_clients.pop().close()


@contextmanager
def running_gateway(folder: Path, redis_url: str, **settings: str) -> Iterator[Gateway]:
    """Run a gateway with these `TUTOR_` settings until the block ends.

    A setting that is none, `descriptors`: the most files that it may have open.
    """
    descriptors = settings.pop("descriptors", None)
    port, log = free_port(), folder / "gateway.log"
    own = {"data_dir": str(folder / "data"), "redis_url": redis_url}
    env = os.environ | {
        f"TUTOR_{name.upper()}": value for name, value in (PATIENT | own | settings).items()
    }
    command = [sys.executable, "-m", "tutor", "gateway", "--port", str(port)]
    if descriptors is not None:
        command = ["sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh", *command]
    with log.open("wb") as output:
        process = psutil.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _is_up(url), READY_S, log)
        yield Gateway(url, redis_url, log, process)
    finally:
        process.terminate()
        process.wait(SOON_S)


def _is_up(url: str) -> bool:
    try:
        return get(f"{url}/healthz")[0] == 200
    except OSError:
        return False


@dataclass
class Person:
    """Somebody with an account."""

    email: str
    token: str
    refresh: str


def enter(url: str, email: str = EMAIL, password: str = PASSWORD) -> Person:
    """Register and log in."""
    with asking.client(url) as client:
        made = client.post("/v1/accounts", json={"email": email, "password": password})
        assert made.status_code == 201, made.text
        return log_in(client, email, password)


def log_in(client: httpx2.Client, email: str, password: str = PASSWORD) -> Person:
    """Log in once more."""
    form = {"grant_type": "password", "username": email, "password": password}
    answer = client.post("/v1/token", data=form)
    assert answer.status_code == 200, answer.text
    return Person(email, answer.json()["access_token"], answer.json()["refresh_token"])
