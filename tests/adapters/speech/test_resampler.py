import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.adapters.speech.resampler import Resampler
from tutor.core.audio.samples import RATE, Samples


def tone(rate: int, seconds: float, hertz: float = 440.0) -> Samples:
    """A sine at half of full scale."""
    times = np.arange(round(rate * seconds)) / rate
    return np.round(16_000 * np.sin(2 * np.pi * hertz * times)).astype(np.int16)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_a_stream_in_pieces_is_the_whole_without_a_seam(rate: int) -> None:
    """A tone fed in uneven pieces comes out as the same tone at 16 kHz, in phase."""
    source, resampler = tone(rate, 1.0), Resampler(rate)
    cuts = [0, 7, 500, 501, 3_000, len(source)]
    pieces = [resampler.feed(source[a:b]) for a, b in itertools.pairwise(cuts)]
    heard = np.concatenate([*pieces, resampler.flush()])
    expected = tone(RATE, 1.0)
    assert abs(len(heard) - len(expected)) <= 1
    middle = slice(800, 15_000)  # the filter rings at both ends
    assert np.abs(heard[middle].astype(int) - expected[middle]).max() < 200


@few(30)
@given(st.integers(8_000, 48_000), st.lists(st.integers(1, 5_000), min_size=1, max_size=8))
def test_no_sample_is_lost_at_any_rate(rate: int, sizes: list[int]) -> None:
    """Whatever the rate and the pieces, the output is as long as the input, in seconds."""
    resampler = Resampler(rate)
    count = sum(len(resampler.feed(np.zeros(size, np.int16))) for size in sizes)
    count += len(resampler.flush())
    assert abs(count - sum(sizes) * RATE / rate) <= 1
