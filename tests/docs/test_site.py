"""The documentation's site, as `make docs` builds it."""

import html
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.metrics import MetricWrapperBase

from tests.support.pages import PAGES
from tests.support.site import Built
from tutor.adapters.feedback.grammar_rules import load_rules
from tutor.adapters.settings import Settings
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.protocol.errors import ERRORS
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import ClientMessage, ServerEvent
from tutor.shells.gateway.app import make_app

pytestmark = pytest.mark.heavy

FOLDERS = {"cache_dir": "~/.cache/voice-tutor", "data_dir": "~/.local/share/voice-tutor"}
"""Defaults that depend on the environment."""


def page(site: Path, name: str) -> str:
    """The HTML of a page."""
    return (site / name / "index.html").read_text()


def rows(text: str) -> list[list[str]]:
    """The cells of all tables, as they are read."""
    return [
        [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    ]


def plain(text: str) -> str:
    """The text of a piece of HTML, or of Markdown of which only code is marked."""
    bare = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("`", "").replace("\\", "")
    return " ".join(bare.split())


def sections(text: str) -> dict[str, str]:
    """The parts of a page by the headings above them."""
    parts = re.split(r"<h[23][^>]*>(.*?)<a class=\"headerlink\".*?</h[23]>", text)
    return dict(zip(map(plain, parts[1::2]), parts[2::2], strict=True))


def test_every_setting_is_there_with_its_default_and_meaning(site: Path) -> None:
    """The reference has each field of the settings' class once, and no other."""
    expected = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        told = FOLDERS.get(name) or shown or "empty"
        expected[f"TUTOR_{name.upper()}"] = [told, plain(field.description or "")]
    found = [row for row in rows(page(site, "reference/settings")) if row]
    assert {name: [default, meaning] for name, default, _, meaning in found} == expected
    assert len(found) == len(expected)
    assert all(meaning for _, _, _, meaning in found)


def test_every_value_that_a_setting_takes_is_there(site: Path) -> None:
    """Choices are listed, bounds are named."""
    takes = {row[0]: row[2] for row in rows(page(site, "reference/settings")) if row}
    assert takes["TUTOR_ACCOUNTS"] == "optional · required"
    assert takes["TUTOR_PORT"] == "whole number ≥ 0, ≤ 65535"
    assert takes["TUTOR_VAD_ONSET"] == "number > 0, < 1"
    assert takes["TUTOR_LLM_API_KEY"] == "secret text"


@pytest.mark.parametrize(
    "message", [*get_args(ClientMessage), *get_args(ServerEvent)], ids=lambda kind: kind.type
)
def test_every_message_is_there_with_all_fields(site: Path, message: type) -> None:
    """Each has a section with what it is, and names its fields, optional ones with `?`."""
    kind: str = message.type  # type: ignore[attr-defined]
    part = sections(page(site, "reference/protocol"))[kind]
    assert plain((message.__doc__ or "").partition("\n")[0]) in plain(part)
    names = {row[0]: row for row in rows(part) if row}
    for field in fields(message):
        optional = "None" in str(field.type)
        assert field.name in names or f"{field.name}?" in names, field.name
        assert not optional or f"{field.name}?" in names, f"{field.name} may be left out"
    assert ("seq" in names) == (message in get_args(ServerEvent))


def test_the_limits_of_a_session_are_there(site: Path) -> None:
    """Each with its unit, as `session.started` tells them."""
    part = sections(page(site, "reference/protocol"))["Limits"]
    told = {row[0].removesuffix("?"): row[2] for row in rows(part) if row}
    assert list(told) == [field.name for field in fields(Limits)]
    assert all(told.values())


def test_every_error_code_is_there_with_its_close_code(site: Path) -> None:
    """The table is the table in the code."""
    part = sections(page(site, "reference/protocol"))["Errors"]
    expected = [[code, str(close or "none"), plain(text)] for code, (close, text) in ERRORS.items()]
    assert [row for row in rows(part) if row] == expected


def described(registry: CollectorRegistry) -> list[list[str]]:
    """What the reference should say of each metric of ours."""
    found = []
    for collector in registry._collector_to_names:
        if isinstance(collector, MetricWrapperBase):
            suffix = "_total" if isinstance(collector, Counter) else ""
            labels = " · ".join(collector._labelnames) or "none"
            meaning = plain(collector._documentation)
            found.append([collector._name + suffix, collector._type, labels, meaning])
    return found


def test_every_metric_is_there(site: Path) -> None:
    """Those of the gateway and of the workers, with type, labels and meaning."""
    parts = sections(page(site, "reference/metrics"))
    gateway = [row for row in rows(parts["Of a gateway"]) if row]
    worker = [row for row in rows(parts["Of a worker process"]) if row]
    assert gateway == described(GatewayMetrics().registry)
    gpu = next(row for row in worker if row[0] == "tutor_gpu_memory_bytes")
    assert gpu[1:3] == ["gauge", "device · state"]
    assert [row for row in worker if row != gpu] == described(WorkerMetrics().registry)


def test_every_route_is_there(site: Path, tmp_path: Path) -> None:
    """Each operation of the OpenAPI document has a section, and what it takes stands in it."""
    settings = Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=tmp_path)
    app = make_app(settings)
    document = app.openapi()
    app.state.services.database.close()
    parts = sections(page(site, "reference/http"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            part = parts[f"{method.upper()} {path}"]
            assert operation["summary"] in plain(part)
            taken = {row[0].removesuffix("?") for row in rows(part) if row}
            assert {one["name"] for one in operation.get("parameters", [])} <= taken


def test_every_grammar_rule_is_there(site: Path) -> None:
    """Each with what is said, and as many as are loaded."""
    found = [row for row in rows(page(site, "reference/grammar-rules")) if row]
    rules = load_rules()
    assert [row[0] for row in found] == [rule.id for rule in rules]
    assert all(row[1] and row[2] for row in found)
    wrong = {row[0]: row[2] for row in found}
    assert wrong["past-time"] == "Yesterday I go to school. → Yesterday I went to school."


def test_the_python_client_is_there(site: Path) -> None:
    """Its functions with their docstrings."""
    text = plain(page(site, "reference/python"))
    assert "practise_file" in text
    assert "Practise with a recording of any format" in text


def test_every_decision_is_there(site: Path) -> None:
    """The list leads to each record, by its number."""
    records = sorted((PAGES / "decisions").glob("[0-9]*.md"))
    listed = [row for row in rows(page(site, "decisions")) if row]
    assert [row[0] for row in listed] == [f"{n:04}" for n, _ in enumerate(records, 1)]
    for record, (number, title) in zip(records, listed, strict=True):
        assert record.read_text().startswith(f"# {number} {title}\n")
        assert title in plain(page(site, f"decisions/{record.stem}"))


def test_nothing_comes_from_elsewhere(site: Path) -> None:
    """No page asks another server for a script, a style, a font or an image."""
    loads = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*(?:src|href)=\"?((?:https?:)?//)")
    for path in site.rglob("*.html"):
        assert not loads.search(path.read_text()), path
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//|@import", path.read_text()), path


def test_a_dead_link_or_a_name_that_nothing_has_ends_the_build(built: Built) -> None:
    """With one of each in a page, the build fails, and names them; there are no others."""
    assert built.code == 1
    assert "names tutor/nowhere.py" in built.told
    assert "names TUTOR_NOTHING" in built.told
    assert "'nowhere.md'" in built.told
    assert built.told.count("WARNING") == 3, built.told
