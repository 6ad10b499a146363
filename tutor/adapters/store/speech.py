"""Speech in the store: the text that is to be spoken, and the clauses of it that are made.

A clause's entry has its number as its id, and Redis takes no id twice: however often a job is
handed out, and however many workers have it, nobody hears a clause again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.broker.poison import count_try
from tutor.adapters.store.client import BlockingStore, Store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.workers import read_registry
from tutor.adapters.wire.practice import decode_marks, decode_speech, decode_voices, to_json
from tutor.core.queue.jobs import SpeechJob
from tutor.core.voice.made import Mark
from tutor.core.voice.progress import Progress
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.voices import VoiceFacts

VOICES = "voices"
"""A speech worker's fact: its voices as JSON, the one that speaks first at the head."""

TAKEN_ID = "equal or smaller than the target stream top item"
"""What Redis says of an entry whose id is there already."""


@dataclass(frozen=True)
class Spoken:
    """One clause that was spoken."""

    number: int
    """From 1 on."""
    of: int
    """How many clauses the text has; 0: more of it may come."""
    pcm: bytes
    """PCM16 at the rate that was asked for, the pause behind the clause included."""
    samples: int
    """Samples of the speech up to the end of this clause."""
    marks: tuple[Mark, ...] = ()
    """When its words are said."""

    @property
    def is_last(self) -> bool:
        """Whether the text ends with it."""
        return self.number == self.of


async def keep_text(store: Store, session: str, utterance: str, request: SpeechRequest) -> None:
    """Keep a text that is to be spoken.

    Raises:
        StoreError: the store does not answer.
    """
    await store.set(keys.text(session, utterance), to_json(request), ex=keys.SPEECH_TTL_S)


async def forget_speech(store: Store, session: str, utterance: str) -> None:
    """Delete a text and its clauses: a worker that speaks it stops at its next clause."""
    await store.delete(keys.text(session, utterance), keys.speech(session, utterance))


async def read_spoken(store: Store, session: str, utterance: str, after: int) -> list[Spoken]:
    """The clauses behind a number; those up to it, which their listener has, are dropped but for
    the last, which tells how far the speech has come."""
    key = keys.speech(session, utterance)
    async with store.pipeline(transaction=False) as pipe:
        pipe.xrange(key, min=f"({after}-0")
        pipe.xtrim(key, minid=f"{after}-0", approximate=False)
        pipe.expire(keys.text(session, utterance), keys.SPEECH_TTL_S)
        entries, *_ = await pipe.execute()
    return [_spoken(entry) for entry in entries]


async def read_clauses(
    store: Store, session: str, speech: str, after: int, first: int
) -> list[Spoken]:
    """The clauses of a reply's speech behind a number; those before `first`, which were heard to
    their end, are dropped, but never the last, which tells how far the speech has come.

    Raises:
        StoreError: the store does not answer.
    """
    key = keys.speech(session, speech)
    async with store.pipeline(transaction=False) as pipe:
        pipe.xrange(key, min=f"({after}-0")
        pipe.xtrim(key, minid=f"{min(first, max(after, 1))}-0", approximate=False)
        pipe.expire(keys.text(session, speech), keys.SPEECH_TTL_S)
        entries, *_ = await pipe.execute()
    return [_spoken(entry) for entry in entries]


async def read_clause(store: Store, session: str, speech: str, number: int) -> Spoken | None:
    """A clause of a reply's speech; None: it is gone.

    Raises:
        StoreError: the store does not answer.
    """
    name = f"{number}-0"
    entries: Any = await store.xrange(keys.speech(session, speech), min=name, max=name)
    return _spoken(entries[0]) if entries else None


def read_text(store: BlockingStore, job: SpeechJob) -> SpeechRequest | None:
    """What a job is to speak; None: nobody listens any more."""
    data: Any = store.get(keys.text(job.session, job.utterance))
    return None if data is None else decode_speech(data)


def read_progress(store: BlockingStore, job: SpeechJob) -> Progress:
    """How far a speech has come."""
    entries: Any = store.xrevrange(keys.speech(job.session, job.utterance), count=1)
    if not entries:
        return Progress()
    last = _spoken(entries[0])
    return Progress(last.number, last.samples)


def add_spoken(store: BlockingStore, job: SpeechJob, spoken: Spoken) -> bool:
    """Keep a clause and wake its listener; False: another worker was first.

    Raises:
        StoreError: the store does not answer.
    """
    key = keys.speech(job.session, job.utterance)
    fields: Any = {
        "of": spoken.of,
        "samples": spoken.samples,
        "pcm": spoken.pcm,
        "marks": to_json(spoken.marks),
    }
    try:
        store.xadd(key, fields, id=f"{spoken.number}-0")
    except StoreError as error:
        if TAKEN_ID in str(error):
            return False
        raise
    store.expire(key, keys.SPEECH_TTL_S)
    store.publish(keys.wake(job.session), b"")
    return True


def count_begun(store: BlockingStore, job: SpeechJob, clause: int) -> int:
    """Count that a clause is begun; how often it was by now."""
    return count_try(store, f"{job.session}:{job.utterance}:{clause}")


async def read_voices(store: Store) -> list[VoiceFacts]:
    """The voices of all speech workers that are ready; one that several have is there once.

    Raises:
        StoreError: the store does not answer.
    """
    found: dict[str, VoiceFacts] = {}
    for entry in await read_registry(store):
        if entry.kind == "speech":
            told = str(entry.facts.get(VOICES, "[]"))
            found |= {voice.id: voice for voice in decode_voices(told.encode())}
    return list(found.values())


def _spoken(entry: Any) -> Spoken:
    name, fields = entry
    number = int(name.partition(b"-")[0])
    marks = decode_marks(fields.get(b"marks", b"[]"))
    return Spoken(number, int(fields[b"of"]), fields[b"pcm"], int(fields[b"samples"]), marks)
