"""A worker is killed in the middle of an utterance."""

import asyncio

import numpy as np

from tests.support.house import House
from tests.support.practice import Heard, hear
from tests.support.speech import TEXTS, silence, spoken, wer


async def test_a_killed_worker_delays_a_final_but_loses_none(mortal: House) -> None:
    """kill -9 in the middle of an utterance, of the worker's main process and then of a recognising
    child: every utterance still gets its one final."""
    audio = np.concatenate((spoken("long.flac"), silence(1.5), spoken("train.flac")))
    for part in ("the worker's main process", "its recognising child"):
        session = asyncio.create_task(hear(mortal.url, audio, speed=1.9))
        await asyncio.sleep(2.5)
        worker = mortal.part("worker", "asr")
        (worker if "main" in part else worker.children()[0]).kill()
        heard: Heard = await session

        heard.assert_whole()
        assert len(heard.finals) == 2
        assert wer(f"{TEXTS['long.flac']} {TEXTS['train.flac']}", heard.text) <= 0.15
