"""Prometheus' configuration, its rules and the tests of its rules (`promtool`)."""

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployment import services
from tests.support.places import ROOT
from tests.support.prometheus import PROMETHEUS, PROMTOOL, RULES, needs_promtool, rules
from tests.support.written import from_yaml

TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))

SHOWN = "/run/secrets/metrics_token"

ALERTS = [rule["alert"] for rule in rules("alert")]


@cache
def cases() -> dict[str, list[int]]:
    """How many alerts each test of a rule expects, by the alert's name."""
    found: dict[str, list[int]] = {}
    for path in TESTS:
        for test in from_yaml(path.read_text())["tests"]:
            for case in test.get("alert_rule_test", []):
                found.setdefault(case["alertname"], []).append(len(case["exp_alerts"]))
    return found


@needs_promtool
def test_the_configuration_is_sound(tmp_path: Path) -> None:
    """Prometheus would start with it, and reads every rule."""
    (tmp_path / "token").write_text("t0ken")
    text = (PROMETHEUS / "prometheus.yml").read_text().replace(SHOWN, f"{tmp_path}/token")
    (tmp_path / "prometheus.yml").write_text(
        text.replace("rules/*.yml", f"{PROMETHEUS}/rules/*.yml")
    )
    command = [PROMTOOL, "check", "config", str(tmp_path / "prometheus.yml")]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f"{len(RULES)} rule files found" in told


@pytest.mark.heavy
@needs_promtool
def test_the_rules_do_what_they_say() -> None:
    """Every case of the rules' own tests holds."""
    subprocess.run([PROMTOOL, "test", "rules", *TESTS], check=True)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_was_tried_both_ways(name: str) -> None:
    """There is a case in which it fires and one in which it does not."""
    assert 0 in cases()[name]
    assert max(cases()[name]) > 0


def test_names_are_told_apart() -> None:
    """No two alerts and no two records have one name."""
    records = [rule["record"] for rule in rules("record")]
    assert len(set(ALERTS)) == len(ALERTS) > 20
    assert len(set(records)) == len(records)


@pytest.mark.parametrize("rule", rules("alert"), ids=ALERTS)
def test_an_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    """It has a severity, a line for the pager and a section of the runbook that is there."""
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (.+)$", (ROOT / path).read_text(), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_everything_with_metrics_is_scraped() -> None:
    """Each service of the compose file is a target, but the stores, which show none."""
    text = (PROMETHEUS / "prometheus.yml").read_text()
    jobs = {one["job_name"]: one for one in from_yaml(text)["scrape_configs"]}
    named = {
        target.partition(":")[0]
        for job in jobs.values()
        for static in job.get("static_configs", [])
        for target in static["targets"]
    }
    workers = {
        "asr",
        "asr-cpu",
        "batch",
        "partials",
        "feedback",
        "files",
        "speech",
    }  # announce themselves: http_sd
    found = {
        name
        for job in jobs.values()
        for dns in job.get("dns_sd_configs", [])
        for name in dns["names"]
    }
    assert found == {"gateway", "dcgm-exporter"}
    silent = {"redis", "postgres", "prometheus", "proxy"}  # the gateways tell of what passes it
    left = set(services()) - named - workers - found - silent
    assert left == set()
    assert jobs["worker"]["http_sd_configs"][0]["url"] == "http://gateway:8000/metrics/targets"
    assert named - {"localhost"} <= set(services())


def test_a_target_that_need_not_be_there_is_not_down() -> None:
    """A fixed target belongs to a service that runs wherever Prometheus does: what a profile leaves
    out would be down for ever."""
    text = (PROMETHEUS / "prometheus.yml").read_text()
    beside = set(services()["prometheus"]["profiles"])
    for job in from_yaml(text)["scrape_configs"]:
        for static in job.get("static_configs", []):
            for target in static["targets"]:
                name = target.partition(":")[0]
                profiles = services().get(name, {}).get("profiles", beside)
                assert beside <= set(profiles), target
