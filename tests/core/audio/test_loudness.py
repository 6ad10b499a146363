import numpy as np
import numpy.typing as npt
import pytest

from tutor.core.audio.loudness import (
    MOST_GAIN_DB,
    NORMAL_DB,
    QUIET_DB,
    audible,
    loudest_db,
)

Floats = npt.NDArray[np.float32]


def tone(db: float, seconds: float = 0.5) -> Floats:
    """A tone whose power is so many dB under full scale."""
    times = np.arange(round(16_000 * seconds)) / 16_000
    wave = np.sqrt(2) * 10 ** (db / 20) * np.sin(2 * np.pi * 300 * times)
    samples: Floats = wave.astype(np.float32)
    return samples


@pytest.mark.parametrize("db", [QUIET_DB - 1, -45, NORMAL_DB - MOST_GAIN_DB])
def test_a_quiet_recording_is_raised(db: float) -> None:
    """However quiet it is, it becomes as loud as any other."""
    assert loudest_db(audible(tone(db))) == pytest.approx(NORMAL_DB, abs=0.1)


@pytest.mark.parametrize("db", [QUIET_DB + 1, -12, -3.1])
def test_an_ordinary_recording_stays_as_it_is(db: float) -> None:
    """What is loud enough is not touched."""
    assert (audible(tone(db)) == tone(db)).all()


def test_silence_is_not_raised_to_speech() -> None:
    """The last bit of a silent recording stays far under speech, and nothing at all stays so."""
    bits = np.random.default_rng(1).integers(-1, 2, 16_000).astype(np.float32) / np.float32(32_768)
    assert loudest_db(audible(bits)) < NORMAL_DB - 30
    for empty in (np.zeros(0, np.float32), np.zeros(100, np.float32), np.zeros(16_000, np.float32)):
        assert not audible(empty).any()
