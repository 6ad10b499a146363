from pathlib import Path

import numpy as np
import pytest

from tests.support.random_whisper import random_whisper
from tutor.adapters.speech.whisper.loading import load_whisper
from tutor.adapters.speech.whisper.mel import numpy_log_mel


@pytest.mark.heavy
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


@pytest.mark.heavy
def test_two_who_want_the_same_model_have_one(tmp_path: Path) -> None:
    """A judge and a witness on one CPU need its weights once; other weights are others."""
    model, other = (random_whisper(tmp_path / name, "tiny-random") for name in ("one", "other"))
    first = load_whisper(model, "cpu", "float32", 1)
    assert load_whisper(model, "cpu", "float32", 1) is first
    assert load_whisper(model, "cpu", "int8", 1) is not first
    third = load_whisper(other, "cpu", "float32", 1)
    assert third is not first
    assert (third.hf_tokenizer is first.hf_tokenizer) == (
        (model / "tokenizer.json").read_bytes() == (other / "tokenizer.json").read_bytes()
    )
