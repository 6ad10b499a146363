"""The Helm chart: rendered by Helm's own library, checked against the Kubernetes API, the compose
file and the product's settings. No cluster is needed, none is used."""

import re
import tomllib
from typing import Any

import helm_python
import pytest

from tests.support.chart import (
    CHART,
    CPU,
    FULL,
    VALUES,
    WrongObjectError,
    check,
    container,
    environment,
    objects,
    of_kind,
    pods,
)
from tests.support.deployment import DOCKERFILE, VARIABLE, services
from tests.support.places import ROOT
from tests.support.written import from_yaml
from tutor.adapters.settings import Settings

KUBERNETES = ("1.27", "1.32", "1.37")
"""The oldest version that the chart allows, one between, the newest that there is a schema of."""

OWN = {"ScaledObject"}
"""Kinds that Kubernetes does not know; `test_helm_scaling.py` checks them."""

PARTS = [(name, part) for name, values in VALUES.items() for part in pods(values)]

SECRETS = re.compile(r"_(KEY|TOKEN|PASSWORD)$|^TUTOR_(REDIS|BROKER|DATABASE)_URL$")

COMPOSE = {"asr": "asr", "asr on a CPU": "asr-cpu"} | {
    name: name for name in ("gateway", "partials", "batch", "files", "feedback", "speech")
}
"""The compose file's service that is a part of the chart."""


def part_of(name: str) -> tuple[str, dict[str, Any]]:
    """A part of `COMPOSE`: its name in the chart, and values with which it is there."""
    return ("asr", CPU) if name == "asr on a CPU" else (name, FULL)


def test_helm_has_nothing_to_say() -> None:
    """Not one finding beside its wish for a picture."""
    told = helm_python.lint(CHART, FULL, strict=True)
    assert told["total_charts_linted"] == 1
    assert not told["errors"]
    assert [one["error"] for one in told["messages"]] == ["icon is recommended"]


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("values", "version"),
    [(name, KUBERNETES[-1]) for name in VALUES]
    + [("full", version) for version in KUBERNETES[:-1]],
)
def test_the_api_takes_every_object(values: str, version: str) -> None:
    """By the schemas of Kubernetes itself, in which no unknown field is allowed."""
    made = [one for one in objects(VALUES[values]) if one["kind"] not in OWN]
    assert len(made) > 6
    for one in made:
        check(one, version)


@pytest.mark.heavy
def test_the_check_would_see_a_mistake() -> None:
    """A field in the wrong place, and one of a wrong type, are refused."""
    (right,) = of_kind("HorizontalPodAutoscaler", {}).values()
    for wrong in ({"replicas": 2}, {"minReplicas": "two"}):
        broken = right | {"spec": right["spec"] | wrong}
        with pytest.raises(WrongObjectError):
            check(broken, KUBERNETES[-1])


def test_names_are_of_this_release_alone() -> None:
    """No two objects of a kind share a name, and none is too long for one."""
    made = [(one["kind"], one["metadata"]["name"]) for one in objects(FULL)]
    assert len(set(made)) == len(made) > 30
    assert all(name.startswith("tutor-voice-tutor") and len(name) < 63 for _, name in made)
    assert all("namespace" not in one["metadata"] for one in objects(FULL))


