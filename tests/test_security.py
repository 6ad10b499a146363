"""The security list of the house, item by item, each with its exact status or close code.

What a recogniser is needed for stands in `test_bad_input.py`, `test_serve.py` and
`test_history.py` (item 11: no voice is kept, and deletion searches every store).
"""

import asyncio
import base64
import json
import os
import pickle
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
import redis
from sqlalchemy import text
from typer.testing import CliRunner
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.gateway import PASSWORD, Gateway, Person, enter, log_in, running_gateway
from tests.house import READY_S, SOON_S, House, free_port, get, wait_until
from tests.practice import hear
from tests.speech import TEXTS, spoken, wer
from tutor.adapters.secrets import passwords
from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.store import keys
from tutor.adapters.wire.practice import encode_message
from tutor.client import practice_url
from tutor.core.live.received import PATIENCE_S
from tutor.core.protocol.messages import SessionStart
from tutor.shells.cli.main import app
from tutor.shells.gateway.app import make_app

pytestmark = pytest.mark.live

KEY = "a key for tests that is long enough"
START = encode_message(SessionStart("en", feedback=False))
SECOND = bytes(32_000)
"""A second of silence."""


@pytest.fixture(scope="module")
def guarded(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that takes nobody without an account, with narrow limits."""
    with running_gateway(
        tmp_path_factory.mktemp("guarded"),
        store.redis_url,
        accounts="required",
        secret_key=KEY,
        account_check_s="0.3",
        ticket_s="5",
        quota_free_s="8",
        user_sockets="2",
        address_handshakes="40",
        address_tries="0",
        trusted_proxies="127.0.0.1",
    ) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def brief(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that takes three guests, and whose access tokens live for ten seconds."""
    with running_gateway(
        tmp_path_factory.mktemp("brief"),
        store.redis_url,
        secret_key=KEY,
        access_token_s="10",
        store_timeout_s="1",
        account_check_s="0.3",
        max_sessions="3",
    ) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def unthrottled(store: Settings) -> None:
    """Tries of one test do not count in the next."""
    client = redis.Redis.from_url(store.redis_url)
    client.delete(*client.scan_iter("tutor:tries:*"), "nothing")


@pytest.fixture
def anna(guarded: Gateway) -> Person:
    """Somebody with an account at the guarded gateway."""
    return enter(guarded.url, f"anna-{token_hex(4)}@school.example")


def bearer(token: str, **more: str) -> dict[str, str]:
    """Headers with a credential."""
    return {"Authorization": f"Bearer {token}", **more}


@asynccontextmanager
async def opened(gateway: Gateway, token: str | None = None) -> AsyncIterator[ClientConnection]:
    """An open session."""
    headers = bearer(token) if token else {}
    async with connect(practice_url(gateway.url), additional_headers=headers) as socket:
        await socket.send(START)
        assert json.loads(await socket.recv())["type"] == "session.started"
        yield socket


async def refusal(gateway: Gateway, **options: Any) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and problem of a socket that may not open."""
    with pytest.raises(InvalidStatus) as refused:
        async with connect(practice_url(gateway.url), **options):
            pass
    answer = refused.value.response
    return answer.status_code, dict(answer.headers.raw_items()), json.loads(answer.body or b"{}")


async def last_words(socket: ClientConnection) -> tuple[list[str], int | None]:
    """Codes of the errors, or types of the events that come until the close, and its code."""
    told = []
    try:
        async with asyncio.timeout(SOON_S):
            while True:
                event = json.loads(await socket.recv())
                told.append(event.get("code") or event["type"])
    except ConnectionClosed:
        return [word for word in told if word != "audio.ack"], socket.close_code


def command(*arguments: str, **settings: str) -> tuple[int, str]:
    """Exit code of the command line, and what it has told on stderr."""
    env = {f"TUTOR_{name.upper()}": value for name, value in settings.items()}
    done = CliRunner().invoke(app, arguments, env=env)
    return done.exit_code, done.stderr


def ticket_of(gateway: Gateway, token: str, **headers: str) -> str:
    """A new socket ticket."""
    with gateway.client(token) as client:
        answer = client.post("/v1/tickets", headers=headers)
        assert answer.status_code == 201, answer.text
        assert answer.json()["subprotocol"] == f"tutor.ticket.{answer.json()['ticket']}"
        return str(answer.json()["ticket"])


def offered(ticket: str) -> list[str]:
    """The subprotocols that a browser offers with a ticket."""
    return ["tutor.v1", f"tutor.ticket.{ticket}"]


# ---------------------------------------------------------------- 1: cross-site hijack


async def test_1_a_foreign_page_gets_403_whatever_it_carries(
    guarded: Gateway, anna: Person
) -> None:
    """Item 1: an Origin that is not exactly ours is refused before accept, with a token, too."""
    port = guarded.url.rpartition(":")[2]
    for origin in (
        "https://evil.example",
        "null",
        f"{guarded.url}.evil.example",
        f"http://127.0.0.1:{int(port) ^ 1}",
        f"http://evil.example:{port}",
        f"{guarded.url}/",
    ):
        status, _, problem = await refusal(
            guarded, origin=origin, additional_headers=bearer(anna.token)
        )
        assert (status, problem["code"]) == (403, "foreign_origin"), origin


async def test_1_without_an_origin_only_a_credential_lets_in(
    guarded: Gateway, anna: Person
) -> None:
    """Item 1: a program sends no Origin; the cookie of a page is no credential for a socket."""
    cookie = {"Cookie": f"tutor_refresh={anna.refresh}"}
    assert (await refusal(guarded, additional_headers=cookie))[0] == 401
    async with opened(guarded, anna.token):
        pass


# ---------------------------------------------------------------- 2: before accept


async def test_2_no_credential_is_a_true_401(guarded: Gateway) -> None:
    """Item 2: an HTTP answer before the socket opens, with a challenge and a problem document."""
    status, headers, problem = await refusal(guarded)
    assert (status, problem["code"]) == (401, "unauthenticated")
    assert headers["www-authenticate"] == "Bearer"
    assert headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["nonsense", "tutor_nonsense", "a.b.c"])
async def test_2_a_wrong_credential_is_401_where_guests_may_come_too(
    guarded: Gateway, brief: Gateway, token: str
) -> None:
    """Item 2: whoever shows something that is not valid is not taken for a guest."""
    for gateway in (guarded, brief):
        status, headers, _ = await refusal(gateway, additional_headers=bearer(token))
        assert status == 401
        assert headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_2_tokens_and_api_keys_open_a_socket(guarded: Gateway, anna: Person) -> None:
    """Item 2: in the Authorization header, as over HTTP."""
    with guarded.client(anna.token) as client:
        key = client.post("/v1/keys", json={"name": "server"}).json()["key"]
    async with opened(guarded, anna.token), opened(guarded, key):
        pass


# ---------------------------------------------------------------- 3: tickets


async def test_3_a_ticket_opens_one_socket(guarded: Gateway, anna: Person) -> None:
    """Item 3: 256 bits as a subprotocol, consumed by its first use; ours is answered."""
    ticket = ticket_of(guarded, anna.token, Origin=guarded.url)
    assert len(base64.urlsafe_b64decode(ticket + "=")) == 32
    url, subprotocols = practice_url(guarded.url), offered(ticket)
    options: Any = {"origin": guarded.url, "subprotocols": subprotocols}
    async with connect(url, **options) as socket:
        assert socket.subprotocol == "tutor.v1"
        await socket.send(START)
        assert json.loads(await socket.recv())["type"] == "session.started"
    assert (await refusal(guarded, **options))[0] == 401


async def test_3_a_client_that_offers_the_ticket_alone_gets_it_answered(
    guarded: Gateway, anna: Person
) -> None:
    """Item 3: a browser hangs up when none of what it offered is taken; by then it is used up."""
    offer = offered(ticket_of(guarded, anna.token))[1:]
    async with connect(practice_url(guarded.url), subprotocols=offer) as socket:  # type: ignore[arg-type]
        assert socket.subprotocol == offer[0]


async def test_3_a_ticket_is_for_the_page_that_asked(guarded: Gateway, anna: Person) -> None:
    """Item 3: from another origin it is 401, and burnt by it; a program's is not for pages."""
    ticket = ticket_of(guarded, anna.token)
    for origin in (guarded.url, None):
        status, _, _ = await refusal(guarded, origin=origin, subprotocols=offered(ticket))
        assert status == 401


async def test_3_a_server_gets_tickets_for_its_page(guarded: Gateway, anna: Person) -> None:
    """Item 3: it names the page's origin; a socket of that origin opens, one without does not."""
    with guarded.client(anna.token) as client:
        answers = [client.post("/v1/tickets", json={"origin": guarded.url}) for _ in range(2)]
    first, second = (offered(answer.json()["ticket"]) for answer in answers)
    assert (await refusal(guarded, subprotocols=first))[0] == 401
    async with connect(practice_url(guarded.url), origin=guarded.url, subprotocols=second):  # type: ignore[arg-type]
        pass


async def test_3_a_ticket_does_not_live_long(
    guarded: Gateway, anna: Person, store: Settings
) -> None:
    """Item 3: after its seconds it is 401; Redis never holds the ticket itself."""
    client = redis.Redis.from_url(store.redis_url)
    others = set(client.scan_iter("tutor:ticket:*"))
    ticket = ticket_of(guarded, anna.token)
    (name,) = set(client.scan_iter("tutor:ticket:*")) - others
    assert 0 < client.ttl(name) <= 5
    assert ticket.encode() not in name + client.get(name)
    wait_until(lambda: not client.exists(name), SOON_S)
    assert (await refusal(guarded, subprotocols=offered(ticket)))[0] == 401
    assert Settings.model_fields["ticket_s"].default == 30


async def test_3_a_ticket_ends_with_its_login(guarded: Gateway, anna: Person) -> None:
    """Item 3: who logs out takes the tickets back that were not used yet."""
    ticket = ticket_of(guarded, anna.token)
    with guarded.client(anna.token) as client:
        client.post("/v1/logout")
    assert (await refusal(guarded, subprotocols=offered(ticket)))[0] == 401


async def test_3_a_token_in_the_address_is_not_read(guarded: Gateway, anna: Person) -> None:
    """Item 3: what stands in a URL stands in logs; it is no credential."""
    for name in ("token", "access_token", "ticket"):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"{practice_url(guarded.url)}?{name}={anna.token}"):
                pass
        assert refused.value.response.status_code == 401
    assert anna.token not in guarded.log.read_text()


