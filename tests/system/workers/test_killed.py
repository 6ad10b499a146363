"""A worker is killed in the middle of an utterance."""

import asyncio
from pathlib import Path

import numpy as np

from tests.support.house import LEAN, served
from tests.support.practice import Heard, hear
from tests.support.speech import TEXTS, silence, spoken, wer


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


async def test_a_killed_worker_delays_a_final_but_loses_none(tmp_path: Path) -> None:
    """kill -9 in the middle of an utterance, of the worker's main process and then of a recognising
    child: every utterance still gets its one final."""
    with served(tmp_path, **LEAN, final_retry_s="3") as house:
        audio = np.concatenate((spoken("long.flac"), silence(1.5), spoken("train.flac")))
        for part in ("the worker's main process", "its recognising child"):
            session = asyncio.create_task(hear(house.url, audio))
            await asyncio.sleep(5)
            worker = house.part("worker", "asr")
            (worker if "main" in part else worker.children()[0]).kill()
            heard: Heard = await session

            heard.assert_whole()
            assert len(heard.finals) == 2
            assert wer(f"{TEXTS['long.flac']} {TEXTS['train.flac']}", heard.text) <= 0.15
