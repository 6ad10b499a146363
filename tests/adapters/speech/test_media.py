import wave
from pathlib import Path

import numpy as np
import pytest

from tests.support.speech import spoken
from tutor.adapters.speech.media import encode_flac, read_audio_file


def test_a_recording_loses_nothing(tmp_path: Path) -> None:
    """FLAC gives every sample back."""
    path = tmp_path / "said.flac"
    path.write_bytes(encode_flac(spoken("market.flac").tobytes()))
    assert (read_audio_file(path) == spoken("market.flac")).all()


def test_an_inverted_channel_is_no_silence(tmp_path: Path) -> None:
    """A recording whose second channel is the first one upside down sounds as the first does."""
    said, path = spoken("market.flac"), tmp_path / "inverted.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.stack([said, -said], axis=1).tobytes())
    assert (np.abs(read_audio_file(path).astype(int)) == np.abs(said.astype(int))).all()


@pytest.mark.parametrize(
    "shares",
    [(1, -0.5, -0.5), (1, -1, 0), (0, 0, 1), (1, -1, 0.1), (1, 0, -1, 0), (0, 0, 0, 1, 0, 0)],
)
def test_channels_that_cancel_are_no_silence(shares: tuple[float, ...], tmp_path: Path) -> None:
    """However many there are, and whichever the mixer leaves out: what was said is heard."""
    said, path = spoken("market.flac"), tmp_path / "many.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((len(shares), 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.stack([said * share for share in shares], 1).astype("<i2").tobytes())
    heard = read_audio_file(path)
    level, wanted = (np.abs(each.astype(float)).mean() for each in (heard, said))
    assert len(heard) == len(said)
    assert level > wanted / 5
