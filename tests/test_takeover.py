"""Gateways and workers are replaced and killed while people speak: nothing is lost."""

import asyncio
import json
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.fleet import Fleet, fleet
from tests.house import get
from tests.practice import Heard
from tests.speech import TEXTS, silence, spoken, wer
from tutor.client import PracticeError, practise
from tutor.core.protocol import (
    Error,
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

SENTENCES = ("weather.flac", "market.flac", "train.flac", "question.flac")
"""What learners say, one after the other, a pause behind each."""

TOLERANCE = 0.1
"""Word error rate between two runs of the same recordings. Equal but for this: the endpoint of an
utterance moves by a window of 32 ms with the frames' arrival, and Whisper then spells a word or
two otherwise. A lost or doubled utterance costs 0.15 at least."""


def sentence(name: str) -> bytes:
    """A recorded sentence and a pause."""
    return np.concatenate((spoken(name), silence(1.5))).tobytes()


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


async def test_a_stopping_gateway_says_so_and_lets_a_sentence_end(tmp_path: Path) -> None:
    """At once it is not ready and takes nobody; who speaks is heard to the end, then it is gone."""
    with fleet(tmp_path, reuse_port="false") as alone:
        gateway = alone.gateway()
        async with practise(alone.url, START) as client:
            await client.play(spoken("long.flac").tobytes()[: 2 * 32_000])
            gateway.send_signal(signal.SIGTERM)
            await client.play(spoken("long.flac").tobytes()[2 * 32_000 : 4 * 32_000])
            status, _, body = await asyncio.to_thread(get, f"{alone.url}/readyz")
            assert (status, json.loads(body)["draining"]) == (503, True)
            with pytest.raises(PracticeError, match="503"):
                async with practise(alone.url, START):
                    pass
            await client.commit()
            events = [event async for _, event in client]
        assert [event.type for event in events[-2:]] == ["speech.stopped", "error"]
        assert isinstance(events[-1], Error)
        assert (events[-1].code, events[-1].fatal) == ("going_away", False)
        assert client.close_code == 1012
        assert gateway.wait(10) in (0, -signal.SIGTERM)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A store, two gateways on one port and an ASR worker, in this order."""
    folder: Path = tmp_path_factory.mktemp("fleet")
    # On a machine that does other things, too, a final may take longer than a learner would wait.
    with fleet(folder, drain_s="15", final_retry_s="20", final_deadline_s="90") as parts:
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
    pcm = np.concatenate((spoken("long.flac"), silence(1))).tobytes()
    middle = 4 * 32_000
    async with practise(parts.url, START, resume=True) as client:
        session = client.started.session

        async def play() -> None:
            await client.play(pcm[:middle])
            (victim,) = [gateway for gateway in gateways if parts.serving(gateway)]
            victim.kill()
            await client.play(pcm[middle:])
            await client.end()

        playing = asyncio.create_task(play())
        numbered = [each async for each in client]
        await playing
        assert client.started.recovered is True
        assert client.started.session == session
    heard = [event for _, event in numbered]
    assert [seq for seq, _ in numbered] == list(range(2, len(numbered) + 2))
    kinds = [SpeechStarted, SpeechStopped, TranscriptFinal, SessionSummary]
    told = [type(event) for event in heard if type(event) in kinds]
    assert told == kinds, "one utterance"
    committed = [event.committed for event in heard if isinstance(event, TranscriptPartial)]
    assert all(after.startswith(before) for before, after in pairwise(committed))
    (final,) = [event for event in heard if isinstance(event, TranscriptFinal)]
    assert wer(TEXTS["long.flac"], final.text) <= TOLERANCE
