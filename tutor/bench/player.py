"""Learners: each speaks its recordings into a session of its own, as a microphone would."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tutor.bench.corpus import Recording, noise
from tutor.bench.measures import Arrival, Played, SessionLog
from tutor.client import PracticeClient, PracticeError, practise
from tutor.client.connection import FRAME_MS
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, WINDOW, Samples, to_samples
from tutor.core.protocol.errors import NORMAL_CLOSURE
from tutor.core.protocol.messages import SessionStart

ROOM_LEVEL = 10
"""RMS of the noise between recordings, int16 (-70 dB of full scale)."""

LEAD_MS = 500
"""Milliseconds of noise before the first recording."""

ANSWER_S = 90.0
"""Seconds after its last sample within which a session must have closed."""


@dataclass(frozen=True)
class Script:
    """What one learner says, with the noise between."""

    audio: Samples
    played: tuple[Played, ...]


@dataclass
class _Heard:
    """What a session brought so far."""

    began_s: float = 0.0
    late_s: float = 0.0
    arrivals: list[Arrival] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def write_script(recordings: Sequence[Recording], gap_ms: int, seed: int) -> Script:
    """The recordings one after the other, low noise before, between and after them."""
    pieces, played = [noise(to_samples(LEAD_MS), ROOM_LEVEL, seed)], []
    at = len(pieces[0])
    for recording in recordings:
        played.append(_place(recording, at))
        pieces += [recording.samples, noise(to_samples(gap_ms), ROOM_LEVEL, seed)]
        at += len(pieces[-2]) + len(pieces[-1])
    return Script(np.concatenate(pieces), tuple(played))


def share(recordings: Sequence[Recording], sessions: int, each: int) -> list[list[Recording]]:
    """Each session's own recordings; where there are too few, they come round again."""
    return [
        [recordings[(session * each + index) % len(recordings)] for index in range(each)]
        for session in range(sessions)
    ]


async def play_all(
    url: str, scripts: Sequence[Script], start: SessionStart, seed: int, slowness: float = 1.0
) -> tuple[SessionLog, ...]:
    """Let all learners speak at once, each from its own moment within the first second.

    `slowness`: seconds that a second of audio takes; 1: real time.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    delays = [chance.random() for _ in scripts]
    players = [
        _play_after(delay, url, script, start, slowness)
        for delay, script in zip(delays, scripts, strict=True)
    ]
    return tuple(await asyncio.gather(*players))


async def _play_after(
    delay_s: float, url: str, script: Script, start: SessionStart, slowness: float
) -> SessionLog:
    await asyncio.sleep(delay_s)
    heard = _Heard()
    try:
        async with asyncio.timeout(len(script.audio) / RATE * slowness + ANSWER_S):
            await _practise(url, script, start, heard, slowness)
    except PracticeError as error:
        heard.faults.append(f"client: {error}")
    except TimeoutError:
        heard.faults.append("client: the session did not close in time")
    return SessionLog(
        heard.began_s,
        script.played,
        tuple(heard.arrivals),
        len(script.audio),
        heard.late_s,
        tuple(heard.faults),
    )


async def _practise(
    url: str, script: Script, start: SessionStart, heard: _Heard, slowness: float
) -> None:
    now = asyncio.get_running_loop().time
    async with practise(url, start) as client:
        heard.began_s = now()
        speaker = asyncio.create_task(_speak(client, script.audio, heard, slowness))
        try:
            async for _, event in client:
                heard.arrivals.append(Arrival(now(), event))
            if client.close_code != NORMAL_CLOSURE:
                heard.faults.append(f"client: closed with {client.close_code}")
        finally:
            speaker.cancel()
            await asyncio.gather(speaker, return_exceptions=True)


async def _speak(client: PracticeClient, audio: Samples, heard: _Heard, slowness: float) -> None:
    """Send each frame when its last sample would have been spoken, never before."""
    now = asyncio.get_running_loop().time
    size = to_samples(FRAME_MS)
    pcm = audio.tobytes()
    for end in range(size, len(audio) + size, size):
        due = heard.began_s + min(end, len(audio)) / RATE * slowness
        await asyncio.sleep(max(0.0, due - now()))
        await client.send_audio(pcm[(end - size) * BYTES_PER_SAMPLE : end * BYTES_PER_SAMPLE])
        heard.late_s = max(heard.late_s, now() - due)
    await client.end()


def _place(recording: Recording, at: int) -> Played:
    return Played(
        recording.name,
        recording.text,
        at,
        at + len(recording.samples),
        tuple((at + window, at + window + WINDOW) for window in recording.speech),
    )
