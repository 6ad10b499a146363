"""What the compose file and the image say, for tests."""

import re
import shlex
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.places import ROOT
from tests.support.written import from_yaml

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile.gpu"
ENV_EXAMPLE = ROOT / "etc" / "compose.env.example"

VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<operator>:?[-?+])?(?P<rest>[^}]*)\}")
"""A variable of compose, as in its interpolation syntax."""

BIN = Path(sys.executable).parent
"""Where the tools of the development environment are."""


@cache
def compose() -> dict[str, Any]:
    """The compose file, its anchors and merge keys resolved."""
    parsed: dict[str, Any] = from_yaml(COMPOSE.read_text("utf-8"))
    return parsed


def services() -> dict[str, dict[str, Any]]:
    """Every service by its name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def environments() -> dict[str, dict[str, str]]:
    """The environment that each service of ours is given."""
    return {name: one.get("environment", {}) for name, one in services().items() if ours(one)}


def ours(service: dict[str, Any]) -> bool:
    """Whether a service runs this program."""
    return str(service["image"]).startswith("voice-tutor:")


def image_commands() -> list[list[str]]:
    """The `tutor` commands that the image starts with, checks its health with or tries."""
    text = DOCKERFILE.read_text("utf-8").replace("\\\n", " ")
    listed = [re.findall(r'"([^"]+)"', line) for line in re.findall(r"CMD (\[.+\])", text)]
    tried = [shlex.split(line) for line in re.findall(r"tutor \w+ --help", text)]
    return [*listed, *tried]
