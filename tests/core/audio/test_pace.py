from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.pace import Pace


def test_a_burst_may_come_at_once() -> None:
    """What a client gathered while it connected passes, and not a frame more."""
    pace = Pace(speed=2.0, burst_s=5.0)
    assert [pace.admits(1.0, now=10.0) for _ in range(6)] == [True] * 5 + [False]


def test_twice_real_time_passes_for_ever() -> None:
    """Audio at exactly the highest speed is never refused."""
    pace = Pace(speed=2.0, burst_s=1.0)
    assert all(pace.admits(0.5, now=0.25 * step) for step in range(10_000))


def test_more_than_twice_real_time_is_refused_soon() -> None:
    """Audio above the highest speed uses up the burst, then it is refused."""
    pace = Pace(speed=2.0, burst_s=1.0)
    admitted = [pace.admits(0.5, now=0.125 * step) for step in range(10)]
    assert admitted.index(False) == 3


def test_a_pause_saves_up_no_more_than_the_burst() -> None:
    """After a long silence the burst is whole again, but no larger."""
    pace = Pace(speed=2.0, burst_s=1.0)
    assert pace.admits(1.0, now=0.0)
    assert pace.admits(1.0, now=1_000.0)
    assert not pace.admits(0.1, now=1_000.0)


def test_the_clock_may_begin_anywhere() -> None:
    """The first frame finds the burst whole, whatever the time."""
    assert not Pace(2.0, 1.0).admits(1.1, now=1e9)
    assert Pace(2.0, 1.0).admits(1.0, now=-1e9)


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), max_size=50))
def test_never_more_than_the_speed_and_the_burst(frames: list[tuple[float, float]]) -> None:
    """Over any stretch of time, what passed is at most the burst and twice the time."""
    pace, now = Pace(speed=2.0, burst_s=1.0), 0.0
    admitted: list[tuple[float, float]] = []
    for audio_s, wait_s in frames:
        now += wait_s
        if not pace.admits(audio_s, now):
            break
        admitted.append((now, audio_s))
    for index, (since, _) in enumerate(admitted):
        assert sum(audio_s for _, audio_s in admitted[index:]) <= 1.0 + 2 * (now - since) + 1e-6


def test_who_waits_is_admitted() -> None:
    """After the time that a sender is told to wait its audio passes, and not much earlier."""
    pace = Pace(speed=2.0, burst_s=1.0)
    assert pace.wait_s(1.0, now=0.0) == 0
    assert pace.admits(1.0, now=0.0)
    assert pace.wait_s(0.5, now=0.0) == 0.25
    assert pace.admits(0.5, now=0.25)


def test_what_a_network_held_back_may_come_at_once() -> None:
    """What could have been sent since the beginning is saved up, besides the burst."""
    pace = Pace(speed=2.0, burst_s=5.0, held_s=20.0, began_at=0.0)
    assert pace.admits(8.0, now=8.0)  # as they were spoken
    assert pace.admits(8.0, now=16.0)
    assert pace.admits(13.0, now=18.0)


def test_a_connection_that_has_just_begun_can_have_held_nothing_back() -> None:
    """Then there is the burst, and nothing more."""
    pace = Pace(speed=2.0, burst_s=5.0, held_s=20.0, began_at=100.0)
    assert not pace.admits(5.5, now=100.0)


def test_no_more_is_saved_up_than_a_network_holds() -> None:
    """An hour of silence does not let two hours of audio come at once."""
    pace = Pace(speed=2.0, burst_s=5.0, held_s=20.0, began_at=0.0)
    assert pace.take(45.0, now=3_600.0) == 0
    assert not pace.admits(0.1, now=3_600.0)


def test_a_stall_is_credited_beyond_all_that_is_saved_up() -> None:
    """Twice real time passes for ever, however often its receiver does not run for ten seconds."""
    pace, now = Pace(speed=2.0, burst_s=1.0, began_at=0.0), 0.0
    for _ in range(100):
        now += 10.0
        pace.credit_stall(10.0)
        assert pace.admits(20.0, now)
        now += 0.5
        assert pace.admits(1.0, now)


def test_without_the_credit_a_stall_looks_like_a_flood() -> None:
    """A receiver that does not tell of its stalls refuses what came meanwhile."""
    assert not Pace(speed=2.0, burst_s=1.0, began_at=0.0).admits(20.0, now=10.0)


def test_a_stall_longer_than_the_time_is_credited_for_the_time() -> None:
    """Nobody gains by a stall that is told of twice."""
    pace = Pace(speed=2.0, burst_s=1.0, began_at=0.0)
    pace.credit_stall(50.0)
    assert pace.take(0.0, now=3.0) == 7.0


Step = tuple[float, float, float]
"""Seconds of audio, seconds since the step before, and the share of these in a stall."""

STEPS = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 9), st.floats(0, 1)), max_size=50)


@given(STEPS, st.floats(0, 20))
def test_never_more_than_could_have_been_sent(steps: list[Step], held_s: float) -> None:
    """Whatever is held back or stalls: no more passes than the burst and the speed since the
    beginning, and in no stretch of time more than was saved up before it."""
    pace, now = Pace(speed=2.0, burst_s=1.0, held_s=held_s, began_at=0.0), 0.0
    stalls = [0.0]
    admitted: list[tuple[float, float, float]] = []
    for audio_s, wait_s, share in steps:
        now += wait_s
        pace.credit_stall(wait_s * share)
        stalls.append(stalls[-1] + wait_s * share)
        if not pace.admits(audio_s, now):
            break
        admitted.append((now, audio_s, stalls[-1]))
    assert sum(audio_s for _, audio_s, _ in admitted) <= 1.0 + 2 * now + 1e-6
    for index, (since, _, stalled) in enumerate(admitted):
        most = 1.0 + 2 * (min(held_s, since) + now - since + stalled)
        assert sum(audio_s for _, audio_s, _ in admitted[index:]) <= most + 1e-6


@given(st.lists(st.tuples(st.floats(0.02, 2), st.floats(0, 30)), max_size=30))
def test_who_speaks_in_real_time_is_never_refused(stalls: list[tuple[float, float]]) -> None:
    """However often the receiver stalls: what was said meanwhile comes at once, and passes."""
    pace, now = Pace(speed=2.0, burst_s=1.0, held_s=20.0, began_at=0.0), 0.0
    for spoken_s, stalled_s in stalls:
        now += stalled_s
        pace.credit_stall(stalled_s)
        assert pace.admits(stalled_s, now)
        now += spoken_s
        assert pace.admits(spoken_s, now)
