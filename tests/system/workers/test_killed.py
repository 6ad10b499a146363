"""A worker is killed in the middle of an utterance."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.house import LEAN, READY_S, House, served, wait_until
from tests.support.practice import Heard, hear
from tests.support.speech import TEXTS, silence, spoken, wer
from tutor.adapters.serving import is_ready


async def test_a_worker_that_batches_serves_several_learners_and_survives_a_kill(
    tmp_path: Path,
) -> None:
    """The pool for GPUs, threads that meet in one batch, keeps the same promises on a CPU."""
    names = ["train.flac", "weather.flac", "market.flac"]
    with served(tmp_path, **LEAN, asr_pool="batch", final_retry_s="4") as house:
        sessions = [
            asyncio.create_task(hear(house.url, np.concatenate((spoken(name), silence(1)))))
            for name in names
        ]
        await asyncio.sleep(2.5)
        house.part("worker", "asr").kill()
        for name, session in zip(names, await asyncio.gather(*sessions), strict=True):
            session.assert_whole()
            assert wer(TEXTS[name], session.text) <= 0.15


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A product that outlives the kills of these tests."""
    with served(tmp_path_factory.mktemp("product"), **LEAN, final_retry_s="3") as house:
        yield house


@pytest.mark.parametrize("part", ["the worker's main process", "its recognising child"])
async def test_a_killed_worker_delays_a_final_but_loses_none(product: House, part: str) -> None:
    """kill -9 in the middle of an utterance: every utterance still gets its one final."""
    wait_until(lambda: is_ready(product.url), READY_S, product.log)
    audio = np.concatenate((spoken("long.flac"), silence(1.5), spoken("train.flac")))
    session = asyncio.create_task(hear(product.url, audio))
    await asyncio.sleep(5)
    worker = product.part("worker", "asr")
    (worker if "main" in part else worker.children()[0]).kill()
    heard: Heard = await session

    heard.assert_whole()
    assert len(heard.finals) == 2
    assert wer(f"{TEXTS['long.flac']} {TEXTS['train.flac']}", heard.text) <= 0.15
