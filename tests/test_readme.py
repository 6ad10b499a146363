import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.metrics import MetricWrapperBase

from tutor.adapters.settings import Settings
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.protocol.errors import ERRORS
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import ClientMessage, ServerEvent

FOLDERS = {"cache_dir": "`~/.cache/voice-tutor`", "data_dir": "`~/.local/share/voice-tutor`"}
"""Defaults that depend on the environment."""

README = (Path(__file__).parents[1] / "README.md").read_text()


def table(header: str) -> list[list[str]]:
    """The cells of each row of all tables with this header line."""
    rows = []
    for part in README.split(f"{header}\n")[1:]:
        for line in part.splitlines()[1:]:
            if not line.startswith("|"):
                break
            rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def in_ticks(text: str) -> list[str]:
    """All that stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def test_every_setting_stands_in_the_readme_with_its_default_and_meaning() -> None:
    """The settings table is the settings class, row by row."""
    expected = []
    for name, field in Settings.model_fields.items():
        default = FOLDERS.get(name) or {"": "empty"}.get(field.default, f"`{field.default}`")
        expected.append([f"`TUTOR_{name.upper()}`", default, field.description])
    assert table("| variable | default | meaning |") == expected


def test_every_message_stands_in_the_readme() -> None:
    """The protocol section names all message types of the code, and no other."""
    names = [in_ticks(row[0])[0] for row in table("| type | fields |")]
    classes = [*get_args(ClientMessage), *get_args(ServerEvent)]
    assert sorted(names) == sorted(message.type for message in classes)


@pytest.mark.parametrize("message", [*get_args(ClientMessage), *get_args(ServerEvent)])
def test_every_field_of_a_message_stands_in_the_readme(message: type) -> None:
    """Each row of the protocol section names the fields of its class, optional ones with `?`."""
    (text,) = (
        row[1]
        for row in table("| type | fields |")
        if row[0] == f"`{message.type}`"  # type: ignore[attr-defined]
    )
    outer = re.sub(r"\{[^}]*\}", "", text)
    for field in fields(message):
        assert field.name in in_ticks(outer), f"{message.__name__}.{field.name}"
        optional = "None" in str(field.type)
        assert not optional or f"`{field.name}`?" in text, f"{field.name} may be left out"


def test_the_limits_in_session_started_stand_in_the_readme() -> None:
    """A client reads in the README which limits it is told."""
    (text,) = (row[1] for row in table("| type | fields |") if row[0] == "`session.started`")
    assert all(f"`{field.name}`" in text for field in fields(Limits))


def test_every_error_code_stands_in_the_readme_with_its_close_code() -> None:
    """The table of errors is the table in the code."""
    rows = [(in_ticks(row[0])[0], row[1], row[2]) for row in table("| code | close | meaning |")]
    assert rows == [(code, str(close or "none"), text) for code, (close, text) in ERRORS.items()]


def test_the_commands_of_the_readme_exist() -> None:
    """`make` targets and files that the README names are there."""
    makefile = (Path(__file__).parents[1] / "Makefile").read_text()
    for target in re.findall(r"\bmake (\w+)", README):
        assert f"\n{target}:" in makefile, target
    for path in re.findall(r"tutor/\w+/\w+\.py|tests/data/\S+?\.(?:flac|md)", README):
        assert (Path(__file__).parents[1] / path).exists(), path


def metric_rows(registry: CollectorRegistry) -> list[list[str]]:
    """What the README should say of each metric of ours."""
    rows = []
    for collector in registry._collector_to_names:
        if isinstance(collector, MetricWrapperBase):
            suffix = "_total" if isinstance(collector, Counter) else ""
            labels = ", ".join(f"`{label}`" for label in collector._labelnames)
            name = f"`{collector._name}{suffix}`"
            rows.append([name, labels or "none", collector._documentation])
    return rows


def test_every_metric_stands_in_the_readme() -> None:
    """The tables of metrics are those of the gateway and of the workers, row by row."""
    ours = metric_rows(GatewayMetrics().registry) + metric_rows(WorkerMetrics().registry)
    gpu = [row for row in table("| metric | labels | meaning |") if "gpu" in row[0]]
    assert [in_ticks(row[0]) for row in gpu] == [["tutor_gpu_memory_bytes"]]
    assert [row for row in table("| metric | labels | meaning |") if row not in gpu] == ours
