from pathlib import Path

import numpy as np

from tests.support.random_whisper import random_whisper
from tutor.adapters.speech.whisper.loading import load_whisper
from tutor.adapters.speech.whisper.mel import numpy_log_mel


def test_a_model_says_itself_how_many_bands_it_wants(tmp_path: Path) -> None:
    """A folder without `preprocessor_config.json` is heard with the 128 bands of its weights, as
    large-v3 needs it, not with 80."""
    model = random_whisper(tmp_path, "tiny-random-128")
    assert not (model / "preprocessor_config.json").exists()
    whisper = load_whisper(model, "cpu", "float32", 1)
    filters = whisper.feature_extractor.mel_filters
    mel = numpy_log_mel(filters, "cpu")([np.zeros(16_000, np.float32)], 100)
    assert mel.shape == [1, 128, 100]
    assert whisper.model.encode(mel).shape == [1, 50, 64]
