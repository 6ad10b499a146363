"""The network in numpy against the graph that Silero ships, on ONNX Runtime."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tests.support.speech import TEXTS, noise, silence, spoken
from tutor.adapters.speech.onnx_weights import read_weights
from tutor.adapters.speech.silero import CONTEXT, Silero
from tutor.adapters.speech.vad import Vad
from tutor.core.audio.samples import RATE, WINDOW, Samples, to_float


def windows(samples: Samples) -> Samples:
    """Whole windows of 512 samples, one a row."""
    return samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)


def model_file(name: str) -> Path:
    """A file of the silero-vad package."""
    spec = find_spec("silero_vad")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / name


@pytest.fixture(scope="module")
def graph() -> onnxruntime.InferenceSession:
    """The graph that the package itself uses."""
    return onnxruntime.InferenceSession(
        str(model_file("silero_vad.onnx")), providers=["CPUExecutionProvider"]
    )


@pytest.fixture(scope="module")
def vad() -> Vad:
    """The network in numpy."""
    return Vad()


def by_graph(graph: onnxruntime.InferenceSession, samples: Samples) -> list[float]:
    """The probabilities of a recording's windows, as Silero's own program asks for them."""
    state, end = np.zeros((2, 1, 128), np.float32), np.zeros(CONTEXT, np.float32)
    heard = []
    for window in to_float(windows(samples)):
        audio = np.concatenate((end, window))[np.newaxis]
        inputs = {"input": audio, "state": state, "sr": np.array(RATE, np.int64)}
        (probability,), state = graph.run(None, inputs)
        heard.append(float(probability[0]))
        end = window[-CONTEXT:]
    return heard


def loud() -> Samples:
    """Noise that is cut off at full scale nearly everywhere."""
    return np.where(noise(2, 0.3) > 0, 32767, -32768).astype(np.int16)


def bursts() -> Samples:
    """Digital silence and a voice by turns, which change within a window."""
    voice = spoken("market.flac").copy()
    voice[(np.arange(len(voice)) // 3_001) % 2 == 0] = 0
    return voice


@pytest.fixture(scope="module")
def expected(graph: onnxruntime.InferenceSession) -> list[tuple[Samples, list[float]]]:
    """Every recording, silence, noise, full scale and bursts, with the graph's probabilities."""
    recordings = [spoken(name) for name in TEXTS]
    sounds = [*recordings, silence(1), noise(3, 0.003), noise(3, 0.05), loud(), bursts()]
    return [(samples, by_graph(graph, samples)) for samples in sounds]


@pytest.mark.parametrize("at_once", [1, 3, 31])
def test_it_gives_the_probabilities_of_the_graph(
    expected: list[tuple[Samples, list[float]]], vad: Vad, at_once: int
) -> None:
    """To 1e-4 for any sound, however many windows come at once."""
    for samples, probabilities in expected:
        stream, rows = vad.stream(), windows(samples)
        heard: list[float] = []
        for at in range(0, len(rows), at_once):
            heard += stream.probabilities(list(rows[at : at + at_once]))
        assert heard == pytest.approx(probabilities, abs=1e-4)


def test_streams_of_any_length_go_together(vad: Vad) -> None:
    """Streams with one, none and many windows in a call hear what they would hear alone."""
    names = ["train.flac", "weather.flac", "market.flac", "question.flac"]
    streams, alone = [vad.stream() for _ in names], [vad.stream() for _ in names]
    for lengths in ((1, 0, 5, 3), (4, 4, 4, 4), (0, 7, 1, 2), (0, 0, 0, 0)):
        parts = [
            list(windows(spoken(name))[20 : 20 + length])
            for name, length in zip(names, lengths, strict=True)
        ]
        together = vad.hear(list(zip(streams, parts, strict=True)))
        for heard, stream, part in zip(together, alone, parts, strict=True):
            assert heard == pytest.approx(stream.probabilities(part), abs=1e-5)


def test_another_network_is_refused() -> None:
    """The weights of another release, by which other probabilities would come out unnoticed."""
    weights = read_weights(model_file("silero_vad_16k_op15.onnx"))
    narrow = np.zeros((128, 65, 3), np.float32)
    with pytest.raises(ValueError, match=r"encoder\.0"):
        Silero(weights | {"model.encoder.0.reparam_conv.weight": narrow})
    with pytest.raises(ValueError, match=r"rnn\.bias_hh"):
        Silero({name: value for name, value in weights.items() if not name.endswith("bias_hh")})


@pytest.mark.parametrize("data", [b"", b"\x3a", b"\x3a\x02\x2a", b"no model", b"\xff" * 99])
def test_what_is_no_model_is_told_so(tmp_path: Path, data: bytes) -> None:
    """An empty, a cut and a foreign file, by their name."""
    (tmp_path / "model.onnx").write_bytes(data)
    with pytest.raises(ValueError, match=r"model\.onnx is no ONNX model"):
        read_weights(tmp_path / "model.onnx")


def test_no_runtime_is_loaded_for_it() -> None:
    """What a gateway imports for it is numpy alone."""

    code = "import sys; from tutor.adapters.speech.vad import Vad; Vad(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"onnxruntime", "torch", "silero_vad"} & set(loaded)
