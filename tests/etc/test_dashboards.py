import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.boards import BOARDS, panels
from tests.support.places import ROOT
from tests.support.prometheus import rules
from tutor.adapters.settings import Settings
from tutor.adapters.store.broker.queue import make_celery


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


def test_nothing_is_asked_that_workers_do_not_tell() -> None:
    """celery-exporter counts tasks from events, which Celery's workers send only where they are
    told to; ours count by themselves (`tutor_worker_tasks`). Heartbeats they send."""
    asked = [target["expr"] for _, panel in panels() for target in panel["targets"]]
    asked += [rule["expr"] for kind in ("alert", "record") for rule in rules(kind)]
    told = make_celery(Settings.load(redis_url="redis://localhost")).conf
    assert any("celery_worker_up" in expr for expr in asked)
    assert told.worker_send_task_events or not [e for e in asked if "celery_task_" in e]
