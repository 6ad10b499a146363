"""Runs the tests of `tests/web` with Node's own test runner."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tutor.shells.gateway.page import WEB, Bundles

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

SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
"""The same engine without a browser around it: half the CPU; it asks nobody for permissions."""

needs_node = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
needs_chromium = pytest.mark.skipif(
    MISSING is not None or CHROMIUM is None, reason=MISSING or "Chromium is not installed"
)


def _browsers() -> dict[str, str]:
    return {"CHROMIUM": SHELL or "", "WHOLE_CHROMIUM": CHROMIUM or ""}


def run_node_tests(*paths: str, **environment: str) -> str:
    """Run these test files; return what Node printed."""
    with TemporaryDirectory() as folder:
        _write_page(Path(folder))
        done = subprocess.run(
            ["node", "--test", "--test-reporter=spec", *paths],  # noqa: S607
            cwd=WEB_TESTS,
            env=os.environ | _browsers() | {"PAGE": folder} | environment,
            capture_output=True,
            text=True,
        )
    print(done.stdout)  # noqa: T201 - pytest shows it when asked, or when a test fails
    assert done.returncode == 0, done.stderr
    return done.stdout


def _write_page(folder: Path) -> None:
    """Write the page as the gateway serves it: one script is loaded much sooner than forty."""
    made = Bundles.of(WEB)
    (folder / "index.html").write_bytes(made.document.body)
    (folder / f"app-{made.script.name}.js").write_bytes(made.script.body)
    (folder / f"style-{made.sheet.name}.css").write_bytes(made.sheet.body)
