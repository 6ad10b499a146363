import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pages import ROOT

NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none: nothing can be fetched."""

Build = Callable[[Path, Path], "subprocess.CompletedProcess[str]"]


def run_mkdocs(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a checkout into a folder, strictly and without a network."""
    config = root / "etc" / "docs" / "mkdocs.yml"
    options = ["--strict", "--config-file", str(config), "--site-dir", str(folder)]
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    quiet = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *options],
        env=os.environ | proxies | quiet | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def build() -> Build:
    """Builds the site of a checkout into a folder."""
    return run_mkdocs


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a dead link or a stale name in it would have ended the build."""
    folder = tmp_path_factory.mktemp("site")
    done = run_mkdocs(ROOT, folder)
    assert done.returncode == 0, done.stderr
    return folder
