"""What the product is made of: pins, notices, the bill of materials."""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.places import ROOT
from tutor.adapters.speech.models.weights import WHISPER_BASE

NOTICES = (ROOT / "THIRD_PARTY.md").read_text()
PINS = ROOT / "etc" / "pins"
BY_VERSION_ALONE = {"torch", "torchaudio"}


def plain(name: str) -> str:
    """A package's name in the one form of several."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> dict[str, str]:
    """Versions by package."""
    found = re.findall(r"^([\w.-]+)==([^\s\\]+)", text, re.MULTILINE)
    return {plain(name): version for name, version in found}


def test_every_pin_has_its_hashes() -> None:
    """All of `constraints.txt` but torch, in the same version, each file by its SHA-256."""
    hashed: dict[str, str] = {}
    for name in ("server.txt", "dev.txt"):
        text = (PINS / name).read_text()
        hashed |= pinned(text)
        for block in re.split(r"\n(?=\S)", text)[1:]:
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block
    wanted = pinned((ROOT / "constraints.txt").read_text())
    assert hashed == {n: v for n, v in wanted.items() if n not in BY_VERSION_ALONE}


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile.gpu"])
def test_installations_require_the_hashes(name: str) -> None:
    """By hand and in the images: before anything is installed without them, but torch."""
    text = (ROOT / name).read_text()
    assert text.index("--require-hashes") < text.index(".[server]'")
    assert text.count("--require-hashes") == 2


def closure(name: str, extras: frozenset[str]) -> set[str]:
    """What a package needs here, with these extras."""
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(name, extras)]
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        try:
            wanted = [Requirement(line) for line in requires(one[0]) or []]
        except PackageNotFoundError:  # for another system
            continue
        seen.add(one)
        for requirement in wanted:
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *one[1])):
                todo.append((plain(requirement.name), frozenset(requirement.extras)))
    return {found for found, _ in seen}


def license_of(name: str) -> str:
    """What a package says of its license."""
    told = distribution(name).metadata
    classified = " ".join(one for one in told.get_all("Classifier") or [] if "License" in one)
    fields = [one for name in ("License-Expression", "License") for one in told.get_all(name) or []]
    return " ".join([classified, *(one[:200] for one in fields)])


def test_licenses_that_ask_for_more_are_told() -> None:
    """Every package that runs in the product and is under a license with copyleft has its row."""
    copyleft = r"GPL|Mozilla|MPL|EUPL|CDDL|Affero|SSPL|Commons Clause"
    found = {
        name
        for name in closure("voice-tutor", frozenset({"server"}))
        if re.search(copyleft, license_of(name))
    }
    told = set(
        re.findall(r"`([\w-]+)`", "".join(re.findall(r"^\| (`.*?) \|", NOTICES, re.MULTILINE)))
    )
    assert {"psycopg", "soxr"} <= found
    assert found <= told
    assert told - found == {"av"}  # whose own license does not tell of what its wheel brings


def test_what_the_wheel_of_pyav_brings_is_told() -> None:
    """x264 and x265 are in it, or the notice is out of date."""
    files = {Path(str(file)).name for file in distribution("av").files or []}
    brought = {name for name in ("x264", "x265") if any(f"lib{name}-" in file for file in files)}
    assert brought == {"x264", "x265"}
    assert all(name in NOTICES for name in brought)


def test_the_notice_names_the_weights_that_are_trusted() -> None:
    """Their SHA-256 is that of the code."""
    assert WHISPER_BASE.sha256 in NOTICES


@pytest.mark.heavy
def test_there_is_a_bill_of_materials(tmp_path: Path) -> None:
    """`make sbom` as it stands: CycloneDX, with the product and all that it needs."""
    recipe = re.search(r"\$\(BIN\)/(cyclonedx-py .*) \$\(BIN\)/python$", *_makefile())
    assert recipe is not None
    command = recipe[1].replace("build/sbom.json", str(tmp_path / "sbom.json")).split()
    tool = Path(sys.executable).parent / command[0]
    subprocess.run([tool, *command[1:], sys.executable], cwd=ROOT, check=True, capture_output=True)
    sbom = json.loads((tmp_path / "sbom.json").read_text())
    assert sbom["bomFormat"] == "CycloneDX"
    assert sbom["metadata"]["component"]["name"] == "voice-tutor"
    listed = {plain(one["name"]) for one in sbom["components"]}
    assert closure("voice-tutor", frozenset({"server"})) - {"voice-tutor"} <= listed


def _makefile() -> tuple[str, "re.RegexFlag"]:
    return (ROOT / "Makefile").read_text(), re.MULTILINE
