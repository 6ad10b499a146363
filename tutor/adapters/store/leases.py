"""Leases in the store: a worker says that it lives and has a speech in hand, every second anew."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore, Store
from tutor.adapters.store.errors import StoreError
from tutor.core.queue.jobs import SpeechJob

log = logging.getLogger(__name__)

LEASE_MS = 2500
"""Milliseconds after which a lease that was not renewed is void: its worker died."""

RENEW_S = 0.7

FREE_WITHIN_S, LOOK_S = 1.0, 0.05
"""Seconds to wait for a lease that another job is about to leave, and between two looks at it."""


class Leases:
    """The leases of one worker process, renewed by one thread. Safe to share between threads."""

    def __init__(self, store: BlockingStore) -> None:
        self._store = store
        self._held: dict[str, str] = {}
        self._renewing: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, job: SpeechJob) -> Iterator[bool]:
        """Hold the lease of a job's speech for as long as the block lasts; False: another worker
        has it.

        Raises:
            StoreError: the store does not answer.
        """
        key, token = keys.taker(job.session, job.utterance, 0), secrets.token_hex(8)
        held = self._take(key, token)
        try:
            yield held
        finally:
            if held:
                self._leave(key, token)

    def _take(self, key: str, token: str) -> bool:
        deadline = time.monotonic() + FREE_WITHIN_S
        while not self._store.set(key, token, px=LEASE_MS, nx=True):
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_S)
        with self._lock:
            self._held[key] = token
            if self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, daemon=True)
                self._renewing.start()
        return True

    def _leave(self, key: str, token: str) -> None:
        with self._lock:
            del self._held[key]
        with suppress(StoreError):
            if self._store.get(key) == token.encode():
                self._store.delete(key)

    def _renew(self) -> None:
        while True:
            time.sleep(RENEW_S)
            with self._lock:
                held = list(self._held)
            try:
                for key in held:
                    self._store.pexpire(key, LEASE_MS)
            except StoreError as error:
                log.warning("cannot renew leases: %s", error)


async def is_held(store: Store, session: str, utterance: str) -> bool:
    """Whether a worker that lives has a speech in hand.

    Raises:
        StoreError: the store does not answer.
    """
    return bool(await store.exists(keys.taker(session, utterance, 0)))
