"""Windows of recordings as the recogniser gets them: cut short, padded, loud, noisy or empty,
with words that are said twice, and with more than one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from prepare import Example

from tutor.core.audio.samples import RATE, Audio

LEADS_S = (0.0, 0.1, 0.3, 0.3, 0.6, 1.0)
"""Seconds of silence before the speech, one of which is drawn: the segmenter keeps 0.3."""

TAILS_S = (0.05, 0.1, 0.1, 0.3, 0.6)
"""Seconds of silence after the speech: a final is begun at a pause of 0.1."""

FLOORS_S = (4, 4, 5, 6, 8, 8, 10)
"""Seconds of the shortest window: partials have 4, finals 8."""

BEGINNINGS = 0.35
"""Share of recordings that are cut after some word, as a partial hears them."""

TWICE = 0.08
"""Share of recordings in which some words are said twice, as learners begin again."""

JOINED = 0.12
"""Share of recordings that another of the same kind follows."""

LONGEST_S = 12.0
"""Seconds of the longest window of two recordings."""

EMPTY = 0.06
"""Share of windows that hold no speech, and whose text is empty."""

QUIET = 0.01
"""Power, of the loudest 25 ms, under which there is no speech."""


@dataclass(frozen=True)
class Word:
    """A word of a text."""

    text: str
    is_taught: bool = True
    """False: nothing is learned from it, it stands before those that are."""
    is_marked: bool = True
    """False: nothing is learned from its mark."""


@dataclass(frozen=True)
class Window:
    """What the model is shown, and what it is to write."""

    audio: Audio
    words: Sequence[Word] = ()
    """Empty: nobody speaks."""


class Windows:
    """Draws windows from recordings."""

    def __init__(self, audios: dict[str, Audio], seed: int) -> None:
        self._audios = audios
        self._random = Random(seed)  # noqa: S311 - reproducible, no secret
        self._noise = np.random.default_rng(seed)

    def draw(self, example: Example, other: Example) -> Window:
        """A window of a recording, of two, or now and then of nothing."""
        if self._random.random() < EMPTY:
            return self.empty()
        if self._random.random() < JOINED and self._is_short(example, other):
            return self._joined(example, other)
        return self._recording(example)

    def _recording(self, example: Example) -> Window:
        audio = self._audios[example.utterance]
        if len(example.words) >= 2 and self._random.random() < TWICE:
            audio, words = self._twice(audio, example)
            return Window(self._heard(audio, *speech_of(audio)), words)
        begin, end = speech_of(audio)
        words, end = self._cut(example, end)
        return Window(self._heard(audio, begin, end), words)

    def _is_short(self, one: Example, other: Example) -> bool:
        samples = sum(len(self._audios[example.utterance]) for example in (one, other))
        return one.utterance != other.utterance and samples <= LONGEST_S * RATE

    def _joined(self, one: Example, other: Example) -> Window:
        audio = self._audios[one.utterance]
        before = self._heard(audio, *speech_of(audio))
        after = self._recording(other)
        words = [*words_of(one), *after.words]
        return Window(np.concatenate([before, after.audio]), words)

    def _twice(self, audio: Audio, example: Example) -> tuple[Audio, list[Word]]:
        """One to three words, a short pause, and the same words again."""
        last = self._random.randrange(1, len(example.words) + 1)
        first = max(0, last - self._random.choice((1, 1, 2, 3)))
        begin = example.ends[first - 1] if first else speech_of(audio)[0]
        pause = np.zeros(round(self._random.uniform(0.05, 0.5) * RATE), np.float32)
        said = audio[: example.ends[last - 1]]
        words = words_of(example)
        again = [Word(word.text.rstrip(".,?!"), word.is_taught) for word in words[first:last]]
        words = [*words[:first], *again, *words[first:]]
        return np.concatenate([said, pause, audio[begin:]]), words

    def _cut(self, example: Example, end: int) -> tuple[list[Word], int]:
        """The words that are kept, and the sample at which the speech ends then."""
        if len(example.words) < 3 or self._random.random() > BEGINNINGS:
            return words_of(example), end
        kept = self._random.randrange(1, len(example.words))
        # Nothing of the next word, or so little that it cannot be told.
        at = example.ends[kept - 1] + round(self._random.uniform(0, 0.08) * RATE)
        return words_of(example)[:kept], min(at, end)

    def _heard(self, audio: Audio, begin: int, end: int) -> Audio:
        lead = round(self._random.choice(LEADS_S) * RATE)
        tail = round(self._random.choice(TAILS_S) * RATE)
        is_cut = end < len(audio) - tail and self._random.random() < 0.5
        cut = audio[max(0, begin - lead) : end if is_cut else min(len(audio), end + tail)]
        front = np.zeros(max(0, lead - begin) if self._random.random() < 0.5 else 0, np.float32)
        behind = np.zeros(tail if is_cut and self._random.random() < 0.5 else 0, np.float32)
        return self._noisy(np.concatenate([front, cut, behind]))

    def _noisy(self, audio: Audio) -> Audio:
        louder = audio * 10 ** (self._random.uniform(-10, 6) / 20)
        faint = 10 ** (self._random.uniform(-80, -45) / 20)
        noise = self._noise.standard_normal(len(audio), np.float32) * faint
        return np.clip(louder + noise, -1, 1).astype(np.float32)

    def empty(self) -> Window:
        """A window without speech."""
        seconds = self._random.uniform(0.5, 6.0)
        noise = self._noise.standard_normal(round(seconds * RATE), np.float32)
        if self._random.random() < 0.5:
            noise = np.cumsum(noise) * 0.02  # a rumble
        if self._random.random() < 0.4:
            noise = noise * 0.1 + self._music(len(noise))
        level = 10 ** (self._random.uniform(-80, -20) / 20)
        return Window((noise * level).clip(-1, 1).astype(np.float32))

    def _music(self, samples: int) -> Audio:
        """Chords that change and die away; a hum where none changes."""
        at = np.arange(samples) / RATE
        beat = self._random.choice((0.25, 0.5, 1.0, 60.0))
        played = np.zeros(samples)
        for tone in range(self._random.randrange(1, 5)):
            steps = self._noise.integers(0, 12, math.ceil(samples / RATE / beat))
            pitch = 55 * (tone + 1) * 2.0 ** (steps[(at / beat).astype(int)] / 12)
            phase = 2 * math.pi * np.cumsum(pitch) / RATE
            played += sum(np.sin(n * phase) / n for n in range(1, 4))
        return (played * np.exp(-(at % beat))).astype(np.float32)


def words_of(example: Example) -> list[Word]:
    """The words of an example."""
    words = [Word(word, n not in example.unsure) for n, word in enumerate(example.words)]
    return words if example.is_marked else [*words[:-1], replace(words[-1], is_marked=False)]


def speech_of(audio: Audio) -> tuple[int, int]:
    """The first and the last sample that are not quiet."""
    power = np.convolve(audio**2, np.ones(400) / 400, "same")
    loud = np.flatnonzero(power > max(1e-6, QUIET * power.max()))
    return int(loud[0]), int(loud[-1])


def window_s(windows: Sequence[Window], random: Random) -> int:
    """Seconds of the encoder's window for windows that are shown together."""
    longest = max(len(window.audio) for window in windows) / RATE
    return min(30, max(random.choice(FLOORS_S), math.ceil(longest + random.choice((0.5, 1.0)))))
