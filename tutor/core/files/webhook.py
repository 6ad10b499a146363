"""Webhooks: where they may go, and when they are tried again."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0

WebhookState = Literal["waiting", "due", "delivered", "failed"]
"""How far a webhook is; `waiting`: its job is not at its end."""

MAX_URL = 2000
"""Characters of the longest webhook address."""


ISATAP = (b"\0\0\x5e\xfe", b"\2\0\x5e\xfe")
"""What stands before an IPv4 address that an IPv6 one leads to (RFC 5214)."""

NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "192.88.99.0/24",  # relays of 6to4, given up (RFC 7526)
        "64:ff9b:1::/48",  # NAT64 of a site's own (RFC 8215)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segments of a network's own (RFC 9602)
        "fec0::/10",  # site-local, given up (RFC 3879)
        "100:0:0:1::/64",  # a dummy prefix (RFC 9780)
    )
)
"""IANA's special-purpose addresses that Python's versions know differently, or not at all."""


class WebhookError(Exception):
    """An address that no webhook may go to; the message is one line."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet.

    Not public: loopback, private, link-local (cloud metadata), multicast, reserved, nor an IPv4
    address wrapped in IPv6 (mapped, 6to4, Teredo, NAT64, ISATAP) that is not public itself.
    """
    ip = ip_address(address.partition("%")[0])
    inner = _inner(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    if isinstance(ip, IPv6Address) and ip.packed[8:12] in ISATAP:
        return is_public(str(IPv4Address(ip.packed[12:]))) and ip.is_global
    if any(ip in network for network in NOT_PUBLIC):
        return False
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
