"""Silero's voice-activity model, one state per stream.

The weights come with the silero-vad package; they are read directly, because importing that package
imports torch (seconds and 200 MB that a gateway does not need).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor.adapters.speech.silero import CONTEXT, INPUT, STATE, Silero
from tutor.core.audio.samples import Samples, to_float

MAX_BATCH = 32
"""The most windows in one call: about 2 ms of the event loop, measured at 0.05 ms a window."""

Frames = npt.NDArray[np.float32]


class Vad:
    """The loaded model, shared by all streams of a process."""

    def __init__(self) -> None:
        self._network = Silero.load(_model_path())

    def stream(self) -> VadStream:
        """A stream's state, in silence."""
        return VadStream(self)

    def hear(self, turns: Sequence[tuple[VadStream, Sequence[Samples]]]) -> list[list[float]]:
        """The speech probabilities in the next windows of each of one or more streams.

        A window is 512 samples, int16. No stream may come twice.
        """
        order = sorted(range(len(turns)), key=lambda turn: -len(turns[turn][1]))
        ranked = [turns[turn] for turn in order]
        most = max(len(windows) for _, windows in ranked)
        counts = [sum(len(windows) > at for _, windows in ranked) for at in range(most)]
        if not counts:
            return [[] for _ in turns]
        gates = self._network.gates(_input(ranked, counts))
        state = np.stack([stream.state for stream, _ in ranked], axis=1)
        probabilities = iter(self._network.probabilities(self._network.recur(gates, counts, state)))
        heard: list[list[float]] = [[] for _ in turns]
        for count in counts:
            for turn in order[:count]:
                heard[turn].append(next(probabilities))
        for at, (stream, _) in enumerate(ranked):
            stream.state = state[:, at].copy()  # a view would keep the others'
        return heard


def _input(turns: Sequence[tuple[VadStream, Sequence[Samples]]], counts: Sequence[int]) -> Frames:
    """The first windows of all streams, then the second ones, ...: each behind the end of the one
    before it. Those with the most windows come first."""
    audio = np.empty((sum(counts), INPUT), np.int16)
    rows = iter(audio)
    for at, count in enumerate(counts):
        for stream, windows in turns[:count]:
            row = next(rows)
            row[:CONTEXT], row[CONTEXT:] = stream.end, windows[at]
            stream.end = row[-CONTEXT:].copy()
    return to_float(audio)


class VadStream:
    """What the model remembers of one stream."""

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        self.state: Frames = np.zeros((2, STATE), np.float32)
        self.end: Samples = np.zeros(CONTEXT, np.int16)
        """The end of the last window."""

    def probabilities(self, windows: Sequence[Samples]) -> list[float]:
        """The probability of speech, 0 to 1, in each of the next windows of 512 samples."""
        heard: list[float] = []
        for at in range(0, len(windows), MAX_BATCH):
            heard += self._vad.hear([(self, windows[at : at + MAX_BATCH])])[0]
        return heard


@dataclass
class _Turn:
    """Windows of a stream that wait to be heard, in their order."""

    stream: VadStream
    windows: Sequence[Samples]
    heard: asyncio.Future[list[float]]


class VadBatcher:
    """Runs the streams of all sessions together: all windows that wait in the event loop."""

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        self._waiting: deque[_Turn] = deque()

    def stream(self) -> VadStream:
        """A stream's state, in silence."""
        return self._vad.stream()

    async def probabilities(self, stream: VadStream, windows: Sequence[Samples]) -> list[float]:
        """The probability of speech, 0 to 1, in each of a stream's next windows."""
        heard: list[float] = []
        for at in range(0, len(windows), MAX_BATCH):
            heard += await self._turn(stream, windows[at : at + MAX_BATCH])
        return heard

    def _turn(self, stream: VadStream, windows: Sequence[Samples]) -> asyncio.Future[list[float]]:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._run)
        turn = _Turn(stream, windows, loop.create_future())
        self._waiting.append(turn)
        return turn.heard

    def _run(self) -> None:
        turns = self._collect()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._run)
        try:
            heard = self._vad.hear([(turn.stream, turn.windows) for turn in turns])
        except Exception as error:  # nobody may wait for ever
            for turn in turns:
                if not turn.heard.done():
                    turn.heard.set_exception(error)
            return
        for turn, probabilities in zip(turns, heard, strict=True):
            if not turn.heard.done():  # its session may have gone
                turn.heard.set_result(probabilities)

    def _collect(self) -> list[_Turn]:
        """The turns that wait, as many as go together."""
        turns = [self._waiting.popleft()]
        room = MAX_BATCH - len(turns[0].windows)
        while self._waiting and len(self._waiting[0].windows) <= room:
            turns.append(self._waiting.popleft())
            room -= len(turns[-1].windows)
        return turns


def _model_path() -> Path:
    spec = find_spec("silero_vad")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package silero-vad is not installed")
    return Path(spec.origin).parent / "data" / "silero_vad_16k_op15.onnx"
