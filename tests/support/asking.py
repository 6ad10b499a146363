"""HTTP to servers of the tests.

A client of its own accord reads all certificates that this machine trusts: 50 ms for each, though
nobody here is asked over TLS, and some are asked twenty times a second.
"""

import ssl
from collections.abc import Mapping
from typing import Any

import httpx2

from tests.support.house import SOON_S

TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def client(url: str, headers: Mapping[str, str] | None = None) -> httpx2.Client:
    """A client of a server."""
    return httpx2.Client(base_url=url, headers=headers, timeout=SOON_S, verify=TRUSTING_NOBODY)


def request(method: str, url: str, **options: Any) -> httpx2.Response:
    """The answer to one request."""
    return httpx2.request(method, url, verify=TRUSTING_NOBODY, **{"timeout": SOON_S, **options})


def get(url: str, **options: Any) -> httpx2.Response:
    """The answer to GET."""
    return request("GET", url, **options)


def post(url: str, **options: Any) -> httpx2.Response:
    """The answer to POST."""
    return request("POST", url, **options)


def put(url: str, **options: Any) -> httpx2.Response:
    """The answer to PUT."""
    return request("PUT", url, **options)


def delete(url: str, **options: Any) -> httpx2.Response:
    """The answer to DELETE."""
    return request("DELETE", url, **options)
