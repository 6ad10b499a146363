"""Silero's voice-activity model on ONNX Runtime, one state per stream.

The graph comes with the silero-vad package; it is run directly, because importing that package
imports torch (seconds and 200 MB that a gateway does not need).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from tutor.core.audio.samples import RATE, WINDOW, Samples, to_float

_CONTEXT = 64
"""Samples of the previous window that the model takes in front of each one at 16 kHz."""


MAX_BATCH = 32
"""The most windows in one call: about 2 ms of the event loop, measured at 0.05 ms a window."""

Frames = npt.NDArray[np.float32]


class Vad:
    """The loaded model, shared by all streams of a process."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._model = onnxruntime.InferenceSession(
            str(_model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(RATE, np.int64)

    def stream(self) -> VadStream:
        """A stream's state, in silence."""
        return VadStream(self)

    def step(self, turns: Sequence[tuple[VadStream, Samples]]) -> list[float]:
        """The speech probability in the next window of each of several streams.

        A window is 512 samples, int16. No stream may come twice.
        """
        audio = np.concatenate([stream.listen(window) for stream, window in turns])
        state = np.concatenate([stream.state for stream, _ in turns], axis=1)
        probabilities, state = self._model.run(
            None, {"input": audio, "state": state, "sr": self._rate}
        )
        for at, (stream, _) in enumerate(turns):
            stream.state = state[:, at : at + 1]
        return [float(probability) for probability in probabilities[:, 0]]


class VadStream:
    """What the model remembers of one stream."""

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        self.state: Frames = np.zeros((2, 1, 128), np.float32)
        self._audio: Frames = np.zeros((1, _CONTEXT + WINDOW), np.float32)

    def listen(self, window: Samples) -> Frames:
        """The model's next input [1, 64 + 512]: the end of the window before, then the window."""
        self._audio[0, :_CONTEXT] = self._audio[0, -_CONTEXT:]
        self._audio[0, _CONTEXT:] = to_float(window)
        return self._audio

    def probabilities(self, windows: Sequence[Samples]) -> list[float]:
        """The probability of speech, 0 to 1, in each of the next windows of 512 samples."""
        return [self._vad.step([(self, window)])[0] for window in windows]


class VadBatcher:
    """Runs the streams of all sessions together: all windows that wait in the event loop.

    One window costs 0.12 ms alone and 0.05 ms in a batch of 64 (measured, one core).
    """

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        self._waiting: deque[tuple[VadStream, Samples, asyncio.Future[float]]] = deque()

    def stream(self) -> VadStream:
        """A stream's state, in silence."""
        return self._vad.stream()

    async def probabilities(self, stream: VadStream, windows: Sequence[Samples]) -> list[float]:
        """The probability of speech, 0 to 1, in each of a stream's next windows."""
        return [await self._turn(stream, window) for window in windows]

    def _turn(self, stream: VadStream, window: Samples) -> asyncio.Future[float]:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._run)
        future: asyncio.Future[float] = loop.create_future()
        self._waiting.append((stream, window, future))
        return future

    def _run(self) -> None:
        count = min(MAX_BATCH, len(self._waiting))
        turns = [self._waiting.popleft() for _ in range(count)]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._run)
        heard = self._vad.step([(stream, window) for stream, window, _ in turns])
        for (_, _, future), probability in zip(turns, heard, strict=True):
            if not future.done():  # its session may have gone
                future.set_result(probability)


def _model_path() -> Path:
    spec = find_spec("silero_vad")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package silero-vad is not installed")
    return Path(spec.origin).parent / "data" / "silero_vad.onnx"
