"""The pool for GPUs, threads that meet in one batch, keeps the same promises on a CPU."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.house import LEAN, House, served
from tests.support.practice import hear
from tests.support.speech import TEXTS, silence, spoken, wer
from tutor.client import practise
from tutor.core.protocol.messages import Error, SessionStart, TranscriptFinal


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A product whose worker is killed, and which at last is stopped, in this order."""
    folder: Path = tmp_path_factory.mktemp("batching")
    with served(folder, **LEAN, asr_pool="batch", final_retry_s="4") as house:
        yield house


async def test_a_worker_that_batches_serves_several_learners_and_survives_a_kill(
    product: House,
) -> None:
    """kill -9 while three speak: each gets all words."""
    names = ["train.flac", "weather.flac", "market.flac"]
    sessions = [
        asyncio.create_task(hear(product.url, np.concatenate((spoken(name), silence(1)))))
        for name in names
    ]
    await asyncio.sleep(2.5)
    product.part("worker", "asr").kill()
    for name, session in zip(names, await asyncio.gather(*sessions), strict=True):
        session.assert_whole()
        assert wer(TEXTS[name], session.text) <= 0.15


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