# ---------------------------------------------------------------- 4: floods


async def test_4_a_user_has_so_many_sockets(guarded: Gateway, anna: Person) -> None:
    """Item 4: one more is 429 with Retry-After; after one has closed it opens."""
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


async def test_4_an_address_opens_so_many_sockets_a_minute(guarded: Gateway) -> None:
    """Item 4: then 429 with Retry-After, before any credential is looked at; its neighbour goes."""
    flood = {"X-Forwarded-For": "192.0.2.7"}
    statuses = [(await refusal(guarded, additional_headers=flood))[0] for _ in range(41)]
    assert (set(statuses[:40]), statuses[40]) == ({401}, 429)
    status, headers, problem = await refusal(guarded, additional_headers=flood)
    assert (status, problem["code"]) == (429, "too_many_tries")
    assert 0 < int(headers["retry-after"]) <= 60
    neighbour = {"X-Forwarded-For": "192.0.2.8"}
    assert (await refusal(guarded, additional_headers=neighbour))[0] == 401


async def test_4_the_days_audio_ends_the_session_and_then_refuses(
    guarded: Gateway, anna: Person
) -> None:
    """Item 4: `quota_exhausted` and 4429 in the session, to the frame; then 429 before accept."""
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


async def test_4_what_was_used_elsewhere_counts_in_an_open_session(
    guarded: Gateway, anna: Person
) -> None:
    """Item 4: two sockets of one user share the day's audio."""
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


