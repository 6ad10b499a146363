"""A recording cut into utterances, as a live session would cut it, while it is being read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from tutor.adapters.speech.vad import Vad
from tutor.core.audio.samples import WINDOW, Recent, Samples, to_samples
from tutor.core.live.utterances.segmenter import (
    Decision,
    Ended,
    Segmenter,
    SegmenterConfig,
    Started,
)

CONFIG = SegmenterConfig(pause=0, endpoint_silence=to_samples(1_000), cut_search=to_samples(10_000))
"""How recordings are cut. A recording is there as a whole: nothing is gained by ending an utterance
early, and a speaker who takes 30 s without a pause of 1 s has made a shorter one within 10 s."""

MAX_UTTERANCE = CONFIG.max_utterance
"""Samples of the longest utterance: Whisper's window."""

KEPT = MAX_UTTERANCE + CONFIG.pre_roll + to_samples(3_000)
"""Samples of which an utterance can still be made."""


class Cutter:
    """Takes audio of any length bit by bit; gives utterances that share no sample.

    No utterance is over 30 s. What is between them is silence to the voice-activity model.
    """

    def __init__(self, vad: Vad) -> None:
        self._stream = vad.stream()
        self._segmenter = Segmenter(CONFIG)
        self._recent = Recent(KEPT)
        self._rest: Samples = np.empty(0, np.int16)
        self._start = 0

    @property
    def position(self) -> int:
        """Samples taken so far."""
        return self._recent.end + len(self._rest)

    def receive(self, samples: Samples) -> Iterator[tuple[int, Samples]]:
        """Take int16 samples at 16 kHz; yield the first sample and the audio of each ended
        utterance."""
        audio = np.concatenate([self._rest, samples])
        whole = len(audio) // WINDOW * WINDOW
        self._rest = audio[whole:]
        windows = [audio[at : at + WINDOW] for at in range(0, whole, WINDOW)]
        heard = self._stream.probabilities(windows)
        for window, probability in zip(windows, heard, strict=True):
            self._recent.append(window)
            yield from self._take(self._segmenter.receive_probability(probability))

    def receive_end(self) -> Iterator[tuple[int, Samples]]:
        """Take the end of the recording; yield the first sample and the audio of its last
        utterance."""
        self._recent.append(self._rest)
        self._rest = self._rest[:0]
        yield from self._take(self._segmenter.receive_commit(self._recent.end, "end"))

    def _take(self, decisions: list[Decision]) -> Iterator[tuple[int, Samples]]:
        for decision in decisions:
            if isinstance(decision, Started):
                self._start = decision.start
            elif isinstance(decision, Ended):
                audio = self._recent.between(self._start, decision.end)
                yield self._start, audio.copy()


def cut_all(audio: Iterable[Samples], cutter: Cutter) -> Iterator[tuple[int, Samples]]:
    """The utterances of a recording that comes bit by bit: first sample and audio of each."""
    for samples in audio:
        yield from cutter.receive(samples)
    yield from cutter.receive_end()


def cut_reading(audio: Iterable[Samples], cutter: Cutter) -> Iterator[tuple[int, Samples]]:
    """The utterances of a recording in which a text is read: first sample and audio of each.

    A recording that Whisper hears at once stays whole. The text says what is to be found in it, and
    where the voice-activity model missed the voice, words would count as left out.
    """
    taken: list[Samples] = []
    size, blocks = 0, iter(audio)
    for block in blocks:
        taken.append(block)
        size += len(block)
        if size > MAX_UTTERANCE:
            yield from cut_all(chain(taken, blocks), cutter)
            return
    if size:
        yield 0, np.concatenate(taken)
