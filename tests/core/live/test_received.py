"""What comes too fast is held back first, and refused if that does not help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE
from tutor.core.live.received import HELD_S, PATIENCE_S, Received
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.limits import Limits

LIMITS = Limits()
BURST_S = LIMITS.speed_burst_ms / 1000
FRAME_S = 0.5
FRAME = round(FRAME_S * RATE) * BYTES_PER_SAMPLE


def opened(now: float = 0.0) -> Received:
    """Of a connection that begins now."""
    return Received(LIMITS, 1_000, now)


def flood(received: Received, now: float, frames: int = 1_000) -> tuple[int, float]:
    """Send frames as fast as they are taken: how many were, and when the last one."""
    for count in range(frames):
        now += received.hold_s(now)
        try:
            received.receive_frame(FRAME, now)
        except ProtocolError:
            return count, now
    return frames, now


def test_real_time_is_never_held_back() -> None:
    """A microphone's frames are read as they come."""
    received = opened()
    for step in range(1, 200):
        received.receive_frame(FRAME, step * FRAME_S)
        assert received.hold_s(step * FRAME_S) == 0


def test_a_little_too_much_is_only_held_back() -> None:
    """Two seconds above the burst cost one second without reading, and no session."""
    count, now = flood(opened(100.0), 100.0, frames=round((BURST_S + 2) / FRAME_S))
    assert count * FRAME_S == BURST_S + 2
    assert now == pytest.approx(100.0 + 1.0, abs=FRAME_S)


def test_a_flood_is_refused_in_the_end() -> None:
    """Who sends as fast as it can gets the burst, is held back for a while, then refused."""
    count, now = flood(opened(100.0), 100.0)
    assert count * FRAME_S == pytest.approx(BURST_S + PATIENCE_S * LIMITS.max_speed, abs=FRAME_S)
    assert now == pytest.approx(100.0 + PATIENCE_S, abs=FRAME_S)


def test_one_frame_that_is_far_too_long_is_refused_at_once() -> None:
    """Nobody waits for what would be refused anyhow."""
    received, seconds = opened(), BURST_S + PATIENCE_S * LIMITS.max_speed + 1
    with pytest.raises(ProtocolError):
        received.receive_frame(round(seconds * RATE) * BYTES_PER_SAMPLE, 0.0)
    assert received.hold_s(0.0) == 0


def test_a_reader_that_does_not_wait_gains_nothing() -> None:
    """The bound is the same when frames are taken although nothing should be read."""
    received = opened()
    for _ in range(round((BURST_S + PATIENCE_S * LIMITS.max_speed) / FRAME_S)):
        received.receive_frame(FRAME, 0.0)
    with pytest.raises(ProtocolError, match="2 times real time"):
        received.receive_frame(FRAME, 0.0)


def test_who_slows_down_is_forgiven() -> None:
    """After a second of credit a client may be too fast once more, for as long."""
    received, now = opened(), 0.0
    excess = round((BURST_S + 0.8 * PATIENCE_S * LIMITS.max_speed) / FRAME_S)
    for _ in range(5):
        count, now = flood(received, now, excess)
        assert count == excess
        now += HELD_S + BURST_S  # silence


def test_a_stall_of_the_gateway_is_not_the_learners() -> None:
    """A minute in which the gateway did not run comes at once, and nothing is held back."""
    received = opened()
    received.receive_stall(60.0)
    for _ in range(round(60 / FRAME_S)):
        received.receive_frame(FRAME, 60.0)
    assert received.hold_s(60.0) == 0


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 4), st.booleans()), max_size=60),
    st.floats(0, 5),
)
def test_no_more_is_read_than_the_limit_allows(
    frames: list[tuple[float, float, bool]], stalled_s: float
) -> None:
    """Whatever comes: what was taken is never more than the burst, the patience and the speed since
    the connection began; and a reader waits no longer than the patience."""
    received, now, taken = opened(), 0.0, 0.0
    for seconds, pause_s, stalls in frames:
        now += received.hold_s(now) + pause_s
        if stalls:
            received.receive_stall(stalled_s)
        try:
            taken += received.receive_frame(round(seconds * RATE) * BYTES_PER_SAMPLE, now)
        except ProtocolError:
            break
        assert received.hold_s(now) <= PATIENCE_S + 1e-6
        assert taken <= BURST_S + LIMITS.max_speed * (now + PATIENCE_S) + 1e-6
