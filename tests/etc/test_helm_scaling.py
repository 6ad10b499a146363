"""What scales, protects and encloses the parts of the Helm chart."""

import math
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.chart import BARE, FULL, VALUES, check, container, environment, of_kind, pods
from tests.support.prometheus import PROMETHEUS, PROMTOOL, needs_promtool
from tutor.adapters.store import keys
from tutor.adapters.telemetry.gateway import GatewayMetrics

TEXT = {"type": "string", "minLength": 1}
WHOLE = {"type": "integer", "minimum": 1}

SCALED_OBJECT: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["scaleTargetRef", "triggers"],
    "properties": {
        "scaleTargetRef": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": dict.fromkeys(("apiVersion", "kind", "name"), TEXT),
        },
        "minReplicaCount": WHOLE,
        "maxReplicaCount": WHOLE,
        "pollingInterval": WHOLE,
        "advanced": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "horizontalPodAutoscalerConfig": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"behavior": {"type": "object"}},
                }
            },
        },
        "triggers": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", "metadata"],
                "properties": {
                    "type": {"const": "prometheus"},
                    "name": TEXT,
                    "metricType": {"enum": ["AverageValue", "Value"]},
                    "metadata": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["serverAddress", "query", "threshold"],
                        "properties": dict.fromkeys(("serverAddress", "query"), TEXT)
                        | {"threshold": {"type": "string", "pattern": r"^\d+(\.\d+)?$"}},
                    },
                    "authenticationRef": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["name"],
                        "properties": {"name": TEXT},
                    },
                },
            },
        },
    },
}
"""What of KEDA's ScaledObject (v1alpha1) the chart uses, written down from its documentation. A
`fallback` is none of it: KEDA's webhook refuses one beside targets that are no averages."""

SCALED = [
    (name, part) for name in ("gpu", "full") for part in of_kind("ScaledObject", VALUES[name])
]