async def test_4_another_plan_allows_more(guarded: Gateway, anna: Person) -> None:
    """Item 4: `tutor plan` gives an account the plan whose quota the settings name."""
    data = str(guarded.log.parent / "data")
    assert command("plan", anna.email, "plus", data_dir=data) == (0, "")
    with guarded.client(anna.token) as client:
        assert client.get("/v1/me").json()["usage"]["quota_s"] is None
    code, told = command("plan", "nobody@school.example", "plus", data_dir=data)
    assert (code, told) == (1, "tutor: there is no account nobody@school.example\n")


async def test_4_audio_faster_than_speech_closes_with_4429(brief: Gateway) -> None:
    """Item 4: over twice real time, after the burst, and for longer than it is held back."""
    async with opened(brief) as socket:
        began = time.monotonic()
        for _ in range(20):
            await socket.send(SECOND)
        assert await last_words(socket) == (["audio_too_fast", "session.summary"], 4429)
        assert time.monotonic() - began > 0.8 * PATIENCE_S


async def test_4_a_full_server_answers_503(brief: Gateway) -> None:
    """Item 4: with Retry-After, before accept; who is in goes on."""
    async with opened(brief), opened(brief), opened(brief) as last:
        status, headers, problem = await refusal(brief)
        assert (status, problem["code"]) == (503, "busy")
        assert int(headers["retry-after"]) > 0
        await last.send('{"type": "session.end"}')
        assert await last_words(last) == (["session.summary"], 1000)


