"""A whole recording cut into utterances, as a live session would cut it."""

from __future__ import annotations

from tutor.adapters.vad import Vad
from tutor.core.audio import WINDOW, Samples, to_samples
from tutor.core.segmenter import Decision, Ended, Segmenter, SegmenterConfig, Started

CONFIG = SegmenterConfig(pause=0, endpoint_silence=to_samples(1_000))
"""A recording is there as a whole: nothing is gained by ending an utterance early."""


def cut(audio: Samples, vad: Vad) -> list[tuple[int, int]]:
    """First sample and just past the last one of each utterance, none over 30 s.

    `audio`: int16 at 16 kHz.
    """
    segmenter = Segmenter(CONFIG)
    windows = [audio[at : at + WINDOW] for at in range(0, len(audio) - WINDOW + 1, WINDOW)]
    decisions: list[Decision] = []
    for probability in vad.stream().probabilities(windows):
        decisions += segmenter.receive_probability(probability)
    decisions += segmenter.receive_commit(len(windows) * WINDOW, "end")
    starts = [decision.start for decision in decisions if isinstance(decision, Started)]
    ends = [decision.end for decision in decisions if isinstance(decision, Ended)]
    return list(zip(starts, ends, strict=True))
