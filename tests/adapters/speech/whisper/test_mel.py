from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tests.support.speech import spoken
from tutor.adapters.speech.whisper.mel import numpy_log_mel, torch_log_mel
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


class Cuda:
    """Stands for `torch.cuda` where there is none, and notes what is asked of its streams."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def current_stream(self) -> "Cuda":
        """The default one."""
        return self

    def Stream(self) -> "Cuda":  # noqa: N802 - torch's name
        """A new one."""
        self.did.append("new")
        return self

    @contextmanager
    def stream(self, _: object) -> Iterator[None]:
        """Work on one."""
        self.did.append("begin")
        yield
        self.did.append("end")

    def synchronize(self) -> None:
        """Wait for one."""
        self.did.append("wait")


def test_the_gpus_spectrogram_is_made_beside_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it on one stream that is not the default one, and done before the recogniser, which
    has another, reads it: no GPU is here, so the calls are what is looked at."""
    torch = pytest.importorskip("torch")
    cuda = Cuda()
    monkeypatch.setattr(torch, "cuda", cuda)
    on_cpu = {name: getattr(torch, name) for name in ("hann_window", "zeros", "stft")}

    def made(name: str) -> Callable[..., object]:
        def make(*args: object, **rest: object) -> object:
            rest.pop("device", None)  # there is none
            if name != "hann_window":
                cuda.did.append(name)
            return on_cpu[name](*args, **rest)

        return make

    for name in on_cpu:
        monkeypatch.setattr(torch, name, made(name))
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, _: tensor)
    given: list[list[str]] = []

    def give(_: object) -> None:
        given.append(list(cuda.did))

    monkeypatch.setattr("ctranslate2.StorageView.from_array", give)
    log_mel = torch_log_mel(np.ones((80, 201), np.float32), "cuda")
    assert cuda.did == ["wait", "new"]
    log_mel([np.ones(16_000, np.float32)], 200)
    assert given == [["wait", "new", "begin", "stft", "zeros", "end", "wait"]]
