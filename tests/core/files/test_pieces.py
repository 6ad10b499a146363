"""A piece in flight, from its first sending to its last answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.file_work import heard, piece
from tutor.core.audio.recognition import Recognition
from tutor.core.files.pieces import Flight, Step, Taker

LEASE_S = 10.0
"""Seconds without a sign of life after which a worker is dead."""

TIMES = st.floats(0, 10_000)

SIGNS = st.lists(st.tuples(st.sampled_from(Taker), st.floats(0, 6)), max_size=30)


def sent(now: float = 0.0, *, is_heard: bool = False) -> Flight:
    """A piece that was sent to a worker; `is_heard`: to have it assessed."""
    flight = Flight(piece(0), bytes(8))
    flight.receive_sent(now)
    if is_heard:
        flight.receive_recognition(heard(0))
        flight.receive_sent(now)
    return flight


# ---------------------------------------------------------------- the steps


@given(st.lists(st.integers(0, 10_000), unique=True))
def test_pieces_of_a_recording_have_names_of_their_own(indices: list[int]) -> None:
    """An answer that names a piece can be of no other."""
    names = {Flight(piece(index), b"").utterance for index in indices}
    assert len(names) == len(indices)


def test_a_new_piece_is_sent_to_be_recognised() -> None:
    """Nothing is known of it, and nobody owes an answer."""
    flight = Flight(piece(3), bytes(8))
    assert (flight.step, flight.is_due, flight.attempt) == (Step.RECOGNITION, True, 1)
    assert not flight.is_overdue(now=1e9, heard_at=0.0, after_s=0.0)


@given(st.integers(0, 5), TIMES)
def test_an_assessment_has_its_attempts_to_itself(retries: int, now: float) -> None:
    """However often a piece was recognised before it worked, its assessment begins with the
    first attempt, is due, and is owed by nobody yet."""
    flight = sent(now)
    for _ in range(retries):
        flight.begin_again()
        flight.receive_sent(now)
    flight.receive_recognition(heard(0))
    assert (flight.step, flight.attempt, flight.is_due) == (Step.ASSESSMENT, 1, True)
    assert not flight.is_overdue(now + 1e6, now, after_s=60.0)


def test_silence_is_assessed_too() -> None:
    """What counts is that a worker has answered, not that it has understood anything."""
    flight = sent()
    flight.receive_recognition(Recognition("", "auto"))
    assert flight.step is Step.ASSESSMENT


@given(st.lists(st.booleans(), max_size=20))
def test_only_a_new_attempt_counts_as_one(retries: list[bool]) -> None:
    """A piece that the store did not take is sent again as the same attempt."""
    flight, attempts = Flight(piece(0), b""), 1
    for is_retry in retries:
        if is_retry:
            flight.begin_again()
            attempts += 1
            assert flight.is_due
        else:
            flight.receive_sent(now=1.0)
            assert not flight.is_due
    assert flight.attempt == attempts


# ---------------------------------------------------------------- waiting


@given(TIMES, TIMES, TIMES, TIMES)
def test_a_piece_is_overdue_by_the_later_of_two_times(
    sent_at: float, heard_at: float, now: float, after_s: float
) -> None:
    """Neither a piece that was sent just now nor one beside which others come back is overdue."""
    expected = now - sent_at > after_s and now - heard_at > after_s
    assert sent(sent_at).is_overdue(now, heard_at, after_s) == expected


@given(TIMES, TIMES, TIMES, st.floats(0, 100))
def test_what_is_overdue_stays_so_until_something_happens(
    sent_at: float, heard_at: float, now: float, later_s: float
) -> None:
    """Time alone never makes a lost piece one that is waited for."""
    flight = sent(sent_at)
    was_overdue = flight.is_overdue(now, heard_at, 60.0)
    assert flight.is_overdue(now + later_s, heard_at, 60.0) >= was_overdue
    flight.receive_sent(now + later_s)
    assert not flight.is_overdue(now + later_s, heard_at, 60.0)


def test_exactly_the_time_is_not_too_long() -> None:
    """A piece may take as long as the limit says."""
    assert not sent(100.0).is_overdue(160.0, 0.0, after_s=60.0)
    assert sent(100.0).is_overdue(160.1, 0.0, after_s=60.0)


# ---------------------------------------------------------------- orphans


def test_a_piece_dies_when_its_worker_has_been_dead_for_the_lease() -> None:
    """The first look that finds no sign of life starts the clock, and the lease's end counts."""
    flight = sent()
    assert not flight.is_orphan(Taker.DEAD, 100.0, LEASE_S)
    assert not flight.is_orphan(Taker.DEAD, 109.9, LEASE_S)
    assert flight.is_orphan(Taker.DEAD, 110.0, LEASE_S)


@pytest.mark.parametrize("sign", [Taker.ALIVE, Taker.NONE])
def test_a_sign_of_life_starts_the_wait_anew(sign: Taker) -> None:
    """A worker that was busy for a while, or a queue that has the piece again, is given the whole
    lease once more."""
    flight = sent()
    assert not flight.is_orphan(Taker.DEAD, 0.0, LEASE_S)
    assert not flight.is_orphan(sign, 9.0, LEASE_S)
    assert not flight.is_orphan(Taker.DEAD, 11.0, LEASE_S)
    assert flight.is_orphan(Taker.DEAD, 21.0, LEASE_S)


def test_a_piece_that_is_sent_again_has_another_worker() -> None:
    """What was known of the dead one says nothing about the next."""
    flight = sent()
    assert not flight.is_orphan(Taker.DEAD, 0.0, LEASE_S)
    flight.begin_again()
    flight.receive_sent(9.0)
    assert not flight.is_orphan(Taker.DEAD, 11.0, LEASE_S)


@given(SIGNS)
def test_an_orphan_is_one_whose_last_looks_all_found_it_dead(
    signs: list[tuple[Taker, float]],
) -> None:
    """Whatever was seen before, what counts are the looks since the last sign of life."""
    flight, now = sent(), 0.0
    dead_since: float | None = None
    for taker, wait_s in signs:
        now += wait_s
        dead_since = (now if dead_since is None else dead_since) if taker is Taker.DEAD else None
        expected = dead_since is not None and now - dead_since >= LEASE_S
        assert flight.is_orphan(taker, now, LEASE_S) == expected


@given(SIGNS)
def test_an_assessment_is_never_an_orphan(signs: list[tuple[Taker, float]]) -> None:
    """Its queue hands it to another worker by itself, so it must not be sent twice."""
    flight, now = sent(is_heard=True), 0.0
    for taker, wait_s in signs:
        now += wait_s
        assert not flight.is_orphan(taker, now, LEASE_S)


def test_a_dead_recogniser_is_forgotten_by_the_assessment() -> None:
    """A late answer of a worker that looked dead ends the wait for it."""
    flight = sent()
    assert not flight.is_orphan(Taker.DEAD, 0.0, LEASE_S)
    flight.receive_recognition(heard(0))
    flight.receive_sent(5.0)
    assert not flight.is_orphan(Taker.DEAD, 1_000.0, LEASE_S)
