"""How many messages a client may send."""

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.admission.brake import MINUTE_S, Brake


def test_a_minutes_messages_may_come_at_once_and_no_more() -> None:
    """The next one has to wait for the time of one."""
    brake = Brake(60, now=5.0)
    assert [brake.admits(5.0) for _ in range(62)] == [True] * 60 + [False] * 2
    assert brake.hold_s(5.0) == 1.0
    assert brake.hold_s(6.0) == 0.0
    assert brake.admits(6.0)


@given(st.integers(1, 300), st.lists(st.floats(0, 30), max_size=100))
def test_in_no_minute_there_are_more_than_two_minutes_worth(
    per_minute: int, pauses: list[float]
) -> None:
    """What was saved up, and what came to it: however they are spread."""
    brake, now, taken = Brake(per_minute, now=0.0), 0.0, list[float]()
    for pause in pauses:
        now += pause
        taken += [now for _ in range(7) if brake.admits(now)]
    for begin in taken:
        within = sum(begin <= at < begin + MINUTE_S for at in taken)
        assert within <= 2 * per_minute


@given(st.integers(1, 300), st.lists(st.floats(0.5, 30), max_size=60))
def test_who_waits_as_told_is_never_refused_twice_in_a_row(
    per_minute: int, pauses: list[float]
) -> None:
    """What is read after the hold is admitted."""
    brake, now = Brake(per_minute, now=0.0), 0.0
    for pause in pauses:
        now += pause / per_minute
        if not brake.admits(now):
            now += brake.hold_s(now) + 1e-6
            assert brake.admits(now)
