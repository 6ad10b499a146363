"""Gateways and workers are replaced and killed while people speak: nothing is lost."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.fleet import Fleet, fleet
from tests.practice import Heard
from tests.speech import TEXTS, silence, spoken, wer
from tutor.client import practise
from tutor.core.protocol import (
    Error,
    ServerEvent,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
)

pytestmark = pytest.mark.live

START = SessionStart("en", feedback=False)

SENTENCES = ("weather.flac", "market.flac", "train.flac", "question.flac", "long.flac")
"""What learners say, one after the other, a second of silence behind each."""

TOLERANCE = 0.1
"""Word error rate between two runs of the same recordings. Equal but for this: the endpoint of an
utterance moves by a window of 32 ms with the frames' arrival, and Whisper then spells a word or
two otherwise. A lost or doubled utterance costs 0.15 at least."""


def sentence(name: str) -> bytes:
    """A recorded sentence and a second of silence."""
    return np.concatenate((spoken(name), silence(1))).tobytes()


async def learn(
    url: str, first: int, enough: asyncio.Event, speed: float = 1.0
) -> tuple[list[str], Heard]:
    """Say sentence after sentence until it is enough; what was said and what was told."""
    said: list[str] = []
    heard = Heard()
    async with practise(url, START, resume=True) as client:

        async def play() -> None:
            while not enough.is_set() or len(said) < len(SENTENCES):
                said.append(SENTENCES[(first + len(said)) % len(SENTENCES)])
                await client.play(sentence(said[-1]), speed)
            await client.end()

        playing = asyncio.create_task(play())
        async for numbered in client:
            heard.events.append(numbered)
        await playing
        heard.close_code = client.close_code
    return said, heard


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A store, two gateways on one port and an ASR worker, in this order."""
    folder: Path = tmp_path_factory.mktemp("fleet")
    with fleet(folder, drain_s="15") as parts:
        parts.gateway()
        parts.gateway()
        parts.worker()
        yield parts


async def test_a_rolling_restart_under_four_speaking_sessions_loses_nothing(parts: Fleet) -> None:
    """Both gateways and the worker are replaced while four learners speak: every event comes once
    and in order, every utterance ends once, and the words are those of an undisturbed run."""
    enough = asyncio.Event()
    enough.set()
    names, undisturbed = await learn(parts.url, 0, enough, speed=1.9)
    enough.clear()
    learning = [asyncio.create_task(learn(parts.url, first, enough)) for first in range(4)]
    await asyncio.sleep(2)
    served = 0
    for old in parts.parts[:2]:
        await asyncio.to_thread(parts.gateway)
        served += parts.serving(old)
        await asyncio.to_thread(parts.stop, old)
    await asyncio.to_thread(parts.worker)
    await asyncio.to_thread(parts.stop, parts.parts[2])
    enough.set()
    disturbed = await asyncio.gather(*learning)

    assert len(undisturbed.finals) == len(names), "a sentence is an utterance"
    words = {name: final.text for name, final in zip(names, undisturbed.finals, strict=True)}
    for said, heard in disturbed:
        heard.assert_whole()
        assert not heard.of(SessionStarted), "it was the same session all the time"
        assert len(heard.finals) == len(said)
        finals = sorted(heard.finals, key=lambda final: final.start_ms)  # a short one overtakes
        text = " ".join(final.text for final in finals)
        assert wer(" ".join(words[name] for name in said), text) <= TOLERANCE
    moves = [error.code for _, heard in disturbed for error in heard.of(Error)]
    assert moves == ["going_away"] * len(moves)
    assert len(moves) == served >= 4


async def test_a_killed_gateway_is_survived_in_the_middle_of_an_utterance(parts: Fleet) -> None:
    """`kill -9` while somebody speaks: the same session and the same utterance go on at another
    gateway, committed words stay, and all of the sentence is heard."""
    gateways = [part for part in parts.parts if "gateway" in part.args and part.poll() is None]  # type: ignore[operator]
    heard: list[ServerEvent] = []
    audio = np.concatenate((spoken("long.flac"), silence(1)))
    async with practise(parts.url, START, resume=True) as client:
        session = client.started.session

        async def play() -> None:
            await client.play(audio.tobytes())
            await client.end()

        playing = asyncio.create_task(play())
        numbers = []
        async for seq, event in client:
            numbers.append(seq)
            heard.append(event)
            if isinstance(event, TranscriptPartial) and event.committed and len(gateways) > 1:
                (victim,) = [gateway for gateway in gateways if parts.serving(gateway)]
                gateways.clear()
                victim.kill()
        await playing
        assert client.started.recovered is True
        assert client.started.session == session
    assert not gateways, "it was killed"
    assert numbers == list(range(2, len(numbers) + 2))
    kinds = [SpeechStarted, SpeechStopped, TranscriptFinal, SessionSummary]
    told = [type(event) for event in heard if type(event) in kinds]
    assert told == kinds, "one utterance"
    committed = [event.committed for event in heard if isinstance(event, TranscriptPartial)]
    assert all(after.startswith(before) for before, after in pairwise(committed))
    (final,) = [event for event in heard if isinstance(event, TranscriptFinal)]
    assert wer(TEXTS["long.flac"], final.text) <= TOLERANCE
