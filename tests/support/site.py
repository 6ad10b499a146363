"""The documentation's site, built from a checkout."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.places import ROOT

NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none: nothing can be fetched."""


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
