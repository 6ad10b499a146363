"""The Celery workers: they read audio, recognise it and hand back the result."""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
import wave
from importlib.resources import files
from pathlib import Path
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import setup_logging, worker_process_init
from redis import Redis
from redis.exceptions import RedisError

from tutor.adapters import keys
from tutor.adapters.bus import post_result
from tutor.adapters.queue import make_celery
from tutor.adapters.recogniser import Recogniser, load_recogniser, process_name
from tutor.adapters.settings import Settings
from tutor.adapters.store import read_audio
from tutor.adapters.weights import resolve_model
from tutor.core.audio import from_pcm16, to_float
from tutor.core.jobs import Outcome, Recognition, RecognitionJob, RecognitionResult
from tutor.shells.logs import configure_logging

log = logging.getLogger(__name__)

MAX_DELIVERIES = 2
"""A job that was handed out so often and killed its worker each time is given up."""


class AsrWorker:
    """What one worker process does with a job."""

    def __init__(self, recogniser: Recogniser, redis: Redis) -> None:
        self._recogniser = recogniser
        self._redis = redis

    def handle(self, job: RecognitionJob) -> RecognitionResult:
        """Recognise the audio that there is now, and post the result."""
        result = self._handle(job)
        post_result(self._redis, result)
        return result

    def _handle(self, job: RecognitionJob) -> RecognitionResult:
        if self._deliveries(job) > MAX_DELIVERIES:
            return _result(job, "failed")
        pcm = read_audio(self._redis, job)
        if pcm is None:
            return _result(job, "audio_gone")
        began = time.monotonic()
        try:
            recognition = self._recogniser.recognise(
                to_float(from_pcm16(pcm)), job.language, job.kind
            )
        except RuntimeError:  # CTranslate2's one error, CUDA's included
            log.exception("recognition failed")
            return _result(job, "failed", len(pcm))
        return _result(job, "ok", len(pcm), recognition, time.monotonic() - began)

    def _deliveries(self, job: RecognitionJob) -> int:
        key = keys.deliveries(job.session, job.utterance, job.revision, job.attempt)
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, keys.DELIVERIES_TTL_S)
            return int(pipe.execute()[0])


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


def run_asr_worker(settings: Settings) -> None:
    """Run the worker for `asr.live` and `asr.batch` until it is stopped.

    Raises:
        SettingsError: no Redis is named.
        WeightsError: there is no usable model.
    """
    settings.require_store()
    # Before anything starts, so that a missing or spoilt model is one clear line.
    model = resolve_model(settings.model, settings.cache_dir)
    app = make_celery(settings)
    _register_asr(app, settings, model)
    _run(app, settings, [keys.QUEUE_LIVE, keys.QUEUE_BATCH], settings.asr_processes)


def run_feedback_worker(settings: Settings) -> None:
    """Run the worker for `feedback` until it is stopped. No task is sent to it yet.

    Raises:
        SettingsError: no Redis is named.
    """
    settings.require_store()
    _run(make_celery(settings), settings, [keys.QUEUE_FEEDBACK], processes=1)


def probe_audio() -> bytes:
    """A short spoken sentence, PCM16 at 16 kHz, to try a recogniser on."""
    with (files("tutor") / "assets" / "probe.wav").open("rb") as file, wave.open(file) as wav:
        return bytes(wav.readframes(wav.getnframes()))


def _register_asr(app: Celery, settings: Settings, model: Path) -> None:
    resident: dict[str, AsrWorker] = {}

    @worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def load(**_: Any) -> None:
        # In the child, after the fork: CUDA and OpenMP do not survive one.
        resident["asr"] = _load(settings, model)

    @app.task(name=keys.TASK_RECOGNISE)  # type: ignore[untyped-decorator]
    def recognise(**fields: Any) -> None:
        job = RecognitionJob(**fields)
        result = resident["asr"].handle(job)
        log.info(
            "%-7s %s/%s.%d %-5s %5.2f s of audio in %.2f s",
            job.kind,
            job.session,
            job.utterance,
            job.revision,
            result.outcome,
            result.audio_bytes / 32_000,
            result.decode_s,
        )


def _load(settings: Settings, model: Path) -> AsrWorker:
    """Load the model, try it on real speech, and only then announce the worker."""
    began = time.monotonic()
    recogniser = load_recogniser(settings, model)
    probe = to_float(from_pcm16(probe_audio()))
    recogniser.recognise(probe, "en", "partial")
    heard = recogniser.recognise(probe, "en", "final")
    if not heard.text:
        raise RuntimeError(f"the model in {model} does not recognise the probe sentence")
    redis = Redis.from_url(settings.redis_url)
    facts = {
        "model": settings.model,
        "device": recogniser.device,
        "compute_type": recogniser.compute_type,
        "probe": heard.text,
    }
    threading.Thread(target=_announce, args=(redis, facts), daemon=True).start()
    log.info(
        "ready in %.1f s: %s on %s (%s), heard %r",
        time.monotonic() - began,
        settings.model,
        recogniser.device,
        recogniser.compute_type,
        heard.text,
    )
    return AsrWorker(recogniser, redis)


def _announce(redis: Redis, facts: dict[str, str]) -> None:
    """Renew this process's key for as long as it lives."""
    key = keys.worker("asr", process_name())
    while True:
        try:
            with redis.pipeline(transaction=False) as pipe:
                pipe.hset(key, items=[part for fact in facts.items() for part in fact])
                pipe.expire(key, keys.WORKER_TTL_S)
                pipe.execute()
        except RedisError as error:
            log.warning("cannot renew the worker's key: %s", error)
        time.sleep(keys.WORKER_TTL_S / 4)


def _run(app: Celery, settings: Settings, queues: list[str], processes: int) -> None:
    @setup_logging.connect(weak=False)  # type: ignore[untyped-decorator]
    def keep_our_logging(**_: Any) -> None:
        configure_logging(settings.log_level)

    # Celery warns root because of pickle, which is not accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app.worker_main(
        [
            "--quiet",  # no banner
            "worker",
            f"--queues={','.join(queues)}",
            f"--concurrency={processes}",
            f"--hostname={queues[0]}@%h-{os.getpid()}",
            "--pool=prefork",  # the only pool whose time limit kills a stuck call
            "--without-gossip",
            "--without-mingle",
        ]
    )
