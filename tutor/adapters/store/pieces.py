"""Pieces of uploaded files in Redis: kept for a recogniser, taken, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.audio import has_audio
from tutor.adapters.store.client import BlockingStore
from tutor.adapters.store.errors import StoreError
from tutor.core.files.pieces import Taker
from tutor.core.queue.jobs import RecognitionJob


def keep_piece(store: BlockingStore, session: str, utterance: str, pcm: bytes) -> None:
    """Keep a piece's PCM16 for as long as a live utterance's; the job's worker renews it."""
    store.set(keys.audio(session, utterance), pcm, ex=keys.AUDIO_TTL_S)


def renew_piece(store: BlockingStore, session: str, utterance: str) -> bool:
    """Keep a piece's audio for as long again; False: it is gone."""
    return bool(store.expire(keys.audio(session, utterance), keys.AUDIO_TTL_S))


def drop_pieces(store: BlockingStore, session: str, utterances: Sequence[str]) -> None:
    """Delete the audio of pieces, so that a worker that comes to recognise one finds none."""
    if utterances:
        store.delete(*(keys.audio(session, utterance) for utterance in utterances))


def note_taker(store: BlockingStore, job: RecognitionJob, worker: str) -> None:
    """Note which worker, by its key, has taken a piece, unless the piece was deleted."""
    if has_audio(store, job):
        key = keys.taker(job.session, job.utterance, job.attempt)
        store.set(key, worker, ex=keys.DELIVERIES_TTL_S)


def find_taker(store: BlockingStore, session: str, utterance: str, attempt: int) -> Taker:
    """Whether a worker has taken a piece, and lives."""
    worker: Any = store.get(keys.taker(session, utterance, attempt))
    if worker is None:
        return Taker.NONE
    return Taker.ALIVE if store.exists(worker) else Taker.DEAD


def forget_job(store: BlockingStore, job: str) -> None:
    """Delete all that a file's job left; a store that is away forgets it by itself."""
    with suppress(StoreError):
        for pattern in keys.of_job(job):
            for key in store.scan_iter(pattern, count=1000):
                store.delete(key)
