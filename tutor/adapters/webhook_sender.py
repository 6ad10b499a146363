"""Webhooks as in the Standard Webhooks specification, sent where it is safe to send.

The address is looked up once, checked, and connected to: a name that answers differently the second
time (DNS rebinding) gains nothing. Redirects are not followed, the answer's body is not read.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

from tutor.core.files.webhook import MAX_URL, WebhookError, is_public

SECRET_PREFIX = "whsec_"  # noqa: S105 - the specification's prefix of secrets
SECRET_BYTES = 24
LEAST_SECRET_BYTES, MOST_SECRET_BYTES = 24, 64
"""The specification's bounds of a secret, in bytes."""


PORTS = {"https": 443, "http": 80}
MOST_ADDRESSES = 2
"""The most addresses of one name that are tried, each for its share of the time."""


class DeliveryError(Exception):
    """The receiver did not take the webhook; the message is one line."""


def new_webhook_secret() -> str:
    """A new secret for signing webhooks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_secret(secret: str) -> None:
    """Refuse a secret that the receiver's library could not use.

    Raises:
        WebhookError: it is not `whsec_` and 24 to 64 bytes in base64.
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not (
        secret.startswith(SECRET_PREFIX) and LEAST_SECRET_BYTES <= len(key) <= MOST_SECRET_BYTES
    ):
        raise WebhookError(
            f"webhook_secret must be {SECRET_PREFIX} and {LEAST_SECRET_BYTES} to "
            f"{MOST_SECRET_BYTES} bytes in base64"
        )


def check_url(url: str, *, allow_private: bool) -> tuple[str, str, int]:
    """Scheme, host and port of a callback URL.

    Raises:
        WebhookError: the URL is malformed, not https, or holds a user or a password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise WebhookError("callback_url is not a URL") from error
    if len(url) > MAX_URL or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise WebhookError("callback_url is not a URL")
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise WebhookError("callback_url must begin with https://")
    if parts.username is not None or parts.password is not None:
        raise WebhookError("callback_url must not hold a user or a password")
    return parts.scheme, host, port or PORTS[parts.scheme]


class WebhookSender:
    """Delivers webhooks; safe to share between threads. `timeout_s`: for a whole delivery."""

    def __init__(self, *, allow_private: bool, timeout_s: float) -> None:
        self._allow_private = allow_private
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()

    def send(self, url: str, secret: str, message: str, body: str) -> None:
        """Deliver a JSON body once; `message` is its id, the same in every try.

        Raises:
            DeliveryError: it did not arrive, or the receiver did not answer with 2xx.
            WebhookError: it may not go to this address.
        """
        check_url(url, allow_private=self._allow_private)
        now = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "voice-tutor",
            "webhook-id": message,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message, now, body),
        }
        try:
            status = self._post(url, headers, body)
        except (OSError, HTTPException) as error:
            raise DeliveryError(f"{type(error).__name__}: {error}"[:200]) from error
        if not 200 <= status < 300:
            raise DeliveryError(f"the receiver answered with {status}")

    def _post(self, url: str, headers: dict[str, str], body: str) -> int:
        """Send the request to an address that was checked; return the status."""
        scheme, host, port = check_url(url, allow_private=self._allow_private)
        connection = HTTPConnection(host, port)
        connection.default_port = PORTS[scheme]
        addresses = self._resolve(host, port)
        # A receiver that answers a byte at a time keeps every single wait short.
        timer = threading.Timer(self._timeout_s, _hang_up, [connection])
        timer.daemon = True
        timer.start()
        try:
            connection.sock = plain = self._connect(addresses)
            if scheme == "https":
                connection.sock = self._tls.wrap_socket(plain, server_hostname=host)
            connection.request("POST", _target(url), body.encode(), headers)
            return connection.getresponse().status
        finally:
            timer.cancel()
            connection.close()

    def _resolve(self, host: str, port: int) -> list[tuple[int, Any]]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise DeliveryError(f"{host} has no address") from error
        # All of them: a name that is partly private is nobody's to have.
        if not self._allow_private and not all(is_public(str(ip[4][0])) for ip in found):
            raise WebhookError(f"{host} is not a public address")
        return [(family, address) for family, _, _, _, address in found]

    def _connect(self, addresses: list[tuple[int, Any]]) -> socket.socket:
        """A connection to the first address that accepts one."""
        failure: OSError | None = None
        for family, address in addresses[:MOST_ADDRESSES]:
            plain = socket.socket(family, socket.SOCK_STREAM)
            plain.settimeout(self._timeout_s / MOST_ADDRESSES)
            try:
                plain.connect(address)
            except OSError as error:
                plain.close()
                failure = error
            else:
                plain.settimeout(self._timeout_s)
                return plain
        raise failure or DeliveryError("the name has no address")


def _hang_up(connection: HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
