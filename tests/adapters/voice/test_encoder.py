import io
from typing import get_args

import av
import numpy as np
import pytest

from tutor.adapters.voice.encoder import MEDIA_TYPES, Encoder, Format

RATE = 24_000
TONE = (8_000 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)).astype("<i2")


def encoded(to: Format) -> list[bytes]:
    """Two seconds of a tone, given in parts of a fifth of a second."""
    encoder = Encoder(to, RATE)
    size = RATE // 5
    parts = [encoder.feed(TONE[at : at + size].tobytes()) for at in range(0, len(TONE), size)]
    return [*parts, encoder.end()]


@pytest.mark.parametrize("to", ["mp3", "opus", "aac", "flac", "wav"])
def test_what_is_encoded_can_be_played(to: Format) -> None:
    """Two seconds in, two seconds out, and the tone is in it."""
    with av.open(io.BytesIO(b"".join(encoded(to))), "r") as container:
        frames = list(container.decode(audio=0))
    audio = np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(float)
    rate = frames[0].sample_rate
    assert 1.95 < len(audio) / rate < 2.15
    spectrum = abs(np.fft.rfft(audio))
    assert abs(spectrum.argmax() * rate / len(audio) - 440) < 3


def test_pcm_is_left_as_it_is() -> None:
    """Raw samples, as OpenAI's clients play them."""
    assert b"".join(encoded("pcm")) == TONE.tobytes()


@pytest.mark.parametrize("to", get_args(Format))
def test_sound_goes_out_while_it_is_made(to: Format) -> None:
    """Each second brings bytes: nothing waits for the end."""
    first, second = encoded(to)[:5], encoded(to)[5:10]
    assert b"".join(first)
    assert b"".join(second)
    assert MEDIA_TYPES[to].startswith("audio/")
