"""Learners who speak recorded sentences through connections that they resume."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from tutor.bench.corpus import Recording, noise
from tutor.client import PracticeClient, PracticeError, practise
from tutor.client.backoff import full_jitter
from tutor.core.audio.samples import RATE, Samples, to_samples
from tutor.core.chaos.account import Account, Said, Told
from tutor.core.protocol.messages import SessionStart

LEAD_MS, GAP_MS = 300, 1100
"""Milliseconds of low noise before the first sentence, and behind each."""

LEVEL = 10
"""RMS of that noise, int16."""

START = SessionStart("en", endpoint_silence_ms=600)

OPEN_S = 60.0
"""Seconds within which a learner must find the gateway at home."""

ANSWER_S = 90.0
"""Seconds after the last sample within which a session must have ended."""


@dataclass(frozen=True)
class Speech:
    """What one learner says."""

    audio: Samples
    said: tuple[Said, ...]


def compose(recordings: Sequence[Recording], seed: int) -> Speech:
    """The recordings one after the other, low noise before, between and after them."""
    pieces, said = [noise(to_samples(LEAD_MS), LEVEL, seed)], []
    for recording in recordings:
        at = sum(map(len, pieces))
        end = at + len(recording.samples)
        said.append(Said(recording.name, at * 1000 // RATE, end * 1000 // RATE))
        pieces += [recording.samples, noise(to_samples(GAP_MS), LEVEL, seed)]
    return Speech(np.concatenate(pieces), tuple(said))


async def learn(url: str, speech: Speech, *, feedback: bool) -> Account:
    """Say it all in real time, on as many connections as it takes, and tell what came of it."""
    now = asyncio.get_running_loop().time
    began_s, close_code = now(), None
    told: list[Told] = []
    with suppress(TimeoutError, PracticeError):
        async with (
            asyncio.timeout(OPEN_S + len(speech.audio) / RATE + ANSWER_S),
            _opened(url, replace(START, feedback=feedback)) as client,
        ):
            began_s = now()
            speaking = asyncio.create_task(_speak(client, speech))
            try:
                async for seq, event in client:
                    told.append(Told(now(), seq, event))
                close_code = client.close_code
            finally:
                speaking.cancel()
                await asyncio.gather(speaking, return_exceptions=True)
    return Account(began_s, speech.said, tuple(told), close_code, feedback)


@asynccontextmanager
async def _opened(url: str, start: SessionStart) -> AsyncIterator[PracticeClient]:
    """A session; who finds nobody at home tries again, as a learner would."""
    async with AsyncExitStack() as stack:
        yield await _open(url, start, stack)


async def _open(url: str, start: SessionStart, stack: AsyncExitStack) -> PracticeClient:
    deadline = asyncio.get_running_loop().time() + OPEN_S
    for attempt in count():
        try:
            return await stack.enter_async_context(practise(url, start, resume=True))
        except PracticeError:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(full_jitter(min(attempt, 2), random.random()))  # noqa: S311
    raise AssertionError("it counts for ever")


async def _speak(client: PracticeClient, speech: Speech) -> None:
    await client.play(speech.audio.tobytes())
    await client.end()