async def test_4_without_its_store_a_session_closes_with_1013(
    brief: Gateway, store: Settings
) -> None:
    """Item 4: `unavailable`, try again later; no event, since its number might be another's."""
    async with opened(brief) as socket:
        client = redis.Redis.from_url(store.redis_url)
        client.client_pause(4000)
        for _ in range(5):  # each second of audio is acknowledged by an event, which is kept first
            await socket.send(SECOND)
        assert await last_words(socket) == ([], 1013)
    wait_until(client.ping, SOON_S)


# ---------------------------------------------------------------- 5: malformed


@pytest.mark.parametrize(
    ("frame", "close"),
    [
        (bytes(70_000), 1009),
        ("{", 4400),
        ('{"type": "session.update", "endpoint_silence_ms": 1}', 4400),
        ('{"type": 7}', 4400),
        (b"odd", 4415),
    ],
    ids=["too large", "no JSON", "bad schema", "bad type", "bad audio"],
)
async def test_5_malformed_frames_close_with_their_code(
    guarded: Gateway, anna: Person, frame: str | bytes, close: int
) -> None:
    """Item 5: 1009 over size, 4400 bad schema, 4415 bad audio."""
    async with opened(guarded, anna.token) as socket:
        await socket.send(frame)
        told, code = await last_words(socket)
    if frame == '{"type": "session.update", "endpoint_silence_ms": 1}':
        assert told[0] == "bad_message"
    assert code == close


async def test_5_bad_utf8_closes_with_1007(guarded: Gateway, anna: Person) -> None:
    """Item 5: a text frame must be UTF-8."""
    async with opened(guarded, anna.token) as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert await last_words(socket) == ([], 1007)


async def test_5_a_frame_of_the_wrong_kind_closes_with_4400(guarded: Gateway, anna: Person) -> None:
    """Item 5: audio before `session.start`; both kinds of frames are used, so it is not 1003."""
    async with connect(practice_url(guarded.url), additional_headers=bearer(anna.token)) as socket:
        await socket.send(SECOND)
        assert await last_words(socket) == (["not_started"], 4400)


# ---------------------------------------------------------------- 6: expiry and logout


async def test_6_a_login_that_expires_closes_with_4401(brief: Gateway) -> None:
    """Item 6: it is told beforehand; then `unauthenticated`, and 4401."""
    anna = enter(brief.url, f"anna-{token_hex(4)}@school.example")
    async with opened(brief, anna.token) as socket:
        told, close = await last_words(socket)
    assert told == ["session.expiring", "unauthenticated", "session.summary"]
    assert close == 4401


async def test_6_a_newer_credential_in_band_keeps_the_session(brief: Gateway) -> None:
    """Item 6: a token or a ticket, each time for the credential's own time; a wrong one is told."""
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


async def test_6_logout_closes_open_sockets_with_4401(guarded: Gateway, anna: Person) -> None:
    """Item 6: those of this login at once, those of another login not."""
    with guarded.client() as client:
        other = log_in(client, anna.email)
    async with opened(guarded, anna.token) as socket, opened(guarded, other.token) as stays:
        with guarded.client(anna.token) as client:
            client.post("/v1/logout")
        assert await last_words(socket) == (["unauthenticated", "session.summary"], 4401)
        await stays.send('{"type": "session.end"}')
        assert (await last_words(stays))[1] == 1000


async def test_6_a_new_password_closes_the_sockets_of_other_logins(
    guarded: Gateway, anna: Person
) -> None:
    """Item 6: with 4401, at once; the socket of who has changed it goes on."""
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


