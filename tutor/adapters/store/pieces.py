"""Pieces of uploaded files in Redis: kept for a recogniser, taken, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.audio import has_audio
from tutor.adapters.store.client import BlockingStore
from tutor.adapters.store.errors import StoreError
from tutor.core.live.jobs import RecognitionJob


def keep_piece(store: BlockingStore, session: str, utterance: str, pcm: bytes) -> None:
    """Keep a piece's PCM16 for as long as a live utterance's; who waits for it renews it."""
    store.set(keys.audio(session, utterance), pcm, ex=keys.AUDIO_TTL_S)


def drop_pieces(store: BlockingStore, session: str, utterances: Sequence[str]) -> None:
    """Delete pieces; who comes to recognise one finds none."""
    if utterances:
        store.delete(*(keys.audio(session, utterance) for utterance in utterances))


def note_taker(store: BlockingStore, job: RecognitionJob, worker: str) -> None:
    """Say which worker, by its key, has taken a piece; of one that was deleted nothing is said."""
    if has_audio(store, job):
        key = keys.taker(job.session, job.utterance, job.attempt)
        store.set(key, worker, ex=keys.DELIVERIES_TTL_S)


def has_taker(store: BlockingStore, session: str, utterance: str, attempt: int) -> bool | None:
    """Whether the worker that has taken a piece lives; None: it waits for one."""
    worker: Any = store.get(keys.taker(session, utterance, attempt))
    return None if worker is None else bool(store.exists(worker))


def forget_job(store: BlockingStore, job: str) -> None:
    """Delete all that a file's job left; a store that is away forgets it by itself."""
    with suppress(StoreError):
        for pattern in keys.of_job(job):
            for key in store.scan_iter(pattern, count=1000):
                store.delete(key)
