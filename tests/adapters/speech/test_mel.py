import numpy as np
import pytest

from tests.support.speech import spoken
from tutor.adapters.speech.mel import numpy_log_mel, torch_log_mel
from tutor.core.audio.samples import to_float

pytestmark = pytest.mark.heavy

NAMES = ["train.flac", "weather.flac", "market.flac", "question.flac", "two_words.flac"]


def test_log_mel_by_torch_is_log_mel_by_numpy() -> None:
    """The GPU's spectrogram (here run on the CPU) is faster-whisper's to a rounding error."""
    from faster_whisper.feature_extractor import FeatureExtractor

    extractor = FeatureExtractor()
    audios = [to_float(spoken(name)) for name in NAMES]
    ours = np.array(numpy_log_mel(extractor.mel_filters, "cpu")(audios, 600))
    torchs = np.array(torch_log_mel(extractor.mel_filters, "cpu")(audios, 600))
    assert np.abs(ours - torchs).max() < 1e-3
    for row, audio in zip(ours, audios, strict=True):
        expected = extractor(audio)
        assert np.array_equal(row[:, : expected.shape[1]], expected)
        assert not row[:, expected.shape[1] :].any()
