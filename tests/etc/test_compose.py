"""`docker-compose.yml`, `Dockerfile.gpu` and what they mount. No engine is needed, none is used."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from tests.support.deployment import (
    BIN,
    COMPOSE,
    DOCKERFILE,
    ENV_EXAMPLE,
    VARIABLE,
    compose,
    environments,
    image_commands,
    ours,
    services,
)
from tests.support.places import ROOT
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.shells.cli.main import app

NAMES = sorted(services())

OPTIONAL_KEYS = {"TUTOR_LLM_API_KEY", "TUTOR_TTS_API_KEY"}
"""Keys of servers that may be asked, or not."""

SECRET = re.compile(r"PASSWORD|SECRET|KEY$|TOKEN")

LOOPBACK = {"127.0.0.1:3000:3000", "127.0.0.1:9090:9090", "127.0.0.1:16686:16686"}

WRITES_ITS_ROOT = {"dcgm-exporter"}
"""Those whose image cannot run on a read-only root; the compose file says why."""


@pytest.mark.heavy
def test_compose_is_valid() -> None:
    """The file is what the compose specification's schema takes."""
    subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE], check=True
    )


def test_every_service_of_the_design_is_there() -> None:
    """One file brings up the whole."""
    wanted = "redis postgres gateway asr feedback prometheus grafana jaeger node-exporter"
    assert set(wanted.split()) | {"celery-exporter", "dcgm-exporter"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_is_fit_for_a_server(name: str) -> None:
    """Each has a health check, a restart policy, limits, no capability and no new privileges."""
    service = services()[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is (name not in WRITES_ITS_ROOT)
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", NAMES)
def test_an_image_is_pinned(name: str) -> None:
    """An image of others has the tag of one version, ours is built from this checkout."""
    image = services()[name]["image"]
    if ours(services()[name]):
        assert _built()[image] == image.partition(":")[2]
    else:
        assert re.search(r":v?\d+\.\d+(\.\d+)?[\w.-]*$", image), image


def _built() -> dict[str, str]:
    """The images that are built here, by their tags, and the stage that each is."""
    return {one["image"]: one["build"]["target"] for one in services().values() if "build" in one}


@pytest.mark.parametrize("profile", ["cpu", "gpu"])
def test_an_image_is_built_by_one_service(profile: str) -> None:
    """Compose builds side by side: of two that build one tag the second may find that it "already
    exists"."""
    active = [one for one in services().values() if profile in one.get("profiles", [profile])]
    builders = [one["image"] for one in active if "build" in one]
    assert len(set(builders)) == len(builders) >= 1
    assert {one["image"] for one in active if ours(one)} == set(builders)


def test_compose_can_deliver_each_secret() -> None:
    """Into a container whose root is read-only it mounts a file; what comes from a variable, or
    stands in the file itself, it would have to copy, and refuses: `up` ends."""
    for kind in ("secrets", "configs"):
        copied = {name for name, one in compose().get(kind, {}).items() if "file" not in one}
        for name, service in services().items():
            wanted = {w if isinstance(w, str) else w["source"] for w in service.get(kind, [])}
            assert not (service["read_only"] and wanted & copied), name


def test_prometheus_is_given_its_token(tmp_path: Path) -> None:
    """Its start writes the token where its configuration reads it, for its user alone, and becomes
    Prometheus, in whose environment the token is not."""
    stub = tmp_path / "prometheus"
    stub.write_text('#!/bin/sh\necho "$# $1 ${METRICS_TOKEN:-none}"\n')
    stub.chmod(0o755)
    prometheus = services()["prometheus"]
    script = ROOT / prometheus["entrypoint"][1].replace("/etc/prometheus", "etc/prometheus")
    env = {"PATH": f"{tmp_path}:/bin:/usr/bin", "METRICS_TOKEN": "t0ken"}
    told = subprocess.run(
        ["/bin/sh", script, *prometheus["command"]],
        env=env | {"SECRETS_DIR": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    command = prometheus["command"]
    assert told == f"{len(command)} {command[0]} none\n"
    assert (tmp_path / "metrics_token").read_text() == "t0ken"
    assert (tmp_path / "metrics_token").stat().st_mode & 0o777 == 0o600
    assert any(mount.startswith("/run/secrets:") for mount in prometheus["tmpfs"])
    assert "/run/secrets/metrics_token" in (ROOT / "etc/prometheus/prometheus.yml").read_text()


def test_partials_have_a_model_of_their_own_on_the_gpu_if_wanted() -> None:
    """The same image as the finals' worker, which its profile builds."""
    asr, partials = services()["asr"], services()["partials"]
    assert partials["image"] == asr["image"]
    assert partials["command"] == ["worker", "partials"]
    found = VARIABLE.fullmatch(partials["environment"]["TUTOR_PARTIAL_MODEL"])
    assert found
    assert found["rest"] == "base"
    assert partials["environment"]["TUTOR_DEVICE"] == "cuda"
    assert partials["deploy"]["resources"]["reservations"]


@pytest.mark.parametrize("name", ["asr", "asr-cpu", "batch"])
def test_a_recogniser_can_be_told_its_model(name: str) -> None:
    """Model, number type and batch come from the environment file; a GPU's default is a model that
    is worth one."""
    environment = services()[name]["environment"]
    for setting in ("TUTOR_MODEL", "TUTOR_COMPUTE_TYPE", "TUTOR_MAX_BATCH"):
        found = VARIABLE.fullmatch(environment[setting])
        assert found
        assert found["name"] == setting
    default = VARIABLE.fullmatch(environment["TUTOR_MODEL"])
    assert default
    assert default["rest"] == ("large-v3-turbo" if name == "asr" else "base")


def test_base_images_are_pinned() -> None:
    """So is what our images are built on."""
    stages = set(re.findall(r" AS ([\w-]+)$", DOCKERFILE.read_text(), re.MULTILINE))
    bases = set(re.findall(r"^FROM (\S+)", DOCKERFILE.read_text(), re.MULTILINE)) - stages
    assert all(re.search(r":\d+\.\d+", base) for base in bases)
    assert {"cpu", "gpu"} <= stages


def test_only_the_gateway_is_published() -> None:
    """The world reaches the gateway alone, or the proxy before it; the host what observes."""
    published = {
        name: service["ports"] for name, service in services().items() if service.get("ports")
    }
    assert published.pop("proxy") == ["80:80", "443:443", "443:443/udp"]
    assert [VARIABLE.sub(_filled, port) for port in published.pop("gateway")] == ["8000:8000"]
    assert {port for ports in published.values() for port in ports} == LOOPBACK
    assert not any(service.get("network_mode") for service in services().values())


def test_gateways_can_be_many_behind_the_proxy() -> None:
    """Nothing of a gateway is one container's alone: no name, and a port of a range. The proxy asks
    for all of them by the service's name, and shows nobody what is for those who run it."""
    gateway, proxy = services()["gateway"], services()["proxy"]
    assert "container_name" not in gateway
    assert not gateway.get("profiles")
    (port,) = gateway["ports"]
    found = VARIABLE.match(port)
    assert found
    assert port == f"{found[0]}:8000"
    told = (ROOT / "etc/caddy/Caddyfile").read_text()
    code = "\n".join(line.partition("#")[0] for line in told.splitlines())
    assert code.count("{") == code.count("}")
    assert set(re.findall(r"\{\$(\w+)", code)) <= set(proxy["environment"])
    assert "dynamic a gateway 8000" in code
    assert re.search(r"@inner path /metrics /metrics/\* /readyz\s+respond @inner 404", code)
    assert set(proxy["networks"]) & set(gateway["networks"])
    (shown,) = re.findall(r"http://127.0.0.1:\d+", code)
    assert any(shown in word for word in proxy["healthcheck"]["test"])


def test_the_stores_are_private() -> None:
    """Redis and Postgres are on a network without a way in or out, and nowhere else."""
    assert compose()["networks"]["store"] == {"internal": True}
    for name in ("redis", "postgres"):
        assert services()[name]["networks"] == ["store"]


def test_no_secret_has_a_default() -> None:
    """A password that nobody gave ends `docker compose` with what is missing."""
    variables = list(VARIABLE.finditer(COMPOSE.read_text()))
    secrets = [found for found in variables if SECRET.search(found["name"])]
    assert len({found["name"] for found in secrets}) >= 5
    for found in secrets:
        optional = found["name"] in OPTIONAL_KEYS and found["rest"] == ""
        assert found["operator"] == ":?" or optional, found[0]
        assert found["rest"] or optional, found[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_never_written_down(name: str) -> None:
    """What looks like a secret in an environment or a command comes from outside."""
    service = services()[name]
    for variable, value in service.get("environment", {}).items():
        assert not SECRET.search(variable) or VARIABLE.fullmatch(value), variable
    credentials = re.findall(r"://[^/@\s]*:([^@/\s]+)@", yaml.dump(service, width=10_000))
    assert all(secret.startswith("${") for secret in credentials)


def test_the_example_names_every_variable() -> None:
    """What must be given stands in the example, and nothing there is unknown."""
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", ENV_EXAMPLE.read_text(), re.MULTILINE))
    used = {found["name"] for found in VARIABLE.finditer(COMPOSE.read_text())}
    assert named == used | {"COMPOSE_PROFILES"}


def test_secrets_are_made_afresh() -> None:
    """Each run of the script gives every secret a value of its own, fit for a URL."""
    runs = [
        subprocess.run(
            ["/bin/sh", ROOT / "etc" / "make-env.sh"], check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    ]
    secrets = [re.findall(r"^\w+(?:PASSWORD|KEY)=(.*)$", run, re.MULTILINE) for run in runs]
    made = secrets[0] + secrets[1]
    assert len(made) >= 10
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[0-9a-f]{48}", secret) for secret in made)
    assert "COMPOSE_PROFILES=cpu,observe" in runs[0]


def test_every_setting_exists() -> None:
    """Each `TUTOR_` variable of the compose file and the image is one of the product's settings."""
    known = {f"TUTOR_{name.upper()}" for name in Settings.model_fields}
    text = COMPOSE.read_text() + DOCKERFILE.read_text() + ENV_EXAMPLE.read_text()
    named = set(re.findall(r"\bTUTOR_\w+", text))
    assert "TUTOR_REDIS_URL" in named
    assert named <= known


@pytest.mark.parametrize("name", sorted(environments()))
def test_the_settings_are_accepted(name: str) -> None:
    """The environment of each part, its secrets filled in, is one that the product starts with."""
    given = {
        variable.removeprefix("TUTOR_").lower(): VARIABLE.sub(_filled, str(value))
        for variable, value in environments()[name].items()
    }
    settings = Settings.load(**given)
    settings.require_store()
    if name == "gateway":
        settings.require_safe_address()


def _filled(found: "re.Match[str]") -> str:
    return "s3cret" * 8 if found["operator"] == ":?" else found["rest"]


def _commands() -> list[list[str]]:
    listed = []
    for service in services().values():
        if ours(service):
            listed += [["tutor", *service["command"]], service["healthcheck"]["test"][1:]]
    starts = [words for words in image_commands() if words[0] != "tutor"]
    return [*listed, *(["tutor", *words] for words in starts), *image_commands()]


@pytest.mark.parametrize("words", [w for w in _commands() if w[0] == "tutor"], ids=" ".join)
def test_every_command_exists(words: list[str]) -> None:
    """Each `tutor` command of the compose file and the image is one of the command line's."""
    group = typer.main.get_command(app)
    context = group.make_context("tutor", words[1:], resilient_parsing=True)
    command = group.get_command(context, words[1])  # type: ignore[attr-defined]
    assert command is not None
    if "--help" not in words:
        command.make_context(words[1], words[2:])


def _mounts() -> list[tuple[str, str]]:
    return [
        (name, volume.split(":")[0])
        for name, service in services().items()
        for volume in service.get("volumes", [])
    ]


@pytest.mark.parametrize(("name", "source"), _mounts())
def test_what_is_mounted_exists(name: str, source: str) -> None:
    """A mounted path of this checkout is there, a volume is declared."""
    if source.startswith("."):
        assert (ROOT / source).exists()
    else:
        assert source == "/" or source in compose()["volumes"], name


def test_what_the_image_copies_exists() -> None:
    """The image takes only what this checkout has, the page beside the package among it."""
    copied = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE.read_text(), re.MULTILINE)
    sources = {word for line in copied for word in line.split()[:-1]}
    assert {"web", "tutor", "constraints.txt"} <= sources
    assert all((ROOT / source).exists() for source in sources)


CACHES = {"TUTOR_CACHE_DIR", "TUTOR_DATA_DIR", "HF_HOME", "CUDA_CACHE_PATH"}
"""What the image tells its libraries to write into."""


def _image_settings(stage: str) -> dict[str, str]:
    """The environment that a stage of the image sets."""
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    (body,) = re.findall(rf"(?ms)^FROM \S+ AS {stage}\n(.*?)(?=^FROM|\Z)", text)
    lines = re.findall(r"^ENV (.+)$", body, re.MULTILINE)
    return dict(word.split("=", 1) for line in lines for word in line.split())


@pytest.mark.parametrize("stage", ["cpu", "gpu"])
def test_what_libraries_keep_lies_on_a_volume(stage: str) -> None:
    """On a read-only root a cache elsewhere is none: weights come again, CUDA compiles anew at each
    start."""
    kept = _image_settings(stage)
    assert CACHES - set(kept) <= ({"CUDA_CACHE_PATH"} if stage == "cpu" else set())
    for name in CACHES & set(kept):
        assert kept[name].startswith(("/var/cache/tutor", "/var/lib/tutor")), name
    for name, service in services().items():
        if service["image"] == f"voice-tutor:{stage}" and "asr" in name:
            assert "models:/var/cache/tutor" in service["volumes"]


def test_the_image_is_linted() -> None:
    """Hadolint has nothing to say."""
    subprocess.run(
        [BIN / "hadolint", "--config", ROOT / "etc" / "hadolint.yaml", DOCKERFILE], check=True
    )


def test_the_image_names_no_index() -> None:
    """Where packages come from is the builder's business."""
    assert not re.search(r"https?://|--(extra-)?index-url|PIP_\w*INDEX", DOCKERFILE.read_text())


def test_the_gpu_is_reserved() -> None:
    """The GPU worker gets a GPU and refuses to run without; a laptop's worker asks for none."""
    reserved: Any = services()["asr"]["deploy"]["resources"]["reservations"]["devices"][0]
    assert (reserved["driver"], reserved["capabilities"]) == ("nvidia", ["gpu"])
    assert services()["asr"]["environment"]["TUTOR_DEVICE"] == "cuda"
    assert services()["asr"]["profiles"] == ["gpu"]
    laptop = services()["asr-cpu"]
    assert (laptop["profiles"], laptop["image"]) == (["cpu"], "voice-tutor:cpu")
    assert "reservations" not in laptop["deploy"]["resources"]


def test_every_key_is_the_gateways_alone_or_the_workers_too() -> None:
    """A new key is a decision: whether workers may touch it (`etc/redis/users.acl.in`)."""
    gateways_alone = {"events", "session", "wake", "ticket", "tries", "seats"}
    acl = (ROOT / "etc" / "redis" / "users.acl.in").read_text()
    (worker,) = re.findall(r"^user worker.*", acl, re.MULTILINE)
    workers = re.findall(r"%R?W?~(tutor:\w+):\*", worker)
    for name, made in _made_keys().items():
        open_to_workers = any(made.startswith(f"{prefix}:") for prefix in workers)
        assert open_to_workers is (name not in gateways_alone), name


def _made_keys() -> dict[str, str]:
    """Each function of `keys.py` that makes a key, and what it makes."""
    functions = {name: one for name, one in vars(keys).items() if callable(one)}
    functions = {name: one for name, one in functions.items() if one.__module__ == keys.__name__}
    made = {name: one(*"abcd"[: one.__code__.co_argcount]) for name, one in functions.items()}
    return {name: key for name, key in made.items() if str(key).startswith("tutor:")}


@pytest.mark.heavy
def test_the_cpu_image_needs_no_torch(tmp_path: Path) -> None:
    """What the CPU image leaves out is missed by nothing that runs on a CPU."""
    blocked = "import sys; sys.modules.update(dict.fromkeys(['torch', 'torchaudio', 'triton']))"
    (tmp_path / "sitecustomize.py").write_text(blocked)
    program = (
        "import sys, numpy as np; assert sys.modules['torch'] is None; "
        "import tutor.shells.gateway.app; "
        "import tutor.shells.workers.pools, tutor.shells.workers.feedback_pool; "
        "from tutor.adapters.speech.vad import Vad; Vad()"
    )
    subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": f"{tmp_path}:{ROOT}"}, check=True
    )
