"""Utterances' audio in Redis: appended by the gateway, read by whichever worker comes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from redis import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from tutor.adapters import keys
from tutor.adapters.wire import decode_result
from tutor.core.audio import BYTES_PER_SAMPLE, RATE, WHISPER_WINDOW_S
from tutor.core.jobs import AssessmentJob, RecognitionJob, Result

MAX_AUDIO_BYTES = WHISPER_WINDOW_S * RATE * BYTES_PER_SAMPLE
"""Whisper hears no more at once."""


def append_audio(pipe: Pipeline, session: str, utterance: str, pcm: bytes) -> None:
    """Queue an append of PCM16 on a pipeline."""
    key = keys.audio(session, utterance)
    pipe.append(key, pcm)
    pipe.expire(key, keys.AUDIO_TTL_S)


def read_utterance(redis: Redis, job: AssessmentJob) -> bytes | None:
    """The audio of an utterance that has ended, or None when it is gone."""
    pcm = redis.getrange(keys.audio(job.session, job.utterance), 0, job.audio_bytes - 1)
    return pcm if isinstance(pcm, bytes) and len(pcm) == job.audio_bytes else None


def is_cancelled(redis: Redis, job: RecognitionJob) -> bool:
    """Whether nobody waits for a job any more."""
    return bool(redis.exists(keys.cancelled(job.session, job.utterance, job.revision)))


def has_audio(redis: Redis, job: RecognitionJob) -> bool:
    """Whether there is any audio of the job's utterance."""
    return bool(redis.exists(keys.audio(job.session, job.utterance)))


def read_audio(redis: Redis, job: RecognitionJob) -> bytes | None:
    """The audio that a job should decode, or None when it is gone.

    A partial hears everything that has arrived by now, so it is never stale, however long it
    was queued. A final hears exactly what its utterance holds.
    """
    length = job.audio_bytes if job.kind == "final" else MAX_AUDIO_BYTES
    pcm = redis.getrange(keys.audio(job.session, job.utterance), 0, length - 1)
    if not isinstance(pcm, bytes) or len(pcm) < job.audio_bytes:
        return None
    return pcm[: len(pcm) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE]


# ---------------------------------------------------------------- pieces of files


def keep_piece(redis: Redis, session: str, utterance: str, pcm: bytes) -> None:
    """Keep a piece's PCM16 for as long as a live utterance's; who waits for it renews it."""
    redis.set(keys.audio(session, utterance), pcm, ex=keys.AUDIO_TTL_S)


def drop_pieces(redis: Redis, session: str, utterances: Sequence[str]) -> None:
    """Delete pieces; who comes to recognise one finds none."""
    if utterances:
        redis.delete(*(keys.audio(session, utterance) for utterance in utterances))


def note_taker(redis: Redis, job: RecognitionJob, worker: str) -> None:
    """Say which worker, by its key, has taken a piece; of one that was deleted nothing is said."""
    if has_audio(redis, job):
        key = keys.taker(job.session, job.utterance, job.attempt)
        redis.set(key, worker, ex=keys.DELIVERIES_TTL_S)


def has_taker(redis: Redis, session: str, utterance: str, attempt: int) -> bool | None:
    """Whether the worker that has taken a piece lives; None: it waits for one."""
    worker: Any = redis.get(keys.taker(session, utterance, attempt))
    return None if worker is None else bool(redis.exists(worker))


def read_results(redis: Redis, session: str, after: str, wait_ms: int) -> tuple[list[Result], str]:
    """Results behind an entry of a session's stream, and the last one's entry; may wait for one."""
    found: Any = redis.xread({keys.results(session): after}, block=wait_ms, count=100)
    entries = found[0][1] if found else []
    results = [decode_result(fields[b"k"].decode(), fields[b"r"]) for _, fields in entries]
    return results, entries[-1][0].decode() if entries else after


def forget_job(redis: Redis, job: str) -> None:
    """Delete all that a file's job left; a store that is away forgets it by itself."""
    with suppress(RedisError):
        for pattern in keys.of_job(job):
            for key in redis.scan_iter(pattern, count=1000):
                redis.delete(key)
