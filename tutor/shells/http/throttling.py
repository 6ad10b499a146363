"""Throttling: a caller that tries too often is answered with how long to wait."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from starlette.requests import HTTPConnection

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.throttle import count_try, forget_tries, give_back_try
from tutor.core.admission.connections import household
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)

MINUTE_S = 60


def address_of(connection: HTTPConnection) -> str:
    """The address a request comes from; of IPv6 the network, of which one household has all."""
    return household(connection.client.host if connection.client else "")


@dataclass(frozen=True)
class Counted:
    """What failed logins are counted under."""

    name: str
    limit: int


def password_tries(
    connection: HTTPConnection, settings: Settings, email: str, device: str | None
) -> tuple[Counted, ...]:
    """What a try of an account's password counts under.

    Whoever only knows the address has tries from each of theirs, and so many in all: they lock
    themselves out, not the owner. A device that has logged in before (`device`, its name) has tries
    of its own.
    """
    if device is not None:
        return (Counted(keys.tries("device", _hashed(device)), settings.login_tries),)
    here = _hashed(f"{email} {address_of(connection)}")
    return (
        Counted(keys.tries("login", here), settings.login_tries),
        Counted(keys.tries("account", _hashed(email)), settings.account_tries),
    )


Way = Literal["registration", "password", "refresh_token"]
"""What an address tries, each counted by itself: guesses of passwords from a school must not end
the lessons of learners there who have logged in, and a class that registers may log in."""


def address_tries(connection: HTTPConnection, way: Way) -> str:
    """The name under which an address's tries of one way are counted."""
    return keys.tries(way, _hashed(address_of(connection)))


async def throttle_address(connection: HTTPConnection, services: Services, way: Way) -> None:
    """Count a try of an address.

    Raises:
        Problem: 429, or 503 when nothing can be counted.
    """
    settings = services.settings
    name = address_tries(connection, way)
    await throttle(services, name, settings.address_tries, settings.tries_window_s)


@asynccontextmanager
async def address_try(
    connection: HTTPConnection, services: Services, way: Way
) -> AsyncIterator[None]:
    """A login of an address: counted, and given back unless the block finds the client wrong.

    A classroom behind one address logs in as often as it likes, and is not shut out for what the
    server could not do.

    Raises:
        Problem: 429, or 503 when nothing can be counted.
    """
    await throttle_address(connection, services, way)
    try:
        yield
    except Exception as error:
        if not isinstance(error, Problem) or error.status >= 500:
            await give_back(services, address_tries(connection, way))
        raise
    await give_back(services, address_tries(connection, way))


async def throttle_handshake(connection: HTTPConnection, services: Services) -> None:
    """Count a socket of an address.

    Raises:
        Problem: 429, or 503 when nothing can be counted.
    """
    name = keys.tries("handshake", _hashed(address_of(connection)))
    await throttle(services, name, services.settings.address_handshakes, MINUTE_S)


async def throttle(services: Services, name: str, limit: int, window_s: int) -> None:
    """Count a try under a name.

    Raises:
        Problem: 429, or 503 when nothing can be counted.
    """
    try:
        wait_s = await count_try(services.store, name, limit, window_s)
    except StoreError as error:
        raise unavailable() from error
    if wait_s:
        raise Problem(
            429,
            "too_many_tries",
            f"too many tries: wait {wait_s} s",
            headers={"Retry-After": str(wait_s)},
        )


@asynccontextmanager
async def counted_tries(
    services: Services, tries: Sequence[Counted]
) -> AsyncIterator[Callable[[], None]]:
    """A try of a password: counted, unless the block calls what it is given, as it was right, or
    fails. The first of the counts begins anew then; the others tell of other callers, too.

    Raises:
        Problem: 429, or 503 when nothing can be counted.
    """
    counted: list[str] = []
    is_right = False

    def be_right() -> None:
        nonlocal is_right
        is_right = True

    try:
        for one in tries:
            await throttle(services, one.name, one.limit, services.settings.tries_window_s)
            counted.append(one.name)
        yield be_right
    except BaseException:
        for name in counted:
            await give_back(services, name)
        raise
    if is_right:
        await _forget(services, counted)


async def _forget(services: Services, counted: Sequence[str]) -> None:
    try:
        await forget_tries(services.store, counted[0])
    except StoreError as error:
        raise unavailable() from error
    for name in counted[1:]:
        await give_back(services, name)


async def give_back(services: Services, name: str) -> None:
    """Take back that a try was counted, where the store answers."""
    try:
        await give_back_try(services.store, name)
    except StoreError:  # who is in must get the token: the old one is used up
        log.warning("a try that was not wrong stays counted: the store does not answer")


def unavailable() -> Problem:
    """The answer while the store is away."""
    headers = {"Retry-After": "5"}
    return Problem(503, "unavailable", "the store does not answer: try again", headers=headers)


def _hashed(name: str) -> str:
    """An address or e-mail address as Redis sees it: hashed, since it need not be readable
    there."""
    return sha256(name.encode()).hexdigest()[:32]
