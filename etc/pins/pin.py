"""Writes the hashes of every package in `constraints.txt`: what `pip --require-hashes` takes.

    uv pip compile --no-deps --no-annotate --no-header --generate-hashes --python-version 3.11.7 \
        constraints.txt | python etc/pins/pin.py

It reads pins with hashes on stdin and divides them: `server.txt` is the product's, `dev.txt` what
checks and tests use beside it. Torch is in neither: machines have builds of their own of it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).parent
NOT_HASHED = {"torch", "torchaudio"}


def plain(name: str) -> str:
    """A package's name in the one form of several (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted_by(name: str) -> list[str]:
    """What a package says that it needs; of ours what stands in `pyproject.toml` now.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    if name != "voice-tutor":
        return requires(name) or []
    project = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].items()
    optional = [f"{line}; extra == '{extra}'" for extra, lines in extras for line in lines]
    return [*project["dependencies"], *optional]


def needed(name: str, extras: frozenset[str]) -> set[str]:
    """The names of all that a package needs here, with these extras."""
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(name, extras)]
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            wanted = [Requirement(line) for line in wanted_by(one[0])]
        except PackageNotFoundError:  # for another system
            continue
        for requirement in wanted:
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *one[1])):
                todo.append((plain(requirement.name), frozenset(requirement.extras)))
    return {found for found, _ in seen}


def main() -> None:
    """Divide what stdin has."""
    blocks = re.findall(
        r"^[A-Za-z0-9][^\n]*\\\n(?:[^\n]*\\\n)*[^\n]*\n", sys.stdin.read(), re.MULTILINE
    )
    server = needed("voice-tutor", frozenset({"server"}))
    files: dict[str, list[str]] = {"server": [], "dev": []}
    for block in blocks:
        name = plain(block.partition("==")[0])
        if name not in NOT_HASHED:
            files["server" if name in server else "dev"].append(block)
    for kind, found in files.items():
        (HERE / f"{kind}.txt").write_text("# Made by etc/pins/pin.py.\n" + "".join(found))


if __name__ == "__main__":
    main()
