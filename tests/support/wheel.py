"""A wheel of this checkout, and environments in which nothing of this checkout is but the wheel."""

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.places import ROOT

FILES = ("pyproject.toml", "README.md", "LICENSE")
FOLDERS = ("tutor", "web", "tests/data/speech")
"""What a wheel is made of."""


def build_wheel(folder: Path) -> Path:
    """Build a source distribution of a copy of this checkout, and a wheel of that."""
    source = folder / "source"
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path, extra: str = "") -> Path:
    """Make an environment of the wheel and of what it requires; return its Python.

    What it requires is linked from the environment of the tests: nothing is fetched.
    """
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    (site,) = folder.glob("lib/python*/site-packages")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    (ours,) = distributions(path=[str(site)])
    for required in _required(ours, extra):
        for name in {file.parts[0] for file in required.files or ()} - {"..", "__pycache__"}:
            if not (site / name).exists() and not name.endswith(".pth"):
                (site / name).symlink_to(str(required.locate_file(name)))
    return python


def _required(root: Distribution, extra: str) -> Iterator[Distribution]:
    """All that a distribution with an extra requires, and what that requires, and so on."""
    waiting, seen = [(root, extra), (root, "")], set()
    while waiting:
        parent, extra = waiting.pop()
        if (parent.name, extra) in seen:
            continue
        seen.add((parent.name, extra))
        if parent is not root and not extra:
            yield parent
        for line in parent.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                is_root = canonicalize_name(requirement.name) == canonicalize_name(root.name)
                child = root if is_root else distribution(requirement.name)
                waiting += [(child, name) for name in {"", *requirement.extras}]
