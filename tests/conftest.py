import logging
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis

from tests.support.gateway import close_openai_clients
from tests.support.house import SOON_S, House, served, wait_until
from tests.support.postgres import new_database, running_postgres
from tutor.adapters.settings import Settings
from tutor.shells.cli.serve import embedded_store


def is_writable(folder: Path) -> bool:
    """Whether it can be written into; it is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


for name in [name for name in os.environ if name.startswith("TUTOR_")]:
    del os.environ[name]  # the settings of whoever runs the tests
own_data = tempfile.TemporaryDirectory(prefix="voice-tutor-")  # gone with the process
os.environ["TUTOR_DATA_DIR"] = own_data.name  # their database is not for schemathesis
if not is_writable(Settings().cache_dir):
    os.environ["TUTOR_CACHE_DIR"] = f"{own_data.name}/cache"  # there may be no home

# How long an example takes is the machine's affair, not the code's.
hypothesis.settings.register_profile(
    "machine",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("machine")


@pytest.fixture(autouse=True)
def closed_clients() -> Iterator[None]:
    """No test leaves a socket to the garbage collector."""
    yield
    close_openai_clients()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One running product for all tests that leave it as they found it."""
    folder: Path = tmp_path_factory.mktemp("house")
    with served(
        folder,
        webhook_allow_private="true",  # receivers are on this machine
        address_tries="10000",  # schemathesis registers often
    ) as house:
        yield house


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that name a real Valkey with nothing in it."""
    child, url = embedded_store(tmp_path_factory.mktemp("store"))
    with subprocess.Popen(child.command) as process:
        client = redis.Redis.from_url(url)
        wait_until(lambda: _answers(client), SOON_S)
        yield Settings.load(redis_url=url)
        process.terminate()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL, by its URL."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'tutor.db'}"
    return new_database(request.getfixturevalue("postgres"), f"t{secrets.token_hex(4)}")


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.fixture
def _root_logger() -> Iterator[None]:
    """Leave the root logger as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
