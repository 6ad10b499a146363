"""Kombu's way to Redis for workers, on which a message that nobody can read stops nobody.

What Kombu or Celery choke on raises in the worker's event loop: the worker ends, is started again,
and takes the same message. Here each message is looked at as it comes out of Redis.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.redis import Channel, QoS, Transport

from tutor.adapters.store import keys
from tutor.adapters.store.broker.poison import UNACKNOWLEDGED, fault_of, set_aside
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.primary import Watched, blocking_connection

log = logging.getLogger(__name__)

NAME = "checked"
PRIMARY = "primary"


class Door:
    """Looks at the messages of one worker, and sets aside what nobody can read."""

    def __init__(self, redis_url: str) -> None:
        self._store = open_blocking_store(redis_url)
        self.tasks: list[str] = []
        """The names of the tasks that the worker does."""

    def admits(self, queue: str, message: bytes) -> bool:
        """Whether a worker can take a message of a queue."""
        fault = fault_of(message, self.tasks)
        if fault is not None:
            self.refuse(queue, fault, message)
        return fault is None

    def refuse(self, queue: str, reason: str, message: bytes = b"") -> None:
        """Set a message aside, and say so."""
        log.error("a message of %s is set aside: %s", queue, reason)
        try:
            set_aside(self._store, queue, reason, message)
        except StoreError as error:
            log.warning("it could not be kept: %s", error)


def primary_transport(store: Watched) -> str:
    """The name of a transport of Celery's that goes to the primary of a watched store."""

    class PrimaryChannel(Channel):  # type: ignore[misc]
        connection_class = blocking_connection(store)

    class PrimaryTransport(Transport):  # type: ignore[misc]
        Channel = PrimaryChannel

    TRANSPORT_ALIASES[PRIMARY] = lambda: PrimaryTransport
    return PRIMARY


def checked_transport(door: Door, store: Watched | None = None) -> str:
    """The name of a transport of Celery's whose messages pass a door.

    `store`: the watched store to whose primary it goes; None: the URL names the server.
    """

    class CheckedQoS(QoS):  # type: ignore[misc]
        def ack(self, delivery_tag: Any) -> None:
            with _gone_is_said():
                super().ack(delivery_tag)

        def reject(self, delivery_tag: Any, requeue: bool = False) -> None:
            with _gone_is_said():
                super().reject(delivery_tag, requeue)

        def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
            try:
                super().restore_by_tag(tag, client, leftmost)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                door.refuse(UNACKNOWLEDGED, f"{type(error).__name__}: it cannot be handed out")
                self._remove_from_indices(tag).execute()

    class CheckedChannel(Channel):  # type: ignore[misc]
        QoS = CheckedQoS
        connection_class = blocking_connection(store) if store else Channel.connection_class

        def _get_client(self) -> Any:
            return _checked_client(super()._get_client(), door)

    class CheckedTransport(Transport):  # type: ignore[misc]
        Channel = CheckedChannel

    TRANSPORT_ALIASES[NAME] = lambda: CheckedTransport
    return NAME


@contextmanager
def _gone_is_said() -> Iterator[None]:
    """A task that ends when its connection is gone has nobody to acknowledge to: Kombu then fails
    with an AttributeError, which no loop of Celery's expects, and the worker ends. What it has not
    acknowledged is handed out again."""
    try:
        yield
    except AttributeError as error:
        raise ConnectionError("the connection to the broker is gone") from error


def _checked_client(make: Any, door: Door) -> Any:
    base = getattr(make, "func", make)

    class CheckedClient(base):  # type: ignore[misc, valid-type]
        def parse_response(self, connection: Any, command_name: str, **options: Any) -> Any:
            answer = super().parse_response(connection, command_name, **options)
            if command_name != "BRPOP" or not answer:
                return answer
            place, message = answer
            # As if nothing had come: Kombu then asks again.
            return answer if door.admits(_queue_of(place), message) else None

    def client(*args: Any, **options: Any) -> Any:
        return CheckedClient(*args, **getattr(make, "keywords", {}), **options)

    return client


def _queue_of(place: bytes | str) -> str:
    name = place.decode("utf-8", "replace") if isinstance(place, bytes) else place
    return name.removeprefix(keys.BROKER_PREFIX).partition("\x06")[0]
