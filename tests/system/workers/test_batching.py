"""The pool for GPUs, threads that meet in one batch, keeps the same promises on a CPU."""

import asyncio
from pathlib import Path

import numpy as np

from tests.support.house import LEAN, served
from tests.support.practice import hear
from tests.support.speech import TEXTS, silence, spoken, wer


async def test_a_worker_that_batches_serves_several_learners_and_survives_a_kill(
    tmp_path: Path,
) -> None:
    """kill -9 while three speak: each gets all words."""
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
