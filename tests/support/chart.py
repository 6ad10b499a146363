"""What the Helm chart becomes, for tests: rendered by Helm's own library, no cluster is asked."""

import json
from functools import cache
from typing import Any

import helm_python

from tests.support.places import ROOT
from tests.support.written import all_from_yaml, from_yaml

CHART = ROOT / "etc" / "helm" / "voice-tutor"

FULL: dict[str, Any] = {
    "publicUrl": "https://tutor.school.example/",
    "allowedHosts": "*.school.example",
    "trustedProxies": "10.0.0.0/8",
    "image": {"repository": "registry.example/voice-tutor", "pullSecrets": [{"name": "pull"}]},
    "store": {"gatewayBrokerKey": "gateway-broker-url", "workerBrokerKey": "worker-broker-url"},
    "languageModel": {"url": "https://llm.example/v1", "model": "m", "secret": "llm"},
    "speechServer": {"url": "https://tts.example/v1", "secret": "tts"},
    "tracing": {"endpoint": "http://jaeger.monitoring:4318/v1/traces"},
    "settings": {"TUTOR_LOG_LEVEL": "warning"},
    "gateway": {"settings": {"TUTOR_MAX_SESSIONS": "67"}, "nodeSelector": {"pool": "web"}},
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "tutor-tls"},
    "workers": {
        "asr": {"runtimeClassName": "nvidia", "podAnnotations": {"a": "b"}},
        "partials": {"enabled": True},
        "batch": {"enabled": True},
    },
    "keda": {"matchers": 'namespace="tutor"', "authentication": "prometheus"},
    "networkPolicies": {"gatewayFrom": [{"podSelector": {"matchLabels": {"app": "ingress"}}}]},
    "extraVolumes": [{"name": "exercises", "configMap": {"name": "exercises"}}],
    "extraVolumeMounts": [{"name": "exercises", "mountPath": "/exercises", "readOnly": True}],
}
"""Values that turn on all that the chart has."""

BARE: dict[str, Any] = {
    "keda": {"enabled": False},
    "gateway": {"autoscaling": {"enabled": False}},
    "disruption": {"enabled": False},
    "networkPolicies": {"enabled": False},
    "models": {"shared": False},
}
"""Values that turn off all that may be."""

CPU: dict[str, Any] = from_yaml((CHART / "values-cpu.yaml").read_text())
"""Those for a cluster without GPUs."""

VALUES = {"gpu": {}, "cpu": CPU, "full": FULL, "bare": BARE}
"""By name, what the tests install: without a word (on GPUs), without GPUs, all, nearly nothing."""


def objects(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What `helm install` would send with these values.

    Raises:
        helm_python.HelmError: the chart's schema or a template refuses them.
    """
    return [dict(one) for one in _rendered(json.dumps(values))]


@cache
def _rendered(values: str) -> list[dict[str, Any]]:
    with helm_python.Chart.load(CHART) as chart:
        made = chart.render(json.loads(values), name="tutor", namespace="school")
    texts = [text for path, text in made.items() if path.endswith(".yaml")]
    return [one for text in texts for one in all_from_yaml(text) if one]


def of_kind(kind: str, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The objects of a kind by their component, or by their name where they are all components'."""
    found = [one for one in objects(values) if one["kind"] == kind]
    label = "app.kubernetes.io/component"
    return {one["metadata"]["labels"].get(label, one["metadata"]["name"]): one for one in found}


def pods(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The specification of each part's pods."""
    deployments = of_kind("Deployment", values)
    return {name: one["spec"]["template"]["spec"] for name, one in deployments.items()}


def container(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The one container of a part's pods."""
    (only,) = pods(values)[name]["containers"]
    found: dict[str, Any] = only
    return found


def environment(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The variables of a part; a value that comes from elsewhere is a dict."""
    variables = container(name, values)["env"]
    found = {one["name"]: one.get("value", one.get("valueFrom")) for one in variables}
    assert len(found) == len(variables), f"{name} is told something twice"
    return found


class WrongObjectError(Exception):
    """Kubernetes would not take an object."""


def check(one: dict[str, Any], version: str) -> None:
    """Hold an object against the schemas of a version of Kubernetes: no unknown field is allowed.

    Raises:
        WrongObjectError: with what is wrong.
    """
    import kubernetes_validate  # seconds, for who needs it

    try:
        kubernetes_validate.validate(one, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        raise WrongObjectError(error.message) from error
