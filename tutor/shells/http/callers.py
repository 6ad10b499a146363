"""Who may ask at all: by a name of this server, and from no other site's page.

Starlette's TrustedHostMiddleware answers in plain text, keeps a coroutine for every socket, and
knows neither loopback's addresses nor that an address cannot be pointed elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from tutor.adapters.settings import Settings, comma_list
from tutor.core.admission.hosts import Hosts
from tutor.core.admission.origins import SAFE_METHODS, is_own_page
from tutor.shells.http.problems import Problem


def hosts_of(settings: Settings) -> Hosts:
    """The names by which the settings let the gateway be asked."""
    public = urlsplit(settings.public_url).hostname or ""
    names = {settings.host, public, *comma_list(settings.allowed_hosts)}
    return Hosts(names, addresses=not settings.is_loopback)


def is_allowed_origin(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the page that a connection comes from, if any, may act for our learner."""
    headers = connection.headers
    public = settings.public_url.rstrip("/").lower()
    others = comma_list(settings.allowed_origins) | ({public} if public else set())
    return is_own_page(
        headers.get("origin"), headers.get("sec-fetch-site"), headers.get("host", ""), others
    )


class AdmitCallers:
    """ASGI middleware: 421 for a request by a name that is none of ours, 403 for one that changes
    something and comes from another site's page. Which pages may open a socket is asked at its
    handshake; sockets go through without a coroutine that would stay with them."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = hosts_of(settings)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request or a socket on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return self._app(scope, receive, send)
        refusal = self._refusal(scope)
        through = self._app if refusal is None else refusal.response()
        return through(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        named = Headers(scope=scope).getlist("host")
        if len(named) > 1 or (not named and scope["http_version"] != "1.0"):
            return Problem(400, "bad_request", "a request has one Host")  # RFC 9112, 3.2
        if named and named[0] not in self._hosts:
            return unknown_host(named[0])
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            return None if is_allowed_origin(HTTPConnection(scope), self._settings) else foreign()
        return None


def unknown_host(host: str) -> Problem:
    """The answer to a request by a name that is none of ours (RFC 9110, 15.5.20)."""
    return Problem(
        421,
        "unknown_host",
        f"this server does not answer as {host[:100]!r}: who runs it names it in "
        "TUTOR_PUBLIC_URL or TUTOR_ALLOWED_HOSTS",
    )


def foreign() -> Problem:
    """The answer to what another site's page asks in its visitor's name."""
    return Problem(403, "foreign_origin", "pages of this origin may not do this here")
