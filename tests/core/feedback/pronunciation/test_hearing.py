import numpy as np

from tutor.core.audio.samples import RATE, WHISPER_WINDOW_S
from tutor.core.feedback.pronunciation.hearing import PACES, at_pace, fitting_paces


def test_audio_is_heard_at_another_pace() -> None:
    """It lasts so many times less, and a tone is so many times as high."""
    tone = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE).astype(np.float32)
    for pace in PACES:
        heard = at_pace(tone, pace)
        assert heard.dtype == np.float32
        assert abs(len(heard) - RATE / pace) <= 1
        peak = int(np.abs(np.fft.rfft(heard)).argmax()) * RATE / len(heard)
        assert abs(peak - 200 * pace) < 2


def test_what_would_be_too_long_is_heard_faster_only() -> None:
    """The recogniser hears 30 s at once."""
    assert fitting_paces(RATE) == PACES
    assert fitting_paces(int(WHISPER_WINDOW_S * RATE)) == tuple(p for p in PACES if p > 1)
