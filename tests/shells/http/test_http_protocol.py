"""One connection: who is answered, who may give way, and who is hung up on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.line import HIGH_WATER, Clock, Line, settle
from tutor.core.admission.connections import Connections, Entry, Networks
from tutor.core.admission.patience import Patience
from tutor.shells.http.http_protocol import UNREAD, BoundedProtocol, Door, http_protocol

HEAD_S, BODY_S, ANSWER_S, RATE = 10.0, 30.0, 30.0, 8192
BIG = b"x" * 1_000_000


def get(path: str, more: str = "") -> bytes:
    """A whole request."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def post(path: str, length: int) -> bytes:
    """The head of a request with a body."""
    return get(path, f"Content-Length: {length}\r\n").replace(b"GET", b"POST")


class Site:
    """A gateway with room for so many connections, and one connection to it."""

    def __init__(self, room: int = 1) -> None:
        self.go = asyncio.Event()
        self.clock, self.dropped = Clock(), list[str]()
        self.door = Door(Connections(room, 0), Networks(()), self.dropped.append)
        patience = Patience(HEAD_S, BODY_S, RATE, ANSWER_S)
        kind = http_protocol(self.door, patience, lambda: self.clock.now)
        assert issubclass(kind, BoundedProtocol)
        self.line = Line(kind, self._app, self.clock)

    async def _app(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        """Answers by the path: at once, when it may, or after the body."""
        path, body = scope["path"], b"done"
        if path == "/body":
            while (await receive())["more_body"]:
                pass
        elif path == "/when-it-may":
            await self.go.wait()
        elif path == "/big":
            body = BIG
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if path == "/stream":
            await send({"type": "http.response.body", "body": b"one", "more_body": True})
            await self.go.wait()
        await send({"type": "http.response.body", "body": body})

    @property
    def told(self) -> bytes:
        """All that the client has got."""
        return bytes(self.line.taken)

    def somebody_comes(self) -> tuple[Entry, bool]:
        """Whether another is let in, and whether the connection gave way to them."""
        number, entry = self.door.enter("192.0.2.7", lambda: None)
        self.door.leave(number)
        return entry, self.line.is_gone


def during(play: Callable[[Site], Awaitable[None]]) -> None:
    """Play something on a new site."""

    async def played() -> None:
        await play(Site())

    asyncio.run(played())


# ---------------------------------------------------------------- one answer at a time


@pytest.mark.parametrize(
    "more",
    [b"GE", b"GET /when-it-may HTTP/1.1\r\nX-Slow: ", post("/body", 9) + b"1", post("/big", 9)],
    ids=["a word", "half a head", "half a body", "a body to come"],
)
def test_who_streams_an_answer_is_told_nothing_else_in_it(more: bytes) -> None:
    """What comes too slowly behind a request that is being answered spoils no answer: its time
    begins when the answer is whole."""

    async def play(site: Site) -> None:
        await site.line.say(get("/stream"))
        await site.line.say(more)
        await site.clock.advance(5 * BODY_S)
        assert site.told.count(b"HTTP/1.1 ") == 1
        assert not site.line.is_gone
        site.go.set()
        await settle()
        assert site.told.endswith(b"3\r\none\r\n4\r\ndone\r\n0\r\n\r\n") or b"/big" in more
        await site.clock.advance(3 * BODY_S)
        assert site.line.is_gone
        assert site.told.count(b"HTTP/1.1 408 ") == (0 if b"/big" in more else 1)
        assert site.told.index(b"done") < site.told.rindex(b"HTTP/1.1 ")

    during(play)


@pytest.mark.parametrize(
    "more",
    [b"no request\r\n\r\n", get("/x", "Upgrade: websocket\r\nConnection: Upgrade\r\n")],
    ids=["no request", "a socket"],
)
def test_nonsense_behind_a_streamed_answer_ends_the_connection(more: bytes) -> None:
    """It is not answered within the other answer."""

    async def play(site: Site) -> None:
        await site.line.say(get("/stream"))
        before = site.told
        await site.line.say(more)
        assert site.line.is_gone
        assert site.told == before

    during(play)


def test_nonsense_is_answered_where_nothing_else_is() -> None:
    """A connection that begins with it, or goes on with it when all was answered."""
    for before in (b"", get("/at-once")):

        async def play(site: Site, before: bytes = before) -> None:
            await site.line.say(before)
            await site.line.say(b"no request\r\n\r\n")
            assert site.line.is_gone
            assert b"HTTP/1.1 400 " in site.told

        during(play)


# ---------------------------------------------------------------- who gives way


def test_a_pipelined_request_is_at_work() -> None:
    """Who has several answers to come does not give way before the last one is there."""

    async def play(site: Site) -> None:
        await site.line.say(get("/at-once") + get("/when-it-may"))
        assert site.told.count(b"HTTP/1.1 ") == 1
        assert site.somebody_comes() == (Entry.FULL, False)
        site.go.set()
        await settle()
        assert site.told.count(b"HTTP/1.1 ") == 2
        assert site.somebody_comes() == (Entry.ADMITTED, True)

    during(play)


@pytest.mark.parametrize("rest", [b"", b"2345", b"23456789"])
def test_who_was_answered_before_the_body_gives_way(rest: bytes) -> None:
    """However much of the body still comes: nothing more is asked."""

    async def play(site: Site) -> None:
        await site.line.say(post("/at-once", 9) + b"1")
        assert b"HTTP/1.1 200 " in site.told
        await site.line.say(rest)
        assert site.somebody_comes() == (Entry.ADMITTED, True)

    during(play)


def test_a_body_that_comes_is_work() -> None:
    """Who is not answered yet does not give way."""

    async def play(site: Site) -> None:
        await site.line.say(post("/body", 9) + b"1")
        assert site.somebody_comes() == (Entry.FULL, False)
        await site.line.say(b"23456789")
        assert site.somebody_comes() == (Entry.ADMITTED, True)

    during(play)


def test_an_answer_that_is_being_taken_is_work() -> None:
    """The connection waits when the client has it, not when the gateway has written it."""

    async def play(site: Site) -> None:
        site.line.reads = False
        await site.line.say(get("/big"))
        await site.line.take(len(BIG) // 2)
        assert site.somebody_comes() == (Entry.FULL, False)
        await site.line.take(len(BIG))
        assert site.somebody_comes() == (Entry.ADMITTED, True)

    during(play)


# ---------------------------------------------------------------- who takes no answer


@pytest.mark.parametrize(
    "asked",
    [
        get("/big"),
        get("/big", "Connection: close\r\n"),
        get("/at-once"),
        get("/at-once", "Connection: close\r\n"),
        b"nonsense\r\n\r\n",
        b"GE",
    ],
    ids=["much", "much, then the end", "little", "little, then the end", "nonsense", "half a head"],
)
def test_who_takes_no_answer_is_hung_up_on(asked: bytes) -> None:
    """A large or small one, on a connection that stays or ends, or word that nothing was asked."""

    async def play(site: Site) -> None:
        site.line.reads = False
        await site.line.say(asked)
        await site.clock.advance(ANSWER_S + HEAD_S + 10)
        assert site.line.is_gone
        assert site.dropped[-1:] == [UNREAD]

    during(play)


@pytest.mark.parametrize(("a_second", "is_whole"), [(16_000, True), (1_000, False)])
def test_a_slow_client_gets_its_answer(a_second: int, is_whole: bool) -> None:
    """As long as it takes it at the least rate; a packet now and then is not enough."""

    async def play(site: Site) -> None:
        site.line.reads = False
        await site.line.say(get("/big"))
        seconds = 0
        while site.line.get_write_buffer_size() and not site.line.is_gone:
            await site.line.take(a_second)
            await site.clock.advance(1)
            seconds += 1
        assert site.told.endswith(b"0\r\n\r\n") is is_whole
        assert site.dropped == ([] if is_whole else [UNREAD])
        assert (seconds > ANSWER_S) if is_whole else (seconds < 2 * ANSWER_S)

    during(play)


def test_who_takes_an_answer_at_last_may_ask_again() -> None:
    """The clock stops with it."""

    async def play(site: Site) -> None:
        site.line.reads = False
        await site.line.say(get("/big"))
        assert site.line.get_write_buffer_size() > HIGH_WATER
        await site.clock.advance(3)
        await site.line.take(2 * len(BIG))
        site.line.reads = True
        await site.line.say(get("/stream"))
        await site.clock.advance(5 * ANSWER_S)
        assert not site.line.is_gone
        assert site.dropped == []

    during(play)
