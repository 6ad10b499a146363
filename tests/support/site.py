"""The documentation's site, built from a checkout."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.places import ROOT

NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none: nothing can be fetched."""

FAULTS = "[Nowhere](nowhere.md), `tutor/nowhere.py` and `TUTOR_NOTHING`"
"""A dead link, a file and a setting that nobody has."""


@dataclass(frozen=True)
class Built:
    """A site whose last page to be learnt from has the three faults, and what was said of them.

    Strictly built, it is whole all the same: mkdocs ends with an error when all is written. One
    build so tells that these are told and that there are no others.
    """

    folder: Path
    code: int
    told: str


def build_with_faults(folder: Path) -> Built:
    """Build the site of this checkout, with the faults in a page."""
    copy = folder / "checkout"
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.name not in (".git", "build", "etc"):
            (copy / path.name).symlink_to(path)
    shutil.copytree(ROOT / "etc", copy / "etc")
    with (copy / "etc" / "docs" / "pages" / "learn.md").open("a") as learn:
        learn.write(f"\n{FAULTS}\n")
    done = _run_mkdocs(copy, folder / "site")
    return Built(folder / "site", done.returncode, done.stderr)


def _run_mkdocs(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
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
