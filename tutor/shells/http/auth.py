"""Authentication over HTTP: the dependencies that the routes of the API declare."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer
from starlette.requests import HTTPConnection

from tutor.adapters.secrets.secrets import KEY_PREFIX, is_ours
from tutor.adapters.secrets.tokens import TokenError
from tutor.core.accounts.principal import GUEST, Principal
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services

_token = OAuth2PasswordBearer(
    "/v1/token",
    refreshUrl="/v1/token",
    auto_error=False,
    description="An access token of `POST /v1/token`.",
)
_key = HTTPBearer(
    scheme_name="ApiKey", auto_error=False, description="An API key of `POST /v1/keys`."
)


async def services_of(connection: HTTPConnection) -> Services:
    """The services of the gateway that serves a connection."""
    services: Services = connection.app.state.services
    return services


Here = Annotated[Services, Depends(services_of)]


def authenticate(
    services: Here,
    token: Annotated[str | None, Depends(_token)],
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_key)],
) -> Principal:
    """The caller, by the credential of the request.

    Raises:
        Problem: 401, when the credential is missing or not valid.
    """
    return identify(services, token)


Caller = Annotated[Principal, Depends(authenticate)]


def authenticate_openai(
    services: Here,
    token: Annotated[str | None, Depends(_token)],
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_key)],
) -> Principal:
    """The caller of a route for OpenAI's clients, which cannot do without some key.

    Where guests are admitted, a key that cannot be one of ours is that of a guest.

    Raises:
        Problem: 401, when the credential is missing or not valid.
    """
    return identify(services, token if token and is_ours(token) else None)


OpenAICaller = Annotated[Principal, Depends(authenticate_openai)]


def member(caller: Caller) -> Principal:
    """A caller with an account.

    Raises:
        Problem: 401, the caller is a guest.
    """
    if caller.is_guest:
        raise unauthenticated("an account is needed: send an access token or an API key")
    return caller


Member = Annotated[Principal, Depends(member)]


def logged_in(caller: Member) -> Principal:
    """A caller who has logged in, not a server with an API key: what a leaked key must not do.

    Raises:
        Problem: 401 or 403.
    """
    if caller.credential != "access_token":
        raise Problem(403, "login_needed", "an API key may not do this: log in")
    return caller


LoggedIn = Annotated[Principal, Depends(logged_in)]


def identify(services: Services, token: str | None) -> Principal:
    """The principal of an access token or an API key; blocks.

    Raises:
        Problem: 401, when the credential is missing where it is needed, or not valid.
    """
    if not token:
        if services.settings.accounts == "required":
            raise unauthenticated("this server needs an access token or an API key")
        return GUEST
    try:
        if token.startswith(KEY_PREFIX):
            return services.accounts.by_key(token)
        found = services.tokens.read(token)
        return services.accounts.by_login(
            found.user, found.login, found.generation, found.expires_at
        )
    except (TokenError, LookupError) as error:
        raise invalid_token("the token or key is not valid, or not any more") from error


def unauthenticated(detail: str) -> Problem:
    """The answer to a request without a credential (RFC 6750, 3)."""
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": "Bearer"})


def invalid_token(detail: str) -> Problem:
    """The answer to a request whose credential is not valid (RFC 6750, 3.1)."""
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return Problem(401, "unauthenticated", detail, headers=headers)


def bearer_of(connection: HTTPConnection) -> str | None:
    """The token of a connection's Authorization header; None without one."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
