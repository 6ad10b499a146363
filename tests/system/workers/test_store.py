"""Who could reach the store could still not reach the workers."""

import base64
import json
import os
import pickle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis

from tests.support.house import READY_S, SOON_S, House, wait_until
from tests.support.practice import hear
from tests.support.speech import TEXTS, spoken, wer
from tutor.adapters.store import keys


def test_the_embedded_store_is_private(house: House) -> None:
    """The embedded store listens on loopback alone, and answers nobody without its password."""
    options = house.store().connection_pool.connection_kwargs
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=options["port"]).ping()
    listening = {
        connection.laddr.ip
        for connection in house.part("valkey").net_connections("tcp")
        if connection.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}


class _Mine:
    """What runs when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (f"touch {self._path}",))


@pytest.mark.parametrize("queue", [keys.QUEUE_LIVE, keys.QUEUE_FEEDBACK])
async def test_a_pickle_message_is_refused_and_never_run(
    house: House, tmp_path: Path, queue: str
) -> None:
    """Who could write into Redis still cannot run code in a worker, which serves on."""
    path, store = tmp_path / "ran", house.store()
    pickle.loads(pickle.dumps(_Mine(path)))  # noqa: S301 - it is as dangerous as it should be
    wait_until(path.exists, SOON_S)
    path.unlink()
    body = base64.b64encode(pickle.dumps(((_Mine(path),), {}, {}))).decode()
    name = f"{keys.BROKER_PREFIX}{queue}"
    for serializer in ("application/x-python-serialize", "application/json"):
        tag = str(uuid4())
        message = {
            "body": body,
            "content-type": serializer,
            "content-encoding": "binary",
            "headers": {"id": tag, "task": keys.TASK_RECOGNISE, "lang": "py", "argsrepr": ""},
            "properties": {
                "body_encoding": "base64",
                "correlation_id": tag,
                "delivery_info": {"exchange": "", "routing_key": queue},
                "delivery_mode": 2,
                "delivery_tag": tag,
                "priority": 0,
            },
        }
        store.lpush(name, json.dumps(message))
    wait_until(lambda: not store.exists(name), READY_S)
    heard = await hear(house.url, spoken("market.flac"), speed=1.9)
    assert wer(TEXTS["market.flac"], heard.text) <= 0.15
    assert not path.exists()
