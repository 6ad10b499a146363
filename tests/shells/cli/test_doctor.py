"""`tutor doctor` on this machine."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tutor.adapters.settings import Settings
from tutor.core.doctor.findings import Finding, Level
from tutor.shells.cli.doctor import print_findings
from tutor.shells.cli.main import app


def doctor(**settings: object) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the lines by what they are about."""
    env = {f"TUTOR_{name.upper()}": str(value) for name, value in settings.items()}
    done = CliRunner().invoke(app, ["doctor", "--json"], env=env, catch_exceptions=False)
    return done.exit_code, {line["what"]: line for line in json.loads(done.stdout)}


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, object]:
    """Folders for data, a free port, a database of one's own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return {"data_dir": tmp_path / "data", "port": port, "device": "cpu"}


def test_a_machine_that_is_well_is_told_so(store: Settings, folders: dict[str, object]) -> None:
    """Exit code 0, and the store that is really there is named."""
    code, lines = doctor(redis_url=store.redis_url, **folders)
    assert (code, lines["Redis"]["level"]) == (0, "ok")
    assert lines["Redis"]["told"].startswith("valkey ")
    assert lines["database"]["told"] == "SQLite answers"
    assert lines["model"]["told"].startswith("base")


@pytest.mark.heavy
def test_what_is_wrong_ends_with_1_and_one_line_each(folders: dict[str, object]) -> None:
    """A store that is away, a model that is none, a port that others use, a GPU that is not
    there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wrong = {
            "redis_url": "redis://127.0.0.1:9/0",
            "model": "/nowhere",
            "port": taken.getsockname()[1],
            "device": "cuda",
        }
        code, lines = doctor(**(folders | wrong))
    assert code == 1
    for what in ("Redis", "model", "port", "device"):
        assert lines[what]["level"] == "error", what
        assert lines[what]["remedy"], what


def test_a_person_gets_a_table(folders: dict[str, object]) -> None:
    """Without `--json` each line is a row."""
    env = {f"TUTOR_{name.upper()}": str(value) for name, value in folders.items()}
    done = CliRunner().invoke(app, ["doctor"], env=env | {"COLUMNS": "160"}, catch_exceptions=False)
    assert done.exit_code == 0
    assert "what to do" in done.stdout
    assert "microphone" in done.stdout
    assert "cache folder" in done.stdout
    assert "data folder" in done.stdout


def test_what_is_told_is_no_markup(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Brackets in a fault or a remedy (of an address, an extra) are shown as they are."""
    found = Finding("Redis", Level.ERROR, "at [::1] [/bold] no answer", "pip install 'x[server]'")
    monkeypatch.setenv("COLUMNS", "160")
    print_findings([found])
    told = capsys.readouterr().out
    assert "at [::1] [/bold] no answer" in told
    assert "x[server]" in told
