import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.files.webhook import LONGEST_WAIT_S, is_public, wait_s

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - refused
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "fec0::1",
    "feff::1",
    "192.88.99.1",
    "192.88.99.255",
    "3fff::1",
    "3fff:fff::1",
    "64:ff9b:1::8.8.8.8",
    "5f00::1",
    "100:0:0:1::1",
    "2001:db8::1",
    "2001:470:1::5efe:10.0.0.1",
    "2001:470:1::200:5efe:192.168.1.1",
    "198.18.0.1",
    "192.0.2.1",
    "::10.0.0.1",
    "::ffff:192.88.99.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_public(address: str) -> None:
    """Loopback, private, link-local, multicast, and IPv4 of that kind dressed as IPv6."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "192.88.98.1",
        "192.88.100.1",
        "2a00::1",
        "2001:470:1::5efe:8.8.8.8",
    ],
)
def test_a_public_address_is_public(address: str) -> None:
    """What the internet routes may be called."""
    assert is_public(address)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_grow_to_an_hour(tries: int, chance: float) -> None:
    """Each wait is within half and all of its bound, which doubles from 5 s up to an hour."""
    bound = min(LONGEST_WAIT_S, 5.0 * 2.0 ** min(tries - 1, 100))
    assert bound / 2 <= wait_s(tries, chance) <= bound
