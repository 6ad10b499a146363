"""The voice-activity network in numpy against Silero's graph on ONNX Runtime, on a folder's
recordings: do they hear the same, and what does a window cost?

    python etc/bench/bench_vad.py --data FOLDER --recordings 300

Prints the largest difference of a probability, how many recordings are cut into other utterances,
and the CPU time of a window: the graph's (one by one, as it takes them), and the network's with so
many windows in a call. The two take turns, recording by recording.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import onnxruntime

from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.silero import CONTEXT
from tutor.adapters.speech.vad import Vad
from tutor.bench.corpus import read_manifest
from tutor.core.audio.samples import RATE, WINDOW, Samples, to_float
from tutor.core.live.utterances.segmenter import Decision, Segmenter, SegmenterConfig

AT_ONCE = (1, 3, 31)
"""Windows in a call: a frame's of 32 ms, of 96 ms, and a second that comes at once."""

Hears = Callable[[Samples], list[float]]


class Graph:
    """Silero's own graph, as its own program asks it."""

    def __init__(self) -> None:
        spec = find_spec("silero_vad")
        assert spec is not None
        assert spec.origin is not None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = Path(spec.origin).parent / "data" / "silero_vad.onnx"
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )

    def hear(self, windows: Samples) -> list[float]:
        """The probabilities of a recording's windows."""
        state, end, heard = np.zeros((2, 1, 128), np.float32), np.zeros(CONTEXT, np.float32), []
        for window in windows:
            samples = to_float(window)
            inputs = {
                "input": np.concatenate((end, samples))[np.newaxis],
                "state": state,
                "sr": np.array(RATE, np.int64),
            }
            (probability,), state = self._session.run(None, inputs)
            heard.append(float(probability[0]))
            end = samples[-CONTEXT:]
        return heard


def hears(vad: Vad, at_once: int) -> Hears:
    """The network, with so many windows in a call."""

    def hear(windows: Samples) -> list[float]:
        stream, heard = vad.stream(), list[float]()
        for at in range(0, len(windows), at_once):
            heard += stream.probabilities(list(windows[at : at + at_once]))
        return heard

    return hear


def cut(probabilities: Sequence[float]) -> list[Decision]:
    """What a session decides on them."""
    segmenter = Segmenter(SegmenterConfig())
    decisions = [one for p in probabilities for one in segmenter.receive_probability(p)]
    return decisions + segmenter.receive_commit(segmenter.position)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--recordings", type=int, default=300)
    options = parser.parse_args()
    vad = Vad()
    ways: dict[str, Hears] = {"graph": Graph().hear}
    ways |= {f"network, {at_once} at once": hears(vad, at_once) for at_once in AT_ONCE}
    spent, worst, others, count = dict.fromkeys(ways, 0.0), 0.0, 0, 0
    for entry in islice(read_manifest(options.data), options.recordings):
        samples = read_audio_file(entry.path)
        windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
        heard = {}
        for name, hear in ways.items():
            began = time.process_time()
            heard[name] = hear(windows)
            spent[name] += time.process_time() - began
        count += len(windows)
        for name in list(ways)[1:]:
            worst = max(worst, float(np.abs(np.subtract(heard[name], heard["graph"])).max()))
            others += cut(heard[name]) != cut(heard["graph"])
    print(f"{count} windows; largest difference {worst:.1e}; cut otherwise: {others}")
    for name, seconds in spent.items():
        print(f"{name}: {seconds / count * 1e6:.0f} µs a window")


if __name__ == "__main__":
    main()
