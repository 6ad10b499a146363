"""What an ASR worker does with a job: read the audio, recognise it, hand back the result."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from tutor.adapters.settings import Settings
from tutor.adapters.speech.batcher import Batcher
from tutor.adapters.speech.loading import load_recogniser
from tutor.adapters.speech.probe import probe_audio
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.store.audio import has_audio, is_cancelled, read_audio
from tutor.adapters.store.client import BlockingStore, open_blocking_store
from tutor.adapters.store.workers import announce
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, from_pcm16, to_float
from tutor.core.queue.jobs import Outcome, RecognitionJob, RecognitionResult
from tutor.shells.workers.worked_job import WorkedJob, WorkerWatch

log = logging.getLogger(__name__)

PROBE_TEXT = "Hello, can you hear me clearly?"
"""The text of the probe sentence."""


class AsrWorker:
    """What one worker process does with a recognition job."""

    def __init__(self, recogniser: Recogniser, store: BlockingStore, watch: WorkerWatch) -> None:
        self._recogniser = recogniser
        self._store = store
        self.watch = watch

    def handle(self, job: RecognitionJob, task: WorkedJob) -> RecognitionResult:
        """Recognise the audio that there is now, and post the result."""
        if self._is_deleted(job):
            return _result(job, "audio_gone")
        result = self._handle(job)
        if not self._is_deleted(job):
            task.post(self._store, result)
        return result

    def give_up(self, job: RecognitionJob, task: WorkedJob) -> None:
        """Post that a job has failed that killed its worker each time."""
        if not self._is_deleted(job):
            task.post(self._store, _result(job, "failed"))

    def _is_deleted(self, job: RecognitionJob) -> bool:
        """Whether a job's file was deleted: nothing of it may be written any more."""
        return job.batch and not has_audio(self._store, job)

    def _handle(self, job: RecognitionJob) -> RecognitionResult:
        if is_cancelled(self._store, job):
            return _result(job, "cancelled")
        pcm = read_audio(self._store, job)
        if pcm is None:
            return _result(job, "audio_gone")
        began = time.monotonic()
        try:
            audio = to_float(from_pcm16(pcm))
            speech_s = job.speech_bytes / BYTES_PER_SAMPLE / RATE or None
            request = Request(audio, job.language, job.kind, job.batch, job.prompt, speech_s)
            (recognition,) = self._recogniser.recognise([request])
        except Exception:
            # Whatever it was, the session must hear of it now and not by its deadline.
            log.exception("recognition failed")
            return _result(job, "failed", len(pcm))
        return _result(job, "ok", len(pcm), recognition, time.monotonic() - began)


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
    if batched:
        recogniser = Batcher(
            recogniser,
            max_batch=settings.max_batch,
            stuck_after_s=settings.task_time_limit_s,
            metrics=watch.metrics,
        )
    probe = to_float(from_pcm16(probe_audio()))
    _, heard = recogniser.recognise(
        [Request(probe, "en", "partial"), Request(probe, "en", "final")]
    )
    if not heard.text:
        raise RuntimeError(f"the model in {model} does not recognise the probe sentence")
    store = open_blocking_store(settings.redis_url)
    facts = {
        "model": settings.model,
        "device": recogniser.device,
        "compute_type": recogniser.compute_type,
        "probe": heard.text,
        "slots": str(settings.max_batch if batched else 1),
        "files": "taken" if batched else "",
        "metrics": watch.address,
    }
    watch.metrics.model_load.set(time.monotonic() - began)
    announce(store, kind, facts)
    log.info(
        "ready in %.1f s: %s on %s (%s), heard %r",
        time.monotonic() - began,
        settings.model,
        recogniser.device,
        recogniser.compute_type,
        heard.text,
    )
    return AsrWorker(recogniser, store, watch)
