"""The handshake of a socket: who may open it is decided first, so that a refusal is an HTTP
answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio.to_thread
from starlette.websockets import WebSocket

from tutor.adapters.secrets.secrets import new_secret
from tutor.adapters.sql.errors import DatabaseError
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.throttle import leave_seat, take_seat
from tutor.adapters.store.tickets import SUBPROTOCOL, redeem_ticket
from tutor.core.accounts.principal import GUEST, Principal
from tutor.shells.http.auth import bearer_of, identify, invalid_token
from tutor.shells.http.callers import is_allowed_origin
from tutor.shells.http.problems import Problem
from tutor.shells.http.quota import allowance, exhausted
from tutor.shells.http.services import Services
from tutor.shells.http.throttling import address_of, throttle_handshake, unavailable

log = logging.getLogger(__name__)

VERSION = "tutor.v1"
"""The subprotocol that is answered where a client offers it beside its ticket."""


@dataclass(frozen=True)
class Admission:
    """The admission of a socket that may open."""

    principal: Principal
    subprotocol: str | None
    """The subprotocol to answer with: a browser hangs up when it has offered some and none is
    taken."""
    seat: str
    """The socket's seat among those of its user."""


@dataclass(frozen=True)
class Shown:
    """The credentials that a client shows before its socket opens."""

    token: str | None
    """An access token or an API key."""
    ticket: str | None
    subprotocol: str | None
    """The subprotocol to answer with."""


@asynccontextmanager
async def admitted(
    socket: WebSocket, services: Services, shown: Shown | None = None
) -> AsyncIterator[Admission | None]:
    """An accepted socket and its principal, until the block ends; None: it was refused."""
    seat = new_secret()
    try:
        admission = await admit(socket, services, shown or shown_by(socket), seat)
    except Problem as problem:
        services.seats.leave(seat)
        services.metrics.refused.labels(problem.code).inc()
        await socket.send_denial_response(problem.response())
        yield None
        return
    except BaseException:
        services.seats.leave(seat)
        raise
    try:
        await socket.accept(admission.subprotocol)
        yield admission
    finally:
        services.seats.leave(seat)
        await leave(services, admission.principal, seat)


async def admit(socket: WebSocket, services: Services, shown: Shown, seat: str) -> Admission:
    """Admit a socket, on a seat of this gateway that the caller gives back.

    Raises:
        Problem: 401, 403, 429 or 503, and why.
    """
    if not is_allowed_origin(socket, services.settings):
        raise Problem(403, "foreign_origin", "this origin may not practise here")
    # Before anything is waited for: those who come at once must not pass the limit together.
    if services.draining or not services.seats.take(seat):
        raise Problem(503, "busy", "no session is free now", headers={"Retry-After": "5"})
    try:
        await throttle_handshake(socket, services)
    except Problem as problem:
        if problem.status == 429:
            raise
        log.warning("handshakes are not counted: the store does not answer")
    principal = await _principal(socket, services, shown)
    await be_seated(services, principal, seat)
    if principal.is_guest:
        _seat_guest(socket, services, seat)
    return Admission(principal, shown.subprotocol, seat)


async def be_seated(services: Services, principal: Principal, seat: str) -> None:
    """Take a user's seat, within their number of sockets and their quota.

    Raises:
        Problem: 429 or 503.
    """
    if principal.user is None:
        return
    try:
        left = await anyio.to_thread.run_sync(allowance, services, principal)
        if left.is_exhausted:
            raise exhausted(left)
        limit = services.settings.user_sockets
        if not await take_seat(services.store, principal.user, seat, limit):
            raise Problem(
                429,
                "too_many_sockets",
                f"this account has {limit} open sockets already",
                headers={"Retry-After": "30"},
            )
    except (StoreError, DatabaseError) as error:
        raise unavailable() from error


def _seat_guest(socket: WebSocket, services: Services, seat: str) -> None:
    """Hold the guests of an address to their number of sockets.

    Raises:
        Problem: 429.
    """
    if not services.seats.take_as_guest(seat, address_of(socket)):
        raise Problem(
            429,
            "too_many_sockets",
            f"{services.settings.guest_sockets} guests practise from this address already",
            headers={"Retry-After": "30"},
        )


async def leave(services: Services, principal: Principal, seat: str) -> None:
    """Give the seat back; one that cannot be given back is free again in half a minute."""
    if principal.user is not None:
        try:
            await leave_seat(services.store, principal.user, seat)
        except StoreError as error:
            log.warning("a seat was not given back: %s", error)


async def of_credential(
    services: Services, origin: str, *, token: str | None = None, ticket: str | None = None
) -> Principal:
    """The principal of a token or a ticket.

    Raises:
        Problem: 401 or 503.
    """
    try:
        if ticket is None:
            return await anyio.to_thread.run_sync(identify, services, token)
        principal = await redeem_ticket(services.store, ticket, origin)
        if principal is None or not await anyio.to_thread.run_sync(
            services.accounts.is_granted, principal
        ):
            raise invalid_token("the ticket is not valid, or not any more")
    except (StoreError, DatabaseError) as error:
        raise unavailable() from error
    return principal


def shown_by(socket: WebSocket) -> Shown:
    """The credentials that a client of the practice protocol shows."""
    return Shown(bearer_of(socket), _ticket(socket), _subprotocol(socket))


async def _principal(socket: WebSocket, services: Services, shown: Shown) -> Principal:
    if shown.token is None and shown.ticket is None and services.settings.accounts == "optional":
        return GUEST
    origin = socket.headers.get("origin", "")
    return await of_credential(services, origin, token=shown.token, ticket=shown.ticket)


def _ticket(socket: WebSocket) -> str | None:
    for offered in socket.scope["subprotocols"]:
        if offered.startswith(SUBPROTOCOL):
            return str(offered.removeprefix(SUBPROTOCOL))
    return None


def _subprotocol(socket: WebSocket) -> str | None:
    """The subprotocol to answer with: ours, or the used ticket's for a client that offers no
    other."""
    offered: list[str] = socket.scope["subprotocols"]
    own = [VERSION, *(name for name in offered if name.startswith(SUBPROTOCOL))]
    return next((name for name in own if name in offered), None)
