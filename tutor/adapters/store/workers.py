"""The registry of workers in Redis: which are ready, of what kind, with what facts."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore, Store
from tutor.adapters.store.errors import StoreError

log = logging.getLogger(__name__)


def own_key(kind: str) -> str:
    """The key by which this process says that it is a ready worker of this kind."""
    return keys.worker(kind, f"{os.uname().nodename}-{os.getpid()}")


def announce(store: BlockingStore, kind: str, facts: dict[str, str]) -> None:
    """Say that a worker of this kind is ready, for as long as this process lives."""
    threading.Thread(target=_renew, args=(store, own_key(kind), facts), daemon=True).start()


def _renew(store: BlockingStore, key: str, facts: dict[str, str]) -> None:
    while True:
        try:
            with store.pipeline(transaction=False) as pipe:
                pipe.hset(key, items=[part for fact in facts.items() for part in fact])
                pipe.expire(key, keys.WORKER_TTL_S)
                pipe.execute()
        except StoreError as error:
            log.warning("cannot renew the worker's key: %s", error)
        time.sleep(keys.WORKER_TTL_S / 4)


WORKERS = ("asr", "batch", "feedback", "files", "speech")
"""The kinds of workers."""


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
        "batch": bool(takes_files) and not any(takes_files),
        "feedback": feedback,
        "files": True,
        "speech": speech,
    }
    return {kind: counts[kind] for kind in WORKERS if counts[kind] or needed[kind]}


async def read_workers(store: Store) -> list[WorkerEntry]:
    """The worker processes that are ready.

    Raises:
        StoreError: the store does not answer.
    """
    found = sorted([key async for key in store.scan_iter(keys.WORKERS, count=1000)])
    async with store.pipeline(transaction=False) as pipe:
        for key in found:
            pipe.hmget(key, ["metrics", "files"])
        facts: list[Any] = await pipe.execute()
    return [
        WorkerEntry(key.decode().split(":")[2], (address or b"").decode(), bool(takes_files))
        for key, (address, takes_files) in zip(found, facts, strict=True)
    ]


async def count_slots(store: Store) -> tuple[int, int]:
    """How many recognition workers are ready, and how many live jobs they take at once.

    Raises:
        StoreError: the store does not answer.
    """
    found = [key async for key in store.scan_iter(keys.WORKERS_ASR, count=1000)]
    slots = [await store.hget(key, "slots") for key in found]
    return len(found), sum(int(count or 1) for count in slots)


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
