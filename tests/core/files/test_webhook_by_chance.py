"""Where webhooks go and when, for addresses and numbers nobody thought of."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tutor.core.files.webhook import is_public, wait_s

PRIVATE = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/8",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
]
"""Networks that the internet does not route; IPv6 that wraps IPv4 is judged by the IPv4."""

NAT64 = int(IPv6Address("64:ff9b::"))

WRAPPED: dict[str, Callable[[int], int]] = {
    "mapped": lambda v4: 0xFFFF << 32 | v4,
    "6to4": lambda v4: 0x2002 << 112 | v4 << 80 | 1,
    "teredo": lambda v4: 0x20010000 << 96 | v4 ^ 0xFFFFFFFF,
    "NAT64": lambda v4: NAT64 | v4,
}
"""How an IPv4 address is written as IPv6; Teredo has its bits turned around."""

V4 = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("network", PRIVATE)
@given(data=st.data())
def test_no_address_of_a_private_network_is_public(network: str, data: st.DataObject) -> None:
    """From the first to the last address, with a zone or without."""
    block = ip_network(network)
    address = block[data.draw(st.integers(0, block.num_addresses - 1))]
    assume(int(address) >> 32 not in (0xFFFF, NAT64 >> 32))
    assert not is_public(str(address))


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
@given(v4=V4 | st.sampled_from([0x7F000001, 0x0A000001, 0xA9FEA9FE, 0x08080808]))
def test_a_wrapped_address_is_as_public_as_what_it_wraps(
    wrap: Callable[[int], int], v4: int
) -> None:
    """No way to write an IPv4 address as IPv6 leads to a place that the IPv4 does not lead to."""
    assert is_public(str(IPv6Address(wrap(v4)))) == is_public(str(IPv4Address(v4)))


@given(st.integers(0, 2**128 - 1), st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True))
def test_a_zone_makes_no_difference(v6: int, zone: str) -> None:
    """The interface behind `%` is this machine's matter, and no way around the check."""
    address = str(IPv6Address(v6))
    assert is_public(f"{address}%{zone}") == is_public(address)


@given(st.integers(0, 2**128 - 1))
def test_an_address_is_the_same_however_it_is_written(v6: int) -> None:
    """All digits or as few as possible, capitals or not: the same address, the same answer."""
    address = IPv6Address(v6)
    assert is_public(str(address)) == is_public(address.exploded) == is_public(str(address).upper())


@pytest.mark.parametrize(
    "name", ["", "localhost", "example.com", "127.1", "0x7f.1", "1.2.3.4:80", "[::1]", "010.0.0.1"]
)
def test_what_is_no_address_is_refused_not_guessed(name: str) -> None:
    """Names and the short forms that some libraries take are an error, never public."""
    with pytest.raises(ValueError, match="address"):
        is_public(name)


# ---------------------------------------------------------------- waiting


@given(st.integers(1, 1_000), st.floats(0, 1))
def test_waits_never_get_shorter(tries: int, chance: float) -> None:
    """A receiver that fails once more, with the same luck, is left alone at least as long."""
    assert wait_s(tries, chance) <= wait_s(tries + 1, chance)


@given(st.integers(1, 1_000), st.floats(0, 1), st.floats(0, 1))
def test_luck_spreads_deliveries_over_half_the_wait(tries: int, one: float, other: float) -> None:
    """The more chance the longer, and no two waits after as many tries are further apart than the
    shortest of them is long."""
    short, long = sorted((one, other))
    assert wait_s(tries, short) <= wait_s(tries, long)
    assert wait_s(tries, long) - wait_s(tries, short) <= wait_s(tries, 0.0)


def test_the_shortest_wait_of_a_try_follows_the_longest_of_the_one_before() -> None:
    """While waits double, those of two tries do not overlap."""
    bounds = [wait_s(tries, chance) for tries in range(1, 10) for chance in (0.0, 1.0)]
    assert bounds == sorted(bounds)
    assert bounds[:4] == [2.5, 5.0, 5.0, 10.0]


def test_a_day_of_failures_is_a_few_dozen_tries() -> None:
    """A receiver that is down for a day is neither flooded nor given up within minutes."""
    waited_s, tries = 0.0, 0
    while waited_s < 86_400:
        tries += 1
        waited_s += wait_s(tries, 0.5)
    assert 30 <= tries <= 50
