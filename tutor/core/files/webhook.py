"""Webhooks: where they may go, and when they are tried again."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0

WebhookState = Literal["waiting", "due", "delivered", "failed"]
"""How far a webhook is; `waiting`: its job is not at its end."""

MAX_URL = 2000
"""Characters of the longest webhook address."""


class WebhookError(Exception):
    """An address that no webhook may go to; the message is one line."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet.

    Not public: loopback, private, link-local (cloud metadata), multicast, reserved, nor an IPv4
    address wrapped in IPv6 (mapped, 6to4, Teredo, NAT64) that is not public itself.
    """
    ip = ip_address(address.partition("%")[0])
    inner = _inner(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _inner(ip: IPv6Address) -> IPv4Address | None:
    if ip.packed[:12] == bytes.fromhex("0064ff9b0000000000000000"):  # RFC 6052
        return IPv4Address(ip.packed[12:])
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def wait_s(tries: int, chance: float) -> float:
    """Seconds to wait after so many failed deliveries.

    The wait doubles up to an hour. `chance`, 0 to 1, draws from its upper half, so that receivers
    that come back do not get all deliveries at once.
    """
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(tries - 1, 20))
    return longest * (0.5 + 0.5 * chance)
