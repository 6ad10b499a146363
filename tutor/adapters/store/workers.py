"""The registry in Redis: which workers are ready and which gateways serve, with their facts.

It is one hash, so that whoever asks reads one key. Each entry has a stamp of the store's own clock,
by which the dead are told from the living, however the machines' clocks differ.
"""

from __future__ import annotations

import json
import logging
import math
import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore, Store
from tutor.adapters.store.errors import StoreError

log = logging.getLogger(__name__)


def own_name() -> str:
    """The name of this process among all machines'."""
    return f"{os.uname().nodename}-{os.getpid()}"


def own_key(kind: str) -> str:
    """The key by which this process says that it is a ready worker of this kind."""
    return keys.worker(kind, own_name())


class Announcement:
    """Says that a worker of this kind is ready, for as long as its process lives."""

    def __init__(self, store: BlockingStore, kind: str, facts: dict[str, str]) -> None:
        self._store, self._key, self._facts = store, own_key(kind), facts
        self._field = _field(kind, own_name())
        self._withdrawn = threading.Event()
        self._lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def withdraw(self) -> None:
        """Say that the worker is not there any more, though its process still is."""
        self._withdrawn.set()
        with self._lock:  # a renewal that is under way would bring it back
            try:
                with self._store.pipeline(transaction=False) as pipe:
                    pipe.hdel(keys.REGISTRY, self._field)
                    pipe.delete(self._key)
                    pipe.execute()
            except StoreError as error:
                log.warning("cannot withdraw the worker: %s", error)

    def _run(self) -> None:
        while not self._withdrawn.is_set():
            with self._lock:
                try:
                    self._renew()
                except StoreError as error:
                    log.warning("cannot renew the worker's entry: %s", error)
            self._withdrawn.wait(keys.WORKER_TTL_S / 4)

    def _renew(self) -> None:
        if self._withdrawn.is_set():
            return
        now: Any = self._store.time()
        with self._store.pipeline(transaction=False) as pipe:
            pipe.hset(keys.REGISTRY, self._field, registered(_seconds(now), self._facts))
            pipe.expire(keys.REGISTRY, keys.REGISTRY_TTL_S)
            pipe.set(self._key, b"", ex=keys.WORKER_TTL_S)
            pipe.execute()


def registered(at_s: float, facts: Mapping[str, str | int]) -> str:
    """An entry of the registry, renewed at a time of the store's clock."""
    return json.dumps({"at": at_s, **facts})


@dataclass(frozen=True)
class Entry:
    """An entry of the registry whose process lives."""

    kind: str
    name: str
    facts: Mapping[str, Any]


async def read_registry(
    store: Store, own: tuple[str, str, Mapping[str, str | int]] | None = None
) -> list[Entry]:
    """The entries of all that live, by kind and name. `own`: kind, name and facts of the caller,
    whose entry is renewed on the way.

    Raises:
        StoreError: the store does not answer.
    """
    now = _seconds(await store.time())
    async with store.pipeline(transaction=False) as pipe:
        if own is not None:
            pipe.hset(keys.REGISTRY, _field(*own[:2]), registered(now, own[2]))
            pipe.expire(keys.REGISTRY, keys.REGISTRY_TTL_S)
        pipe.hgetall(keys.REGISTRY)
        found: dict[bytes, bytes] = (await pipe.execute())[-1]
    ages = {field: now - _stamp(told) for field, told in found.items()}
    if forgotten := [field for field, age in ages.items() if age > keys.REGISTRY_TTL_S]:
        await store.hdel(keys.REGISTRY, *forgotten)
    living = sorted(field for field, age in ages.items() if age <= keys.WORKER_TTL_S)
    return [_entry(field, found[field]) for field in living]


