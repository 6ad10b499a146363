"""Utterances' audio in Redis: appended by the gateway, read by whichever worker comes."""

from __future__ import annotations

from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore, Store
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, WHISPER_WINDOW_S
from tutor.core.queue.jobs import REPLY, AssessmentJob, Piece, RecognitionJob, ReplyJob

MAX_AUDIO_BYTES = WHISPER_WINDOW_S * RATE * BYTES_PER_SAMPLE
"""Bytes of the longest utterance: Whisper hears no more at once."""


async def append_audio(store: Store, session: str, utterance: str, pcm: bytes) -> None:
    """Append PCM16 to an utterance's audio."""
    key = keys.audio(session, utterance)
    async with store.pipeline(transaction=False) as pipe:
        pipe.append(key, pcm)
        pipe.expire(key, keys.AUDIO_TTL_S)
        await pipe.execute()


def read_utterance(store: BlockingStore, job: AssessmentJob) -> bytes | None:
    """The audio of an utterance that has ended, or None when it is gone.

    Pieces before it are laid where they were spoken, with silence between them.
    """
    last = Piece(job.utterance, job.offset_bytes, job.audio_bytes)
    joined = bytearray(job.span_bytes)
    for piece in (*job.before, last):
        pcm = store.getrange(keys.audio(job.session, piece.utterance), 0, piece.audio_bytes - 1)
        if not isinstance(pcm, bytes) or len(pcm) != piece.audio_bytes:
            return None
        joined[piece.offset_bytes : piece.offset_bytes + piece.audio_bytes] = pcm
    return bytes(joined)


def is_cancelled(store: BlockingStore, job: RecognitionJob) -> bool:
    """Whether nobody waits for a job any more."""
    return bool(store.exists(keys.cancelled(job.session, job.utterance, job.revision)))


def is_given_up(store: BlockingStore, job: ReplyJob) -> bool:
    """Whether the learner has broken a reply off."""
    return bool(store.exists(keys.cancelled(job.session, job.utterance, REPLY)))


def has_audio(store: BlockingStore, job: RecognitionJob) -> bool:
    """Whether there is any audio of the job's utterance."""
    return bool(store.exists(keys.audio(job.session, job.utterance)))


def read_audio(store: BlockingStore, job: RecognitionJob) -> bytes | None:
    """The audio that a job should decode, or None when it is gone.

    A partial hears everything that has arrived by now, so it is never stale, however long it was
    queued. A final hears exactly what its utterance holds.
    """
    length = job.audio_bytes if job.kind == "final" else MAX_AUDIO_BYTES
    pcm = store.getrange(keys.audio(job.session, job.utterance), 0, length - 1)
    if not isinstance(pcm, bytes) or len(pcm) < job.audio_bytes:
        return None
    return pcm[: len(pcm) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE]
