"""`tutor bench --voice`: a conversation as both sides hear it, in real time.

A learner's recordings go into the microphone, the tutor's speech comes out of a loudspeaker, and
some of it comes back into the microphone, later and more softly. Each 40 ms the room takes as much
of the one as it gives to the other.
"""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
import uvloop

from tutor.bench.corpus import Recording, sample_recordings
from tutor.bench.heard import VoiceReport
from tutor.bench.options import BenchError, Progress, VoiceOptions
from tutor.bench.server import running, started
from tutor.client import PracticeClient, PracticeError, practise
from tutor.core.audio.samples import RATE, WINDOW, Samples
from tutor.core.protocol.messages import (
    ServerEvent,
    SessionStart,
    Speech,
    TranscriptFinal,
    TurnEnded,
    TutorReplyDone,
    TutorSpeechCancelled,
    TutorSpeechDucked,
    TutorSpeechEnded,
    TutorSpeechStarted,
    UtteranceAside,
)

TICK = RATE * 40 // 1000
"""Samples that the room hears at once, at 16 kHz."""

REPORT_TICKS = 6
"""Ticks between two `speech.played`."""

SOFT = 0.1
"""Loudness of the tutor while it is ducked."""

ECHO = 10 ** (-20 / 20)
DELAYS_MS = (100, 200, 300)

BEFORE_S = 1.2
"""Seconds that the tutor speaks before the learner interrupts."""

REPLY_S = 60.0
"""Seconds within which a reply must have come."""

SIGNS = ("Mhm.", "Yeah.", "Okay.", "Uh-huh.")

STAGES: dict[str, type[ServerEvent]] = {
    "the turn's end": TurnEnded,
    "the words": TranscriptFinal,
    "the reply": TutorReplyDone,
    "its speech": TutorSpeechStarted,
}
"""What a client hears of between the end of the learner's speech and the tutor's first sample."""

START = SessionStart("en", speech=Speech(sample_rate=RATE), endpoint_silence_ms=500)


def run(options: VoiceOptions, progress: Progress) -> VoiceReport:
    """Hold a conversation with a server, and tell what it was like, as far as it came."""
    server = running(options.url) if options.url else started(options.settings)
    progress("starting", 0.0)
    report = VoiceReport()
    with server as there:
        try:
            uvloop.run(_converse(there.url, options, progress, report))
        except KeyboardInterrupt:
            pass  # what was found until then is told
        except (PracticeError, TimeoutError) as error:
            raise BenchError(f"the server did not answer: {error or 'timeout'}") from error
    return report


