"""The primary of a store that Sentinels watch: asked for anew with each connection.

redis-py has pools for this, but none whose callers wait for a free connection, and Kombu would need
others again. So it is the connections that find their server, in whatever pool they are.

Who waits for an answer or for a message does not notice that the server behind its connection
stands still, or is cut off, while the Sentinels have made another one the primary: a worker would
wait there for jobs that come to the new one, until the old one is back, or for ever. So a thread of
each process asks the Sentinels again and again, and cuts the connections that go elsewhere.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit
from weakref import WeakKeyDictionary

from redis.asyncio.connection import Connection
from redis.asyncio.sentinel import Sentinel
from redis.connection import Connection as BlockingConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError
from redis.sentinel import Sentinel as BlockingSentinel

SENTINEL_PORT = 26379
ASK_TIMEOUT_S = 1.0
"""Seconds for a Sentinel's answer; then the next one is asked."""

LOOK_S = 1.0
"""Seconds between two questions to the Sentinels, of one process."""

Address = tuple[str, int]


@dataclass(frozen=True)
class Watched:
    """A store that Sentinels watch."""

    sentinels: tuple[Address, ...]
    group: str
    """The name by which the Sentinels know primary and replicas."""
    url: str
    """The primary's URL, but for its host, which is to be found."""


def watched(url: str) -> Watched | None:
    """What a URL says of Sentinels; None: it is a server's own.

    `sentinel://user:password@host:26379,host:26379/0?group=tutor`: user, password and database are
    the store's.
    """
    parts = urlsplit(url)
    if parts.scheme != "sentinel":
        return None
    secret, at, hosts = parts.netloc.rpartition("@")
    group = parse_qs(parts.query).get("group", ["tutor"])[0]
    server = urlunsplit(("redis", f"{secret}{at}primary", parts.path, "", ""))
    return Watched(tuple(_place(host) for host in hosts.split(",")), group, server)


def _place(host: str) -> Address:
    name, colon, port = host.rpartition(":")
    return (name, int(port)) if colon else (host, SENTINEL_PORT)


@dataclass
class Lookout:
    """The connections of this process to one watched store, and who looks whether they still go to
    its primary."""

    store: Watched
    _open: WeakKeyDictionary[Any, Address] = field(default_factory=WeakKeyDictionary)
    _lock: Any = field(default_factory=threading.Lock)
    _looks: bool = False

    def receive(self, connection: Any) -> None:
        """Take a connection that has just been made."""
        with self._lock:
            self._open[connection] = (connection.host, connection.port)
            if not self._looks:
                self._looks = True
                threading.Thread(target=self._look, name="primary", daemon=True).start()

    def _look(self) -> None:
        asked = _sentinels(self.store)
        while True:
            time.sleep(LOOK_S)
            with suppress(RedisError, OSError):  # nobody answers, or there is no primary now
                self.receive_primary(asked.discover_master(self.store.group))

    def receive_primary(self, primary: Address) -> None:
        """Cut the connections that do not go to the primary; who waits on them is told at once."""
        with self._lock:
            astray = [(one, place) for one, place in self._open.items() if place != primary]
        for one, place in astray:
            if (socket := _socket_of(one)) is None:
                continue  # it is just being made: next time
            with suppress(OSError):  # it has ended by itself
                socket.shutdown(SHUT_RDWR)
            with self._lock:
                if self._open.get(one) == place:  # else it has already found its server
                    del self._open[one]


def _socket_of(connection: Any) -> Any:
    """The socket of a connection for threads, or for coroutines."""
    if isinstance(connection, BlockingConnection):
        return connection._sock
    writer = connection._writer
    return None if writer is None else writer.get_extra_info("socket")


def _sentinels(store: Watched) -> Any:
    return BlockingSentinel(list(store.sentinels), socket_timeout=ASK_TIMEOUT_S)  # type: ignore[no-untyped-call]


@cache
def _lookout(store: Watched) -> Lookout:
    """The one of this process."""
    return Lookout(store)


os.register_at_fork(after_in_child=_lookout.cache_clear)  # its lock may have been held


def blocking_connection(store: Watched) -> type[BlockingConnection]:
    """Connections for threads to the primary of a watched store."""

    class Primary(BlockingConnection):
        def _connect(self) -> Any:
            asked = _sentinels(store)
            try:
                self.host, self.port = asked.discover_master(store.group)
            finally:
                for sentinel in asked.sentinels:
                    sentinel.close()
            made = super()._connect()  # type: ignore[no-untyped-call]
            _lookout(store).receive(self)
            return made

        def read_response(self, *args: Any, **options: Any) -> Any:
            try:
                return super().read_response(*args, **options)
            except ReadOnlyError as error:
                self.disconnect()  # type: ignore[no-untyped-call]
                raise RedisConnectionError("it is the primary no more") from error

    return Primary


def connection(store: Watched) -> type[Connection]:
    """Connections for coroutines to the primary of a watched store."""

    class Primary(Connection):
        async def _connect(self) -> None:
            asked = Sentinel(list(store.sentinels), socket_timeout=ASK_TIMEOUT_S)  # type: ignore[no-untyped-call]
            try:
                self.host, self.port = await asked.discover_master(store.group)
            finally:
                for sentinel in asked.sentinels:
                    await sentinel.aclose()
            await super()._connect()  # type: ignore[no-untyped-call]
            _lookout(store).receive(self)

        async def read_response(self, *args: Any, **options: Any) -> Any:
            try:
                return await super().read_response(*args, **options)
            except ReadOnlyError as error:
                await self.disconnect()
                raise RedisConnectionError("it is the primary no more") from error

    return Primary
