from hypothesis import given, settings
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


@settings(max_examples=60, deadline=None)
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
