"""Prometheus' configuration and rules, as this checkout has them."""

import os
import shutil
from typing import Any

import pytest

from tests.support.places import ROOT
from tests.support.written import from_yaml

PROMETHEUS = ROOT / "etc" / "prometheus"

RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))

PROMTOOL = shutil.which("promtool") or "promtool"

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None and not os.environ.get("CI"),
    reason="promtool is not installed (Debian: prometheus)",
)


def rules(kind: str) -> list[dict[str, Any]]:
    """Every rule of a kind, `alert` or `record`."""
    groups = [group for path in RULES for group in from_yaml(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"] if kind in rule]
