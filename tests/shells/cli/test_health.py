"""`tutor health`: what a container's health check asks."""

import os
import subprocess
import sys

import pytest
import redis

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.shells.cli.health import is_gateway_alive, is_worker_alive


def test_a_port_where_nobody_answers_is_dead() -> None:
    """No gateway, no life."""
    assert not is_gateway_alive(Settings.load(port=9))


def _announce(store: Settings, kind: str, machine: str) -> None:
    """Leave the key that a worker renews."""
    redis.Redis.from_url(store.redis_url).set(keys.worker(kind, f"{machine}-1"), b"")


def test_a_worker_lives_while_it_has_its_key(store: Settings) -> None:
    """Only a worker of this kind and of this machine counts."""
    _announce(store, "asr", "another-machine")
    assert not is_worker_alive(store, "asr")
    _announce(store, "feedback", os.uname().nodename)
    assert is_worker_alive(store, "feedback")
    assert not is_worker_alive(store, "asr")


@pytest.mark.heavy
def test_the_command_says_it_by_its_exit_code(store: Settings) -> None:
    """0: well; 1, with a line: not."""
    _announce(store, "files", os.uname().nodename)
    assert _health(store, "files").returncode == 0
    ill = _health(store, "batch")
    assert (ill.returncode, ill.stderr) == (1, "tutor: no batch is alive here\n")


def _health(store: Settings, part: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tutor", "health", part]
    env = os.environ | {"TUTOR_REDIS_URL": store.redis_url}
    return subprocess.run(command, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("kind", ["asr", "feedback"])
def test_a_worker_without_its_store_is_not_well(kind: str) -> None:
    """A store that does not answer is no proof of life."""
    assert not is_worker_alive(Settings.load(redis_url="redis://127.0.0.1:9/0"), kind)
