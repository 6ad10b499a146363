"""A login that ends, or begins, while its session is open."""

import asyncio
import json
import time
from pathlib import Path
from secrets import token_hex
from typing import Any

from websockets.asyncio.client import connect

from tests.support.doors import KEY, START, last_words, opened, ticket_of
from tests.support.gateway import PASSWORD, Gateway, Person, enter, log_in, running_gateway
from tutor.client import practice_url


async def test_a_login_that_expires_closes_with_4401(brief: Gateway) -> None:
    """The end of a login is told beforehand; then come `unauthenticated`, and 4401."""
    anna = enter(brief.url, f"anna-{token_hex(4)}@school.example")
    async with opened(brief, anna.token) as socket:
        told, close = await last_words(socket)
    assert told == ["session.expiring", "unauthenticated", "session.summary"]
    assert close == 4401


async def test_a_newer_credential_in_band_keeps_the_session(brief: Gateway) -> None:
    """A token or a ticket counts for the credential's own time; a wrong one is told."""
    anna = enter(brief.url, f"anna-{token_hex(4)}@school.example")
    stranger = enter(brief.url, f"boris-{token_hex(4)}@school.example")
    began = time.monotonic()
    refresh = anna.refresh
    with brief.client() as client:
        async with opened(brief, anna.token) as socket:
            told: list[str] = []

            async def show(**credential: str) -> dict[str, Any]:
                message = {"type": "session.authenticate", **credential}
                await socket.send(json.dumps(message))
                while True:
                    event: dict[str, Any] = json.loads(await socket.recv())
                    told.append(event["type"])
                    if event["type"] in ("session.authenticated", "error"):
                        return event

            for wrong in ({}, {"token": "nonsense"}, {"ticket": "x"}, {"token": stranger.token}):
                event = await show(**wrong)
                assert (event["code"], event["fatal"]) == ("bad_credential", False)
            for use_ticket in (False, True, False):
                await asyncio.sleep(3.5)
                client.cookies.clear()
                form = {"grant_type": "refresh_token", "refresh_token": refresh}
                pair = client.post("/v1/token", data=form).json()
                refresh, token = pair["refresh_token"], pair["access_token"]
                credential = {"ticket": ticket_of(brief, token)} if use_ticket else {"token": token}
                assert 1 <= (await show(**credential))["expires_in_s"] <= 10
            assert time.monotonic() - began > 10
            assert "session.expiring" in told
            await socket.send('{"type": "session.end"}')
            assert (await last_words(socket))[1] == 1000


async def test_logout_closes_open_sockets_with_4401(guarded: Gateway, anna: Person) -> None:
    """The sockets of this login close at once, those of another login do not."""
    with guarded.client() as client:
        other = log_in(client, anna.email)
    async with opened(guarded, anna.token) as socket, opened(guarded, other.token) as stays:
        with guarded.client(anna.token) as client:
            client.post("/v1/logout")
        assert await last_words(socket) == (["unauthenticated", "session.summary"], 4401)
        await stays.send('{"type": "session.end"}')
        assert (await last_words(stays))[1] == 1000


async def test_a_new_password_closes_the_sockets_of_other_logins(
    guarded: Gateway, anna: Person
) -> None:
    """They close with 4401, at once; the socket of who has changed the password goes on."""
    with guarded.client() as client:
        other = log_in(client, anna.email)
    async with opened(guarded, anna.token) as mine, opened(guarded, other.token) as theirs:
        with guarded.client(anna.token) as client:
            wish = {"current_password": PASSWORD, "new_password": PASSWORD + "!"}
            answer = await asyncio.to_thread(client.post, "/v1/me/password", json=wish)
            assert answer.status_code == 204
        told, close = await last_words(theirs)
        assert (told[0], close) == ("unauthenticated", 4401)
        await mine.send('{"type": "session.end"}')
        assert await last_words(mine) == (["session.summary"], 1000)


async def test_a_logout_elsewhere_is_noticed(
    guarded: Gateway, anna: Person, tmp_path: Path
) -> None:
    """What comes to another gateway ends a session here: a revoked key, a deleted account."""
    database = f"sqlite:///{guarded.log.parent / 'data' / 'tutor.db'}"
    with running_gateway(
        tmp_path, guarded.redis_url, database_url=database, secret_key=KEY, address_tries="0"
    ) as elsewhere:
        with elsewhere.client(anna.token) as client:
            key = client.post("/v1/keys", json={"name": "server"}).json()
        async with opened(guarded, key["key"]) as socket:
            with elsewhere.client(anna.token) as client:
                client.delete(f"/v1/keys/{key['id']}")
            assert (await last_words(socket))[1] == 4401
        async with opened(guarded, anna.token) as socket:
            with elsewhere.client(anna.token) as client:
                assert client.delete("/v1/me").status_code == 204
            assert (await last_words(socket))[1] == 4401


async def test_a_guest_may_log_in_before_the_session_begins(brief: Gateway) -> None:
    """Before it, but not in the middle of it, when it would not be the same learner any more."""
    anna = enter(brief.url, f"anna-{token_hex(4)}@school.example")
    message = json.dumps({"type": "session.authenticate", "token": anna.token})
    async with connect(practice_url(brief.url)) as socket:
        await socket.send(message)
        assert json.loads(await socket.recv())["type"] == "session.authenticated"
        await socket.send(START)
        assert (await last_words(socket))[1] == 4401  # her token expires
    async with opened(brief) as socket:
        await socket.send(message)
        assert json.loads(await socket.recv())["code"] == "bad_credential"