async def test_6_a_logout_elsewhere_is_noticed(
    guarded: Gateway, anna: Person, store: Settings, tmp_path: Path
) -> None:
    """Item 6: also when it came to another gateway; so are a revoked key and a deleted account."""
    database = f"sqlite:///{guarded.log.parent / 'data' / 'tutor.db'}"
    with running_gateway(
        tmp_path, store.redis_url, database_url=database, secret_key=KEY, address_tries="0"
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


async def test_6_a_guest_may_log_in_before_the_session_begins(brief: Gateway) -> None:
    """Item 6: and not in the middle of it, when it would not be the same learner any more."""
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


def test_6_a_session_has_an_absolute_length() -> None:
    """Item 6: an hour (`test_serve.py` sees one end with 4408)."""
    assert Settings.load().max_session_s == 3600


# ---------------------------------------------------------------- 7: ownership


async def test_7_a_foreign_id_and_a_missing_one_answer_alike(
    guarded: Gateway, anna: Person
) -> None:
    """Item 7: 404 with the same words, for sessions, recordings, pages and keys."""
    boris = enter(guarded.url, f"boris-{token_hex(4)}@school.example")
    async with opened(guarded, anna.token) as socket:
        await socket.send('{"type": "session.end"}')
        await last_words(socket)
    with guarded.client(anna.token) as client:
        key = client.post("/v1/keys", json={"name": "server"}).json()["id"]
        wait_until(lambda: bool(client.get("/v1/me/sessions").json()["sessions"]), SOON_S)
        (session,) = client.get("/v1/me/sessions").json()["sessions"]
        assert client.get(f"/v1/me/sessions/{session['id']}").status_code == 200
    with guarded.client(boris.token) as client:
        for method, path, own in [
            ("GET", "/v1/me/sessions/{}", session["id"]),
            ("GET", "/v1/me/sessions/{}/utterances/u1/audio", session["id"]),
            ("DELETE", "/v1/keys/{}", key),
        ]:
            answers = [client.request(method, path.format(id)) for id in (own, "missing")]  # noqa: A001
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content
        pages = [
            client.get("/v1/me/sessions", params={"before": before})
            for before in (session["id"], "missing")
        ]
        assert pages[0].content == pages[1].content


async def test_7_another_users_session_cannot_be_resumed(guarded: Gateway, anna: Person) -> None:
    """Item 7: not even with its token; the answer is that of a session that is gone."""
    boris = enter(guarded.url, f"boris-{token_hex(4)}@school.example")
    headers = bearer(anna.token)
    async with connect(practice_url(guarded.url), additional_headers=headers) as socket:
        await socket.send(START)
        started = json.loads(await socket.recv())
        socket.transport.abort()
    wanted = {"session": started["session"], "token": started["token"], "after": 1}
    message = json.dumps({**json.loads(START), "resume": wanted})
    for token, recovered in ((boris.token, False), (anna.token, True)):
        headers = bearer(token)
        async with connect(practice_url(guarded.url), additional_headers=headers) as socket:
            await socket.send(message)
            assert json.loads(await socket.recv())["recovered"] is recovered


# ---------------------------------------------------------------- 8: Redis


def test_8_the_embedded_store_is_private(house: House) -> None:
    """Item 8: it listens on loopback alone, and answers nobody without its password."""
    options = house.store().connection_pool.connection_kwargs
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=options["port"]).ping()
    listening = {
        connection.laddr.ip
        for connection in house.part("valkey").net_connections("tcp")
        if connection.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}


