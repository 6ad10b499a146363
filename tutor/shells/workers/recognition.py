"""What an ASR worker does with a job: read the audio, recognise it, hand back the result."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from tutor.adapters.settings import Settings
from tutor.adapters.speech.batcher import Batcher
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.memory import give_back_memory
from tutor.adapters.speech.probe import probe_audio
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.store.audio import has_audio, is_cancelled, read_audio
from tutor.adapters.store.client import BlockingStore, open_blocking_store
from tutor.adapters.store.workers import Announcement
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, from_pcm16, to_float
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.passages import locate
from tutor.core.queue.failures import Health, Verdict, failure_of
from tutor.core.queue.jobs import Outcome, RecognitionJob, RecognitionResult
from tutor.core.text.languages import AUTO
from tutor.shells.workers.worked_job import WorkedJob, WorkerWatch

log = logging.getLogger(__name__)

PROBE_TEXT = "Hello, can you hear me clearly?"
"""The text of the probe sentence."""

EXIT_BROKEN = 1

PROBE_S = 60.0
"""Seconds without a recognition after which a worker with a device of its own tries the probe: a
device that broke while nobody spoke would else be noticed by the first learner."""


class AsrWorker:
    """What one worker process does with a recognition job.

    `end` is called with the reason when the recogniser is broken, and must not come back: its
    process would answer faster than any other, and fail everybody.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        store: BlockingStore,
        watch: WorkerWatch,
        *,
        end: Callable[[str], NoReturn],
        most_failures: int,
    ) -> None:
        self._recogniser = recogniser
        self._store = store
        self.watch = watch
        self._end = end
        self._health = Health(most_failures)
        self._worked_at = time.monotonic()

    def handle(self, job: RecognitionJob, task: WorkedJob) -> RecognitionResult:
        """Recognise the audio that there is now, and post the result.

        Who asked hears of a failure before the process ends because of it, and asks again; who is
        in the same batch asks again when nothing came in time.
        """
        if self._is_deleted(job):
            return _result(job, "audio_gone")
        result, broken = self._handle(job)
        if not self._is_deleted(job):
            task.post(self._store, result)
        if broken:
            self._end(broken)
        return result

    def probe(self) -> None:
        """Recognise the probe, and end the process if that fails."""
        if fault := probe_fault(self._recogniser):
            self._end(fault)
        self._worked_at = time.monotonic()

    def probe_when_idle(self, after_s: float = PROBE_S) -> None:
        """Probe, from a thread of its own, whenever nothing was recognised for so long."""

        def run() -> None:
            while True:
                idle_s = time.monotonic() - self._worked_at
                if idle_s >= after_s:
                    self.probe()
                else:
                    time.sleep(after_s - idle_s)

        threading.Thread(target=run, name="probe", daemon=True).start()

    def give_up(self, job: RecognitionJob, task: WorkedJob) -> None:
        """Post that a job has failed that killed its worker each time."""
        if not self._is_deleted(job):
            task.post(self._store, _result(job, "failed"))

    def _is_deleted(self, job: RecognitionJob) -> bool:
        """Whether a job's file was deleted: nothing of it may be written any more."""
        return job.batch and not has_audio(self._store, job)

    def _handle(self, job: RecognitionJob) -> tuple[RecognitionResult, str]:
        """The result, and why the recogniser is broken if it is."""
        if is_cancelled(self._store, job):
            return _result(job, "cancelled"), ""
        pcm = read_audio(self._store, job)
        if pcm is None:
            return _result(job, "audio_gone"), ""
        began = time.monotonic()
        try:
            audio = to_float(from_pcm16(pcm))
            speech_s = job.speech_bytes / BYTES_PER_SAMPLE / RATE or None
            request = Request(
                audio,
                job.language,
                job.kind,
                job.batch,
                job.prompt,
                job.vocabulary,
                speech_s,
                job.expected,
                is_timed=bool(job.reference),
            )
            (recognition,) = self._recogniser.recognise([request])
            passage = passage_of(job, recognition)
        except Exception as error:
            # Whatever it was, the session must hear of it now and not by its deadline.
            log.exception("recognition failed")
            return _result(job, "failed", len(pcm)), self._broken_by(error)
        self._worked_at = time.monotonic()
        self._health.receive_success()
        took_s = time.monotonic() - began
        return replace(_result(job, "ok", len(pcm), recognition, took_s), passage=passage), ""

    def _broken_by(self, error: Exception) -> str:
        """Why the recogniser is broken, as far as this error and those before it tell; empty: it is
        not."""
        match self._health.receive_failure(failure_of(error)):
            case Verdict.END:
                return str(error)
            case Verdict.PROBE:
                return probe_fault(self._recogniser)
            case Verdict.GO_ON:
                return ""


