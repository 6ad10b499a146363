"""A real Valkey with nothing in it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.support.house import SOON_S, wait_until


@contextmanager
def running_store(folder: Path) -> Iterator[str]:
    """The URL of a store, until the block ends."""
    from tutor.shells.cli.serve import embedded_store  # seconds of imports, for those who need it

    child, url = embedded_store(folder)
    with subprocess.Popen(child.command, stdout=subprocess.DEVNULL) as process:
        try:
            client = redis.Redis.from_url(url)
            wait_until(lambda: answers(client), SOON_S)
            yield url
        finally:
            process.terminate()  # or a test that fails would wait for it for ever


def answers(client: "redis.Redis") -> bool:
    """Whether a store is there."""
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
