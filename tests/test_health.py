"""`tutor health`: what a container's health check asks."""

import os

import pytest
import redis

from tests.house import House
from tutor.adapters.settings import Settings
from tutor.shells.asr import announce
from tutor.shells.health import is_gateway_alive, is_worker_alive


def test_a_gateway_that_answers_is_alive(house: House) -> None:
    """The gateway of this machine is asked at its port."""
    port = int(house.url.rpartition(":")[2])
    assert is_gateway_alive(Settings.load(port=port))


def test_a_port_where_nobody_answers_is_dead() -> None:
    """No gateway, no life."""
    assert not is_gateway_alive(Settings.load(port=9))


def test_a_worker_lives_while_it_renews_its_key(store: Settings) -> None:
    """Only a worker of this kind and of this machine counts."""
    client = redis.Redis.from_url(store.redis_url)
    client.hset("tutor:worker:asr:another-machine-1", mapping={"model": "base"})
    assert not is_worker_alive(store, "asr")
    announce(client, "feedback", {"model": "base"})
    while not client.keys(f"tutor:worker:feedback:{os.uname().nodename}-*"):
        pass
    assert is_worker_alive(store, "feedback")
    assert not is_worker_alive(store, "asr")


@pytest.mark.parametrize("kind", ["asr", "feedback"])
def test_a_worker_without_its_store_is_not_well(kind: str) -> None:
    """A store that does not answer is no proof of life."""
    assert not is_worker_alive(Settings.load(redis_url="redis://127.0.0.1:9/0"), kind)
