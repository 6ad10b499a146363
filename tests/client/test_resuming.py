import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tutor.adapters.wire.practice import decode_message, encode_event
from tutor.client import (
    AudioAck,
    ClientMessage,
    Error,
    PracticeClient,
    PracticeError,
    Resume,
    ServerEvent,
    SessionAuthenticate,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SessionUpdate,
    SpeechPlayed,
    SpeechStarted,
    UtteranceCommit,
    practise,
)
from tutor.core.protocol.limits import Limits

START = SessionStart("en")
SUMMARY = SessionSummary(1, 2, 3, 4)
SPOKEN = SpeechStarted("u1", 0)

FRAME = bytes(640)
"""20 ms at 16 kHz."""


def started(session: str = "s1", *, recovered: bool | None = None) -> SessionStarted:
    """What a server says first."""
    return SessionStarted(session, f"token of {session}", Limits(), recovered)


@dataclass
class Line:
    """The server's end of one connection."""

    socket: ServerConnection
    start: SessionStart
    heard: list[bytes | ClientMessage] = field(default_factory=list)

    async def tell(self, *events: ServerEvent, first: int = 1) -> None:
        """Send events; the first has this number."""
        for seq, event in enumerate(events, first):
            await self.socket.send(encode_event(seq, event))

    async def hear(self, count: int) -> None:
        """Take so many frames and messages."""
        for _ in range(count):
            data = await self.socket.recv()
            self.heard.append(data if isinstance(data, bytes) else decode_message(data))

    async def close(self, code: int) -> None:
        """Close with a code; 1012 has a client come back at once."""
        await self.socket.close(code)


Script = Callable[[Line], Awaitable[None]]


@asynccontextmanager
async def serving(*scripts: Script) -> AsyncIterator[tuple[str, list[Line]]]:
    """A server that plays one script a connection: its address, and the connections it had."""
    lines: list[Line] = []

    async def play(socket: ServerConnection) -> None:
        start = decode_message(str(await socket.recv()))
        assert isinstance(start, SessionStart)
        lines.append(Line(socket, start))
        await scripts[len(lines) - 1](lines[-1])

    async with serve(play, "127.0.0.1", 0) as server:
        (listener,) = server.sockets
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", lines


async def told(client: PracticeClient) -> list[tuple[int, ServerEvent]]:
    """All that comes until the session is over."""
    async with asyncio.timeout(60):
        return [numbered async for numbered in client]


async def breaks(line: Line) -> None:
    """A connection that breaks when 20 of 40 ms and the first of two messages are safe."""
    await line.tell(started())
    await line.hear(4)
    await line.tell(SPOKEN, AudioAck(20, 1), first=2)
    await line.close(1012)


async def send_all(client: PracticeClient) -> None:
    """Two frames and two messages, then the end."""
    await client.send_audio(FRAME)
    await client.commit()
    await client.send_audio(FRAME)
    await client.update(SessionUpdate(language="de"))
    while client.started.recovered is None:
        await asyncio.sleep(0.01)
    await client.end()


async def test_a_session_goes_on_over_another_connection() -> None:
    """What was not safe is sent again, what was seen is passed over, and nothing comes twice."""

    async def goes_on(line: Line) -> None:
        await line.tell(started(recovered=True), first=3)
        await line.tell(AudioAck(20, 1), AudioAck(20, 1), first=3)  # the first of them was seen
        await line.hear(3)
        await line.tell(SUMMARY, first=5)
        await line.close(1000)

    async with (
        serving(breaks, goes_on) as (url, lines),
        practise(url, START, resume=True) as client,
    ):
        sending = asyncio.create_task(send_all(client))
        events = await told(client)
        await sending
    assert lines[1].start.resume == Resume("s1", "token of s1", 3)
    assert lines[1].heard == [FRAME, SessionUpdate(language="de"), SessionEnd()]
    assert events == [(2, SPOKEN), (3, AudioAck(20, 1)), (4, AudioAck(20, 1)), (5, SUMMARY)]
    assert client.close_code == 1000


async def test_what_was_heard_of_the_tutor_is_told_again() -> None:
    """It may have been on its way when the connection broke, and nothing newer may follow."""

    async def hears(line: Line) -> None:
        await line.tell(started())
        await line.hear(1)
        await line.close(1012)

    async def hears_again(line: Line) -> None:
        await line.tell(started(recovered=True), first=1)
        await line.tell(AudioAck(0, 0), first=2)
        await line.hear(2)
        await line.tell(SUMMARY, first=3)
        await line.close(1000)

    async with (
        serving(hears, hears_again) as (url, lines),
        practise(url, START, resume=True) as client,
    ):
        await client.played(1, 200)
        events = asyncio.create_task(told(client))
        while client.started.recovered is None:
            await asyncio.sleep(0.01)
        await client.end()
        await events
    assert lines[1].heard == [SpeechPlayed(1, 200), SessionEnd()]


async def test_a_session_that_is_gone_is_begun_anew() -> None:
    """Another session gets what was not safe, begins as the last update wished, and says so."""

    async def begins(line: Line) -> None:
        await line.tell(started("s2", recovered=False))
        await line.hear(3)
        await line.tell(SUMMARY, first=2)
        await line.close(1000)

    async with serving(breaks, begins) as (url, lines), practise(url, START, resume=True) as client:
        sending = asyncio.create_task(send_all(client))
        events = await told(client)
        await sending
    assert lines[1].start.language == "de"
    assert lines[1].heard == [FRAME, SessionUpdate(language="de"), SessionEnd()]
    assert events[2:] == [(1, started("s2", recovered=False)), (2, SUMMARY)]
    assert client.started.session == "s2"