def _stamp(told: bytes) -> float:
    """When an entry was renewed, by the store's clock; long ago if it is none of ours."""
    try:
        at = float(json.loads(told)["at"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return -math.inf
    return at if math.isfinite(at) else -math.inf


def _entry(field: bytes, told: bytes) -> Entry:
    kind, _, name = field.decode(errors="replace").partition(":")
    return Entry(kind, name, json.loads(told))


def _count(told: object, otherwise: int) -> int:
    """A number among an entry's facts, however another version wrote it."""
    try:
        return int(str(told))
    except ValueError:
        return otherwise


async def leave_registry(store: Store, kind: str, name: str) -> None:
    """Take an entry out.

    Raises:
        StoreError: the store does not answer.
    """
    await store.hdel(keys.REGISTRY, _field(kind, name))


def _field(kind: str, name: str) -> str:
    return f"{kind}:{name}"


def _seconds(time: tuple[int, int]) -> float:
    seconds, micros = time
    return seconds + micros / 1e6


WORKERS = ("asr", "partials", "batch", "feedback", "files", "speech")
"""The kinds of workers."""

GATEWAY = "gateway"
"""The kind of a gateway's entry: `sessions`, how many are open there."""


@dataclass(frozen=True)
class WorkerEntry:
    """A worker process that is ready."""

    kind: str
    metrics: str
    """`host:port` of the worker's metrics; empty: it shows none."""
    takes_files: bool = False
    """Whether an ASR worker takes pieces of files as well, so that they need no workers of their
    own."""


def by_kind(
    workers: Sequence[WorkerEntry], *, feedback: bool, speech: bool = False
) -> dict[str, int]:
    """How many workers of each kind are ready; 0 only of kinds that are needed.

    `feedback`, `speech`: whether this deployment needs workers for feedback, for speech. Whether
    pieces of files need workers of their own depends on the ASR workers.
    """
    counts = Counter(worker.kind for worker in workers)
    takes_files = [worker.takes_files for worker in workers if worker.kind == "asr"]
    needed = {
        "asr": True,
        "partials": False,
        "batch": bool(takes_files) and not any(takes_files),
        "feedback": feedback,
        "files": True,
        "speech": speech,
    }
    return {kind: counts[kind] for kind in WORKERS if counts[kind] or needed[kind]}


def workers_of(entries: Iterable[Entry]) -> list[WorkerEntry]:
    """The worker processes among the entries of a registry."""
    return [
        WorkerEntry(one.kind, str(one.facts.get("metrics", "")), bool(one.facts.get("files")))
        for one in entries
        if one.kind in WORKERS
    ]


async def read_workers(store: Store) -> list[WorkerEntry]:
    """The worker processes that are ready.

    Raises:
        StoreError: the store does not answer.
    """
    return workers_of(await read_registry(store))


def slots_of(entries: Iterable[Entry]) -> tuple[int, int]:
    """How many recognition workers are ready, and how many live jobs they take at once."""
    slots = [_count(one.facts.get("slots"), 1) for one in entries if one.kind == "asr"]
    return len(slots), sum(slots)


def partial_slots_of(entries: Iterable[Entry]) -> int | None:
    """How many partials workers of their own take at once; None: none is ready."""
    slots = [_count(one.facts.get("slots"), 1) for one in entries if one.kind == "partials"]
    return sum(slots) or None


def assessors_of(entries: Sequence[Entry]) -> tuple[int, frozenset[str], bool]:
    """How many assessments the ready feedback workers do at once, their names, and whether
    recognisers run on cores, which assessments may then need, too."""
    workers = [one for one in entries if one.kind == "feedback"]
    slots = [_count(one.facts.get("slots"), 1) for one in workers]
    on_cores = any(one.facts.get("device") == "cpu" for one in entries if one.kind == "asr")
    return sum(slots), frozenset(one.name for one in workers), on_cores


def sessions_of(entries: Iterable[Entry]) -> dict[str, int]:
    """The open sessions of each gateway, by its name."""
    gateways = (one for one in entries if one.kind == GATEWAY)
    return {one.name: _count(one.facts.get("sessions"), 0) for one in gateways}


def is_announced(store: BlockingStore, kind: str) -> bool:
    """Whether a worker of this kind on this machine is ready and renews its key.

    Raises:
        StoreError: the store does not answer.
    """
    named = [keys.worker(kind, f"{os.uname().nodename}-{pid}") for pid in _processes()]
    # A worker's user may ask for names that it knows, not look for others (`etc/redis`).
    return bool(store.exists(*named))


def _processes() -> list[int]:
    """The numbers of this machine's, or this container's, processes."""
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
