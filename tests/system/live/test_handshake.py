"""Who may open a socket: pages of other sites, credentials, tickets."""

import base64
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.doors import START, bearer, offered, opened, refusal, ticket_of
from tests.support.gateway import Gateway, Person
from tests.support.house import SOON_S, wait_until
from tutor.adapters.settings import Settings
from tutor.client import practice_url

# ---------------------------------------------------------------- 1: cross-site hijack


async def test_a_foreign_page_gets_403_whatever_it_carries(guarded: Gateway, anna: Person) -> None:
    """An Origin that is not exactly ours is refused before accept, with a token, too."""
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


async def test_without_an_origin_only_a_credential_lets_in(guarded: Gateway, anna: Person) -> None:
    """A program sends no Origin; the cookie of a page is no credential for a socket."""
    cookie = {"Cookie": f"tutor_refresh={anna.refresh}"}
    assert (await refusal(guarded, additional_headers=cookie))[0] == 401
    async with opened(guarded, anna.token):
        pass


# ---------------------------------------------------------------- 2: before accept


async def test_no_credential_is_a_true_401(guarded: Gateway) -> None:
    """An HTTP answer before the socket opens, with a challenge and a problem document."""
    status, headers, problem = await refusal(guarded)
    assert (status, problem["code"]) == (401, "unauthenticated")
    assert headers["www-authenticate"] == "Bearer"
    assert headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["nonsense", "tutor_nonsense", "a.b.c"])
async def test_a_wrong_credential_is_401_where_guests_may_come_too(
    guarded: Gateway, brief: Gateway, token: str
) -> None:
    """Whoever shows something that is not valid is not taken for a guest."""
    for gateway in (guarded, brief):
        status, headers, _ = await refusal(gateway, additional_headers=bearer(token))
        assert status == 401
        assert headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_tokens_and_api_keys_open_a_socket(guarded: Gateway, anna: Person) -> None:
    """Both are taken in the Authorization header, as over HTTP."""
    with guarded.client(anna.token) as client:
        key = client.post("/v1/keys", json={"name": "server"}).json()["key"]
    async with opened(guarded, anna.token), opened(guarded, key):
        pass


# ---------------------------------------------------------------- 3: tickets


async def test_a_ticket_opens_one_socket(guarded: Gateway, anna: Person) -> None:
    """A ticket is 256 bits in a subprotocol, consumed by its first use; ours is answered."""
    ticket = ticket_of(guarded, anna.token, Origin=guarded.url)
    assert len(base64.urlsafe_b64decode(ticket + "=")) == 32
    url, subprotocols = practice_url(guarded.url), offered(ticket)
    options: Any = {"origin": guarded.url, "subprotocols": subprotocols}
    async with connect(url, **options) as socket:
        assert socket.subprotocol == "tutor.v1"
        await socket.send(START)
        assert json.loads(await socket.recv())["type"] == "session.started"
    assert (await refusal(guarded, **options))[0] == 401


async def test_a_client_that_offers_the_ticket_alone_gets_it_answered(
    guarded: Gateway, anna: Person
) -> None:
    """A browser hangs up when none of what it offered is taken; by then it is used up."""
    offer = offered(ticket_of(guarded, anna.token))[1:]
    async with connect(practice_url(guarded.url), subprotocols=offer) as socket:  # type: ignore[arg-type]
        assert socket.subprotocol == offer[0]


async def test_a_ticket_is_for_the_page_that_asked(guarded: Gateway, anna: Person) -> None:
    """A ticket from another origin is 401, and burnt by it; a program's is not for pages."""
    ticket = ticket_of(guarded, anna.token)
    for origin in (guarded.url, None):
        status, _, _ = await refusal(guarded, origin=origin, subprotocols=offered(ticket))
        assert status == 401


async def test_a_server_gets_tickets_for_its_page(guarded: Gateway, anna: Person) -> None:
    """It names the page's origin: a socket of that origin opens, one without does not."""
    with guarded.client(anna.token) as client:
        answers = [client.post("/v1/tickets", json={"origin": guarded.url}) for _ in range(2)]
    first, second = (offered(answer.json()["ticket"]) for answer in answers)
    assert (await refusal(guarded, subprotocols=first))[0] == 401
    async with connect(practice_url(guarded.url), origin=guarded.url, subprotocols=second):  # type: ignore[arg-type]
        pass


async def test_a_ticket_does_not_live_long(guarded: Gateway, anna: Person) -> None:
    """After its seconds a ticket is 401; Redis never holds the ticket itself."""
    client = guarded.store
    others = set(client.scan_iter("tutor:ticket:*"))
    ticket = ticket_of(guarded, anna.token)
    (name,) = set(client.scan_iter("tutor:ticket:*")) - others
    assert 0 < client.ttl(name) <= 5
    assert ticket.encode() not in name + client.get(name)
    wait_until(lambda: not client.exists(name), SOON_S)
    assert (await refusal(guarded, subprotocols=offered(ticket)))[0] == 401
    assert Settings.model_fields["ticket_s"].default == 30


async def test_a_ticket_ends_with_its_login(guarded: Gateway, anna: Person) -> None:
    """Who logs out takes the tickets back that were not used yet."""
    ticket = ticket_of(guarded, anna.token)
    with guarded.client(anna.token) as client:
        client.post("/v1/logout")
    assert (await refusal(guarded, subprotocols=offered(ticket)))[0] == 401


async def test_a_token_in_the_address_is_not_read(guarded: Gateway, anna: Person) -> None:
    """What stands in a URL stands in logs; it is no credential."""
    for name in ("token", "access_token", "ticket"):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"{practice_url(guarded.url)}?{name}={anna.token}"):
                pass
        assert refused.value.response.status_code == 401
    assert anna.token not in guarded.log.read_text()
