"""How many may come in, and who gives way."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tutor.core.admission.seats import Seats

MOST, MOST_DETACHED, MOST_OF_GUESTS = 5, 3, 2


def test_nobody_gets_a_seat_beyond_the_last() -> None:
    """Sixty that come at once get what there is."""
    seats = Seats(MOST, MOST_DETACHED, MOST_OF_GUESTS)
    assert [seats.take(str(n)) for n in range(60)] == [True] * 5 + [False] * 55
    seats.leave("0")
    assert seats.take("again")
    assert not seats.take("one more")


def test_a_broken_connection_gives_its_seat_to_others() -> None:
    """It waits for its client without keeping anybody out."""
    seats = Seats(1, MOST_DETACHED, MOST_OF_GUESTS)
    for n in range(3):
        assert seats.take(str(n))
        assert seats.detach(str(n)) is None
    assert len(seats) == 0


def test_the_session_that_waits_for_longest_gives_way() -> None:
    """There is room for three that wait; the fourth takes the place of the first."""
    seats = Seats(MOST, MOST_DETACHED, MOST_OF_GUESTS)
    for n in range(3):
        assert seats.detach(str(n)) is None
    assert seats.detach("3") == "0"
    seats.leave("1")  # its client is back
    assert seats.detach("4") is None
    assert seats.detach("5") == "2"


def test_where_none_may_wait_a_broken_connection_is_the_end() -> None:
    """The one that would wait gives way itself."""
    assert Seats(MOST, 0, MOST_OF_GUESTS).detach("0") == "0"


def test_an_address_has_its_share_of_guests() -> None:
    """Other addresses are not kept out by it, and it may come again for each that leaves."""
    seats = Seats(MOST, MOST_DETACHED, MOST_OF_GUESTS)
    assert [seats.take_as_guest(str(n), "192.0.2.1") for n in range(3)] == [True, True, False]
    assert seats.take_as_guest("other", "192.0.2.2")
    seats.leave("0")
    assert seats.take_as_guest("3", "192.0.2.1")
    assert seats.detach("1") is None  # it is not open any more
    assert seats.take_as_guest("4", "192.0.2.1")


def test_without_a_limit_any_number_of_guests_may_come() -> None:
    """A proxy that hides the addresses needs none."""
    seats = Seats(MOST, MOST_DETACHED, 0)
    assert all(seats.take_as_guest(str(n), "192.0.2.1") for n in range(100))


SEATS = st.integers(0, 11).map(str)


class Gateway(RuleBasedStateMachine):
    """Sockets come, break and leave in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.seats = Seats(MOST, MOST_DETACHED, MOST_OF_GUESTS)
        self.open: set[str] = set()
        self.waiting: list[str] = []
        self.guests: dict[str, str] = {}

    @rule(seat=SEATS)
    def come(self, seat: str) -> None:
        """Somebody comes, unless they are here."""
        if seat in self.open or seat in self.waiting:
            return
        assert self.seats.take(seat) == (len(self.open) < MOST)
        if len(self.open) < MOST:
            self.open.add(seat)

    @rule(seat=SEATS, address=st.sampled_from("ab"))
    def be_a_guest(self, seat: str, address: str) -> None:
        """Somebody who is here proves to be a guest."""
        if seat not in self.open or seat in self.guests:
            return
        has_room = Counter(self.guests.values())[address] < MOST_OF_GUESTS
        assert self.seats.take_as_guest(seat, address) == has_room
        if has_room:
            self.guests[seat] = address

    @rule(seat=SEATS)
    def break_off(self, seat: str) -> None:
        """A connection breaks."""
        if seat not in self.open:
            return
        self.open.discard(seat)
        self.guests.pop(seat, None)
        self.waiting.append(seat)
        expected = self.waiting.pop(0) if len(self.waiting) > MOST_DETACHED else None
        assert self.seats.detach(seat) == expected

    @rule(seat=SEATS)
    def leave(self, seat: str) -> None:
        """Somebody leaves, or the session of one that waits goes on elsewhere."""
        self.open.discard(seat)
        self.guests.pop(seat, None)
        if seat in self.waiting:
            self.waiting.remove(seat)
        self.seats.leave(seat)

    @invariant()
    def counts(self) -> None:
        """Nothing is lost or counted twice."""
        assert len(self.seats) == len(self.open)


TestGateway = Gateway.TestCase
