"""CTranslate2's `model.bin` is read and written."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.support.examples import few
from tutor.adapters.settings import Settings
from tutor.adapters.speech.models.ctranslate2_file import (
    ModelFile,
    ModelFileError,
    read_model,
    write_model,
)
from tutor.adapters.speech.models.weights import WHISPER_BASE, join_model

TYPES = st.sampled_from([np.float32, np.int8, np.int16, np.int32, np.float16])
NAMES = st.text(min_size=1, max_size=20)


@st.composite
def models(draw: st.DrawFn) -> ModelFile:
    """A model of a few small weights."""
    shapes = arrays.array_shapes(min_dims=0, max_dims=3, max_side=4)
    weights = arrays.arrays(draw(TYPES), shapes, elements=st.integers(-9, 9))
    aliases = st.lists(st.tuples(NAMES, NAMES), max_size=3).map(tuple)
    return ModelFile(
        draw(NAMES),
        draw(st.integers(0, 9)),
        draw(st.dictionaries(NAMES, weights, max_size=4)),
        draw(aliases),
    )


def written(model: ModelFile) -> bytes:
    """The bytes of a model's file."""
    write_model(model, file := io.BytesIO())
    return file.getvalue()


@few(50)
@given(models())
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, model: ModelFile
) -> None:
    """A model is the same after it was written and read, byte for byte."""
    path = tmp_path_factory.mktemp("model") / "model.bin"
    path.write_bytes(written(model))
    read = read_model(path)
    assert list(read.variables) == list(model.variables)
    assert written(read) == written(model)
    for name, values in model.variables.items():
        assert read.variables[name].dtype == values.dtype
        np.testing.assert_array_equal(read.variables[name], values)


def test_the_real_model_is_understood() -> None:
    """Whisper's packaged weights are the same file after they were read and written."""
    path = join_model(WHISPER_BASE, Settings.load().cache_dir) / "model.bin"
    assert written(read_model(path)) == path.read_bytes()


@pytest.mark.parametrize("kept", [0, 3, 4, 9, 30, -1])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    """A file that ends too early raises the named error."""
    model = ModelFile("Spec", 3, {"weight": np.ones((2, 3), np.float32)}, (("a", "weight"),))
    path = tmp_path / "model.bin"
    path.write_bytes(written(model)[:kept])
    with pytest.raises(ModelFileError, match="no CTranslate2 model"):
        read_model(path)


@pytest.mark.parametrize("text", [b"not a model", b"\x07\0\0\0", b"\xff" * 64])
def test_another_file_is_refused(tmp_path: Path, text: bytes) -> None:
    """A file of something else, or of another version, raises the named error."""
    path = tmp_path / "model.bin"
    path.write_bytes(text)
    with pytest.raises(ModelFileError):
        read_model(path)