def passage_of(job: RecognitionJob, heard: Recognition) -> Passage | None:
    """Where in a job's reference it was read, by the words that were recognised; None: it has none,
    or no times of words are known."""
    if not job.reference or not heard.words:
        return None
    return locate(job.reference, job.position, heard.words, heard.language)


def probe_fault(recogniser: Recogniser) -> str:
    """What is wrong with a recogniser by what it makes of the probe sentence; empty: nothing."""
    probe = to_float(from_pcm16(probe_audio()))
    try:
        # Its language is for the general weights to find, its words may be for adapted ones.
        _, heard = recogniser.recognise(
            [Request(probe, AUTO, "partial"), Request(probe, "en", "final")]
        )
    except Exception as error:
        return str(error) or type(error).__name__
    return "" if heard.text else "it does not recognise the probe sentence"


def end_process(announcement: Announcement, reason: str) -> NoReturn:
    """Withdraw a worker and end its process at once, whatever else it does: the supervisor, or the
    pool that it is a child of, starts another."""
    log.error("this worker ends, its recogniser is broken: %s", reason)
    announcement.withdraw()
    logging.shutdown()
    os._exit(EXIT_BROKEN)


def _result(
    job: RecognitionJob,
    outcome: Outcome,
    audio_bytes: int = 0,
    recognition: Recognition | None = None,
    decode_s: float = 0.0,
) -> RecognitionResult:
    return RecognitionResult(
        job.session,
        job.utterance,
        job.kind,
        job.revision,
        job.attempt,
        outcome,
        audio_bytes,
        recognition,
        decode_s,
    )


def load_asr_worker(
    settings: Settings, model: Path, watch: WorkerWatch, *, batched: bool = False, kind: str = "asr"
) -> AsrWorker:
    """Load the model, try it on real speech, and only then announce the worker."""
    began = time.monotonic()
    recogniser = load_recogniser(settings, model, watch.metrics)
    # Before any limit of time: on a GPU whose machine code the wheel lacks the driver compiles now.
    if fault := probe_fault(recogniser):
        raise RuntimeError(f"the model in {model} is of no use here: {fault}")
    if batched:
        recogniser = Batcher(
            recogniser,
            max_batch=settings.max_batch,
            stuck_after_s=settings.task_time_limit_s,
            metrics=watch.metrics,
        )
    give_back_memory()
    store = open_blocking_store(settings.redis_url)
    facts = {
        "model": settings.model,
        "device": recogniser.device,
        "compute_type": recogniser.compute_type,
        "slots": str(settings.max_batch if batched else 1),
        "files": "taken" if batched and kind == "asr" else "",
        "metrics": watch.address,
    }
    took_s = time.monotonic() - began
    watch.metrics.model_load.set(took_s)
    where = f"{settings.model} on {recogniser.device} ({recogniser.compute_type})"
    log.info("ready in %.1f s: %s", took_s, where)
    end = partial(end_process, Announcement(store, kind, facts))
    worker = AsrWorker(recogniser, store, watch, end=end, most_failures=settings.asr_failures)
    if batched:
        worker.probe_when_idle()
    return worker
