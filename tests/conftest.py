import gc
import logging
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support.databases import empty_database
from tests.support.gateway import close_openai_clients
from tests.support.house import LEAN, House, served
from tests.support.postgres import running_postgres
from tests.support.site import Built, build_with_faults
from tests.support.store import running_store
from tests.support.together import Together, by_length, have_names, import_elsewhere_first
from tutor.adapters.settings import Settings


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
# Beside other tests nothing is idle, and recordings would never be done.
os.environ["TUTOR_BATCH_CORES"] = "shared"
# What is not tested need not be loaded; the house has both.
os.environ["TUTOR_SPEECH"] = "false"
os.environ["TUTOR_KOKORO"] = "false"
os.environ["TUTOR_ADAPTATION"] = "off"
if not is_writable(Settings().cache_dir):
    os.environ["TUTOR_CACHE_DIR"] = f"{own_data.name}/cache"  # there may be no home

# How long an example takes is the machine's affair, not the code's. Examples are the same in every
# run, so that a change is judged by what it changes; `--hypothesis-profile search` finds others,
# `quick` tries a tenth of them.
MACHINE = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("machine", MACHINE, derandomize=True)
hypothesis.settings.register_profile("search", MACHINE, derandomize=False)
hypothesis.settings.register_profile("quick", MACHINE, derandomize=True, max_examples=10)
hypothesis.settings.load_profile("machine")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Where tests run side by side, keep together what shares something."""
    return Together(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Look for no garbage while tests are collected, nor later among them: it is a quarter of the
    time."""
    gc.disable()
    try:
        import_elsewhere_first(session.config)
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, begin with what takes longest."""
    have_names(items)
    if "PYTEST_XDIST_WORKER" in os.environ:
        by_length(items)


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
        address_tries="10000",
        speech="true",
        adaptation="on",
        # On a busy machine these are reached by work that goes on, and the worker is ended.
        task_time_limit_s="60",
        feedback_time_limit_s="180",
    ) as house:
        yield house


@pytest.fixture(scope="session")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One running product that only hears, for all tests that want no feedback."""
    settings = LEAN | {"address_tries": "10000"}  # schemathesis registers often
    with served(tmp_path_factory.mktemp("lean"), **settings) as house:
        yield house


@pytest.fixture(scope="session")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One running product whose parts are killed, and come back."""
    with served(tmp_path_factory.mktemp("mortal"), **LEAN, final_retry_s="3") as house:
        yield house


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that name a real Valkey with nothing in it."""
    with running_store(tmp_path_factory.mktemp("store")) as url:
        yield Settings.load(redis_url=url)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL, by its URL."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind."""
    return empty_database(request, tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site, built with three faults in one of its pages."""
    return build_with_faults(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site(built: Built) -> Path:
    """The built site; of any other dead link or stale name in it the build would have told."""
    assert built.told.count("WARNING") == 3, built.told
    return built.folder


@pytest.fixture
def _root_logger() -> Iterator[None]:
    """Leave the root logger as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
