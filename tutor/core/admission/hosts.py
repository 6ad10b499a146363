"""The names by which a server may be asked.

A page of `evil.example` whose name was pointed at this server (DNS rebinding) is of the same origin
as what it asks, for its browser; only the name tells the two apart. An address in place of a name
cannot be pointed elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\s:/?#@\[\]\\]+)(?P<port>:\d{0,5})?", re.ASCII)

ANY = "*"
"""Among the names: every name is one of ours."""


class Hosts:
    """The names of one server: those of loopback, and others that it was given.

    `names`: names, addresses, `*.school.example` for all below one, `*` for all there are.
    `addresses`: whether it may be asked by any address, as a server for other machines.
    """

    def __init__(self, names: Iterable[str], *, addresses: bool) -> None:
        self._names = frozenset(filter(None, (_plain(name) for name in names)))
        self._addresses = addresses

    def __contains__(self, host: str) -> bool:
        """Whether a Host header, a name with or without a port, is one of ours."""
        name = name_of(host)
        if name is None:
            return False
        if name in self._names or ANY in self._names:
            return True
        address = _address(name)
        if address is None:
            return is_loopback_name(name) or any(
                f"*.{above}" in self._names for above in _above(name)
            )
        return address.is_loopback or (self._addresses and not address.is_unspecified)


def name_of(host: str) -> str | None:
    """The name in a Host header, in lower case and without port, brackets and the root's dot; None:
    it is none."""
    found = _HOST.fullmatch(host.lower())
    return _plain(found["name"]) or None if found else None


def is_loopback_name(name: str) -> bool:
    """Whether a name always means the asking machine itself (RFC 6761, 6.3)."""
    return name == "localhost" or name.endswith(".localhost")


def _plain(name: str) -> str:
    plain = name.strip().lower().removesuffix(".").removeprefix("[").removesuffix("]")
    address = _address(plain)
    return plain if address is None else str(address)  # of IPv6 there are many spellings


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(name)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _above(name: str) -> Iterable[str]:
    """The domains that a name is in."""
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(1, len(labels)))