@pytest.mark.heavy
@pytest.mark.parametrize(("values", "part"), SCALED)
def test_keda_would_take_it(values: str, part: str) -> None:
    """Its own fields by its documentation, those of the HorizontalPodAutoscaler that it makes by
    the schema of Kubernetes."""
    import jsonschema  # seconds, for who needs it

    one = of_kind("ScaledObject", VALUES[values])[part]
    assert one["apiVersion"] == "keda.sh/v1alpha1"
    jsonschema.validate(one["spec"], SCALED_OBJECT)
    behavior = one["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    (gateway,) = of_kind("HorizontalPodAutoscaler", VALUES[values]).values()
    made = gateway | {"spec": gateway["spec"] | {"behavior": behavior}}
    check(made, "1.37")


@pytest.mark.parametrize("values", VALUES)
def test_one_alone_says_how_many_pods_there_are(values: str) -> None:
    """An autoscaler of a deployment that is there, or the deployment itself: an upgrade would undo
    what the autoscaler has done."""
    deployments = of_kind("Deployment", VALUES[values])
    names = {part: one["metadata"]["name"] for part, one in deployments.items()}
    scalers = of_kind("ScaledObject", VALUES[values])
    scalers |= of_kind("HorizontalPodAutoscaler", VALUES[values])
    for part, one in scalers.items():
        target = one["spec"]["scaleTargetRef"]
        assert target == {"apiVersion": "apps/v1", "kind": "Deployment", "name": names[part]}
    for part, one in deployments.items():
        assert ("replicas" in one["spec"]) is (part not in scalers)
    assert bool(scalers) is (values != "bare")


@pytest.mark.parametrize("values", VALUES)
def test_selectors_choose_one_part(values: str) -> None:
    """A deployment, a service, a budget and a policy choose their part's pods, no other's."""
    deployments = of_kind("Deployment", VALUES[values])
    labels = {
        part: one["spec"]["template"]["metadata"]["labels"] for part, one in deployments.items()
    }
    chosen: list[tuple[str, dict[str, str]]] = [
        (part, one["spec"]["selector"]["matchLabels"]) for part, one in deployments.items()
    ]
    chosen += [
        (p, one["spec"]["selector"]) for p, one in of_kind("Service", VALUES[values]).items()
    ]
    budgets = of_kind("PodDisruptionBudget", VALUES[values])
    chosen += [(part, one["spec"]["selector"]["matchLabels"]) for part, one in budgets.items()]
    assert set(budgets) == (set() if values == "bare" else set(labels))
    for part, selector in chosen:
        assert [p for p in labels if selector.items() <= labels[p].items()] == [part]
    assert all(one["spec"]["maxUnavailable"] == 1 for one in budgets.values())


def queries(values: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The triggers of each part by their names."""
    scaled = of_kind("ScaledObject", values)
    return {(part, one["name"]): one for part in scaled for one in scaled[part]["spec"]["triggers"]}


@pytest.mark.parametrize("values", [{}, FULL], ids=["gpu", "full"])
def test_what_is_asked_is_what_gateways_tell(values: dict[str, Any]) -> None:
    """Every metric exists, every queue is one, its label is the metric's; each recogniser has the
    queue that it takes from."""
    told = {family.name for family in GatewayMetrics().registry.collect()}
    for (part, name), trigger in queries(values).items():
        query = trigger["metadata"]["query"]
        (metric,) = re.findall(r"tutor_\w+", query)
        assert metric in told
        named = re.findall(r'queue="([^"]+)"', query)
        assert set(named) <= set(keys.QUEUES)
        assert bool(named) is (name == "queue")
        if named:
            wanted = {"asr": "asr.live", "partials": "asr.partials", "batch": "asr.batch"}
            assert named == [wanted.get(part, part)]
    held = "partials" if values else "asr"
    assert {part for part, name in queries(values) if name == "held"} == {held}
    assert {part for part, name in queries(values) if name == "held-age"} == {held, "feedback"}


@needs_promtool
def test_the_queries_say_what_is_wanted(tmp_path: Path) -> None:
    """Prometheus reads every query. Of two gateways of this release, which hold 6 and 10 partials,
    the oldest for 0.6 s, and of another release's, which drowns, KEDA is told 0.6 s and 16: with
    its targets, twice as many workers as there are, or two for what is held."""
    series = {
        'tutor_jobs_held{namespace="tutor",instance="a"}': "6+0x40",
        'tutor_jobs_held{namespace="tutor",instance="b"}': "10+0x40",
        'tutor_jobs_held{namespace="other",instance="c"}': "500+0x40",
        'tutor_jobs_held_age_seconds{namespace="tutor",instance="a"}': "0.6+0x40",
        'tutor_jobs_held_age_seconds{namespace="tutor",instance="b"}': "0.2+0x40",
        'tutor_jobs_held_age_seconds{namespace="other",instance="c"}': "9+0x40",
        'tutor_queue_age_seconds{namespace="tutor",instance="a",queue="asr.live"}': "0.1+0x40",
        'tutor_queue_age_seconds{namespace="tutor",instance="b",queue="asr.live"}': "0.1+0x40",
        'tutor_queue_age_seconds{namespace="other",instance="c",queue="asr.live"}': "9+0x40",
    }
    values = {"keda": {"matchers": 'namespace="tutor"'}}
    asked = {name: one for (part, name), one in queries(values).items() if part == "asr"}
    expected = {"queue": 0.1, "held-age": 0.6, "held": 16.0}
    tests = [
        {
            "expr": asked[name]["metadata"]["query"],
            "eval_time": "9m",
            "exp_samples": [{"labels": "{}", "value": value}],
        }
        for name, value in expected.items()
    ]
    rules = [
        {"record": f"r{number}", "expr": one["metadata"]["query"]}
        for number, one in enumerate([*queries(FULL).values(), *queries({}).values()])
    ]
    (tmp_path / "rules.yml").write_text(yaml.dump({"groups": [{"name": "g", "rules": rules}]}))
    one_test = {
        "interval": "15s",
        "input_series": [{"series": name, "values": value} for name, value in series.items()],
        "promql_expr_test": tests,
    }
    test = {"rule_files": ["rules.yml"], "evaluation_interval": "15s", "tests": [one_test]}
    (tmp_path / "test.yml").write_text(yaml.dump(test))
    subprocess.run([PROMTOOL, "test", "rules", str(tmp_path / "test.yml")], check=True)
    targets = {name: float(one["metadata"]["threshold"]) for name, one in asked.items()}
    assert {name: one["metricType"] for name, one in asked.items()} == {
        "queue": "Value",
        "held-age": "Value",
        "held": "AverageValue",
    }
    now = 3
    assert math.ceil(now * expected["held-age"] / targets["held-age"]) == 2 * now
    assert math.ceil(expected["held"] / targets["held"]) == 2


def test_the_chart_scales_at_the_age_that_prometheus_records() -> None:
    """`tutor:asr_workers:wanted`, for other autoscalers, has the same target."""
    text = (PROMETHEUS / "rules" / "recording.yml").read_text()
    (target,) = re.findall(r"tutor:live_age_seconds:max\[2m\]\)\) / ([\d.]+)", text)
    assert queries({})["asr", "queue"]["metadata"]["threshold"] == target


def policies(values: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """The policies that hold for the pods of a part."""
    found = of_kind("NetworkPolicy", values).values()
    template = of_kind("Deployment", values)[part]["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    return [
        one["spec"] for one in found if one["spec"]["podSelector"]["matchLabels"].items() <= labels
    ]


def ports(rules: list[dict[str, Any]]) -> set[int]:
    """The first port of everything that these rules allow."""
    return {port["port"] for rule in rules for port in rule["ports"]}


@pytest.mark.parametrize("values", [{}, FULL], ids=["gpu", "full"])
def test_a_part_reaches_what_it_needs_and_nothing_else(values: dict[str, Any]) -> None:
    """Names and the store for all; the database for gateways and files; the world for who fetches
    models, calls webhooks, asks a language model or a speech server that is named."""
    for part in pods(values):
        held = policies(values, part)
        assert all(set(one["policyTypes"]) == {"Ingress", "Egress"} for one in held)
        out = ports([rule for one in held for rule in one.get("egress", [])])
        wanted = {53, 6379, 26379}
        wanted |= {5432} if part in ("gateway", "files") else set()
        asks = {"asr", "partials", "batch", "files"} | ({"feedback", "speech"} if values else set())
        wanted |= {443} if part in asks else set()
        wanted |= {4318} if values else set()
        assert out == wanted, part


def test_the_world_is_not_the_cluster() -> None:
    """Private addresses, and those at which clouds tell secrets, are not of it."""
    (rule,) = [r for p in policies({}, "asr") for r in p["egress"] if ports([r]) == {443}]
    (peer,) = rule["to"]
    private = {"10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}
    assert private <= set(peer["ipBlock"]["except"])


def test_the_world_can_be_closed() -> None:
    """Where no peers of it are named nobody reaches it, files nothing but the database."""
    closed: dict[str, Any] = {"networkPolicies": {"outside": {"to": []}}}
    out = {
        part: [r for p in policies(closed, part) for r in p.get("egress", [])]
        for part in pods(closed)
    }
    assert all(443 not in ports(rules) for rules in out.values())
    assert 5432 in ports(out["files"])


def test_workers_are_reached_by_prometheus_alone() -> None:
    """At the ports at which their processes show metrics; gateways by who is named, if any is."""
    first = environment("asr", {}).get("TUTOR_METRICS_PORT", "9101")
    for part in pods(FULL):
        rules = [rule for one in policies(FULL, part) for rule in one.get("ingress", [])]
        (rule,) = rules
        (port,) = rule["ports"]
        if part == "gateway":
            (exposed,) = container(part, FULL)["ports"]
            assert port == {"protocol": "TCP", "port": exposed["containerPort"]}
            assert len(rule["from"]) == 2
        else:
            assert port == {"protocol": "TCP", "port": int(first), "endPort": 9200}
            assert "namespaceSelector" in rule["from"][0]
    (open_to_all,) = [r for p in policies({}, "gateway") for r in p.get("ingress", [])]
    assert "from" not in open_to_all


def test_what_may_be_left_out_is() -> None:
    """A cluster without KEDA, or whose network has no policies, gets none of their objects."""
    for kind in ("ScaledObject", "NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler"):
        assert not of_kind(kind, BARE)
        assert of_kind(kind, FULL)
