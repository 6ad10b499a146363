import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.admission.connections import Connections, Entry, Networks, household

FULL, ADDRESS_FULL, ADMITTED = Entry.FULL, Entry.ADDRESS_FULL, Entry.ADMITTED


def test_an_address_has_its_share_and_a_proxy_speaks_for_many() -> None:
    """One more of an address stays out until one leaves; what has no address is not counted."""
    connections = Connections(most=10, most_of_address=2)
    entries = [connections.enter(number, "192.0.2.1")[0] for number in (1, 2, 3)]
    assert entries == [ADMITTED, ADMITTED, ADDRESS_FULL]
    assert connections.enter(4, "192.0.2.2")[0] is ADMITTED
    assert [connections.enter(number, None)[0] for number in (5, 6, 7)] == [ADMITTED] * 3
    connections.leave(1)
    connections.leave(3)  # was never in
    assert connections.enter(8, "192.0.2.1")[0] is ADMITTED
    assert connections.enter(9, "192.0.2.1")[0] is ADDRESS_FULL


def test_who_waits_for_longest_gives_way() -> None:
    """Of those that ask for nothing; one at work does not, until it was answered."""
    connections = Connections(most=3, most_of_address=0)
    for number in (1, 2, 3):
        assert connections.enter(number, "192.0.2.1") == (ADMITTED, None)
    connections.work(1)
    assert connections.enter(4, "192.0.2.2") == (ADMITTED, 2)
    assert len(connections) == 3
    connections.wait(1)
    assert connections.enter(5, "192.0.2.2") == (ADMITTED, 3)
    for number in (1, 4, 5):
        connections.work(number)
    assert connections.enter(6, "192.0.2.2") == (FULL, None)
    connections.wait(2)  # is gone
    assert connections.enter(6, "192.0.2.2") == (FULL, None)
    assert len(connections) == 3


def test_nobody_gives_way_to_an_address_that_has_its_share() -> None:
    """Who may not come drops no one."""
    connections = Connections(most=2, most_of_address=1)
    connections.enter(1, "192.0.2.1")
    connections.enter(2, "192.0.2.2")
    assert connections.enter(3, "192.0.2.2") == (ADDRESS_FULL, None)
    assert connections.enter(4, "192.0.2.3") == (ADMITTED, 1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["enter", "leave", "work", "wait"]),
            st.integers(1, 6),
            st.sampled_from(["192.0.2.1", "192.0.2.2", None]),
        )
    )
)
def test_limits_hold_whatever_comes_and_goes(steps: list[tuple[str, int, str | None]]) -> None:
    """Never more than there may be, of all and of an address; when all are gone nothing is kept."""
    connections, inside = Connections(4, 2), dict[int, str | None]()
    for step, number, address in steps:
        if step == "enter" and number not in inside:
            entry, gives_way = connections.enter(number, address)
            if gives_way is not None:
                del inside[gives_way]
            if entry is ADMITTED:
                inside[number] = address
        elif step != "enter":
            getattr(connections, step)(number)
            inside.pop(number) if step == "leave" and number in inside else None
        assert len(connections) == len(inside) <= 4
        assert list(inside.values()).count("192.0.2.1") <= 2
    for number in list(inside):
        connections.leave(number)
    assert len(connections) == 0
    assert vars(connections)["_waiting"] == vars(connections)["_addresses"] == {}


@pytest.mark.parametrize(
    ("address", "among"),
    [
        ("10.0.0.5", True),
        ("10.0.1.5", False),
        ("172.16.3.4", True),
        ("2001:db8::7", True),
        ("proxy", False),
        ("", False),
    ],
)
def test_addresses_are_told_by_themselves_or_their_network(address: str, among: bool) -> None:
    """A word among them is nobody's address; a star is everybody's."""
    named = ("10.0.0.5", "172.16.0.0/12", "2001:db8::/32", "proxy")
    assert (address in Networks(named)) is among
    assert address in Networks(("*",))


def test_a_household_counts_as_one() -> None:
    """Of IPv6 the network; an IPv4 address in IPv6's clothes is itself."""
    told = [household(address) for address in ("2001:db8::1:2:3:4", "::ffff:192.0.2.1", "x")]
    assert told == ["2001:db8::", "192.0.2.1", "x"]
