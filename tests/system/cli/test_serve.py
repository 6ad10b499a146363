"""`tutor serve`: one clear line where it cannot start, and a tree that mends and ends itself."""

import asyncio
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
from tutor.adapters.store import keys
from tutor.client import practise
from tutor.core.protocol.messages import Error, SessionStart, TranscriptFinal


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A product with two gateways that is killed, hung and at last stopped, in this order."""
    folder = tmp_path_factory.mktemp("product")
    with served(folder, **LEAN, store_timeout_s="1", gateways="2") as house:
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


async def test_gateways_share_the_port_and_take_each_others_sessions(product: House) -> None:
    """Both serve at one address; when that of a learner is killed in the middle of a sentence, the
    other one goes on with it, and no word is missing or doubled."""
    tree = psutil.Process(product.process.pid).children()
    both = [part for part in tree if "gateway" in part.cmdline()]
    assert len(both) == 2
    pcm = spoken("weather.flac").tobytes()
    async with practise(product.url, SessionStart("en", feedback=False), resume=True) as client:
        await client.play(pcm[:48_000])
        _, own_port, *_ = client.socket.transport.get_extra_info("sockname")
        (its,) = [part for part in both if _holds(part, own_port)]
        its.kill()
        await client.play(pcm[48_000:])
        await client.commit()
        await client.end()
        events = [event async for _, event in client]
    (final,) = [event for event in events if isinstance(event, TranscriptFinal)]
    assert wer(TEXTS["weather.flac"], final.text) <= 0.15
    wait_until(lambda: _gateways(product) == 2, READY_S, product.log)


def _holds(part: psutil.Process, client_port: int) -> bool:
    """Whether a process holds the connection that comes from a port."""
    return any(one.raddr and one.raddr.port == client_port for one in part.net_connections("tcp"))


def _gateways(product: House) -> int:
    """How many gateways say that they serve."""
    return sum(b"gateway:" in field for field in product.store().hkeys(keys.REGISTRY))


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


async def test_a_stopping_server_lets_the_learner_finish(product: House) -> None:
    """On SIGTERM a session in the middle of speech is told, gets its final, and closes 1012."""
    async with practise(product.url, SessionStart("en")) as client:
        await client.play(spoken("market.flac").tobytes())
        product.process.send_signal(signal.SIGTERM)
        events = [event async for _, event in client]
    assert any(isinstance(e, Error) and e.code == "going_away" for e in events)
    finals = [event.text for event in events if isinstance(event, TranscriptFinal)]
    assert wer(TEXTS["market.flac"], " ".join(finals)) <= 0.15
    assert client.close_code == 1012
    assert await asyncio.to_thread(product.process.wait, SOON_S) == 0


def test_ctrl_c_ends_everything(tmp_path: Path) -> None:
    """After SIGINT no process of the tree is left, and the exit code is 0."""
    with served(tmp_path, **LEAN, recogniser="instant") as house:
        tree = psutil.Process(house.process.pid).children(recursive=True)
        assert len(tree) >= 4  # store, gateway, worker and its child
        house.process.send_signal(signal.SIGINT)
        assert house.process.wait(SOON_S) == 0
        wait_until(lambda: not any(process.is_running() for process in tree), SOON_S)
