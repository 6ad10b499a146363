"""A final's way through the store, step by step, from Valkey's MONITOR."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from tutor.adapters.store import keys
from tutor.adapters.store.monitor import Command

STEPS: tuple[tuple[str, str, str], ...] = (
    # name of the moment, command, what its key contains
    ("enqueued", "LPUSH", keys.QUEUE_LIVE),
    ("taken by the worker", "ZADD", "unacked"),
    ("started in its process", "INCR", keys.deliveries("").split(":")[1]),
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
