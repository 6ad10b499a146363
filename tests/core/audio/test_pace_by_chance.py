"""The pace of audio at any speed, for senders that keep to it and for those that do not."""

from hypothesis import assume, given
from hypothesis import strategies as st

from tutor.core.audio.pace import Pace

SPEEDS = st.floats(1, 8)

BURSTS_S = st.floats(0.5, 10)

FRAMES = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3)), max_size=30)
"""Seconds of audio of each frame, and seconds of time since the frame before."""

SLACK_S = 1e-6
"""Seconds that rounding may take off a wait."""


def played(pace: Pace, frames: list[tuple[float, float]]) -> float:
    """The time after these frames."""
    now = 0.0
    for audio_s, wait_s in frames:
        now += wait_s
        pace.admits(audio_s, now)
    return now


@given(SPEEDS, BURSTS_S, FRAMES, st.floats(0, 1))
def test_who_waits_as_long_as_told_is_admitted(
    speed: float, burst_s: float, frames: list[tuple[float, float]], share: float
) -> None:
    """Whatever came before, even far too fast, a frame within the burst passes after its wait."""
    pace = Pace(speed, burst_s)
    now = played(pace, frames)
    audio_s = burst_s * share
    assert pace.admits(audio_s, now + pace.wait_s(audio_s, now) + SLACK_S)


@given(SPEEDS, BURSTS_S, FRAMES, st.floats(0, 1))
def test_who_waits_less_is_not(
    speed: float, burst_s: float, frames: list[tuple[float, float]], share: float
) -> None:
    """The wait is the shortest that helps."""
    pace = Pace(speed, burst_s)
    now = played(pace, frames)
    wait_s = pace.wait_s(burst_s, now)
    assume(wait_s == 0 or wait_s > SLACK_S * 1e3)
    assert pace.admits(burst_s, now + wait_s * share * 0.99) == (wait_s == 0)


@given(SPEEDS, BURSTS_S, FRAMES, st.floats(0, 1), st.floats(0, 1))
def test_more_audio_waits_longer(
    speed: float, burst_s: float, frames: list[tuple[float, float]], one: float, other: float
) -> None:
    """A shorter frame never has to wait for longer than a longer one."""
    pace = Pace(speed, burst_s)
    now = played(pace, frames)
    less, more = sorted((one * burst_s, other * burst_s))
    assert pace.wait_s(less, now) <= pace.wait_s(more, now)


@given(SPEEDS, BURSTS_S, FRAMES, st.floats(0, 5))
def test_a_wait_gets_shorter_by_the_time_that_passes(
    speed: float, burst_s: float, frames: list[tuple[float, float]], passed_s: float
) -> None:
    """Nobody who looks again is told another end of the wait."""
    pace = Pace(speed, burst_s)
    now = played(pace, frames)
    first_s, left_s = pace.wait_s(burst_s, now), pace.wait_s(burst_s, now + passed_s)
    assert abs(left_s - max(0.0, first_s - passed_s)) < SLACK_S


@given(SPEEDS, BURSTS_S, FRAMES, FRAMES)
def test_asking_for_the_wait_uses_nothing_up(
    speed: float,
    burst_s: float,
    frames: list[tuple[float, float]],
    following: list[tuple[float, float]],
) -> None:
    """A sender may ask as often as it likes: what passes is the same."""
    asked, plain = Pace(speed, burst_s), Pace(speed, burst_s)
    now = played(asked, frames)
    played(plain, frames)
    for audio_s, wait_s in following:
        now += wait_s
        asked.wait_s(audio_s, now)
        assert asked.admits(audio_s, now) == plain.admits(audio_s, now)


@given(SPEEDS, BURSTS_S, st.floats(0.01, 100))
def test_a_frame_larger_than_the_burst_is_told_a_wait_that_ends(
    speed: float, burst_s: float, more_s: float
) -> None:
    """It can never pass at once, so its sender waits for a whole burst and no longer."""
    pace = Pace(speed, burst_s)
    pace.admits(burst_s, now=0.0)
    assert pace.wait_s(burst_s + more_s, now=0.0) == pace.wait_s(burst_s, now=0.0)


@given(SPEEDS, BURSTS_S, st.integers(1, 100))
def test_frames_may_be_of_any_size(speed: float, burst_s: float, count: int) -> None:
    """A burst cut into small frames passes as it would in one, and leaves as little behind."""
    whole, parts = Pace(speed, burst_s), Pace(speed, burst_s)
    assert whole.admits(burst_s, now=0.0)
    for _ in range(count):
        assert parts.admits(burst_s * (1 - 1e-9) / count, now=0.0)
    assert abs(whole.wait_s(burst_s, 0.0) - parts.wait_s(burst_s, 0.0)) < SLACK_S


@given(BURSTS_S, FRAMES, SPEEDS, SPEEDS)
def test_a_higher_speed_refuses_nothing_that_a_lower_one_admits(
    burst_s: float, frames: list[tuple[float, float]], one: float, other: float
) -> None:
    """Raising the limit never sends a client away that was served before."""
    slow, fast = Pace(min(one, other), burst_s), Pace(max(one, other), burst_s)
    now = 0.0
    for audio_s, wait_s in frames:
        now += wait_s
        assert slow.admits(audio_s, now) <= fast.admits(audio_s, now)


@given(FRAMES, st.floats(-1e6, 1e6).map(round))
def test_only_differences_of_time_count(frames: list[tuple[float, float]], begin: int) -> None:
    """A monotonic clock begins anywhere: after a restart of the machine or before."""
    one, other, now = Pace(2.0, 1.0), Pace(2.0, 1.0), 0.0
    for audio_s, wait_s in frames:
        now += wait_s
        one.admits(audio_s, now)
        other.admits(audio_s, now + begin)
        assert abs(one.wait_s(1.0, now) - other.wait_s(1.0, now + begin)) < SLACK_S
