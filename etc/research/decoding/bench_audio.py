"""Learner speech for the decoding benches: sampled, cut as the live product cuts it, normalised.

The sample is seeded and spread over speakers; a final's audio is 300 ms of pre-roll, the speech
and 600 ms of silence, as `tutor.core.live.utterances.segmenter` gives it.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper import decode_audio

from tutor.adapters.speech.vad import Vad
from tutor.core.audio.samples import RATE, WINDOW
from tutor.core.live.utterances.segmenter import Ended, Segmenter, SegmenterConfig, Started

Audio = npt.NDArray[np.float32]

ROOM_NOISE = 1e-4
"""Amplitude of the noise that fills what a recording lacks."""

LONGEST_S = 25.0

_CONTRACTIONS = (
    (r"\bwon't\b", "will not"),
    (r"\bcan't\b", "can not"),
    (r"\bcannot\b", "can not"),
    (r"\blet's\b", "let us"),
    (r"\bgonna\b", "going to"),
    (r"\bwanna\b", "want to"),
    (r"\bo'clock\b", "oclock"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'s\b", " is"),
    (r"'d\b", " would"),
    (r"'ll\b", " will"),
    (r"'ve\b", " have"),
    (r"'m\b", " am"),
    (r"\b(hmm|mm|mhm|mmm|uh|um|er|ah)\b", " "),
    (r"\bmr\b\.?", "mister"),
    (r"\bmrs\b\.?", "missus"),
    (r"\bdr\b\.?", "doctor"),
    (r"\b(ok)\b", "okay"),
    (r"%", " percent"),
)

_SPELLINGS = {
    "colour": "color",
    "colours": "colors",
    "favourite": "favorite",
    "grey": "gray",
    "neighbour": "neighbor",
    "neighbours": "neighbors",
    "centre": "center",
    "theatre": "theater",
    "mum": "mom",
    "travelling": "traveling",
    "programme": "program",
}

_UNITS = "zero one two three four five six seven eight nine".split()
_TEENS = ("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen").split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DIGITS = (
    {word: str(value) for value, word in enumerate(_UNITS)}
    | {word: f"1 {value}" for value, word in enumerate(_TEENS)}
    | {word: f"{value} 0" for value, word in enumerate(_TENS, start=2)}
)
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third", "5th": "fifth"}


@dataclass(frozen=True)
class Utterance:
    """What somebody read aloud."""

    name: str
    speaker: str
    text: str
    audio: Audio

    @property
    def seconds(self) -> float:
        """How long the audio is."""
        return len(self.audio) / RATE


def normalise(text: str) -> str:
    """Text without case, punctuation, contractions; every number as its digits one by one.

    A small sibling of Whisper's EnglishTextNormalizer. Numbers become digits on both sides
    ("twelve", "12" and "1 2" are all "1 2"), because the learners read many digit strings.
    """
    text = text.lower().replace("\u2019", "'")
    for pattern, plain in _CONTRACTIONS:
        text = re.sub(pattern, plain, text)
    for short, ordinal in _ORDINALS.items():
        text = text.replace(short, ordinal)
    text = re.sub(r"(?<=\d)[,:.](?=\d)", "", text)
    words = re.sub(r"[^a-z0-9' ]", " ", text).replace("'", "").split()
    plain_words: list[str] = []
    for index, word in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else ""
        plain_words += _plain(word, after)
    return " ".join(plain_words)


def _plain(word: str, after: str) -> list[str]:
    if word in _TENS and after in _UNITS[1:]:  # "twenty three" is 2 3, not 2 0 3
        return _DIGITS[word].split()[:1]
    if word in _DIGITS:
        return _DIGITS[word].split()
    if word.isdigit():
        return list(word)
    return [_SPELLINGS.get(word, word)]


def load_sample(data: Path, size: int, long: int, seed: int) -> list[Utterance]:
    """Return `size` utterances spread over the speakers, then `long` composites."""
    with gzip.open(data / "labels.jsonl.gz", "rt") as file:
        labels = [json.loads(line) for line in file]
    by_speaker: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for label in labels:
        by_speaker[label["speaker"]].append(label)
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    for mine in by_speaker.values():
        rng.shuffle(mine)
    speakers = sorted(by_speaker)
    rng.shuffle(speakers)
    rounds = range(max(map(len, by_speaker.values())))
    order = [
        by_speaker[speaker][turn]
        for turn in rounds
        for speaker in speakers
        if turn < len(by_speaker[speaker])
    ]
    vad = Vad()
    sample = [_load(data, label, vad) for label in order[:size]]
    return sample + [_composite(data, by_speaker[s], rng, vad) for s in speakers[:long]]


def _load(data: Path, label: dict[str, Any], vad: Vad) -> Utterance:
    audio = np.asarray(decode_audio(str(data / "flac" / f"{label['utterance']}.flac")), np.float32)
    name = str(label["utterance"])
    return Utterance(name, label["speaker"], label["text"], cut(audio, vad, int(name)))


def _composite(data: Path, labels: list[dict[str, Any]], rng: random.Random, vad: Vad) -> Utterance:
    """Two to four utterances of one speaker, the last ones of the shuffled list."""
    count = rng.choice((2, 3, 4, 4))
    parts: list[Utterance] = []
    for label in reversed(labels):
        part = _load(data, label, vad)
        if sum(p.seconds for p in parts) + part.seconds < LONGEST_S - 2:
            parts.append(part)
        if len(parts) == count:
            break
    pieces: list[Audio] = []
    for part in parts:
        # Each part ends with 600 ms of silence and begins with 300 ms: cut to a breath.
        pause = _noise(int(rng.uniform(0.3, 0.8) * RATE), len(pieces))
        last = part is parts[-1]
        audio = part.audio if not pieces else part.audio[int(0.25 * RATE) :]
        pieces += [audio] if last else [audio[: -int(0.55 * RATE)], pause]
    name = "+".join(part.name for part in parts)
    text = " ".join(part.text for part in parts)
    return Utterance(name, parts[0].speaker, text, np.concatenate(pieces))


def cut(audio: Audio, vad: Vad, seed: int) -> Audio:
    """The audio from 300 ms before the first speech to 600 ms after the last, noise-filled."""
    config = SegmenterConfig()
    padded = np.concatenate([_noise(RATE // 2, seed), audio, _noise(RATE, seed + 1)])
    pcm = np.clip(padded * 32768, -32768, 32767).astype(np.int16)
    windows = [pcm[at : at + WINDOW] for at in range(0, len(pcm) - WINDOW + 1, WINDOW)]
    segmenter = Segmenter(config)
    decisions = [
        decision
        for probability in vad.stream().probabilities(windows)
        for decision in segmenter.receive_probability(probability)
    ]
    starts = [d.start for d in decisions if isinstance(d, Started)]
    ends = [d.end for d in decisions if isinstance(d, Ended)]
    if not starts:
        return padded
    return padded[starts[0] : ends[-1] if len(ends) == len(starts) else len(padded)]


def _noise(samples: int, seed: int) -> Audio:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(samples) * ROOM_NOISE).astype(np.float32)
