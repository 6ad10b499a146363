"""Hallucination: text out of silence, noise and tones; and short true words that must survive."""

from __future__ import annotations

from typing import Any

import numpy as np
from bench_audio import Audio, Utterance, cut, normalise
from bench_decoder import Decoder, Decoding

from tutor.adapters.speech.vad import Vad
from tutor.core.audio.samples import RATE, WINDOW
from tutor.core.live.utterances.segmenter import Segmenter, SegmenterConfig

LEVELS = (1e-4, 1e-3, 1e-2, 5e-2)
CHORDS = ((220.0, 277.2, 329.6), (196.0, 246.9, 293.7), (261.6, 329.6, 392.0), (440.0,))


def clips(seed: int) -> list[tuple[str, Audio]]:
    """60 clips of nobody speaking, 2 to 10 s each."""
    rng = np.random.default_rng(seed)
    made: list[tuple[str, Audio]] = []
    for index in range(60):
        samples = int(rng.uniform(2, 10) * RATE)
        level = LEVELS[index // 5 % len(LEVELS)]
        kind = ("silence", "white", "pink", "music", "knocks")[index % 5]
        made.append((f"{kind} {level:g}", _make(kind, samples, level, rng)))
    return made


def _make(kind: str, samples: int, level: float, rng: np.random.Generator) -> Audio:
    noise = rng.standard_normal(samples)
    if kind == "silence":
        wave = noise * (0 if level < LEVELS[1] else 1e-5 / level)
    elif kind == "white":
        wave = noise
    elif kind == "pink":
        spectrum = np.fft.rfft(noise)
        spectrum /= np.sqrt(np.maximum(1, np.arange(len(spectrum))))
        wave = np.fft.irfft(spectrum, samples)
        wave /= wave.std()
    elif kind == "music":
        wave = _music(samples, rng)
    else:
        wave = noise * 0.02
        for start in rng.integers(0, samples - 800, max(1, samples // RATE)):
            wave[start : start + 800] += noise[:800] * np.exp(-np.arange(800) / 120) * 6
    return (wave * level).clip(-1, 1).astype(np.float32)


def _music(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Chords of half a second with overtones, each fading."""
    wave = np.zeros(samples)
    beat = RATE // 2
    for start in range(0, samples, beat):
        time = np.arange(min(beat, samples - start)) / RATE
        for tone in CHORDS[rng.integers(len(CHORDS))]:
            for overtone in (1, 2, 3):
                wave[start : start + len(time)] += (
                    np.sin(2 * np.pi * tone * overtone * time) * np.exp(-3 * time) / overtone
                )
    return wave


def passes_vad(audio: Audio, vad: Vad) -> bool:
    """Whether the live product would have begun an utterance."""
    pcm = (audio * 32767).astype(np.int16)
    windows = [pcm[at : at + WINDOW] for at in range(0, len(pcm) - WINDOW + 1, WINDOW)]
    segmenter = Segmenter(SegmenterConfig())
    return any(segmenter.receive_probability(p) for p in vad.stream().probabilities(windows))


def short_words(decoder: Decoder, sample: list[Utterance], count: int) -> list[Utterance]:
    """One or two words cut out of learners' sentences, with silence around as in live use."""
    vad = Vad()
    found: list[Utterance] = []
    for index, utterance in enumerate(sample):
        spoken = decoder.align(
            decoder.encode(utterance.audio, Decoding()),
            decoder.tokenizer.encode(" " + utterance.text.capitalize()),
            len(utterance.audio) // 160,
        )
        size = 1 + index % 2
        for at in range(len(spoken) - size, 0, -1):
            piece = spoken[at : at + size]
            start, end = piece[0][1], piece[-1][2]
            if end - start >= 0.3 * size and min(word[3] for word in piece) > 0.3:
                audio = utterance.audio[int((start - 0.05) * RATE) : int((end + 0.1) * RATE)]
                text = " ".join(word[0] for word in piece)
                found.append(
                    Utterance(utterance.name, utterance.speaker, text, cut(audio, vad, index))
                )
                break
        if len(found) == count:
            break
    return found


def listen(decoder: Decoder, audio: Audio, ways: dict[str, Decoding]) -> list[dict[str, Any]]:
    """What each way makes of a clip."""
    rows = []
    for name, how in ways.items():
        heard = decoder.hear(audio, how)
        rows.append(
            {
                "way": name,
                "text": normalise(heard.text),
                "raw": heard.text,
                "no_speech": heard.no_speech,
                "log_probability": heard.log_probability,
            }
        )
    return rows
