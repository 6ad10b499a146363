"""The dashboards, as this checkout has them."""

import json
from typing import Any

from tests.support.places import ROOT

BOARDS = sorted((ROOT / "etc" / "grafana" / "dashboards").glob("*.json"))


def panels() -> list[tuple[str, dict[str, Any]]]:
    """Every panel of every dashboard but the rows, with its dashboard's name."""
    found = [(path.stem, json.loads(path.read_text())["panels"]) for path in BOARDS]
    return [(name, panel) for name, all_ in found for panel in all_ if panel["type"] != "row"]


def queries() -> list[tuple[str, str]]:
    """Every query with where it stands, its variables replaced."""
    return [
        (f"{name}: {panel['title']} {target['refId']}", filled(target["expr"]))
        for name, panel in panels()
        for target in panel["targets"]
    ]


def filled(expr: str) -> str:
    """A query as Grafana sends it."""
    return expr.replace("$__rate_interval", "2m").replace("$gateway", ".*")
