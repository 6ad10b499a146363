import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.boards import BOARDS, panels
from tests.support.places import ROOT


@pytest.mark.parametrize(("name", "panel"), panels(), ids=[p["title"] for _, p in panels()])
def test_a_panel_explains_itself(name: str, panel: dict[str, Any]) -> None:
    """Every panel has a title, a description, a unit and one of the provisioned sources."""
    assert name
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"] == {"type": "prometheus", "uid": "prometheus"}


def test_the_dashboards_are_what_the_script_makes(tmp_path: Path) -> None:
    """Nobody has changed the JSON by hand."""
    subprocess.run(
        [sys.executable, ROOT / "etc" / "grafana" / "dashboards.py", tmp_path], check=True
    )
    made = {path.name: path.read_text() for path in tmp_path.glob("*.json")}
    assert made == {path.name: path.read_text() for path in BOARDS}
    assert len(made) == 4
