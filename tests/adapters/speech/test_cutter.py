from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.speech import silence, spoken
from tests.support.uploads import spoken_together
from tutor.adapters.speech.cutter import MAX_UTTERANCE, Cutter, cut_all, cut_reading
from tutor.adapters.speech.vad import Vad
from tutor.core.audio.samples import Samples


@pytest.fixture(scope="module")
def vad() -> Vad:
    """The voice-activity model."""
    return Vad()


def blocks(audio: Samples, size: int) -> Iterator[Samples]:
    """The audio as a file's decoder gives it."""
    return (audio[at : at + size] for at in range(0, len(audio), size))


def test_a_reading_that_is_heard_at_once_stays_whole(vad: Vad) -> None:
    """Its pauses and its silence too, up to the last sample that Whisper hears."""
    audio = np.concatenate(
        [silence(2), spoken("weather.flac"), silence(3), spoken("market.flac"), silence(2)]
    )
    ((start, whole),) = cut_reading(blocks(audio, 4_096), Cutter(vad))
    assert start == 0
    assert np.array_equal(whole, audio)
    ((_, longest),) = cut_reading(iter([silence(30)]), Cutter(vad))
    assert len(longest) == MAX_UTTERANCE


@pytest.mark.heavy
def test_a_longer_reading_is_cut_like_any_recording(vad: Vad) -> None:
    """From its first sample on, and not only behind what was looked at."""
    audio, _ = spoken_together([1.5] * 7)
    assert len(audio) > MAX_UTTERANCE
    cut = list(cut_reading(blocks(audio, 4_096), Cutter(vad)))
    usual = list(cut_all([audio], Cutter(vad)))
    assert len(cut) == 7
    assert [start for start, _ in cut] == [start for start, _ in usual]
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(cut, usual, strict=True))


def test_nothing_is_no_utterance(vad: Vad) -> None:
    """A file without samples."""
    assert list(cut_reading([], Cutter(vad))) == []
