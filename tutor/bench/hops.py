"""A final's way through the store, step by step, from Valkey's MONITOR."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise

from redis import Redis
from redis.exceptions import RedisError

from tutor.adapters.store import keys

SHOWN = 120
"""Characters of a command that are kept: its name and its key."""


@dataclass(frozen=True)
class Command:
    """A command that the store took, and when: seconds of the machine's clock."""

    at_s: float
    text: str


STEPS: tuple[tuple[str, str, str], ...] = (
    # name of the moment, command, what its key contains
    ("enqueued", "LPUSH", keys.QUEUE_LIVE),
    ("taken by the worker", "ZADD", "unacked"),
    ("started in its process", "INCR", keys.deliveries("", "", 0, 0).split(":")[1]),
    ("result posted", "XADD", keys.results("").split(":")[1]),
    ("result read by the gateway", "XRANGE", keys.results("").split(":")[1]),
    ("final kept for replay", "XADD", keys.events("").split(":")[1]),
)
"""What happens in the store between a commit and its final: name of the moment, command, part of
the key. redis-py sends INCR as INCRBY."""

SENT, RECEIVED = "commit", "received by the client"


def hops_between(
    commands: Iterable[Command], sent_s: float, received_s: float
) -> dict[str, float] | None:
    """Seconds between each moment and the next; None when one of the moments cannot be found."""
    moments = [(SENT, sent_s)]
    for name, verb, key in STEPS:
        after = moments[-1][1]
        at_s = _first(commands, verb, key, after, received_s)
        if at_s is None:
            return None
        moments.append((name, at_s))
    moments.append((RECEIVED, received_s))
    return {f"{a} → {b}": later - at_s for (a, at_s), (b, later) in pairwise(moments)}


def _first(
    commands: Iterable[Command], verb: str, key: str, after: float, before: float
) -> float | None:
    found = (
        command.at_s
        for command in commands
        if after <= command.at_s <= before and command.text.startswith(verb) and key in command.text
    )
    return next(found, None)


@dataclass
class Monitor:
    """Notes each command of a store until it is left. It slows the store down a little."""

    url: str
    commands: list[Command] = field(default_factory=list)

    def __enter__(self) -> Monitor:
        self._monitor = Redis.from_url(self.url).monitor()  # type: ignore[no-untyped-call]
        self._monitor.__enter__()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # The reader is stuck in a read; without its connection it ends.
        with suppress(RedisError, OSError):
            self._monitor.connection.disconnect()

    def between(self, begin_s: float, end_s: float) -> Sequence[Command]:
        """The commands of a span of time."""
        return [c for c in self.commands.copy() if begin_s <= c.at_s <= end_s]

    def _listen(self) -> None:
        with suppress(RedisError, OSError, ValueError, AttributeError):
            for command in self._monitor.listen():
                self.commands.append(Command(command["time"], command["command"][:SHOWN]))
