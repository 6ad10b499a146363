"""A session on the clock of its audio: recordings go in, events with their times come out."""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count

from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.vad import Vad
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import (
    BYTES_PER_SAMPLE,
    RATE,
    Samples,
    from_pcm16,
    to_float,
    to_samples,
)
from tutor.core.feedback.reading.passages import locate
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import AppendAudio, Dispatch, Emit
from tutor.core.live.session import Session
from tutor.core.protocol.messages import (
    Exercise,
    ServerEvent,
    SessionStart,
    SessionUpdate,
)
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult

FRAME = to_samples(40)
"""Samples of a frame, as a page sends them."""

HOP_S = 0.02
"""Seconds for a job's way to a worker and back."""


class Ears:
    """A recogniser that hears the same audio once, and tells the CPU seconds that it took."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._heard: dict[tuple[str, str, bool], tuple[Recognition, float]] = {}

    def recognise(self, job: RecognitionJob, pcm: bytes) -> tuple[Recognition, float]:
        """What a job's audio holds."""
        key = (job.kind, sha256(pcm).hexdigest(), bool(job.reference))
        if key not in self._heard:
            speech_s = job.speech_bytes / BYTES_PER_SAMPLE / RATE or None
            request = Request(
                to_float(from_pcm16(pcm)),
                job.language,
                job.kind,
                speech_s=speech_s,
                is_timed=bool(job.reference),
            )
            began = time.process_time()
            (heard,) = self._recogniser.recognise([request])
            self._heard[key] = heard, time.process_time() - began
        return self._heard[key]


@dataclass(frozen=True)
class Told:
    """An event, and when it was told: seconds of the audio's clock."""

    at_s: float
    event: ServerEvent


@dataclass
class Stage:
    """One learner's session. Jobs that nobody is to hear are never answered."""

    config: SessionConfig
    vad: Vad
    ears: Ears | None = None
    """Who recognises; None: nobody does."""
    partials: bool = False
    """Whether partials are recognised, too."""
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        limits = replace(self.config.limits, max_session_s=10**6, max_speed=10**6)
        self.session = Session("bench", "secret", replace(self.config, limits=limits), 0.0)
        self._stream = self.vad.stream()
        self._pcm: dict[str, bytearray] = {}
        self._answers: list[tuple[float, int, RecognitionResult]] = []
        self._number = count()
        self._samples = 0

    @property
    def now(self) -> float:
        """Seconds of audio played so far."""
        return self._samples / RATE

    def start(self, language: str, exercise: Exercise) -> None:
        """Begin the session."""
        self.session.receive_message(SessionStart(language, exercise, feedback=False), self.now)
        self._carry_out()

    def practise(self, exercise: Exercise) -> None:
        """Go on with another exercise."""
        self.session.receive_message(SessionUpdate(exercise), self.now)
        self._carry_out()

    def play(self, samples: Samples) -> None:
        """Play audio, and answer what is asked for on the way when it is due."""
        for begin in range(0, len(samples), FRAME):
            frame = samples[begin : begin + FRAME]
            self._samples += len(frame)
            self._answer()
            if not self.session.admit_frame(len(frame) * BYTES_PER_SAMPLE, self.now):
                continue
            windows = self.session.receive_samples(frame)
            self.session.receive_probabilities(self._stream.probabilities(windows), self.now)
            self._carry_out()

    def _answer(self) -> None:
        while self._answers and self._answers[0][0] <= self.now:
            at_s, _, result = heapq.heappop(self._answers)
            self.session.receive_result(result, at_s)
            self._carry_out(at_s)

    def _carry_out(self, at_s: float | None = None) -> None:
        at_s = self.now if at_s is None else at_s
        for effect in self.session.collect():
            match effect:
                case Emit(event):
                    self.told.append(Told(at_s, event))
                case AppendAudio(utterance, pcm):
                    self._pcm.setdefault(utterance, bytearray()).extend(pcm)
                case Dispatch(RecognitionJob() as job):
                    self._recognise(job, at_s)

    def _recognise(self, job: RecognitionJob, at_s: float) -> None:
        if self.ears is None or (job.kind == "partial" and not self.partials):
            return
        pcm = bytes(self._pcm[job.utterance])
        pcm = pcm[: job.audio_bytes] if job.kind == "final" else pcm
        heard, took_s = self.ears.recognise(job, pcm)
        passage = None
        if job.reference and heard.words:
            passage = locate(job.reference, job.position, heard.words, heard.language)
        names = (job.session, job.utterance, job.kind, job.revision, job.attempt)
        result = RecognitionResult(*names, "ok", len(pcm), heard, took_s, passage=passage)
        due_s = at_s + took_s + HOP_S
        heapq.heappush(self._answers, (due_s, next(self._number), result))


def events_between(told: Sequence[Told], begin_s: float, end_s: float) -> list[Told]:
    """What was told in a stretch of time."""
    return [one for one in told if begin_s <= one.at_s < end_s]
