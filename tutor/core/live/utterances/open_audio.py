"""A session's newest audio: cut into windows, and stored as far as an utterance is open."""

from __future__ import annotations

import numpy as np

from tutor.core.audio.samples import WINDOW, Samples, to_samples
from tutor.core.audio.windows import Windows
from tutor.core.live.effects import AppendAudio, Effect
from tutor.core.live.utterances.segmenter import SegmenterConfig
from tutor.core.live.utterances.utterance import Utterance

APPEND = to_samples(250)
"""Samples of audio that are stored at once, at least. Each time is a step of the session, a round
trip to the store: of 100 ms there were 7.5 in a second of speech. What is not stored yet the client
keeps, and a partial that is dispatched stores it first."""


class OpenAudio:
    """The newest audio of one session. Positions are samples from the session's start.

    `effects`: the session's, to which what is to be stored is added.
    """

    def __init__(self, config: SegmenterConfig, effects: list[Effect]) -> None:
        # The history must reach back to the pre-roll of an onset not yet confirmed, and to the
        # cut of a forced endpoint.
        self._windows = Windows(
            config.cut_search + config.pre_roll + config.min_speech + 2 * WINDOW
        )
        self._effects = effects

    def resume_from(self, begin: int, judged: int, position: int) -> None:
        """Go on at a position, from which audio comes again; what is between `begin` and it is
        silent. Windows before `judged` were judged."""
        self._windows = Windows(self._windows.recent.capacity, begin, judged)
        self._windows.recent.append(np.zeros(position - begin, np.int16))

    @property
    def end(self) -> int:
        """Just past the last sample that was received."""
        return self._windows.recent.end

    def receive_samples(self, samples: Samples) -> list[Samples]:
        """Take resampled audio (int16, 16 kHz); the windows whose speech probability is now due."""
        return self._windows.receive_samples(samples)

    def is_much(self, utterance: Utterance) -> bool:
        """Whether so much of the open utterance is not stored yet that it should be."""
        return self.end - utterance.appended >= APPEND

    def store(self, utterance: Utterance) -> None:
        """Store what came since the last time, up to the utterance's end if it has one."""
        end = self.end if utterance.end is None else utterance.end
        if end > utterance.appended:
            pcm = self._windows.recent.between(utterance.appended, end).tobytes()
            self._effects.append(AppendAudio(utterance.id, pcm))
            utterance.appended = end
