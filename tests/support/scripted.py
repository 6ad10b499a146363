"""Drives a session through a list of steps: audio, messages, results and time, in any order.

The audio is a ramp, so that the bytes of an utterance tell where in the stream they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import TypeVar, get_args

import numpy as np

from tutor.adapters.wire.practice import decode_snapshot, encode_snapshot
from tutor.core.audio.recognition import Kind, Recognition
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, Samples, to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import AppendAudio, Close, Dispatch, DropAudio, Effect, Emit
from tutor.core.live.resumption import restored, snapshot
from tutor.core.live.session import Session
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import (
    ClientMessage,
    Error,
    ReadingProgress,
    ServerEvent,
    SessionStart,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    TurnEager,
    TurnEnded,
    TurnResumed,
)
from tutor.core.queue.jobs import Outcome, RecognitionJob, RecognitionResult

SPEECH = 0.9
SILENCE = 0.01

EventT = TypeVar("EventT", bound=ServerEvent)


# ---------------------------------------------------------------- the steps


@dataclass(frozen=True)
class Hear:
    """A frame of audio at real-time pace; its windows are speech or silence."""

    samples: int
    probability: float = SPEECH


def speech(ms: int) -> Hear:
    """So much speech in one frame."""
    return Hear(to_samples(ms))


def silence(ms: int) -> Hear:
    """So much silence in one frame."""
    return Hear(to_samples(ms), SILENCE)


@dataclass(frozen=True)
class Frame:
    """A binary frame of so many bytes at once, all of it silence."""

    length: int


@dataclass(frozen=True)
class Fault:
    """A text frame that the shell could not read, or another fault it tells of."""

    code: str


@dataclass(frozen=True)
class Wait:
    """Nothing comes for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """A worker answers the job of that index; jobs are counted as they were dispatched."""

    job: int = -1
    text: str = "hello"
    outcome: Outcome = "ok"
    language: str = "en"
    queued_s: float = 0.0
    """How long the job waited for a worker; the rest of the time it was decoded."""


@dataclass(frozen=True)
class Hangup:
    """The client is gone."""


@dataclass(frozen=True)
class TakeOver:
    """Another gateway goes on from a snapshot; the client sends again what was not safe."""


@dataclass(frozen=True)
class Cut:
    """The audio of an utterance was cut to so many bytes, by who took the session over."""

    utterance: str
    length: int


Step = Hear | Frame | Fault | Wait | Answer | Hangup | TakeOver | ClientMessage

START = SessionStart("en", feedback=False)


# ---------------------------------------------------------------- the play


@dataclass(frozen=True)
class Done:
    """An effect and when it came."""

    step: int
    now: float
    effect: Effect | Cut


