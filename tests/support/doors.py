"""How tests come to a gateway's sockets: with a token, a ticket, or nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.gateway import Gateway
from tests.support.house import SOON_S
from tutor.adapters.wire.practice import encode_message
from tutor.client import practice_url
from tutor.core.protocol.messages import SessionStart

KEY = "a key for tests that is long enough"

START = encode_message(SessionStart("en", feedback=False))


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
