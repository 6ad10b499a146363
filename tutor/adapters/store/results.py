"""The way back: results from workers to the gateway of their session.

A stream for each session is the truth; pub/sub only wakes the gateway that waits for it. Pub/sub
alone loses messages without a sign when a connection breaks (measured: 62 of 400).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio.client import PubSub

from tutor.adapters.store import keys
from tutor.adapters.store.bell import Bell
from tutor.adapters.store.broker.poison import RESULTS, set_aside, set_result_aside
from tutor.adapters.store.client import BlockingStore, Store, store_errors
from tutor.adapters.store.errors import StoreError
from tutor.adapters.wire.practice import decode_result, encode_result
from tutor.core.queue.jobs import AssessmentResult, RecognitionResult, Result

log = logging.getLogger(__name__)

PING_S = 1.0
"""Seconds between pings on the subscription: a hung Redis raises nothing by itself."""

SILENT_S = 3.0
"""Seconds without an answer after which the subscription is opened anew."""


def post_result(store: BlockingStore, result: Result) -> None:
    """Hand a result to the session's gateway (called by workers)."""
    key = keys.results(result.session)
    with store.pipeline(transaction=False) as pipe:
        kind, data = encode_result(result)
        pipe.xadd(key, {"k": kind, "r": data}, maxlen=keys.EVENTS_KEPT)
        pipe.expire(key, keys.RESULTS_TTL_S)
        pipe.publish(keys.wake(result.session), b"")
        pipe.execute()


@dataclass
class Inbox:
    """The results for one session, each once and in order."""

    store: Store
    session: str
    after: str = "-"
    """Entry id of the last result that was given; `-`: none was."""
    woken: Bell = field(default_factory=Bell)

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a wake-up, or the timeout; whether there was one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.woken.wait()
        woken = self.woken.has_rung
        self.woken.clear()
        return woken

    async def read(self) -> list[Result]:
        """The results that are new since the last call."""
        begin = self.after if self.after == "-" else f"({self.after}"
        entries: Any = await self.store.xrange(keys.results(self.session), min=begin)
        if entries:
            self.after = entries[-1][0].decode()
        results = _decoded(entries)
        if len(results) < len(entries):
            with suppress(StoreError):  # the others must not be lost with it
                await set_result_aside(self.store, f"{len(entries) - len(results)} are no results")
        return results

    async def look(self) -> list[Result]:
        """The same; none while the store is away: they are there when it is back."""
        try:
            return await self.read()
        except StoreError as error:
            log.warning("session %s: no results: %s", self.session, error)
            return []


class Bus:
    """A gateway's one subscription, shared by all its sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._inboxes: dict[str, list[Inbox]] = {}  # two of a session while one takes it over
        self._pubsub: PubSub | None = None

    @asynccontextmanager
    async def inbox(self, session: str) -> AsyncIterator[Inbox]:
        """The inbox of a session for as long as the block lasts."""
        inbox = Inbox(self._store, session)
        try:
            await self._add(inbox)
            yield inbox
        finally:
            await self._remove(inbox)

    async def move(self, inbox: Inbox, session: str, after: str) -> None:
        """Make an inbox another session's, for the results after an entry id."""
        await self._remove(inbox)
        inbox.session, inbox.after = session, after
        await self._add(inbox)
        inbox.woken.set()  # what came before is in the stream

    async def run(self) -> None:
        """Wake sessions until cancelled; a broken or silent connection is opened anew."""
        while True:
            try:
                with store_errors():
                    await self._listen()
            except StoreError as error:
                log.warning("subscription lost (%s), opening it again", error)
                await asyncio.sleep(PING_S / 2)

    async def _listen(self) -> None:
        async with self._store.pubsub() as pubsub:
            await pubsub.subscribe(keys.HEARTBEAT, *map(keys.wake, self._inboxes))
            self._pubsub = pubsub
            try:
                self.wake_all()  # what was published meanwhile is in the streams
                await self._follow(pubsub)
            finally:
                self._pubsub = None

    async def _follow(self, pubsub: PubSub) -> None:
        loop = asyncio.get_running_loop()
        heard_at = pinged_at = loop.time()
        while True:
            message = await pubsub.get_message(timeout=PING_S)
            now = loop.time()
            if message is not None:
                heard_at = now
                self._wake(message)
            if now - heard_at > SILENT_S:
                raise StoreError(f"no answer for {SILENT_S:g} s")
            if now - pinged_at >= PING_S:
                pinged_at = now
                await pubsub.ping()

    def _wake(self, message: dict[str, object]) -> None:
        if message["type"] == "message" and isinstance(channel := message["channel"], bytes):
            for inbox in self._inboxes.get(channel.decode().rpartition(":")[2], ()):
                inbox.woken.set()

    def wake_all(self) -> None:
        """Let every session look at its results and at the time."""
        for inboxes in self._inboxes.values():
            for inbox in inboxes:
                inbox.woken.set()

    async def _add(self, inbox: Inbox) -> None:
        self._inboxes.setdefault(inbox.session, []).append(inbox)
        # Without a subscription now, `_listen` subscribes to it when there is one again.
        if self._pubsub is not None:
            with store_errors():
                await self._pubsub.subscribe(keys.wake(inbox.session))

    async def _remove(self, inbox: Inbox) -> None:
        inboxes = self._inboxes[inbox.session]
        inboxes[:] = [other for other in inboxes if other is not inbox]
        if inboxes:
            return
        del self._inboxes[inbox.session]
        if self._pubsub is not None:
            with suppress(StoreError), store_errors():
                await self._pubsub.unsubscribe(keys.wake(inbox.session))


def _decoded(entries: list[Any]) -> list[Result]:
    """The results among a stream's entries. What is none stops nobody: the job has a deadline."""
    results = []
    for _, fields in entries:
        try:
            results.append(decode_result(fields[b"k"].decode(), fields[b"r"]))
        except (ValueError, KeyError) as error:
            log.error("a result cannot be read: %s", type(error).__name__)
    return results


def read_results(
    store: BlockingStore, session: str, after: str, wait_ms: int
) -> tuple[list[RecognitionResult | AssessmentResult], str]:
    """The results after an entry of a file's session, and the last one's entry; may wait for one.

    Nobody replies to such a session: all its results are of pieces.
    """
    found: Any = store.xread({keys.results(session): after}, block=wait_ms, count=100)
    entries = found[0][1] if found else []
    decoded = _decoded(entries)
    if len(decoded) < len(entries):
        set_aside(store, RESULTS, f"{len(entries) - len(decoded)} are no results")
    results = [one for one in decoded if isinstance(one, RecognitionResult | AssessmentResult)]
    return results, entries[-1][0].decode() if entries else after
