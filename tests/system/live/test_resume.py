import asyncio
from pathlib import Path

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.gateway import Gateway, running_gateway
from tests.support.house import SOON_S, House, get, wait_until
from tests.support.speech import TEXTS, silence, spoken, wer
from tutor.client import PracticeClient, practise
from tutor.core.audio.samples import Samples
from tutor.core.protocol.messages import (
    AudioAck,
    Resume,
    ServerEvent,
    SessionStart,
    SessionSummary,
    SpeechStarted,
    TranscriptFinal,
)

START = SessionStart("en", feedback=False)

Events = list[tuple[int, ServerEvent]]


async def gather(client: PracticeClient, events: Events) -> None:
    """Keep the events that come until the socket closes."""
    async for numbered in client:
        events.append(numbered)


async def speak_and_break(server: House | Gateway, audio: Samples) -> tuple[PracticeClient, Events]:
    """Say something on a connection that then breaks without a word."""
    events: Events = []
    async with practise(server.url, START) as client:
        gathering = asyncio.create_task(gather(client, events))
        await client.play(audio.tobytes())
        client.socket.transport.abort()
        await gathering
    return client, events


def resume(client: PracticeClient, after: int) -> SessionStart:
    """The message that asks for a client's session."""
    wanted = Resume(client.started.session, client.started.token, after)
    return SessionStart("en", resume=wanted, feedback=False)


async def test_a_broken_connection_loses_no_word(lean: House) -> None:
    """Who comes back goes on in the same utterance, and every event comes once and in order."""
    audio = np.concatenate((spoken("long.flac"), silence(1)))
    first, events = await speak_and_break(lean, audio[:64_000])
    last = events[-1][0]
    async with practise(lean.url, resume(first, last)) as second:
        assert second.started.recovered
        assert second.started.session == first.started.session
        number, ack = await anext(aiter(second))
        while not isinstance(ack, AudioAck):
            events.append((number, ack))
            number, ack = await anext(aiter(second))
        events.append((number, ack))
        rest = audio[ack.received_ms * 16 :]

        async def play() -> None:
            await second.play(rest.tobytes())
            await second.end()

        playing = asyncio.create_task(play())
        await gather(second, events)
        await playing
    assert second.close_code == 1000
    assert [number for number, _ in events] == list(range(2, len(events) + 2))
    (final,) = [event for _, event in events if isinstance(event, TranscriptFinal)]
    assert wer(TEXTS["long.flac"], final.text) <= 0.1
    assert sum(isinstance(event, SpeechStarted) for _, event in events) == 1
    assert isinstance(events[-1][1], SessionSummary)


async def test_what_was_missed_comes_first(lean: House) -> None:
    """A final that came while nobody was there is sent to the one who comes back."""
    first, _ = await speak_and_break(lean, np.concatenate((spoken("two_words.flac"), silence(0.8))))
    await asyncio.sleep(2)
    events: Events = []
    async with practise(lean.url, resume(first, 1)) as second:
        await second.end()
        await gather(second, events)
    kinds = [event.type for _, event in events]
    assert kinds.index("speech.started") < kinds.index("transcript.final")
    assert [number for number, _ in events] == list(range(2, len(events) + 2))


async def test_the_summary_waits_for_who_comes_back(lean: House) -> None:
    """A session that ended while its connection was broken still tells all, then closes."""
    events: Events = []
    async with practise(lean.url, START) as first:
        await first.play(spoken("two_words.flac").tobytes())
        await first.end()
        first.socket.transport.abort()
    await asyncio.sleep(2)
    async with practise(lean.url, resume(first, 1)) as second:
        assert second.started.recovered
        await gather(second, events)
    assert second.close_code == 1000
    kinds = [event.type for _, event in events if event.type != "audio.ack"]
    ending = ["speech.stopped", "turn.ended", "transcript.final", "session.summary"]
    assert kinds[-4:] == ending
    assert [number for number, _ in events] == list(range(2, len(events) + 2))


async def test_a_second_connection_takes_the_session_from_the_first(lean: House) -> None:
    """A half-open connection is closed with 4409 when its client is back on another one."""
    events: Events = []
    async with practise(lean.url, START) as first, practise(lean.url, resume(first, 1)) as second:
        assert second.started.recovered
        with pytest.raises(ConnectionClosed):
            await first.socket.recv()
        assert first.socket.close_code == 4409
        await second.end()
        await gather(second, events)
    assert second.close_code == 1000


@pytest.mark.parametrize(
    ("session", "token", "after"),
    [(False, True, 1), (True, False, 1), (True, True, 10_000)],
    ids=["no such session", "wrong token", "events that never were"],
)
async def test_who_cannot_have_a_session_gets_a_new_one(
    lean: House, session: bool, token: bool, after: int
) -> None:
    """The honest answer is `recovered: false`; the old session stays as it is."""
    first, _ = await speak_and_break(lean, silence(0.2))
    wanted = Resume(
        first.started.session if session else "nobody",
        first.started.token if token else "guess",
        after,
    )
    async with practise(lean.url, SessionStart("en", resume=wanted, feedback=False)) as second:
        assert second.started.recovered is False
        assert second.started.session != first.started.session


async def test_a_session_is_not_kept_for_ever(lean: House, tmp_path: Path) -> None:
    """After `TUTOR_RESUME_S` its audio is deleted and it cannot be had any more."""
    store = lean.store()
    with running_gateway(tmp_path, lean.redis_url, resume_s="1") as gateway:
        async with practise(gateway.url, START) as first:
            name = f"tutor:audio:{first.started.session}:*"
            await first.play(spoken("train.flac")[:32_000].tobytes())
            wait_until(lambda: bool(store.keys(name)), SOON_S)
            first.socket.transport.abort()
        wait_until(lambda: not store.keys(name), SOON_S)
        assert 'tutor_drops_total{what="unresumed"} 1.0' in get(f"{gateway.url}/metrics")[2]
        async with practise(gateway.url, resume(first, 1)) as second:
            assert second.started.recovered is False
