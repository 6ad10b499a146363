import numpy as np
import numpy.typing as npt
import pytest

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.silence import cut_silence, silences, sounding

RATE = 16_000


def tones(*parts: tuple[float, float]) -> npt.NDArray[np.float32]:
    """Tones of some loudness for some seconds each, over faint noise."""
    pieces = [
        loudness * np.sin(2 * np.pi * 220 * np.arange(round(seconds * RATE)) / RATE)
        for loudness, seconds in parts
    ]
    sound = np.concatenate(pieces)
    noise = np.random.default_rng(1).normal(0, 1e-4, len(sound))
    return (sound + noise).astype(np.float32)


def test_silence_is_cut_off_words() -> None:
    """A pause inside a word's time goes to where nobody spoke."""
    audio = tones((0, 0.5), (0.5, 0.5), (0, 0.6), (0.4, 0.4), (0, 0.3))
    words = [RecognisedWord("one", 0, 1.2, 0.9), RecognisedWord("two", 1.2, 2.3, 0.9)]
    one, two = cut_silence(words, audio)
    assert (one.start_s, one.end_s) == pytest.approx((0.5, 1.0), abs=0.03)
    assert (two.start_s, two.end_s) == pytest.approx((1.6, 2.0), abs=0.03)
    assert (one.text, one.confidence) == ("one", 0.9)


def test_of_a_broken_word_the_longest_part_stays() -> None:
    """Where an alignment put the border wrong, the neighbour's scrap is dropped."""
    audio = tones((0.5, 0.1), (0, 0.4), (0.5, 0.5))
    (word,) = cut_silence([RecognisedWord("cat", 0, 1.0, 0.9)], audio)
    assert (word.start_s, word.end_s) == pytest.approx((0.5, 1.0), abs=0.03)


def test_closures_and_clicks_are_no_pauses() -> None:
    """A plosive's 30 ms do not end a sound, and a click of 20 ms does not make one."""
    audio = tones((0.5, 0.3), (0, 0.03), (0.5, 0.3), (0, 0.3), (0.5, 0.02), (0, 0.3))
    ((start, end),) = sounding(audio)
    assert (start, end) == pytest.approx((0.0, 0.63), abs=0.03)


def test_a_fading_vowel_and_a_weak_consonant_are_no_silence() -> None:
    """Words are cut where they fade; for a pause it must be quieter, and between two sounds."""
    audio = tones((0, 0.3), (0.5, 0.4), (0.02, 0.4), (0.5, 0.4), (0, 0.3), (0.5, 0.3), (0, 0.3))
    assert len(sounding(audio)) == 3
    ((start, end),) = silences(audio)
    assert (start, end) == pytest.approx((1.5, 1.8), abs=0.03)
    assert silences(np.zeros(8_000, np.float32)) == []


@pytest.mark.parametrize("seconds", [0.0, 0.005, 0.5])
def test_words_without_sound_keep_their_times(seconds: float) -> None:
    """Where all is silence, or no audio is left, nothing is known better."""
    word = RecognisedWord("hm", 1.0, 1.4, 0.1)
    assert cut_silence([word], np.zeros(round(seconds * RATE), np.float32)) == (word,)
