"""Socket tickets: a credential for a browser, which cannot set headers on a WebSocket.

A ticket is good for one socket, from one origin, for half a minute. Redis holds only its hash, and
gives it out once (GETDEL).
"""

from __future__ import annotations

import json
from dataclasses import asdict

from tutor.adapters.secrets.secrets import digest, new_secret
from tutor.adapters.store import keys
from tutor.adapters.store.client import Store
from tutor.core.accounts.principal import Principal

SUBPROTOCOL = "tutor.ticket."
"""The beginning of the WebSocket subprotocol by which a browser shows its ticket."""


async def issue_ticket(store: Store, principal: Principal, origin: str, life_s: int) -> str:
    """A ticket for one socket of this user, opened by a page of this origin (empty: no page)."""
    ticket = new_secret()
    value = json.dumps({"principal": asdict(principal), "origin": origin})
    await store.set(keys.ticket(digest(ticket)), value, ex=life_s)
    return ticket


async def redeem_ticket(store: Store, ticket: str, origin: str) -> Principal | None:
    """The principal that a ticket admits; None when it was used, is too old or is another
    origin's."""
    value = await store.getdel(keys.ticket(digest(ticket)))
    if value is None:
        return None
    found = json.loads(value)
    if found["origin"] != origin:
        return None
    return Principal(**{**found["principal"], "credential": "ticket"})
