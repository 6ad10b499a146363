"""A voice that remembers what it has said: the phrases of coach and scenarios come again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from tutor.adapters.voice.voice import Said, Voice


class Remembered:
    """A voice of which what was said lately is not made again; safe to share between threads.

    `most_s`: seconds of speech that are kept, those that were asked for last.
    """

    def __init__(self, voice: Voice, most_s: float) -> None:
        self.facts = voice.facts
        self._voice = voice
        self._room = round(most_s * voice.sample_rate)
        self._kept: OrderedDict[tuple[str, float], Said] = OrderedDict()
        self._samples = 0
        self._lock = threading.Lock()

    @property
    def sample_rate(self) -> int:
        """Samples of its audio in a second."""
        return self._voice.sample_rate

    def say(self, clause: str, speed: float) -> Said:
        """Say a clause, or give what was said of it before.

        Raises:
            VoiceError: it cannot be said.
        """
        key = clause, speed
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        made = self._voice.say(clause, speed)  # two threads may say it at once: both alike
        with self._lock:
            self._keep(key, made)
        return made

    def _keep(self, key: tuple[str, float], made: Said) -> None:
        if key in self._kept or len(made.audio) > self._room:
            return
        made.audio.setflags(write=False)  # several listeners have it
        self._kept[key] = made
        self._samples += len(made.audio)
        while self._samples > self._room:
            _, oldest = self._kept.popitem(last=False)
            self._samples -= len(oldest.audio)