async def test_what_was_refused_is_not_wished_of_the_next_session() -> None:
    """An update without effect: another session begins as the one before it was."""
    refused = Error("bad_message", "", False, about="session.update")

    async def refuses(line: Line) -> None:
        await line.tell(started())
        await line.hear(2)
        await line.tell(AudioAck(0, 2), refused, first=2)
        await line.close(1012)

    async def begins(line: Line) -> None:
        await line.tell(started("s2", recovered=False))
        await line.hear(1)
        await line.tell(SUMMARY, first=2)
        await line.close(1000)

    async with (
        serving(refuses, begins) as (url, lines),
        practise(url, START, resume=True) as client,
    ):
        await client.update(SessionUpdate(language="de"))
        await client.update(SessionUpdate(language="xx"))
        events = asyncio.create_task(told(client))
        while client.started.session != "s2":
            await asyncio.sleep(0.01)
        await client.end()
        await events
    assert lines[1].start.language == "de"


async def test_a_plain_session_ends_with_its_socket() -> None:
    """Without `resume` a broken connection is the end."""
    async with serving(breaks) as (url, lines), practise(url, START) as client:
        for item in (FRAME, FRAME, FRAME, FRAME):
            await client.send_audio(item)
        events = await told(client)
        with pytest.raises(PracticeError, match="the server closed the session"):
            await client.send_audio(FRAME)
    assert [seq for seq, _ in events] == [2, 3]
    assert client.close_code == 1012
    assert len(lines) == 1


async def test_what_would_be_refused_again_is_not_tried_again() -> None:
    """A fatal error that no other connection mends ends the session; who sends is told its code."""
    refusal = Error("unsupported_language", "xx", fatal=True)

    async def refuses(line: Line) -> None:
        await line.tell(started(), refusal)
        await line.close(4400)

    async with serving(refuses) as (url, lines), practise(url, START, resume=True) as client:
        assert await told(client) == [(2, refusal)]
        with pytest.raises(PracticeError, match="unsupported_language"):
            await client.send_audio(FRAME)
    assert len(lines) == 1


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_session_that_was_too_fast_goes_on_in_another(is_told: bool) -> None:
    """What a stall held back came too fast at once: it is sent again, as fast as it may."""

    async def refuses(line: Line) -> None:
        await line.tell(started())
        await line.hear(1)
        if is_told:
            await line.tell(Error("audio_too_fast", "slower", fatal=True), first=2)
        await line.socket.close(4429, "audio_too_fast")

    async def begins(line: Line) -> None:
        await line.tell(started("s2", recovered=False))
        await line.hear(2)
        await line.tell(SUMMARY, first=2)
        await line.close(1000)

    async with (
        serving(refuses, begins) as (url, lines),
        practise(url, START, resume=True) as client,
    ):
        await client.send_audio(FRAME)
        while client.started.session == "s1":
            await asyncio.sleep(0.01)
        await client.end()
        events = await told(client)
    assert lines[1].heard == [FRAME, SessionEnd()]
    assert events[-1] == (2, SUMMARY)
    assert client.close_code == 1000


async def test_a_plan_that_is_used_up_is_not_tried_again() -> None:
    """It closes with the same code, but waiting does not help."""

    async def refuses(line: Line) -> None:
        await line.tell(started())
        await line.socket.close(4429, "quota_exhausted")

    async with serving(refuses) as (url, lines), practise(url, START, resume=True) as client:
        assert await told(client) == []
    assert len(lines) == 1


async def test_a_session_that_is_refused_on_its_return_is_over() -> None:
    """A login that has ended meanwhile is not tried again."""

    async def refuses(line: Line) -> None:
        await line.tell(Error("unauthenticated", "sign in", fatal=True))
        await line.close(4401)

    async with (
        serving(breaks, refuses) as (url, lines),
        practise(url, START, resume=True) as client,
    ):
        for item in (FRAME, FRAME, FRAME, FRAME):
            await client.send_audio(item)
        assert await told(client) == [(2, SPOKEN), (3, AudioAck(20, 1))]
    assert len(lines) == 2


async def test_a_credential_is_for_one_connection() -> None:
    """A newer token goes past what waits, is not counted, and is not shown to the next server."""

    async def breaks_later(line: Line) -> None:
        await line.tell(started())
        await line.hear(1)
        await line.close(1012)

    async def goes_on(line: Line) -> None:
        await line.tell(started(recovered=True))
        await line.tell(AudioAck(0), first=2)
        await line.hear(1)
        await line.tell(SUMMARY, first=3)
        await line.close(1000)

    async with (
        serving(breaks_later, goes_on) as (url, lines),
        practise(url, START, resume=True) as client,
    ):
        await client.authenticate("newer")
        await client.end()
        await told(client)
    assert lines[0].heard == [SessionAuthenticate("newer")]
    assert lines[1].heard == [SessionEnd()]


@pytest.mark.parametrize("resume", [False, True])
async def test_an_event_of_a_newer_server_is_passed_over(resume: bool) -> None:
    """What a client does not know does not end its session."""

    async def is_newer(line: Line) -> None:
        await line.tell(started())
        await line.socket.send('{"type": "tutor.sing", "seq": 2}')
        await line.hear(2)
        await line.tell(SUMMARY, first=3)
        await line.close(1000)

    async with serving(is_newer) as (url, lines), practise(url, START, resume=resume) as client:
        await client.commit()
        await client.end()
        assert await told(client) == [(3, SUMMARY)]
    assert lines[0].heard == [UtteranceCommit(), SessionEnd()]