def test_the_chart_is_of_this_version() -> None:
    """What it installs is what this checkout builds."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    chart = from_yaml((CHART / "Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == version


@pytest.mark.parametrize(("values", "part"), PARTS)
def test_a_pod_is_locked(values: str, part: str) -> None:
    """As compose has it: the image's user, no capability, a root that cannot be written; and no
    token of the cluster."""
    pod, one = pods(VALUES[values])[part], container(part, VALUES[values])
    (uid,) = re.findall(r"useradd --uid (\d+)", DOCKERFILE.read_text())[:1]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == int(uid)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert {"requests", "limits"} == set(one["resources"])
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert set(volumes) == {mount["name"] for mount in one["volumeMounts"]}
    assert not any("hostPath" in volume for volume in volumes.values())


@pytest.mark.parametrize(("values", "part"), PARTS)
def test_a_part_is_watched(values: str, part: str) -> None:
    """It is started again when it is dead, gets work when it lives, has time for its first start;
    and it asks what the product answers."""
    one = container(part, VALUES[values])
    asked = {name: one[f"{name}Probe"] for name in ("startup", "readiness", "liveness")}
    if part == "gateway":
        paths = {name: probe["httpGet"]["path"] for name, probe in asked.items()}
        assert paths == {"startup": "/readyz", "readiness": "/healthz", "liveness": "/healthz"}
    else:
        command = services()["asr-cpu" if part == "asr" else part]["healthcheck"]["test"][1:]
        assert all(probe["exec"]["command"] == command for probe in asked.values())
    waits = {name: one["periodSeconds"] * one["failureThreshold"] for name, one in asked.items()}
    # A store that is away for a minute must not cost a load of every model.
    assert waits["liveness"] >= (60 if part == "gateway" else 600)
    assert waits["startup"] >= 900
    assert all(probe["timeoutSeconds"] >= 5 for probe in asked.values())


@pytest.mark.parametrize("name", COMPOSE)
def test_a_part_is_that_of_the_compose_file(name: str) -> None:
    """The same command, image, limits, time to stop, folders, and every variable."""
    (part, values), service = part_of(name), services()[COMPOSE[name]]
    one = container(part, values)
    assert one["args"] == service["command"]
    assert one["image"].rpartition(":")[2] == service["image"].rpartition(":")[2]
    limits, wanted = one["resources"]["limits"], service["deploy"]["resources"]["limits"]
    assert str(limits["cpu"]) == wanted["cpus"]
    assert str(limits["memory"]) == wanted["memory"].replace("M", "Mi").replace("G", "Gi")
    devices = service["deploy"]["resources"].get("reservations", {}).get("devices", [])
    assert limits.get("nvidia.com/gpu") == (str(devices[0]["count"]) if devices else None)
    assert pods(values)[part]["terminationGracePeriodSeconds"] == 60
    assert service["stop_grace_period"] == "1m"
    mounted = {mount["mountPath"] for mount in one["volumeMounts"]}
    assert {volume.split(":")[1] for volume in service.get("volumes", [])} <= mounted
    assert set(service["tmpfs"]) <= mounted
    assert set(service["environment"]) <= set(environment(part, values))


@pytest.mark.parametrize("name", COMPOSE)
def test_a_default_is_that_of_the_compose_file(name: str) -> None:
    """What compose fills in where nobody says anything, the chart says, too."""
    part, values = part_of(name)
    quiet = {"workers": {kind: {"enabled": True} for kind in ("partials", "batch")}}
    told = environment(part, CPU if values is CPU else quiet)
    elsewhere = {"TUTOR_OTLP_ENDPOINT", "TUTOR_ALLOWED_HOSTS", "TUTOR_METRICS_HOST"}
    for variable, value in services()[COMPOSE[name]]["environment"].items():
        if variable in told and variable not in elsewhere and not SECRETS.search(variable):
            assert told[variable] == VARIABLE.sub(lambda found: found["rest"], str(value)), variable


@pytest.mark.parametrize(("values", "part"), PARTS)
def test_the_settings_exist_and_are_accepted(values: str, part: str) -> None:
    """Each variable is one of the product's settings, and a part starts with its own."""
    told = environment(part, VALUES[values])
    assert set(told) <= {f"TUTOR_{name.upper()}" for name in Settings.model_fields}
    given = {
        name.removeprefix("TUTOR_").lower(): _filled(name, one) if isinstance(one, dict) else one
        for name, one in told.items()
    }
    settings = Settings.load(**given)
    settings.require_store()
    if part == "gateway":
        settings.require_safe_address()
        assert settings.drain_s < pods(VALUES[values])[part]["terminationGracePeriodSeconds"] - 10


def _filled(name: str, source: dict[str, Any]) -> str:
    """What a secret, or the pod's own address, would be."""
    if "fieldRef" in source:
        assert (name, source["fieldRef"]) == ("TUTOR_METRICS_HOST", {"fieldPath": "status.podIP"})
        return "10.1.2.3"
    assert set(source["secretKeyRef"]) == {"name", "key"}
    if name == "TUTOR_DATABASE_URL":
        return "postgresql://tutor:s3cret@db:5432/tutor"
    return "redis://u:s3cret@redis:6379/0" if name.endswith("_URL") else "s3cret" * 8


@pytest.mark.parametrize(("values", "part"), PARTS)
def test_a_secret_is_never_a_value(values: str, part: str) -> None:
    """What is secret comes from a secret that is there; the chart makes none."""
    for name, value in environment(part, VALUES[values]).items():
        assert isinstance(value, dict) or not SECRETS.search(name), name
    assert not of_kind("Secret", VALUES[values])
    assert not of_kind("ConfigMap", VALUES[values])


def test_a_worker_is_not_let_into_what_is_the_gateways() -> None:
    """Workers know the store by a user of their own, and neither the database nor what signs
    tokens; files and gateways do."""
    for part in pods(FULL):
        told = environment(part, FULL)
        inside = part in ("gateway", "files")
        key = told["TUTOR_REDIS_URL"]["secretKeyRef"]["key"]
        assert key == ("gateway-url" if inside else "worker-url")
        broker = told["TUTOR_BROKER_URL"]["secretKeyRef"]["key"]
        assert broker == ("gateway-broker-url" if inside else "worker-broker-url")
        assert ("TUTOR_DATABASE_URL" in told) is inside
        assert ("TUTOR_SECRET_KEY" in told) is (part == "gateway")


