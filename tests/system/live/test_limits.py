"""How much an account, an address and a server may be asked for."""

import asyncio
import time
from contextlib import suppress

from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.doors import bearer, last_words, opened, refusal
from tests.support.gateway import Gateway, Person
from tests.support.house import SOON_S, wait_until
from tests.support.invoke import command
from tutor.core.live.received import PATIENCE_S

SECOND = bytes(32_000)
"""A second of silence."""


async def test_a_user_has_so_many_sockets(guarded: Gateway, anna: Person) -> None:
    """One socket more is 429 with Retry-After; after one has closed it opens."""
    async with opened(guarded, anna.token):
        async with opened(guarded, anna.token):
            status, headers, problem = await refusal(guarded, additional_headers=bearer(anna.token))
            assert (status, problem["code"]) == (429, "too_many_sockets")
            assert int(headers["retry-after"]) > 0
        async with asyncio.timeout(SOON_S):
            while not await is_let_in(guarded, anna.token):
                await asyncio.sleep(0.1)


async def is_let_in(gateway: Gateway, token: str) -> bool:
    """Whether one more session opens."""
    try:
        async with opened(gateway, token):
            return True
    except InvalidStatus:
        return False


async def test_an_address_opens_so_many_sockets_a_minute(guarded: Gateway) -> None:
    """One more is 429 with Retry-After, whatever it shows; the neighbour's is looked at."""
    flood = {"X-Forwarded-For": "192.0.2.7"}
    statuses = [(await refusal(guarded, additional_headers=flood))[0] for _ in range(41)]
    assert (set(statuses[:40]), statuses[40]) == ({401}, 429)
    status, headers, problem = await refusal(guarded, additional_headers=flood)
    assert (status, problem["code"]) == (429, "too_many_tries")
    assert 0 < int(headers["retry-after"]) <= 60
    neighbour = {"X-Forwarded-For": "192.0.2.8"}
    assert (await refusal(guarded, additional_headers=neighbour))[0] == 401


async def test_the_days_audio_ends_the_session_and_then_refuses(
    guarded: Gateway, anna: Person
) -> None:
    """A session gets `quota_exhausted` and 4429, to the frame; the next one 429 before accept."""
    async with opened(guarded, anna.token) as socket:
        for second in range(9):
            await socket.send(SECOND)
            await asyncio.sleep(0.55 * (second >= 3))  # not faster than it may come
        assert await last_words(socket) == (["quota_exhausted", "session.summary"], 4429)
    with guarded.client(anna.token) as client:
        everything = {"used_s": 8, "quota_s": 8, "left_s": 0}
        wait_until(lambda: client.get("/v1/me").json()["usage"] == everything, SOON_S)
    status, headers, problem = await refusal(guarded, additional_headers=bearer(anna.token))
    assert (status, problem["code"], problem["left_s"]) == (429, "quota_exhausted", 0)
    assert int(headers["retry-after"]) == problem["resets_in_s"] > 0
    with guarded.client(anna.token) as client:  # where a browser can read why
        answer = client.post("/v1/tickets")
        assert (answer.status_code, answer.json()["code"]) == (429, "quota_exhausted")
        assert answer.json()["resets_in_s"] > 0


async def test_what_was_used_elsewhere_counts_in_an_open_session(
    guarded: Gateway, anna: Person
) -> None:
    """Two sockets of one user share the day's audio."""
    async with opened(guarded, anna.token) as first, opened(guarded, anna.token) as second:
        for _ in range(5):
            await first.send(SECOND)
            await asyncio.sleep(0.1)
        with guarded.client(anna.token) as client:
            wait_until(lambda: client.get("/v1/me").json()["usage"]["used_s"] == 5, SOON_S)
        with suppress(ConnectionClosed):
            for _ in range(7):  # three are left, once this one knows of the other
                await asyncio.sleep(0.5)
                await second.send(SECOND)
        told, close = await last_words(second)
    assert (told[0], close) == ("quota_exhausted", 4429)


async def test_another_plan_allows_more(guarded: Gateway, anna: Person) -> None:
    """`tutor plan` gives an account the plan whose quota the settings name."""
    data = str(guarded.log.parent / "data")
    assert command("plan", anna.email, "plus", data_dir=data) == (0, "")
    with guarded.client(anna.token) as client:
        assert client.get("/v1/me").json()["usage"]["quota_s"] is None
    code, told = command("plan", "nobody@school.example", "plus", data_dir=data)
    assert (code, told) == (1, "tutor: there is no account nobody@school.example\n")


async def test_audio_faster_than_speech_closes_with_4429(brief: Gateway) -> None:
    """Audio over twice real time is held back after the burst, then it closes the socket."""
    async with opened(brief) as socket:
        began = time.monotonic()
        for _ in range(20):
            await socket.send(SECOND)
        assert await last_words(socket) == (["audio_too_fast", "session.summary"], 4429)
        assert time.monotonic() - began > 0.8 * PATIENCE_S


async def test_a_full_server_answers_503(brief: Gateway) -> None:
    """One session too many is 503 with Retry-After, before accept; who is in goes on."""
    async with opened(brief), opened(brief), opened(brief) as last:
        status, headers, problem = await refusal(brief)
        assert (status, problem["code"]) == (503, "busy")
        assert int(headers["retry-after"]) > 0
        await last.send('{"type": "session.end"}')
        assert await last_words(last) == (["session.summary"], 1000)


async def test_without_its_store_a_session_closes_with_1013(brief: Gateway) -> None:
    """The close code says to try again later; an event could not be numbered and kept."""
    async with opened(brief) as socket:
        client = brief.store
        client.client_pause(4000)
        for _ in range(5):  # each second of audio is acknowledged by an event, which is kept first
            await socket.send(SECOND)
        assert await last_words(socket) == ([], 1013)
    wait_until(client.ping, SOON_S)
