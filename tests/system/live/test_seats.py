"""How many a gateway lets in, whether they come one after the other or all at once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from tests.support.gateway import Gateway, running_gateway
from tests.support.house import SOON_S
from tutor.adapters.settings import Settings
from tutor.adapters.wire.practice import encode_message
from tutor.client import practice_url
from tutor.core.protocol.messages import Resume, SessionStart

MOST, MOST_DETACHED, MOST_OF_GUESTS = 5, 2, 3
START = SessionStart("en", feedback=False)


@pytest.fixture(scope="module")
def small(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with few seats; clients say where they come from."""
    with running_gateway(
        tmp_path_factory.mktemp("small"),
        store.redis_url,
        max_sessions=str(MOST),
        max_detached=str(MOST_DETACHED),
        guest_sockets=str(MOST_OF_GUESTS),
        trusted_proxies="127.0.0.1",
    ) as gateway:
        yield gateway


@asynccontextmanager
async def connected(gateway: Gateway, address: str) -> AsyncIterator[ClientConnection]:
    """A socket from an address."""
    headers = {"X-Forwarded-For": address}
    async with connect(practice_url(gateway.url), additional_headers=headers) as socket:
        yield socket


async def begin(socket: ClientConnection, start: SessionStart = START) -> dict[str, Any]:
    """Begin a session, or go on with one: the server's answer."""
    await socket.send(encode_message(start))
    answer: dict[str, Any] = json.loads(await socket.recv())
    assert answer["type"] == "session.started"
    return answer


async def refusal(gateway: Gateway, address: str) -> tuple[int, str]:
    """Status and code with which a socket is refused."""
    with pytest.raises(InvalidStatus) as refused:
        async with connected(gateway, address):
            pass
    answer = refused.value.response
    return answer.status_code, json.loads(answer.body or b"")["code"]


async def let_in(gateway: Gateway, address: str) -> None:
    """Come, as soon as there is room: who has left is not gone at once."""
    async with asyncio.timeout(SOON_S):
        while True:
            try:
                async with connected(gateway, address):
                    return
            except InvalidStatus:
                await asyncio.sleep(0.05)


async def break_off(socket: ClientConnection) -> None:
    """Let the connection break, as a network does it."""
    socket.transport.abort()
    await socket.wait_closed()


async def test_sixty_that_come_at_once_find_as_many_seats_as_there_are(small: Gateway) -> None:
    """Those who come together pass the limit as little as those who come one by one."""
    async with AsyncExitStack() as stack:

        async def come(number: int) -> int:
            try:
                await stack.enter_async_context(connected(small, f"192.0.2.{number}"))
            except InvalidStatus as refused:
                return refused.response.status_code
            return 101

        answers = await asyncio.gather(*(come(number) for number in range(60)))
        assert Counter(answers) == {101: MOST, 503: 60 - MOST}
        assert await refusal(small, "198.51.100.1") == (503, "busy")
    await let_in(small, "198.51.100.1")


async def test_who_was_dropped_keeps_nobody_out_and_the_first_gives_way(small: Gateway) -> None:
    """Broken connections give their seats back at once; of those that wait the first is given up,
    the others find their sessions again."""
    sessions = []
    for _ in range(MOST + 2):
        async with connected(small, "203.0.113.1") as socket:
            sessions.append(await begin(socket))
            await break_off(socket)
        await let_in(small, "203.0.113.2")
    recovered = []
    for session in (sessions[0], *sessions[-MOST_DETACHED:]):
        resume = Resume(session["session"], session["token"], 1)
        async with connected(small, "203.0.113.1") as socket:
            answer = await begin(socket, replace(START, resume=resume))
            recovered.append(answer["recovered"])
            await socket.send('{"type": "session.end"}')
            await socket.wait_closed()
    assert recovered == [False, True, True]


async def test_the_guests_of_an_address_have_their_share(small: Gateway) -> None:
    """One address cannot take all seats; others come in, and so does it when somebody leaves."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(connected(small, "192.0.2.1"))
        for _ in range(MOST_OF_GUESTS - 1):
            await stack.enter_async_context(connected(small, "192.0.2.1"))
        assert await refusal(small, "192.0.2.1") == (429, "too_many_sockets")
        await let_in(small, "192.0.2.2")
        await first.close()
        await let_in(small, "192.0.2.1")
