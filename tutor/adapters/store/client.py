"""Clients of the store, for coroutines and for threads: their calls raise `StoreError` alone.

All calls of this room go through them, so that no other room needs redis-py's errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from redis import Redis as BlockingRedis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import Pipeline
from redis.client import Pipeline as BlockingPipeline
from redis.exceptions import NoScriptError, RedisError

from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.primary import blocking_connection, connection, watched

TIMEOUT_S = 5.0
"""Seconds for a connection and for an answer, unless the caller says otherwise."""

CONNECTIONS = 32
"""Connections of a client for coroutines, unless the caller says otherwise."""

FREE_TIMEOUT_S = 5.0
"""Seconds to wait for a connection that other calls use: all sessions of a gateway may want the
store at once, as when it stops, and each has its turn meanwhile."""


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn what goes wrong between this process and Redis into a `StoreError`."""
    try:
        yield
    except NoScriptError:
        raise  # meant for redis-py's own `Script`, which loads itself then
    except (RedisError, OSError) as error:
        raise StoreError(str(error)) from error


class StorePipeline(Pipeline):
    """Commands of a coroutine that go to the store together."""

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send the commands, and return their answers."""
        with store_errors():
            return await super().execute(raise_on_error)


class Store(Redis):
    """The store's client for coroutines."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command, and return its answer."""
        with store_errors():
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> StorePipeline:
        """Collect commands that go together."""
        callbacks = self.response_callbacks
        return StorePipeline(self.connection_pool, callbacks, transaction, shard_hint)


class BlockingStorePipeline(BlockingPipeline):
    """Commands of a thread that go to the store together."""

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send the commands, and return their answers."""
        with store_errors():
            return super().execute(raise_on_error)


class BlockingStore(BlockingRedis):
    """The store's client for threads: each call waits for its answer."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command, and return its answer."""
        with store_errors():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(
        self, transaction: bool = True, shard_hint: str | None = None
    ) -> BlockingStorePipeline:
        """Collect commands that go together."""
        callbacks = self.response_callbacks
        return BlockingStorePipeline(self.connection_pool, callbacks, transaction, shard_hint)


def open_store(
    url: str,
    timeout_s: float = TIMEOUT_S,
    *,
    connections: int = CONNECTIONS,
    free_timeout_s: float = FREE_TIMEOUT_S,
) -> Store:
    """A client for coroutines; it connects with its first call.

    While all `connections` are in use a call waits for one: at most `free_timeout_s` seconds, then
    it raises `StoreError`.
    """
    options: dict[str, Any] = {}
    if (store := watched(url)) is not None:
        url, options = store.url, {"connection_class": connection(store)}
    pool = BlockingConnectionPool.from_url(
        url,
        **options,
        max_connections=connections,
        timeout=free_timeout_s,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
    )
    client = Store.from_pool(pool)
    assert isinstance(client, Store)
    return client


def open_blocking_store(url: str, timeout_s: float = TIMEOUT_S) -> BlockingStore:
    """A client for threads; it connects with its first call."""
    options: dict[str, Any] = {}
    if (store := watched(url)) is not None:
        url, options = store.url, {"connection_class": blocking_connection(store)}
    client = BlockingStore.from_url(
        url, **options, socket_timeout=timeout_s, socket_connect_timeout=timeout_s
    )
    assert isinstance(client, BlockingStore)
    return client


def is_cluster(url: str) -> bool:
    """Whether a server is a node of a Redis Cluster; False, too, where it does not answer."""
    with suppress(StoreError, ValueError), closing(open_blocking_store(url)) as store:
        told: Any = store.execute_command("HELLO")
        # By the client's protocol a map, or its keys and values one after the other.
        pairs = told if isinstance(told, dict) else dict(zip(told[::2], told[1::2], strict=False))
        return pairs.get(b"mode", pairs.get("mode")) in (b"cluster", "cluster")
    return False
