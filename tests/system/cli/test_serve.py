"""`tutor serve`: one clear line where it cannot start, and a tree that mends and ends itself."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.command import tutor
from tests.support.house import (
    LEAN,
    READY_S,
    SOON_S,
    House,
    free_port,
    get,
    served,
    wait_until,
)
from tests.support.practice import hear
from tests.support.speech import TEXTS, spoken, wer
from tutor.adapters.serving import is_ready


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A product that is killed, hung and at last ended, in this order."""
    with served(tmp_path_factory.mktemp("product"), **LEAN, store_timeout_s="1") as house:
        yield house


def test_a_port_in_use_is_one_clear_line() -> None:
    """`tutor serve` on a taken port ends at once, names the port and says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = tutor("serve", "--port", str(port))
    assert done.returncode == os.EX_CONFIG
    assert f"tutor: cannot listen on 127.0.0.1:{port}" in done.stderr.splitlines()[-1]
    assert "--port" in done.stderr


def test_a_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    """A folder that holds no model ends the start with its name."""
    done = tutor("serve", "--port", str(free_port()), model=str(tmp_path))
    assert done.returncode == os.EX_CONFIG
    assert done.stderr.splitlines()[-1].startswith("tutor: ")
    assert str(tmp_path) in done.stderr.splitlines()[-1]


async def test_every_part_comes_back_when_it_is_killed(product: House) -> None:
    """kill -9 of store, gateway and worker together: the tree mends itself and serves again."""
    for part in [product.part(*words) for words in (["valkey"], ["gateway"], ["worker", "asr"])]:
        part.kill()
    wait_until(lambda: not is_ready(product.url), SOON_S, product.log)
    wait_until(lambda: is_ready(product.url), READY_S, product.log)
    heard = await hear(product.url, spoken("market.flac"), speed=1.9)
    assert wer(TEXTS["market.flac"], heard.text) <= 0.15


async def test_a_hung_store_is_told_and_survived(product: House) -> None:
    """While Valkey hangs the gateway lives, is not ready and says `unavailable`; then it heals."""
    store = product.part("valkey")
    store.suspend()
    try:
        wait_until(lambda: not is_ready(product.url), SOON_S, product.log)
        assert get(f"{product.url}/healthz")[0] == 200
        with pytest.raises(Exception, match="unavailable"):
            await hear(product.url, spoken("market.flac"), speed=1.9)
    finally:
        store.resume()
    wait_until(lambda: is_ready(product.url), READY_S, product.log)
    heard = await hear(product.url, spoken("market.flac"), speed=1.9)
    assert wer(TEXTS["market.flac"], heard.text) <= 0.15


def test_ctrl_c_ends_everything(product: House) -> None:
    """After SIGINT no process of the tree is left, and the exit code is 0."""
    tree = psutil.Process(product.process.pid).children(recursive=True)
    assert len(tree) >= 4  # store, gateway, worker and its child
    product.process.send_signal(signal.SIGINT)
    assert product.process.wait(SOON_S) == 0
    wait_until(lambda: not any(process.is_running() for process in tree), SOON_S)
