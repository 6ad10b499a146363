"""Ten minutes in which nobody speaks, played into a running server: how many words come back?

    python etc/bench/noise.py --url http://127.0.0.1:8000 --minutes 10

Digital silence, room noise at several levels, mains hum, clicks and music (chords with a melody),
each for 20 s in turn. Prints whatever was transcribed; the exit code is the number of words.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

import numpy as np
import numpy.typing as npt

from tutor.client import practise
from tutor.core.audio.samples import RATE, Samples
from tutor.core.protocol.messages import (
    SessionStart,
    SpeechStarted,
    TranscriptFinal,
    TranscriptPartial,
)

PIECE_S = 20
Signal = npt.NDArray[np.float64]


def room(rng: np.random.Generator, level: float) -> Signal:
    """Low-passed noise, as of a fan or a street; `level` of full scale (RMS)."""
    white = rng.standard_normal(PIECE_S * RATE)
    smooth = np.convolve(white, np.ones(12) / 12, "same")
    return np.asarray(level * smooth / smooth.std())


def white(rng: np.random.Generator, level: float) -> Signal:
    """White noise; `level` of full scale (RMS)."""
    return level * rng.standard_normal(PIECE_S * RATE)


def hum(rng: np.random.Generator) -> Signal:
    """Mains hum of 50 Hz with harmonics, and a little noise."""
    times = np.arange(PIECE_S * RATE) / RATE
    tones = [np.sin(2 * np.pi * 50 * n * times) / n for n in range(1, 8)]
    return np.asarray(0.05 * np.sum(tones, axis=0) + room(rng, 0.002))


def clicks(rng: np.random.Generator) -> Signal:
    """Keys and mouse: short bursts, five a second on average."""
    signal = room(rng, 0.002)
    for start in rng.integers(0, len(signal) - 400, PIECE_S * 5):
        burst = rng.standard_normal(400) * np.exp(-np.arange(400) / 60)
        signal[start : start + 400] += 0.3 * burst
    return signal


def music(rng: np.random.Generator) -> Signal:
    """Chords and a melody with vibrato, two notes a second."""
    times = np.arange(RATE // 2) / RATE
    envelope = np.minimum(1, times / 0.02) * np.exp(-times * 2)
    scale = 220 * 2 ** (np.array([0, 2, 3, 5, 7, 8, 10, 12]) / 12)
    notes = []
    for _ in range(PIECE_S * 2):
        chord = rng.choice(scale, 3, replace=False) / 2
        lead = rng.choice(scale) * 2
        vibrato = 1 + 0.004 * np.sin(2 * np.pi * 5.5 * times)
        tones = [np.sin(2 * np.pi * f * n * times) / n for f in chord for n in (1, 2, 3)]
        tones.append(1.5 * np.sin(2 * np.pi * lead * np.cumsum(vibrato) / RATE))
        notes.append(envelope * np.sum(tones, axis=0) * 0.08)
    return np.concatenate(notes)


def quiet_minutes(minutes: float, seed: int) -> Samples:
    """So many minutes without speech, int16 at 16 kHz."""
    rng = np.random.default_rng(seed)
    makers = (
        lambda: np.zeros(PIECE_S * RATE),
        lambda: room(rng, 0.003),
        lambda: room(rng, 0.02),
        lambda: room(rng, 0.1),
        lambda: white(rng, 0.01),
        lambda: white(rng, 0.1),
        lambda: hum(rng),
        lambda: clicks(rng),
        lambda: music(rng),
        lambda: music(rng) + room(rng, 0.02),
    )
    pieces = [makers[n % len(makers)]() for n in range(round(minutes * 60 / PIECE_S))]
    scaled: Samples = np.clip(np.concatenate(pieces) * 32767, -32768, 32767).astype(np.int16)
    return scaled


async def listen(url: str, audio: Samples, speed: float) -> int:
    """Play the audio and print what is heard; return the number of words."""
    words = partials = begun = 0
    async with practise(url, SessionStart("en", feedback=False)) as client:

        async def play() -> None:
            await client.play(audio.tobytes(), speed)
            await client.end()

        player = asyncio.create_task(play())
        async for _, event in client:
            if isinstance(event, SpeechStarted):
                begun += 1
            elif isinstance(event, TranscriptPartial) and (event.committed or event.tentative):
                partials += 1
                print(
                    f"{event.audio_ms / 1000:7.1f} s  partial {event.committed}|{event.tentative}"
                )
            elif isinstance(event, TranscriptFinal) and event.text:
                words += len(event.words)
                print(f"{event.start_ms / 1000:7.1f} s  final   {event.text}")
        await player
    seconds = len(audio) / RATE
    print(
        f"{seconds:.0f} s without speech: {begun} utterances, {partials} partials with text, "
        f"{words} words in finals"
    )
    return words


def main() -> None:
    """Read the command line and listen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--speed", type=float, default=1.95, help="times real time, under 2")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    audio = quiet_minutes(options.minutes, options.seed)
    sys.exit(asyncio.run(listen(options.url, audio, options.speed)))


if __name__ == "__main__":
    main()
