"""Runs the tests of `tests/web` with Node's own test runner."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB_TESTS = Path(__file__).parent
OLDEST_NODE = 20


def _missing() -> str | None:
    """Why the tests cannot run here, or None."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "Node and npm are not installed"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout  # noqa: S607
    if int(version.strip().lstrip("v").split(".")[0]) < OLDEST_NODE:
        return f"Node {OLDEST_NODE} or newer is needed, this is {version.strip()}"
    if not (WEB_TESTS / "node_modules").is_dir():
        return "the packages of tests/web are not installed: `make setup-web` does it"
    return None


MISSING = _missing()
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

needs_node = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
needs_chromium = pytest.mark.skipif(
    MISSING is not None or CHROMIUM is None, reason=MISSING or "Chromium is not installed"
)


def run_node_tests(*paths: str, **environment: str) -> str:
    """Run these test files; return what Node printed."""
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", *paths],  # noqa: S607
        cwd=WEB_TESTS,
        env=os.environ | {"CHROMIUM": CHROMIUM or ""} | environment,
        capture_output=True,
        text=True,
    )
    print(done.stdout)  # noqa: T201 - pytest shows it when asked, or when a test fails
    assert done.returncode == 0, done.stderr
    return done.stdout