class Room:
    """A learner, a loudspeaker and a microphone, with one session between them."""

    def __init__(self, client: PracticeClient, report: VoiceReport, seed: int) -> None:
        self._client = client
        self._report = report
        self._random = np.random.default_rng(seed)
        self._learner: deque[Samples] = deque()
        self._loud: deque[tuple[int, int, bool, Samples]] = deque()  # reply, position, last, pcm
        self._past: deque[Samples] = deque(maxlen=32)  # what came out, the newest last
        self._gain = 1.0
        self._within = 0  # the reply whose next sample is awaited
        self.echo, self.delay_ms = 0.0, 200
        self.events: list[tuple[float, ServerEvent]] = []
        self.first_sound: dict[int, float] = {}  # by reply
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Let time pass, until it is cancelled."""
        began, tick = time.monotonic(), 0
        while True:
            tick += 1
            await asyncio.sleep(max(0.0, began + tick * TICK / RATE - time.monotonic()))
            sound = await self._sound(tick)
            self._past.append(sound)
            await self._client.send_audio(self._microphone().tobytes())

    async def listen(self) -> None:
        """Take the events, and what they do to the loudspeaker."""
        async for _, event in self._client:
            self.events.append((time.monotonic(), event))
            match event:
                case TutorSpeechCancelled():
                    self._loud = deque(one for one in self._loud if one[0] > event.reply)
                    self._gain, self._within = 1.0, 0
                case TutorSpeechDucked():
                    self._gain = SOFT
                case TutorSpeechStarted() | TutorSpeechEnded():
                    self._gain = 1.0
                case _ if event.type == "tutor.speech.unducked":
                    self._gain = 1.0
            self.changed.set()

    async def receive(self) -> None:
        """Take the tutor's audio."""
        while (frame := await self._client.inbox.take()) is not None:
            pcm = np.frombuffer(frame.pcm, "<i2").astype(np.int16)
            self._loud.append((frame.reply, frame.position, frame.is_last, pcm))

    def say(self, samples: Samples) -> float:
        """Let the learner speak; when the first of these samples is spoken."""
        waits = sum(map(len, self._learner))
        self._learner.append(samples)
        return time.monotonic() + (waits + TICK) / RATE

    async def _sound(self, tick: int) -> Samples:
        out = np.zeros(TICK, np.int16)
        filled = 0
        while self._loud and filled < TICK:
            reply, position, is_last, pcm = self._loud.popleft()
            self.first_sound.setdefault(reply, time.monotonic())
            part = pcm[: TICK - filled]
            out[filled : filled + len(part)] = part
            filled += len(part)
            end = position + len(part)
            self._within = 0 if is_last and len(part) == len(pcm) else reply
            if len(part) < len(pcm):
                self._loud.appendleft((reply, end, is_last, pcm[len(part) :]))
            if tick % REPORT_TICKS == 0 or not self._within:
                await self._client.played(reply, end * 1000 // RATE)
        self._report.underruns += bool(self._within and not filled)
        self._report.played_s += filled / RATE
        return (out * self._gain).astype(np.int16)

    def _microphone(self) -> Samples:
        late = self.delay_ms * RATE // 1000 // TICK
        echo = self._past[-1 - late] if len(self._past) > late else np.zeros(TICK, np.int16)
        spoken = self._take(TICK)
        noise = self._random.normal(0, 6, TICK)
        mixed = spoken + echo * self.echo + noise
        if self.echo:
            self._report.echo_s += bool(echo.any()) * TICK / RATE
        return np.clip(mixed, -32768, 32767).astype(np.int16)

    def _take(self, count: int) -> Samples:
        out = np.zeros(count, np.int16)
        filled = 0
        while self._learner and filled < count:
            part = self._learner.popleft()
            taken = part[: count - filled]
            out[filled : filled + len(taken)] = taken
            filled += len(taken)
            if len(taken) < len(part):
                self._learner.appendleft(part[len(taken) :])
        return out

    async def until(self, is_so: Callable[[], bool], within_s: float = REPLY_S) -> bool:
        """Wait until something is so; whether it came."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not is_so():
                    self.changed.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.changed.wait(), 0.05)
                return True
        return False

    def since(self, begin: int, *kinds: type[ServerEvent]) -> list[tuple[float, ServerEvent]]:
        """The events of these kinds, of those from a number on."""
        return [one for one in self.events[begin:] if isinstance(one[1], kinds)]


async def _converse(
    url: str, options: VoiceOptions, progress: Progress, report: VoiceReport
) -> None:
    recordings = await asyncio.to_thread(sample_recordings, None, 1000, options.seed)
    signs = await asyncio.to_thread(_signs, url)
    async with practise(url, START) as client:
        room = Room(client, report, options.seed)
        tasks = [asyncio.create_task(one()) for one in (room.run, room.listen, room.receive)]
        try:
            for turn in range(options.turns):
                done = turn / options.turns
                progress("turns", done / 4)
                await _turn(room, report, _of(recordings, turn))
                progress("interruptions", 0.25 + done / 4)
                await _interruption(room, report, recordings, turn)
                progress("noise", 0.5 + done / 4)
                await _noise(room, report, recordings, signs, turn)
            await _echo(room, report, recordings, options, progress)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            report.asides = len(room.since(0, UtteranceAside))


async def _turn(room: Room, report: VoiceReport, recording: Recording) -> None:
    """The learner says something, and the tutor answers to the end."""
    spoken_s = (recording.speech[-1] + WINDOW) / RATE
    begin, before = len(room.events), set(room.first_sound)
    at = room.say(recording.samples)
    if not await room.until(lambda: bool(set(room.first_sound) - before)):
        return
    reply = min(set(room.first_sound) - before)
    report.voice_to_voice.append(room.first_sound[reply] - at - spoken_s)
    for name, kind in STAGES.items():
        found = room.since(begin, kind)
        if found and found[-1][0] <= room.first_sound[reply]:
            report.stages.setdefault(name, []).append(found[-1][0] - at - spoken_s)
    await _end_of_reply(room, begin)


async def _interruption(
    room: Room, report: VoiceReport, recordings: Sequence[Recording], turn: int
) -> None:
    """The learner speaks while the tutor does."""
    begun = await _begin_reply(room, _of(recordings, turn + 3))
    if begun is None:
        return
    begin = begun
    await asyncio.sleep(BEFORE_S)
    recording = _of(recordings, turn + 5)
    at = room.say(recording.samples) + recording.speech[0] / RATE
    report.interruptions += 1
    ends = (TutorSpeechCancelled, TutorSpeechEnded)
    await room.until(lambda: bool(room.since(begin, *ends)))
    ducked, ended = room.since(begin, TutorSpeechDucked), room.since(begin, *ends)
    report.duck += [when - at for when, _ in ducked[:1]]
    if ended and isinstance(ended[0][1], TutorSpeechCancelled):
        report.interrupted += 1
        report.stop.append(ended[0][0] - at)
    begin = len(room.events)
    await room.until(lambda: bool(room.since(begin, TutorReplyDone)))
    await _end_of_reply(room, begin)


async def _noise(
    room: Room,
    report: VoiceReport,
    recordings: Sequence[Recording],
    signs: Sequence[Samples],
    turn: int,
) -> None:
    """Something that is no interruption is heard while the tutor speaks."""
    begin = await _begin_reply(room, _of(recordings, turn + 7))
    if begin is None:
        return
    await asyncio.sleep(BEFORE_S / 2)
    report.noises += 1
    room.say(signs[turn % len(signs)])
    await _end_of_reply(room, begin)
    report.false_stops += bool(room.since(begin, TutorSpeechCancelled))


async def _echo(
    room: Room,
    report: VoiceReport,
    recordings: Sequence[Recording],
    options: VoiceOptions,
    progress: Progress,
) -> None:
    """The tutor hears itself: who says one thing gets one answer."""
    room.echo = ECHO
    turn = 0
    while report.echo_s < options.echo_s and turn < options.echo_s:
        progress("echo", 0.75 + min(0.25, report.echo_s / options.echo_s / 4))
        room.delay_ms = DELAYS_MS[turn % len(DELAYS_MS)]
        begin = await _begin_reply(room, _of(recordings, turn + 11))
        if begin is not None:
            await _end_of_reply(room, begin)
            await asyncio.sleep(3.0)  # in which an answer to an echo would come
            report.echo_answers += max(0, len(room.since(begin, TutorReplyDone)) - 1)
            report.echo_stops += bool(room.since(begin, TutorSpeechCancelled))
        turn += 1


async def _begin_reply(room: Room, recording: Recording) -> int | None:
    """Let the learner speak until the tutor answers; number of the first event; None: it does
    not."""
    begin, before = len(room.events), set(room.first_sound)
    room.say(recording.samples)
    came = await room.until(lambda: bool(set(room.first_sound) - before))
    return begin if came else None


async def _end_of_reply(room: Room, begin: int) -> None:
    await room.until(lambda: bool(room.since(begin, TutorSpeechCancelled, TutorSpeechEnded)))


def _of(recordings: Sequence[Recording], number: int) -> Recording:
    return recordings[number % len(recordings)]


def _signs(url: str) -> list[Samples]:
    """Signs of listening, as the server's voice says them, and a burst of noise as of a cough."""
    found = []
    for text in SIGNS:
        asked_for = {"model": "tts-1", "input": text, "response_format": "pcm"}
        body = json.dumps(asked_for).encode()
        asked = urllib.request.Request(  # noqa: S310
            f"{url}/v1/audio/speech", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            pcm = np.frombuffer(answer.read(), "<i2")
        found.append(_slower(pcm))
    burst = np.random.default_rng(7).normal(0, 5000, RATE // 4) * np.hanning(RATE // 4)
    return [*found, burst.astype(np.int16)]


def _slower(pcm: Samples) -> Samples:
    """24 kHz as 16 kHz."""
    at = np.arange(len(pcm) * 2 // 3) * 1.5
    slower: Samples = np.interp(at, np.arange(len(pcm)), pcm).astype(np.int16)
    return slower