class Play:
    """A session, the steps played so far and all that it answered."""

    def __init__(self, *steps: Step, config: SessionConfig | None = None) -> None:
        self.now = 100.0
        self.config = config or SessionConfig()
        self.session = Session("s1", "secret", self.config, self.now)
        self.log: list[Done] = []
        self.received = 0
        """Samples of audio that were taken."""
        self.answered: dict[tuple[str, int, int], float] = {}
        """When a job, by utterance, revision and attempt, was first answered."""
        self.frames: list[int] = []
        """Samples of each frame that was taken."""
        self.probabilities: dict[int, float] = {}
        """Of each window, by its position: heard again it is what it was."""
        self._step = 0
        self.play(*steps)

    def play(self, *steps: Step) -> list[Effect]:
        """Play further steps; give the effects of these."""
        first = len(self.log)
        for step in steps:
            self._step += 1
            self._take(step)
            self._gather()
        effects = [done.effect for done in self.log[first:]]
        return [effect for effect in effects if not isinstance(effect, Cut)]

    def _take(self, step: Step) -> None:
        match step:
            case Hear(samples, probability):
                self._pass(samples / RATE)
                self._hear(samples, probability)
            case Frame(length):
                self._hear_frame(length)
            case Fault(code):
                self.session.receive_error(ProtocolError(code), self.now)
            case Wait(seconds):
                self._pass(seconds)
            case Answer():
                self._answer(step)
            case TakeOver():
                self._take_over()
            case _:
                self._take_other(step)

    def _take_other(self, step: Step) -> None:
        match step:
            case Hangup():
                self.session.receive_hangup()
            case _ if isinstance(step, get_args(ClientMessage)):
                self.session.receive_message(step, self.now)
            case _:
                raise AssertionError(f"no such step: {step}")

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        self.session.receive_tick(self.now)

    def _hear_frame(self, length: int) -> None:
        if length % BYTES_PER_SAMPLE:
            assert not self.session.admit_frame(length, self.now)
        else:
            self._hear(length // BYTES_PER_SAMPLE, SILENCE)

    def _hear(self, samples: int, probability: float) -> None:
        if not self.session.admit_frame(samples * BYTES_PER_SAMPLE, self.now):
            return
        self.frames.append(samples)
        self.received += samples
        self._judge(ramp(self.received - samples, self.received), probability)

    def _judge(self, samples: Samples, probability: float = SILENCE) -> None:
        """Hand audio on, and say how much each window sounds like speech."""
        heard = []
        for window in self.session.receive_samples(samples):
            last = int(window.view(np.uint16)[-1])
            position = self.received - (self.received - last) % RAMP
            heard.append(self.probabilities.setdefault(position, probability))
        self.session.receive_probabilities(heard, self.now)

    def _take_over(self) -> None:
        """As a gateway does it, snapshots in JSON and all; see tutor.shells.live.takeover."""
        kept = decode_snapshot(encode_snapshot(snapshot(self.session, self.now)))
        self.session = restored(kept, "secret", self.config, self.now)
        for job in self.jobs_of("partial"):  # nobody waits for those any more
            self.answered.setdefault((job.utterance, job.revision, job.attempt), self.now)
        spoken = kept.transcription.open
        if spoken is not None:
            length = max(0, kept.transcription.position - spoken.start) * BYTES_PER_SAMPLE
            pcm = self.audio(spoken.id)[:length]
            assert len(pcm) == length, "safe is what lies in the store"
            self.log.append(Done(self._step, self.now, Cut(spoken.id, length)))
            for begin in range(0, length, RATE):
                self._judge(np.frombuffer(pcm[begin : begin + RATE], np.int16))
        self.session.receive_resume(self.now)
        if kept.state == "open":
            self._send_again(kept.received)

    def _send_again(self, received: int) -> None:
        ends = np.cumsum([0, *self.frames]).tolist()
        again = self.frames[ends.index(received) :]  # safe is where a frame ended
        self.frames, self.received = self.frames[: ends.index(received)], received
        for samples in again:
            self._hear(samples, SILENCE)

    def _answer(self, step: Answer) -> None:
        if not -len(self.jobs) <= step.job < len(self.jobs):
            return
        job = self.jobs[step.job]
        self.answered.setdefault((job.utterance, job.revision, job.attempt), self.now)
        sent_at = next(
            done.now
            for done in self.log
            if isinstance(done.effect, Dispatch) and done.effect.job == job
        )
        decode_s = self.now - sent_at - step.queued_s
        result = replace(result_of(job, step), decode_s=decode_s)
        self.session.receive_result(result, self.now)

    def _gather(self) -> None:
        self.log += [Done(self._step, self.now, effect) for effect in self.session.collect()]

    # ------------------------------------------------------------ what came of it

    @property
    def effects(self) -> list[Effect]:
        """All effects so far."""
        return [done.effect for done in self.log if not isinstance(done.effect, Cut)]

    @property
    def events(self) -> list[ServerEvent]:
        """All events so far."""
        return [effect.event for effect in self.effects if isinstance(effect, Emit)]

    def events_of(self, kind: type[EventT]) -> list[EventT]:
        """All events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def jobs(self) -> list[RecognitionJob]:
        """All recognition jobs dispatched so far."""
        return [
            effect.job
            for effect in self.effects
            if isinstance(effect, Dispatch) and isinstance(effect.job, RecognitionJob)
        ]

    def jobs_of(self, kind: Kind) -> list[RecognitionJob]:
        """All jobs of one kind dispatched so far."""
        return [job for job in self.jobs if job.kind == kind]

    @property
    def errors(self) -> list[str]:
        """The codes of all errors so far."""
        return [event.code for event in self.events_of(Error)]

    @property
    def close(self) -> Close | None:
        """How the session closed, or None while it has not."""
        return next((effect for effect in self.effects if isinstance(effect, Close)), None)

    @property
    def utterances(self) -> list[str]:
        """The utterances begun so far."""
        return [event.utterance for event in self.events_of(SpeechStarted)]

    @property
    def terminals(self) -> list[str]:
        """The utterance of each terminal event so far."""
        return [
            event.utterance
            for event in self.events
            if isinstance(event, TranscriptFinal | Error) and event.utterance is not None
        ]

    @property
    def dropped(self) -> list[str]:
        """The utterance of each deletion of audio so far."""
        return [effect.utterance for effect in self.effects if isinstance(effect, DropAudio)]

    def audio(self, utterance: str) -> bytes:
        """All that was appended to an utterance's audio."""
        pcm = b""
        for done in self.log:
            match done.effect:
                case AppendAudio(name, piece) if name == utterance:
                    pcm += piece
                case Cut(name, length) if name == utterance:
                    pcm = pcm[:length]
        return pcm

    def start(self, utterance: str) -> int:
        """Where in the stream an utterance's audio begins, by the audio itself."""
        onset_ms = next(e.at_ms for e in self.events_of(SpeechStarted) if e.utterance == utterance)
        first = int.from_bytes(self.audio(utterance)[:2], "little")
        onset = to_samples(onset_ms) + RATE // 1000  # times are cut to whole milliseconds
        return onset - (onset - first) % RAMP

    def finals(self, utterance: str) -> list[RecognitionJob]:
        """The job that brings an utterance's final, and its second attempt if there is one."""
        jobs = [job for job in self.jobs_of("final") if job.utterance == utterance]
        return [job for job in jobs if job.revision == jobs[-1].revision]

    def span(self, utterance: str) -> tuple[int, int]:
        """From where to where in the stream an utterance's final hears."""
        start = self.start(utterance)
        return start, start + self.finals(utterance)[-1].audio_bytes // BYTES_PER_SAMPLE


RAMP = 1 << 16
"""Samples after which the ramp repeats: 4 s, far more than any pre-roll."""


def ramp(start: int, end: int) -> Samples:
    """The samples of the stream at positions [start, end): each holds its position."""
    return np.arange(start, end).astype(np.uint16).view(np.int16)


def result_of(job: RecognitionJob, step: Answer) -> RecognitionResult:
    """A worker's answer to a job."""
    return RecognitionResult(
        job.session,
        job.utterance,
        job.kind,
        job.revision,
        job.attempt,
        step.outcome,
        job.audio_bytes,
        Recognition(step.text, step.language) if step.outcome == "ok" else None,
    )


# ---------------------------------------------------------------- what always holds

EAGERNESS = (TurnEager.type, TurnResumed.type)
"""What is told of a pause, in turns."""

PASSING = (TranscriptPartial.type, ReadingProgress.type, *EAGERNESS)
"""What may be told of an utterance at any time while it is spoken, or not at all."""


def check(play: Play) -> None:
    """Assert what is true of every session, whatever came in and in which order."""
    check_close_is_last(play)
    check_life_of_utterances(play)
    check_audio(play)
    check_jobs(play)
    check_partials(play)


def check_close_is_last(play: Play) -> None:
    """A session closes once, and says nothing afterwards."""
    closes = [index for index, e in enumerate(play.effects) if isinstance(e, Close)]
    assert closes in ([], [len(play.effects) - 1])


def check_life_of_utterances(play: Play) -> None:
    """Each utterance starts, has its partials, stops, and has at most one terminal event."""
    assert len(set(play.utterances)) == len(play.utterances)
    for utterance in play.utterances:
        kinds = [e.type for e in play.events if getattr(e, "utterance", None) == utterance]
        told = [kind for kind in kinds if kind not in PASSING]
        terminal = [[TranscriptFinal.type], [Error.type], []]
        assert told[:1] == [SpeechStarted.type]
        assert told[1:3] in ([SpeechStopped.type, TurnEnded.type], [])
        assert told[3:] in terminal
        if SpeechStopped.type in kinds:
            after = kinds[kinds.index(SpeechStopped.type) :]
            assert not {TranscriptPartial.type, *EAGERNESS} & set(after)
        eager = [kind for kind in kinds if kind in EAGERNESS]
        assert eager == list(islice(cycle(EAGERNESS), len(eager))), "in turns"
        assert play.dropped.count(utterance) == (len(told) == 4 or play.session.state == "closed")
    spoken = [e for e in play.events if isinstance(e, SpeechStarted | SpeechStopped)]
    assert play.terminals == play.utterances[: len(play.terminals)], "told in their order"
    pairs = [e.utterance for e in spoken[1::2]]
    assert pairs == [e.utterance for e in spoken[::2]][: len(pairs)], "one at a time"


def check_audio(play: Play) -> None:
    """Audio is appended sample by sample, and a final hears all of its utterance's speech."""
    stopped = {e.utterance: to_samples(e.at_ms) for e in play.events_of(SpeechStopped)}
    previous_end = 0
    for utterance in play.utterances:
        start, pcm = play.start(utterance), play.audio(utterance)
        assert previous_end <= start
        assert pcm == ramp(start, start + len(pcm) // BYTES_PER_SAMPLE).tobytes()
        if utterance in stopped:
            for job in play.finals(utterance):
                previous_end = start + job.audio_bytes // BYTES_PER_SAMPLE
                assert stopped[utterance] <= previous_end <= play.received
                assert previous_end - start <= play.config.segmenter.max_utterance
    dropped = {e.utterance: i for i, e in enumerate(play.effects) if isinstance(e, DropAudio)}
    for index, effect in enumerate(play.effects):
        if isinstance(effect, AppendAudio):
            assert index < dropped.get(effect.utterance, len(play.effects))


def check_jobs(play: Play) -> None:
    """A job's audio is there before it; one partial at a time; a final is tried twice at most."""
    appended: dict[str, int] = {}
    sent: dict[str, list[tuple[RecognitionJob, float]]] = {}
    for done in play.log:
        if isinstance(done.effect, AppendAudio):
            name = done.effect.utterance
            appended[name] = appended.get(name, 0) + len(done.effect.pcm)
        elif isinstance(done.effect, Cut):
            appended[done.effect.utterance] = done.effect.length
        elif isinstance(done.effect, Dispatch):
            job = done.effect.job
            assert isinstance(job, RecognitionJob)
            earlier = sent.setdefault(job.utterance, [])
            assert 0 < job.audio_bytes <= appended[job.utterance]
            _check_turn(play, job, done.now, earlier)
            earlier.append((job, done.now))


def _check_turn(
    play: Play, job: RecognitionJob, now: float, earlier: list[tuple[RecognitionJob, float]]
) -> None:
    if job.attempt == 2:
        first = [other for other, _ in earlier if other.kind == "final"][-1]
        assert (first.revision, first.attempt) == (job.revision, 1)
        assert first.audio_bytes <= job.audio_bytes
        return
    assert job.revision > max((other.revision for other, _ in earlier), default=0)
    if job.kind == "final":
        return
    for other, sent_at in earlier:
        answered_at = play.answered.get((other.utterance, other.revision, other.attempt), now + 1)
        given_up = now - sent_at >= play.config.partial_timeout_s
        assert other.kind == "final" or answered_at <= now or given_up


def check_partials(play: Play) -> None:
    """Committed text only grows; each revision is told once, newer ones later."""
    newest: dict[str, TranscriptPartial] = {}
    for partial in play.events_of(TranscriptPartial):
        before = newest.get(partial.utterance)
        if before is not None:
            assert partial.committed.startswith(before.committed)
            assert partial.revision > before.revision
        newest[partial.utterance] = partial