def test_weights_and_compiled_code_outlive_a_pod() -> None:
    """Who loads weights has the common volume, where the image's caches are, CUDA's among them; or
    one of its own."""
    kept = re.findall(r"(?:HF_HOME|CUDA_CACHE_PATH|TUTOR_CACHE_DIR)=(\S+)", DOCKERFILE.read_text())
    assert len(set(kept)) == 3
    for part in ("asr", "partials", "batch", "feedback"):
        mounts = {one["name"]: one["mountPath"] for one in container(part, FULL)["volumeMounts"]}
        assert all(path.startswith(mounts["models"]) for path in kept)
        (models,) = [one for one in pods(FULL)[part]["volumes"] if one["name"] == "models"]
        assert models["persistentVolumeClaim"] == {"claimName": "tutor-voice-tutor-models"}
    (claim,) = of_kind("PersistentVolumeClaim", FULL).values()
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert not of_kind("PersistentVolumeClaim", {"models": {"existingClaim": "mine"}})
    assert not of_kind("PersistentVolumeClaim", {"models": {"shared": False}})


def test_the_gateway_answers_to_the_names_by_which_it_is_asked() -> None:
    """Its service's, learners', and whatever else was named."""
    names = environment("gateway", FULL)["TUTOR_ALLOWED_HOSTS"].split(",")
    (service,) = of_kind("Service", FULL).values()
    name = service["metadata"]["name"]
    assert names == [name, f"{name}.school", f"{name}.school.svc", "*.school.example"]
    assert environment("gateway", FULL)["TUTOR_PUBLIC_URL"] == FULL["publicUrl"]
    (ingress,) = of_kind("Ingress", FULL).values()
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "tutor.school.example"
    assert ingress["spec"]["tls"] == [{"hosts": [rule["host"]], "secretName": "tutor-tls"}]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": name, "port": {"name": service["spec"]["ports"][0]["name"]}}


def test_the_page_installs_it() -> None:
    """What the documentation sets is taken, the secrets that it makes are those that are read."""
    page = (ROOT / "etc/docs/pages/operate/kubernetes.md").read_text()
    given = re.findall(r"--set (\S+?=[^`\s]+)", page)
    assert len(given) >= 7
    assert objects(helm_python.parse_set_string(",".join(given)))
    ((name, value),) = re.findall(r"--set-string gateway\.settings\.(\w+)=(\d+)", page)
    assert objects({"gateway": {"settings": {name: value}}})
    made: dict[str, set[str]] = {}
    for secret, literals in re.findall(
        r"secret generic (\S+) \\\n((?:.*--from-literal.*\n)+)", page
    ):
        made[secret] = set(re.findall(r"--from-literal=([\w-]+)=", literals))
    asked: dict[str, set[str]] = {}
    for part in pods({}):
        for value in environment(part, {}).values():
            if isinstance(value, dict) and "secretKeyRef" in value:
                found = value["secretKeyRef"]
                asked.setdefault(found["name"], set()).add(found["key"])
    assert asked == made


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"gateways": {}}, "gateways"),
    ({"gateway": {"replica": 3}}, "replica"),
    ({"gateway": {"replicas": 0}}, "replicas"),
    ({"workers": {"asr": {"device": "tpu"}}}, "device"),
    ({"workers": {"asr": {"gpus": 0}}}, "gpus"),
    ({"workers": {"files": {"device": "cuda"}}}, "device"),
    ({"publicUrl": "tutor.school.example"}, "publicUrl"),
    ({"keda": {"oldest": {"live": 0}}}, "live"),
    ({"keda": {"prometheus": "prometheus:9090"}}, "prometheus"),
    ({"settings": {"LOG_LEVEL": "info"}}, "LOG_LEVEL"),
    ({"settings": {"TUTOR_SECRET_KEY": "s3cret"}}, "TUTOR_SECRET_KEY"),
    ({"settings": {"TUTOR_METRICS_TOKEN": "s3cret"}}, "TUTOR_METRICS_TOKEN"),
    ({"workers": {"asr": {"settings": {"TUTOR_REDIS_URL": "redis://x"}}}}, "TUTOR_REDIS_URL"),
    ({"gateway": {"settings": {"TUTOR_ACCOUNTS": "optional"}}}, "TUTOR_ACCOUNTS"),
    ({"settings": {"TUTOR_MAX_BATCH": 32}}, "string"),
    ({"languageModel": {"url": "https://llm.example/v1"}}, "model"),
    ({"store": {"secret": ""}}, "secret"),
    ({"networkPolicies": {"store": {"ports": []}}}, "ports"),
    ({"ingress": {"enabled": True}}, "publicUrl"),
]


@pytest.mark.parametrize(("values", "named"), REFUSED, ids=lambda one: str(one)[:60])
def test_a_wrong_value_is_refused_before_anything_is_sent(
    values: dict[str, Any], named: str
) -> None:
    """The schema, or a template, says which."""
    with pytest.raises(helm_python.HelmError, match=re.escape(named)):
        objects(values)


def test_nobody_can_override_what_the_chart_sets() -> None:
    """What a template writes is refused among `settings`: a variable is said once."""
    text = "".join(path.read_text() for path in (CHART / "templates").iterdir())
    written = set(re.findall(r"TUTOR_[A-Z_]+[A-Z]", re.sub(r"(?m)#.*$", "", text)))
    for name in written:
        with pytest.raises(helm_python.HelmError):
            objects({"settings": {name: "x"}})
