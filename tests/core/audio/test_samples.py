import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.samples import (
    WINDOW,
    Recent,
    from_pcm16,
    to_float,
    to_ms,
    to_samples,
)


@pytest.mark.parametrize(("ms", "samples"), [(0, 0), (1, 16), (32, WINDOW), (300, 4_800)])
def test_milliseconds_and_samples(ms: int, samples: int) -> None:
    """A millisecond is 16 samples, there and back."""
    assert to_samples(ms) == samples
    assert to_ms(samples) == ms


def test_milliseconds_are_whole_ones() -> None:
    """A millisecond that is not over does not count."""
    assert [to_ms(15), to_ms(16), to_ms(31)] == [0, 1, 1]


def test_pcm16_is_little_endian() -> None:
    """Two bytes are one signed sample, the low byte first."""
    assert from_pcm16(b"\x01\x00\xff\xff\x00\x80\xff\x7f").tolist() == [1, -1, -32_768, 32_767]
    assert from_pcm16(b"").tolist() == []


def test_half_a_sample_is_refused() -> None:
    """An odd number of bytes is no PCM16."""
    with pytest.raises(ValueError, match="multiple"):
        from_pcm16(b"\x00\x00\x00")


def test_floats_lie_between_minus_one_and_one() -> None:
    """The models get float32 in [-1, 1)."""
    floats = to_float(np.array([-32_768, 0, 16_384, 32_767], np.int16))
    assert floats.dtype == np.float32
    assert floats.tolist() == [-1.0, 0.0, 0.5, 32_767 / 32_768]


@given(st.integers(0, 50), st.lists(st.integers(0, 40), max_size=20), st.data())
def test_a_history_keeps_the_newest_samples(
    capacity: int, chunks: list[int], data: st.DataObject
) -> None:
    """Whatever comes in whatever pieces, at least `capacity` samples are there, each in place."""
    history = Recent(capacity)
    stream = np.arange(sum(chunks), dtype=np.int16)
    for chunk in chunks:
        history.append(stream[history.end : history.end + chunk])
    assert history.end == len(stream)
    assert history.start <= max(0, history.end - capacity)
    start = data.draw(st.integers(history.start, history.end))
    end = data.draw(st.integers(start, history.end))
    assert history.between(start, end).tolist() == stream[start:end].tolist()


def test_a_history_keeps_a_chunk_larger_than_itself() -> None:
    """The newest chunk is kept whole, and the capacity before it: decisions come after it."""
    history = Recent(10)
    history.append(np.arange(30, dtype=np.int16))
    history.append(np.arange(30, 130, dtype=np.int16))
    assert history.start <= 20
    assert history.between(20, 130).tolist() == list(range(20, 130))


def test_a_history_does_not_grow() -> None:
    """However long the stream, what is kept stays near the capacity."""
    history = Recent(100)
    for _ in range(1_000):
        history.append(np.zeros(10, np.int16))
        assert history.end - history.start <= 220


@pytest.mark.parametrize(("start", "end"), [(0, 0), (129, 131), (126, 125), (131, 131)])
def test_a_history_says_what_it_does_not_have(start: int, end: int) -> None:
    """Samples that are dropped, or have not come, are an error and never wrong audio."""
    history = Recent(10)
    for samples in (30, 40, 60):
        history.append(np.zeros(samples, np.int16))
    with pytest.raises(IndexError, match="outside the kept"):
        history.between(start, end)