class _Mine:
    """What runs when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (f"touch {self._path}",))


@pytest.mark.parametrize("queue", [keys.QUEUE_LIVE, keys.QUEUE_FEEDBACK])
async def test_8_a_pickle_message_is_refused_and_never_run(
    house: House, tmp_path: Path, queue: str
) -> None:
    """Item 8: who could write into Redis still cannot run code in a worker; it serves on."""
    path, store = tmp_path / "ran", house.store()
    pickle.loads(pickle.dumps(_Mine(path)))  # noqa: S301 - it is as dangerous as it should be
    wait_until(path.exists, SOON_S)
    path.unlink()
    body = base64.b64encode(pickle.dumps(((_Mine(path),), {}, {}))).decode()
    name = f"{keys.BROKER_PREFIX}{queue}"
    for serializer in ("application/x-python-serialize", "application/json"):
        tag = str(uuid4())
        message = {
            "body": body,
            "content-type": serializer,
            "content-encoding": "binary",
            "headers": {"id": tag, "task": keys.TASK_RECOGNISE, "lang": "py", "argsrepr": ""},
            "properties": {
                "body_encoding": "base64",
                "correlation_id": tag,
                "delivery_info": {"exchange": "", "routing_key": queue},
                "delivery_mode": 2,
                "delivery_tag": tag,
                "priority": 0,
            },
        }
        store.lpush(name, json.dumps(message))
    wait_until(lambda: not store.exists(name), READY_S)
    heard = await hear(house.url, spoken("market.flac"), speed=1.9)
    assert wer(TEXTS["market.flac"], heard.text) <= 0.15
    assert not path.exists()


# ---------------------------------------------------------------- 9: tokens


@pytest.mark.parametrize(
    ("change", "key", "algorithm"),
    [
        ({}, "another key that is as long as ours", "HS256"),
        ({}, KEY * 2, "HS512"),
        ({}, "", "none"),
        ({"aud": "another"}, KEY, "HS256"),
        ({"iss": "another"}, KEY, "HS256"),
        ({"typ": "refresh"}, KEY, "HS256"),
        ({"exp": 1}, KEY, "HS256"),
        *(({name: None}, KEY, "HS256") for name in ("exp", "aud", "iss", "typ", "sub", "sid")),
        ({"gen": 1}, KEY, "HS256"),
        ({"sid": "another"}, KEY, "HS256"),
        ({"sub": "another"}, KEY, "HS256"),
    ],
)
def test_9_only_our_own_access_tokens_are_taken(
    guarded: Gateway, anna: Person, change: dict[str, Any], key: str, algorithm: str
) -> None:
    """Item 9: one algorithm, one key, exp, aud, iss and type; anything else is 401."""
    claims = jwt.decode(anna.token, KEY, algorithms=["HS256"], audience="voice-tutor")
    same = jwt.encode(claims, KEY, "HS256")
    changed = {name: value for name, value in (claims | change).items() if value is not None}
    forged = jwt.encode(changed, key, algorithm)
    with guarded.client(same) as client:
        assert client.get("/v1/me").status_code == 200
    with guarded.client(forged) as client:
        assert client.get("/v1/me").status_code == 401


def test_9_gateways_whose_clocks_differ_take_each_others_tokens(
    guarded: Gateway, anna: Person
) -> None:
    """Item 9: one that was signed some seconds ahead of our time is valid."""
    claims = jwt.decode(anna.token, KEY, algorithms=["HS256"], audience="voice-tutor")
    ahead = claims | {"iat": claims["iat"] + 30, "exp": claims["exp"] + 30}
    with guarded.client(jwt.encode(ahead, KEY, "HS256")) as client:
        assert client.get("/v1/me").status_code == 200


def test_9_an_access_token_lives_ten_minutes_at_most() -> None:
    """Item 9: a longer life is no setting."""
    assert Settings.load(access_token_s=600).access_token_s == 600
    with pytest.raises(SettingsError, match="TUTOR_ACCESS_TOKEN_S"):
        Settings.load(access_token_s=601)


@pytest.mark.parametrize("part", ["serve", "gateway"])
@pytest.mark.parametrize(
    "settings",
    [{}, {"accounts": "required"}, {"secret_key": KEY}],
    ids=["nothing", "no key", "no accounts"],
)
def test_9_an_open_address_needs_accounts_and_a_key(
    part: str, settings: dict[str, str], tmp_path: Path
) -> None:
    """Item 9: otherwise the start is refused with one line that says what to set."""
    address = {"redis_url": "redis://127.0.0.1:9/0", "data_dir": str(tmp_path)}
    code, told = command(part, "--host", "0.0.0.0", **address, **settings)  # noqa: S104
    assert code == os.EX_CONFIG
    assert told.count("\n") == 1
    assert "TUTOR_ACCOUNTS=required" in told
    assert "TUTOR_SECRET_KEY" in told


def test_9_a_short_key_is_refused_without_being_told(tmp_path: Path) -> None:
    """Item 9: 32 characters at least; the line does not repeat it."""
    address = {"redis_url": "redis://127.0.0.1:9/0", "data_dir": str(tmp_path)}
    code, told = command("gateway", "--port", str(free_port()), **address, secret_key="short")
    assert code == os.EX_CONFIG
    assert told.startswith("tutor: TUTOR_SECRET_KEY has 5 characters, 32 are needed")


# ---------------------------------------------------------------- 10: passwords


def test_10_passwords_are_kept_as_argon2id() -> None:
    """Item 10: 19 MiB, two passes, one lane; the same password twice gives two hashes."""
    kept = [passwords.hash_password(PASSWORD) for _ in range(2)]
    assert all(text.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for text in kept)
    assert kept[0] != kept[1]
    assert all(passwords.is_password(text, PASSWORD) for text in kept)


def test_10_an_unknown_user_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 10: a hash of the same parameters is computed where there is no account."""
    checked: list[str] = []
    verify = passwords._hasher.verify  # the clock would be a worse witness

    class Witness:
        """Notes each hash that is worked through."""

        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept)
            return verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Witness())
    assert not passwords.is_password(None, PASSWORD)
    assert not passwords.is_password(None, "nobody has this password")
    assert len(checked) == 2
    assert all(text.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for text in checked)


