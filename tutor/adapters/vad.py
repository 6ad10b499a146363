"""Silero's voice-activity model on ONNX Runtime, one state per stream.

The graph comes with the silero-vad package; it is run directly, because importing that package
imports torch (seconds and 200 MB that a gateway does not need).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime

from tutor.core.audio import RATE, WINDOW, Samples, to_float

_CONTEXT = 64
"""Samples of the previous window that the model wants in front of each one at 16 kHz."""


class Vad:
    """The loaded model; shared by all streams of a process."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._model = onnxruntime.InferenceSession(
            str(_model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(RATE, np.int64)

    def stream(self) -> VadStream:
        """A stream of its own, in silence."""
        return VadStream(self)

    def run(
        self, audio: np.ndarray[tuple[int, int], np.dtype[np.float32]], state: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """One step: audio [batch, 64 + 512] and state [2, batch, 128] to probability and state."""
        probability, state = self._model.run(
            None, {"input": audio, "state": state, "sr": self._rate}
        )
        return probability, state


class VadStream:
    """Speech probabilities of one stream."""

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        self._state = np.zeros((2, 1, 128), np.float32)
        self._audio = np.zeros((1, _CONTEXT + WINDOW), np.float32)

    def probabilities(self, windows: list[Samples]) -> list[float]:
        """The probability of speech, 0 to 1, in each of the next windows of 512 samples."""
        return [self._step(window) for window in windows]

    def _step(self, window: Samples) -> float:
        self._audio[0, :_CONTEXT] = self._audio[0, -_CONTEXT:]
        self._audio[0, _CONTEXT:] = to_float(window)
        probability, self._state = self._vad.run(self._audio, self._state)
        return float(probability[0, 0])


def _model_path() -> Path:
    spec = find_spec("silero_vad")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package silero-vad is not installed")
    return Path(spec.origin).parent / "data" / "silero_vad.onnx"
