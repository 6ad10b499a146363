"""Audio arithmetic over all numbers, and a history at any place of a stream."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.samples import (
    RATE,
    WINDOW,
    Recent,
    from_pcm16,
    next_window,
    to_float,
    to_ms,
    to_samples,
)

POSITIONS = st.integers(0, 2**40)

SAMPLES = st.lists(st.integers(-(2**15), 2**15 - 1), max_size=200)

CHUNKS = st.lists(st.integers(0, 40), max_size=20)

# ---------------------------------------------------------------- time


@given(POSITIONS)
def test_the_next_window_is_the_nearest_boundary_not_before(position: int) -> None:
    """A boundary is its own next one; from elsewhere it is less than a window away."""
    boundary = next_window(position)
    assert boundary % WINDOW == 0
    assert 0 <= boundary - position < WINDOW
    assert next_window(boundary) == boundary


@given(POSITIONS, POSITIONS)
def test_windows_keep_the_order_of_positions(one: int, other: int) -> None:
    """What comes later in the stream never has an earlier window."""
    assert next_window(min(one, other)) <= next_window(max(one, other))


@given(st.integers(0, 10**9))
def test_whole_milliseconds_come_back(ms: int) -> None:
    """A time in a message is the same after it was a position."""
    assert to_ms(to_samples(ms)) == ms


@given(POSITIONS)
def test_a_position_loses_less_than_a_millisecond(position: int) -> None:
    """Rounding goes down, so that no event lies behind the audio that it tells of."""
    assert 0 <= position - to_samples(to_ms(position)) < RATE // 1000


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_stretches_of_whole_milliseconds_add_up(one: int, other: int) -> None:
    """An utterance's length is the same whether its parts are counted or all of it."""
    assert to_samples(one) + to_samples(other) == to_samples(one + other)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_fractions_of_milliseconds_keep_their_order(one: float, other: float) -> None:
    """More time is never fewer samples."""
    assert to_samples(min(one, other)) <= to_samples(max(one, other))


# ---------------------------------------------------------------- samples


@given(SAMPLES)
def test_pcm16_comes_back(samples: list[int]) -> None:
    """Bytes as a client sends them are the samples that it took, and the other way round."""
    data = b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)
    assert from_pcm16(data).tolist() == samples
    assert from_pcm16(data).tobytes() == data


def test_reading_pcm16_copies_nothing() -> None:
    """The samples are a view of the bytes, which nobody can write to."""
    samples = from_pcm16(bytes(8))
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 1


@given(st.binary(max_size=99).filter(lambda data: len(data) % 2 == 1))
def test_no_odd_number_of_bytes_is_read(data: bytes) -> None:
    """Half a sample would shift every sample behind it, and noise would come out."""
    with pytest.raises(ValueError, match="multiple"):
        from_pcm16(data)


@given(SAMPLES)
def test_floats_are_exact(samples: list[int]) -> None:
    """Every sample has a float32 of its own, from which it can be had again."""
    floats = to_float(np.array(samples, np.int16))
    assert (floats * 32768).astype(np.int16).tolist() == samples
    assert all(-1 <= value < 1 for value in floats)


# ---------------------------------------------------------------- a history


def filled(history: Recent, chunks: list[int]) -> Recent:
    """A history of a stream in which each sample tells its position."""
    for size in chunks:
        history.append(np.arange(history.end, history.end + size).astype(np.int16))
    return history


@given(POSITIONS, st.integers(0, 50), CHUNKS)
def test_a_history_may_begin_anywhere_in_its_stream(
    start: int, capacity: int, chunks: list[int]
) -> None:
    """A session that is taken up again in its second hour counts on from there."""
    history = filled(Recent(capacity, start), chunks)
    assert history.end == start + sum(chunks)
    assert start <= history.start <= max(start, history.end - capacity)
    kept = history.between(history.start, history.end)
    assert kept.tolist() == np.arange(history.start, history.end).astype(np.int16).tolist()


@given(st.integers(0, 50), CHUNKS, CHUNKS)
def test_how_audio_is_cut_into_frames_makes_no_difference(
    capacity: int, one: list[int], other: list[int]
) -> None:
    """Clients send frames of any size; the newest samples are the same."""
    frames, whole = filled(Recent(capacity), one + other), Recent(capacity)
    filled(whole, [sum(one), sum(other)])
    since = max(frames.start, whole.start)
    assert frames.end == whole.end
    assert frames.between(since, frames.end).tolist() == whole.between(since, whole.end).tolist()


@given(st.integers(0, 50), CHUNKS)
def test_what_a_history_holds_only_grows_old(capacity: int, chunks: list[int]) -> None:
    """What was dropped never comes back, and an empty frame drops nothing."""
    history, starts = Recent(capacity), [0]
    for size in chunks:
        filled(history, [size])
        starts.append(history.start)
        filled(history, [0])
        assert history.start == starts[-1]
    assert starts == sorted(starts)


@given(CHUNKS, st.integers(-5, 5), st.integers(-5, 5))
def test_a_stretch_that_is_not_kept_whole_is_an_error(
    chunks: list[int], before: int, behind: int
) -> None:
    """One sample too early or too late is refused, however much of the stretch there is."""
    history = filled(Recent(10), chunks)
    start, end = history.start + before, history.end + behind
    if before >= 0 >= behind and start <= end:
        assert len(history.between(start, end)) == end - start
    else:
        with pytest.raises(IndexError, match="outside the kept"):
            history.between(start, end)


def test_a_history_has_samples_of_its_own() -> None:
    """A frame's buffer may be used again once it was taken."""
    frame = np.ones(4, np.int16)
    history = Recent(10)
    history.append(frame)
    frame[:] = 7
    assert history.between(0, 4).tolist() == [1, 1, 1, 1]