async def test_10_few_passwords_are_checked_at_once(store: Settings, tmp_path: Path) -> None:
    """Item 10: in threads, so many as the setting says; others wait and are answered."""
    settings = Settings.load(
        redis_url=store.redis_url, data_dir=tmp_path, password_checks=2, address_tries=0
    )
    asgi = make_app(settings)
    accounts, lock = asgi.state.services.accounts, threading.Lock()
    now = most = 0

    def check(*_: str) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        assert threading.current_thread() is not threading.main_thread()
        time.sleep(0.05)
        with lock:
            now -= 1

    accounts.check = check
    transport = httpx2.ASGITransport(asgi)
    async with httpx2.AsyncClient(transport=transport, base_url="http://tutor") as client:
        forms = [
            {"grant_type": "password", "username": f"{n}@school.example", "password": "x"}
            for n in range(8)
        ]
        answers = await asyncio.gather(*(client.post("/v1/token", data=form) for form in forms))
    assert [answer.status_code for answer in answers] == [400] * 8
    assert most == 2
    asgi.state.services.database.close()
    await asgi.state.services.redis.aclose()


async def test_10_what_the_server_cannot_do_is_no_try(store: Settings, tmp_path: Path) -> None:
    """Item 10: while the database fails no try is counted, of no account and of no address."""
    settings = Settings.load(
        redis_url=store.redis_url, data_dir=tmp_path, login_tries=2, address_tries=2
    )
    asgi = make_app(settings)
    services = asgi.state.services
    password = {"grant_type": "password", "username": "b@school.example", "password": "x"}
    refresh = {"grant_type": "refresh_token", "refresh_token": "a.b"}

    def rename(old: str, new: str) -> None:
        with services.database.engine.begin() as connection:
            for table in ("users", "logins"):
                connection.execute(text(f"ALTER TABLE {old}{table} RENAME TO {new}{table}"))

    transport = httpx2.ASGITransport(asgi, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://tutor") as client:

        async def statuses(*forms: dict[str, str]) -> list[int]:
            return [(await client.post("/v1/token", data=form)).status_code for form in forms]

        rename("", "lost_")
        assert set(await statuses(password, password, password, refresh, refresh, refresh)) == {500}
        rename("lost_", "")
        tries = [password, refresh] * 3
        assert await statuses(*tries) == [400, 400, 400, 400, 429, 429]
    services.database.close()
    await services.redis.aclose()


# ---------------------------------------------------------------- 12: documents


def test_12_the_documents_are_for_loopback(guarded: Gateway, tmp_path: Path) -> None:
    """Item 12: served there; closed by a setting, and by themselves on any other address."""
    assert get(f"{guarded.url}/openapi.json")[0] == 200
    quiet = {"redis_url": "redis://127.0.0.1:9/0", "data_dir": tmp_path}
    for settings, paths in [
        (Settings.load(docs="closed", **quiet), set()),
        (Settings.load(host="192.0.2.1", **quiet), set()),
        (Settings.load(host="192.0.2.1", docs="open", **quiet), {"/docs", "/openapi.json"}),
    ]:
        asgi = make_app(settings)
        served = {getattr(route, "path", "") for route in asgi.routes}
        assert served & {"/docs", "/redoc", "/openapi.json"} == paths
        asgi.state.services.database.close()
