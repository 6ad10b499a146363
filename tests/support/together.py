"""Which tests stay together in one process when several run side by side (pytest-xdist)."""

import os
import re
from collections import Counter
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.places import ROOT, TESTS

SHARED = {
    "house": r"(def test_\w+|^@pytest.fixture.*\n+def \w+)\([^)]*\bhouse: House\b",
    "lean": r"def test_\w+\([^)]*\blean: House\b",
    "mortal": r"def test_\w+\([^)]*\bmortal: House\b",
    "doors": r"def test_\w+\([^)]*\b(guarded|brief): Gateway\b",
    "site": r"def \w+\([^)]*\b(site: Path|built: Built)\b",
    "ear": r"def \w+\([^)]*\bpronouncer: Pronouncer\b",
}
"""What is dear and is set up once in a process: all files go there whose tests ask for it so."""

ROOMS = ("tests/system/accounts", "tests/system/files")
"""Folders whose tests share a gateway, if they share nothing else."""

APART = (
    "tests/web/test_page.py",
    "tests/system/bench/test_bench.py",
)
"""Files whose tests share nothing, and take long: each test goes where there is room for it."""

LONGEST = (
    "house",
    "lean",
    "tests/web/test_page.py",
    "tests/system/live/test_takeover.py",
    "tests/system/files",
    "mortal",
    "tests/system/bench/test_chaos.py",
    "tests/system/test_wheel.py",
    "tests/system/bench/test_bench.py",
    "doors",
    "tests/system/accounts",
    "site",
    "tests/system/gateway/test_telemetry.py",
    "tests/system/cli/test_serve.py",
    "tests/system/test_dashboards.py",
    "ear",
    "tests/shells/cli/test_assess.py",
)
"""What begins first, lest it goes on alone in the end; a process is given another group as soon as
it has but two tests left."""

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
"""The name of this process among those that share the tests."""


WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
"""How many these are."""


def import_elsewhere_first(config: pytest.Config) -> None:
    """Import the files of all tests, in each process from another place on.

    So in a fresh clone each compiles a part, and finds the rest compiled by the others; each would
    compile all. What cannot be imported is told when it is collected.
    """
    whole = [str(Path(one).resolve()) for one in config.args] == [str(TESTS)]
    if WORKERS == 1 or config.option.ignore or not whole:
        return
    files = sorted(file for file in TESTS.rglob("test_*.py") if "node_modules" not in file.parts)
    begin = len(files) * int(WORKER.removeprefix("gw")) // WORKERS
    for file in files[begin:] + files[:begin]:
        with suppress(Exception, pytest.skip.Exception):
            import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


@cache
def group_of(path: str) -> str:
    """The name of what the tests of a file share with others, or the file."""
    text = (ROOT / path).read_text("utf-8")
    for name, pattern in SHARED.items():
        if re.search(pattern, text, re.MULTILINE):
            return name
    return next((room for room in ROOMS if path.startswith(f"{room}/")), path)


def path_of(nodeid: str) -> str:
    """The file of a test."""
    return nodeid.partition("::")[0]


def have_names(items: list[pytest.Item]) -> None:
    """Refuse tests of one name: of these pytest-xdist runs but one, and tells that all is well.

    Raises:
        pytest.UsageError: there are some.
    """
    doubled = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    if doubled:
        raise pytest.UsageError(f"more than one test is called {', '.join(doubled)}")


def by_length(items: list[pytest.Item]) -> None:
    """Let the longest groups begin, then all that waits for a product."""

    def place(item: pytest.Item) -> tuple[int, bool]:
        group = group_of(path_of(item.nodeid))
        long = LONGEST.index(group) if group in LONGEST else len(LONGEST)
        return long, item.get_closest_marker("live") is None

    items.sort(key=place)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each process groups of tests, as it has done those before."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is that of `by_length`

    def _split_scope(self, nodeid: str) -> str:
        path = path_of(nodeid)
        return nodeid if path in APART else group_of(path)
