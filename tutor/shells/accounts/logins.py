"""`/v1/token`, `/v1/logout`, `/v1/tickets`: how a client logs in, stays logged in and leaves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Cookie, Form, Request, Response
from pydantic import BaseModel, Field, validate_email
from pydantic_core import PydanticCustomError

from tutor.adapters.secrets.passwords import MAX_PASSWORD
from tutor.adapters.sql.account_tables import Login, User
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.tickets import SUBPROTOCOL, issue_ticket
from tutor.core.accounts.addresses import canonical
from tutor.shells.http.auth import Here, LoggedIn, Member
from tutor.shells.http.problems import Problem, problems
from tutor.shells.http.quota import allowance, exhausted
from tutor.shells.http.services import Services
from tutor.shells.http.throttling import (
    Counted,
    address_try,
    counted_tries,
    password_tries,
    unavailable,
)

router = APIRouter(prefix="/v1", tags=["login"])

COOKIE = "tutor_refresh"
COOKIE_PATH = "/v1"

Refresh = Annotated[str | None, Form(max_length=200, description="Else the cookie is taken.")]
DEVICE = "tutor_device"
"""The cookie of a device that has logged in before; it lets nobody in."""

DEVICE_DAYS = 365

DeviceCookie = Annotated[str, Cookie(alias=DEVICE, max_length=300, include_in_schema=False)]
RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)]


class TokenAnswer(BaseModel):
    """An access token and what continues the login after it (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a kind, no secret
    expires_in: int = Field(description="Seconds.", examples=[600])
    refresh_token: str | None = Field(
        None, description="Good once. Absent when it came and goes in the cookie."
    )


class TicketWish(BaseModel):
    """The page that will open the socket."""

    origin: str | None = Field(
        None,
        max_length=300,
        pattern=r"^https?://[^/\s]+$",
        description="The page's origin, when a server asks for it; else the request's own.",
        examples=["https://school.example"],
    )


class TicketAnswer(BaseModel):
    """A credential for one socket."""

    ticket: str
    subprotocol: str = Field(
        description="Offer it beside `tutor.v1` when opening the socket.",
        examples=["tutor.ticket.3q2-7w"],
    )
    expires_in: int = Field(description="Seconds.", examples=[30])


@router.post(
    "/token",
    summary="Log in, or continue a login",
    responses=problems(400, 403, 422, 429, 503),
    response_model_exclude_none=True,
)
async def token(
    request: Request,
    response: Response,
    services: Here,
    grant_type: Annotated[Literal["password", "refresh_token"], Form()],
    username: Annotated[str | None, Form(max_length=320, description="The e-mail address.")] = None,
    password: Annotated[str | None, Form(max_length=MAX_PASSWORD)] = None,
    refresh_token: Refresh = None,
    cookie: RefreshCookie = None,
    device: DeviceCookie = "",
) -> TokenAnswer:
    """OAuth2 password form, or a refresh token for the next pair.

    A refresh token is good once. When it comes again within a few seconds, because an answer got
    lost or two tabs asked at once, it brings the same next one; later the whole login is ended: the
    token was stolen. It is also set as an HttpOnly cookie, so that a page need not keep it.
    """
    async with address_try(request, services, grant_type):
        if grant_type == "password":
            if not username or not password:
                raise _incomplete()
            email = _address(username)
            known = services.devices.name(device, email)
            tries = password_tries(request, services.settings, email, known)
            user, login, refresh = await _log_in(services, email, password, tries)
            _set_cookie(request, response, DEVICE, services.devices.remember(device, email))
        else:
            user, login, refresh = await _continue(services, refresh_token or cookie or "")
    _set_cookie(request, response, COOKIE, refresh, services.settings.refresh_token_days)
    from_cookie = grant_type == "refresh_token" and refresh_token is None
    return TokenAnswer(
        access_token=services.tokens.sign(user.id, login.id, user.generation),
        expires_in=services.tokens.life_s,
        refresh_token=None if from_cookie else refresh,
    )


async def _log_in(
    services: Services, email: str, password: str, tries: Sequence[Counted]
) -> tuple[User, Login, str]:
    user = await check_password(services, email, password, tries)
    if user is None:
        raise wrong_password()
    try:
        return user, *await anyio.to_thread.run_sync(services.accounts.open_login, user)
    except LookupError as error:
        raise wrong_password() from error


def _address(username: str) -> str:
    """An e-mail address in the one form of several in which a registration keeps it."""
    try:
        return canonical(validate_email(canonical(username))[1])
    except PydanticCustomError:  # nobody's; without NUL, which the database leaves out, too
        return canonical(username.replace("\0", ""))


async def _continue(services: Services, refresh: str) -> tuple[User, Login, str]:
    found = await anyio.to_thread.run_sync(services.accounts.continue_login, refresh)
    if found is None:
        raise invalid_grant("the refresh token is not valid, or not any more")
    return found


async def check_password(
    services: Services, email: str, password: str, tries: Sequence[Counted]
) -> User | None:
    """The user with this address and password, or None; as often as may be tried.

    Raises:
        Problem: 429, or 503 when nothing can be counted.
    """
    async with counted_tries(services, tries) as be_right:
        user = await anyio.to_thread.run_sync(
            partial(services.accounts.check, email, password), limiter=services.password_checks
        )
        if user is not None:
            be_right()
    return user


def _incomplete() -> Problem:
    """The answer to a login without its parts (RFC 6749, 5.2)."""
    detail = "username and password are needed"
    return Problem(400, "invalid_request", detail, error="invalid_request")


def wrong_password() -> Problem:
    """The answer to a login that may not begin."""
    return invalid_grant("the e-mail address or the password is wrong")


def invalid_grant(detail: str) -> Problem:
    """The answer to a wrong password or token (RFC 6749, 5.2)."""
    return Problem(400, "invalid_grant", detail, error="invalid_grant")


@router.post(
    "/logout", status_code=204, summary="End a login", responses=problems(400, 401, 403, 422)
)
def logout(
    response: Response,
    services: Here,
    caller: LoggedIn,
    everywhere: Annotated[bool, Form(description="All logins of the account.")] = False,
) -> None:
    """Ends the login that the access token belongs to: its tokens are void from now on, its open
    sockets are closed with 4401."""
    assert caller.user is not None
    assert caller.grant is not None
    if everywhere:
        services.accounts.close_logins(caller.user)
    else:
        services.accounts.close_login(caller.grant)
    services.recheck()
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="strict")


@router.post(
    "/tickets",
    status_code=201,
    summary="Get a ticket for one socket",
    responses=problems(400, 401, 422, 429, 503),
)
async def tickets(
    request: Request, services: Here, caller: Member, wish: TicketWish | None = None
) -> TicketAnswer:
    """Gives a ticket. A browser cannot set headers on a WebSocket; it offers the ticket as a
    subprotocol instead. A ticket is good once, for half a minute, and for a page of the origin that
    asked for it. When the day's audio is used up there is none: a browser would not learn why its
    socket is refused."""
    left = await anyio.to_thread.run_sync(allowance, services, caller)
    if left.is_exhausted:
        raise exhausted(left)
    origin = wish.origin if wish and wish.origin else request.headers.get("origin", "")
    life_s = services.settings.ticket_s
    try:
        ticket = await issue_ticket(services.store, caller, origin, life_s)
    except StoreError as error:
        raise unavailable() from error
    return TicketAnswer(ticket=ticket, subprotocol=SUBPROTOCOL + ticket, expires_in=life_s)


def _set_cookie(
    request: Request, response: Response, name: str, value: str, days: int = DEVICE_DAYS
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=days * 86_400,
        path=COOKIE_PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
