"""Every name in Redis: keys, channels, queues and how long they live.

All begin with `tutor:`. Celery's own lists (under `tutor:celery:`) are the broker's and have no
TTL; everything else does.
"""

from __future__ import annotations

from collections.abc import Callable

QUEUE_LIVE = "asr.live"
"""Queue of partials and finals of learners who are speaking now (GPU)."""

QUEUE_PARTIALS = "asr.partials"
"""Queue of partials, while workers of their own are ready for them."""

QUEUE_BATCH = "asr.batch"
"""Queue of uploaded files' pieces: they get what the live queue leaves."""

QUEUE_FEEDBACK = "feedback"
"""Queue of assessments and replies, which follow a final (CPU)."""

QUEUE_FILES = "files"
"""Queue of uploaded files, to be decoded, cut and put together (CPU)."""

QUEUE_SPEECH = "speech"
"""Queue of texts to be spoken (CPU)."""

QUEUES = (QUEUE_LIVE, QUEUE_PARTIALS, QUEUE_BATCH, QUEUE_FEEDBACK, QUEUE_FILES, QUEUE_SPEECH)
"""All queues: what workers take from, what is measured, and what may hold poison."""

TASK_RECOGNISE = "tutor.recognise"
TASK_ASSESS = "tutor.assess"
TASK_REPLY = "tutor.reply"
TASK_FILE = "tutor.file"
TASK_SPEAK = "tutor.speak"

PRIORITY_FINAL = 0
PRIORITY_PARTIAL = 3
PRIORITY_BATCH = 9
PRIORITY_STEPS = [PRIORITY_FINAL, PRIORITY_PARTIAL, PRIORITY_BATCH]
"""Priorities, the lowest number first, as Kombu serves Redis. A final goes before every partial:
partials clock themselves, a final is waited for."""

BROKER_PREFIX = "tutor:celery:"

UNACKNOWLEDGED = f"{BROKER_PREFIX}unacked"
"""Hash: messages that workers have taken and not finished (Celery's)."""

BATCH_UNACKED = {
    "unacked_key": "unacked:batch",
    "unacked_index_key": "unacked_index:batch",
    "unacked_mutex_key": "unacked_mutex:batch",
}
"""Names under `BROKER_PREFIX` of what workers of `asr.batch` have taken and not finished. In the
common hash the live workers, whose time limit is short, would hand it out again."""

TAKEN = (UNACKNOWLEDGED, BROKER_PREFIX + BATCH_UNACKED["unacked_key"])
"""Hashes: all messages that workers have taken and not finished."""

RESULTS_TTL_S = 120
AUDIO_TTL_S = 120
"""Seconds that an utterance's audio is kept after its last sample: as long as its speaker may come
back. It is deleted earlier, as soon as the utterance was assessed."""

SPEECH_TTL_S = 300
"""Seconds that a text to be spoken and its clauses are kept after the last sign of a listener."""

EVENTS_KEPT = 1024
"""Events of a session kept for replay: more than two minutes of them."""

WORKER_TTL_S = 10
"""Seconds after which a worker that has not renewed its key counts as dead."""

REGISTRY_TTL_S = 60
"""Seconds after its last renewal that an entry of the registry is kept."""

DELIVERIES_TTL_S = 300


def waiting(queue: str, priority: int) -> str:
    """List: the messages that wait in a queue with this priority, the newest first (Celery's)."""
    return f"{BROKER_PREFIX}{queue}" + (f"\x06\x16{priority}" if priority else "")


def file_session(job: str, lease: str) -> str:
    """The session under which a job's pieces are recognised; each worker has its own."""
    return f"file-{job}-{lease}"


def audio(session: str, utterance: str) -> str:
    """String: PCM16 at 16 kHz of one utterance, appended as it comes."""
    return f"tutor:audio:{session}:{utterance}"


def deliveries(message: str) -> str:
    """Integer: how often a message, or a clause to be spoken, was handed to a worker, to stop one
    that kills its workers."""
    return f"tutor:deliveries:{message}"


POISON_TTL_S = 86_400
"""Seconds after the last message that was set aside that a queue's are kept, and alerted on."""


def poison(queue: str) -> str:
    """List: messages of a queue that nobody could read, set aside, the newest first."""
    return f"tutor:poison:{queue}"


def taker(session: str, utterance: str, attempt: int) -> str:
    """String: the key of the worker that has taken a piece of a file, to notice its death."""
    return f"tutor:taker:{session}:{utterance}:{attempt}"


def cancelled(session: str, utterance: str, revision: int) -> str:
    """String: a mark that nobody waits for this job any more."""
    return f"tutor:cancelled:{session}:{utterance}:{revision}"


def results(session: str) -> str:
    """Stream: results of the session's jobs, worker to gateway."""
    return f"tutor:results:{session}"


def wake(session: str) -> str:
    """Pub/sub channel: there is something new in the session's results."""
    return f"tutor:wake:{session}"


def text(session: str, utterance: str) -> str:
    """String: what is to be spoken and how, as JSON; deleted when nobody listens any more."""
    return f"tutor:text:{session}:{utterance}"


def speech(session: str, utterance: str) -> str:
    """Stream: the clauses that are made, entry id `<number>-0` from 1 on, so that none is there
    twice."""
    return f"tutor:speech:{session}:{utterance}"


def events(session: str) -> str:
    """Stream: what was sent to the client, entry id `<seq>-0`, for replay."""
    return f"tutor:events:{session}"


def session(session: str) -> str:
    """Hash: which gateway has the session (`epoch`), and all that another one needs to go on."""
    return f"tutor:session:{session}"


def worker(kind: str, name: str) -> str:
    """String: a sign of one worker process's life; it renews the key while it lives."""
    return f"tutor:worker:{kind}:{name}"


# ---------------------------------------------------------------- accounts

SEAT_TTL_S = 30
"""Seconds after which a socket whose gateway has not renewed its seat counts as gone."""


def ticket(digest: str) -> str:
    """String: the principal that a socket ticket with this hash admits; lives for
    `TUTOR_TICKET_S`."""
    return f"tutor:ticket:{digest}"


def tries(kind: str, digest: str) -> str:
    """Integer: tries of one account or address; lives for its window."""
    return f"tutor:tries:{kind}:{digest}"


def seats(user: str) -> str:
    """Sorted set: the open sockets of a user by the time of their last renewal."""
    return f"tutor:seats:{user}"


def of_sessions(sessions: frozenset[str]) -> Callable[[str], bool]:
    """A test of whether a key holds something of one of these sessions."""
    kinds = {"audio", "deliveries", "cancelled", "results", "events", "session", "speech", "text"}

    def is_theirs(key: str) -> bool:
        _, kind, session, *_ = [*key.split(":"), "", ""]
        return kind in kinds and session in sessions

    return is_theirs


EVERYTHING = "tutor:*"
REGISTRY = "tutor:worker:registry"
"""Hash: what each ready worker and each gateway tells of itself, as JSON with a stamp, by
`<kind>:<name>`."""
HEARTBEAT = "tutor:heartbeat"
"""Pub/sub channel that keeps a gateway's subscription open while it has no session."""


def of_job(job: str) -> tuple[str, ...]:
    """Patterns of all that a file's job may have left in Redis."""
    kinds = ("audio", "results", "taker", "cancelled", "events")
    return tuple(f"tutor:{kind}:{file_session(job, '*')}" for kind in kinds)
