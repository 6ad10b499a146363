"""How an utterance is heard again, a little slower and faster, where something hangs on it."""

from __future__ import annotations

import numpy as np

from tutor.core.audio.samples import RATE, WHISPER_WINDOW_S
from tutor.core.feedback.pronunciation.laying import Floats

PACES = (0.92, 1.08)
"""An accident of hearing, of a network's or of how a processor rounds, comes but once: in a
native's prompt "town" for "pound" is likelier by 4 as it is, and less likely by 34 slower."""


def at_pace(audio: Floats, pace: float) -> Floats:
    """Audio so many times as fast, and as much higher, by linear interpolation."""
    places = np.arange(int(len(audio) / pace)) * pace
    heard: Floats = np.interp(places, np.arange(len(audio)), audio).astype(np.float32)
    return heard


def fitting_paces(samples: int) -> tuple[float, ...]:
    """The paces at which so many samples fit into the recogniser's window."""
    return tuple(pace for pace in PACES if samples <= pace * WHISPER_WINDOW_S * RATE)
