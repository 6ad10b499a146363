"""Messages that no worker can do anything with: set aside, where an operator finds them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore, Store

MOST_TRIES = 2
"""How often a message is handed out whose worker dies of it each time; then it is set aside."""

KEPT = 100
"""The newest messages of a queue that are kept aside."""

SHOWN = 1000
"""Characters of a message's envelope that are kept; what learners said, its body, is not."""

UNACKNOWLEDGED, RESULTS = "unacknowledged", "results"

PLACES = (*keys.QUEUES, UNACKNOWLEDGED, RESULTS)
"""Where a message may have been found: a queue, among what workers have taken, in the way back."""

_FURTHER = ("callbacks", "errbacks", "chain", "chord")
"""What Celery is asked for after a task: none of ours is followed by another."""

_OPTIONAL: dict[str, tuple[type, ...]] = {
    "lang": (str,),
    "root_id": (str,),
    "parent_id": (str,),
    "group": (str,),
    "eta": (str,),
    "expires": (str,),
    "argsrepr": (str,),
    "kwargsrepr": (str,),
    "origin": (str,),
    "retries": (int,),
    "group_index": (int,),
    "queued_at": (int, float),
    "traceparent": (str,),
}
"""Headers that Celery or we read, and what they are where they are not null."""


MOST = 1e12
"""No number among the headers is as large: times are seconds since 1970."""


def fault_of(message: bytes, tasks: Sequence[str]) -> str | None:
    """What is wrong with a message of a queue; None: a worker can take it.

    `tasks`: the names of the tasks that the worker does. All that Celery and Kombu rely on is
    looked at: what they choke on ends the worker, which then takes the same message again.
    """
    try:
        envelope = json.loads(message)
        headers, properties = envelope["headers"], envelope["properties"]
        body = json.loads(base64.b64decode(envelope["body"], validate=True))
        return (
            _fault_of_envelope(envelope, properties)
            or _fault_of_headers(headers, tasks)
            or _fault_of_body(body)
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return f"{type(error).__name__}: it is not a task's message"


def _fault_of_envelope(envelope: dict[str, Any], properties: dict[str, Any]) -> str | None:
    if envelope["content-type"] != "application/json":
        return "its body is not JSON"  # never pickle: writing to Redis must not run code here
    if envelope["content-encoding"] not in ("utf-8", "us-ascii"):
        return "its encoding is not UTF-8"
    delivery = properties["delivery_info"]
    texts = properties["delivery_tag"], delivery["exchange"], delivery["routing_key"]
    if not all(isinstance(text, str) for text in texts):
        return "its delivery has no names"
    if properties["body_encoding"] != "base64":
        return "its body is not base64"
    if type(properties.get("priority", 0)) is not int:
        return "its priority is no number"
    return None


def _fault_of_headers(headers: dict[str, Any], tasks: Sequence[str]) -> str | None:
    if not isinstance(headers["id"], str) or not isinstance(headers["task"], str):
        return "its id or its task is no name"
    if headers["task"] not in tasks:
        return f"nobody does {headers['task'][:40]!r} here"
    for name, kinds in _OPTIONAL.items():
        value = headers.get(name)
        if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
            return f"its header {name} is a {type(value).__name__}"
        if isinstance(value, int | float) and not abs(value) < MOST:
            return f"its header {name} is out of all bounds"
    limits = headers.get("timelimit") or (None, None)
    if len(limits) != 2 or any(
        limit is not None and (type(limit) not in (int, float) or not 0 < limit < MOST)
        for limit in limits
    ):
        return "its time limits are no two numbers"
    if any(headers.get(name) for name in ("compression", *_FURTHER)):
        return "it is compressed, or asks for other tasks"
    return None


def _fault_of_body(body: list[Any]) -> str | None:
    arguments, fields, embedded = body
    if arguments != [] or not isinstance(fields, dict) or not isinstance(embedded, dict):
        return "its body is not that of a job"
    if any(embedded.get(name) for name in _FURTHER):
        return "it asks for other tasks"
    return None


def set_aside(store: BlockingStore, queue: str, reason: str, message: bytes = b"") -> None:
    """Set a message of a queue aside: why, when, how long it was, and its envelope."""
    with store.pipeline(transaction=False) as pipe:
        _add(pipe, queue, reason, message)
        pipe.execute()


async def set_result_aside(store: Store, reason: str) -> None:
    """Set a worker's result aside that nobody can read: why, and when."""
    async with store.pipeline(transaction=False) as pipe:
        _add(pipe, RESULTS, reason, b"")
        await pipe.execute()


def _add(pipe: Any, queue: str, reason: str, message: bytes) -> None:
    facts = {"at": round(time.time(), 3), "reason": reason, "bytes": len(message)}
    key = keys.poison(queue)
    pipe.lpush(key, json.dumps({**facts, "envelope": _envelope(message)[:SHOWN]}))
    pipe.ltrim(key, 0, KEPT - 1)
    pipe.expire(key, keys.POISON_TTL_S)


def _envelope(message: bytes) -> str:
    try:
        envelope = json.loads(message)
        return json.dumps({name: part for name, part in envelope.items() if name != "body"})
    except (ValueError, AttributeError, RecursionError):
        return ""


def count_try(store: BlockingStore, message: str) -> int:
    """Count that a message by its id, or a part of its work, was handed to a worker; how often it
    was by now."""
    key = keys.deliveries(message)
    with store.pipeline(transaction=False) as pipe:
        pipe.incr(key)
        pipe.expire(key, keys.DELIVERIES_TTL_S)
        return int(pipe.execute()[0])


async def count_poison(store: Store) -> dict[str, int]:
    """How many messages are set aside, by the place that they were found in.

    Raises:
        StoreError: the store does not answer.
    """
    async with store.pipeline(transaction=False) as pipe:
        for place in PLACES:
            pipe.llen(keys.poison(place))
        found: list[Any] = await pipe.execute()
    return dict(zip(PLACES, found, strict=True))
