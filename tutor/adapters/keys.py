"""Every name in Redis: keys, channels, queues and how long they live.

All begin with `tutor:`. Celery's own lists (under `tutor:celery:`) are the broker's and have no
TTL; everything else does.
"""

from __future__ import annotations

QUEUE_LIVE = "asr.live"
"""Partials and finals of people who are speaking now (GPU)."""

QUEUE_BATCH = "asr.batch"
"""Uploaded files: whatever the live queue leaves."""

QUEUE_FEEDBACK = "feedback"
"""What follows a final (CPU)."""

TASK_RECOGNISE = "tutor.recognise"
TASK_ASSESS = "tutor.assess"
TASK_REPLY = "tutor.reply"

PRIORITY_FINAL = 0
PRIORITY_PARTIAL = 3
PRIORITY_BATCH = 9
PRIORITY_STEPS = [PRIORITY_FINAL, PRIORITY_PARTIAL, PRIORITY_BATCH]
"""Kombu on Redis serves the lowest number first. A final goes before every partial: partials
clock themselves, a final is waited for."""

BROKER_PREFIX = "tutor:celery:"

EVENTS_TTL_S = 120
"""How long a client has to come back, to any gateway."""

RESULTS_TTL_S = 120
AUDIO_TTL_S = 120
"""An utterance's audio after its last sample, if nobody deletes it: as long as its speaker may come
back. It is deleted as soon as the utterance was assessed."""

EVENTS_KEPT = 1024
"""Events of a session kept for replay: more than two minutes of them."""

WORKER_TTL_S = 10
"""A worker that has not renewed its key for so long is taken for dead."""

DELIVERIES_TTL_S = 300


def audio(session: str, utterance: str) -> str:
    """String: PCM16 at 16 kHz of one utterance, appended as it comes."""
    return f"tutor:audio:{session}:{utterance}"


def deliveries(session: str, utterance: str, revision: int, attempt: int) -> str:
    """Integer: how often a job was handed to a worker, to stop one that kills its workers."""
    return f"tutor:deliveries:{session}:{utterance}:{revision}:{attempt}"


def cancelled(session: str, utterance: str, revision: int) -> str:
    """String: nobody waits for this job any more."""
    return f"tutor:cancelled:{session}:{utterance}:{revision}"


def results(session: str) -> str:
    """Stream: results of the session's jobs, worker to gateway."""
    return f"tutor:results:{session}"


def wake(session: str) -> str:
    """Pub/sub channel: there is something new in the session's results."""
    return f"tutor:wake:{session}"


def events(session: str) -> str:
    """Stream: what was sent to the client, entry id `<seq>-0`, for replay."""
    return f"tutor:events:{session}"


def session(session: str) -> str:
    """Hash: which gateway has the session (`epoch`), and all that another one needs to go on."""
    return f"tutor:session:{session}"


def worker(kind: str, name: str) -> str:
    """Hash: one ready worker process; it renews the key while it lives."""
    return f"tutor:worker:{kind}:{name}"


WORKERS_ASR = "tutor:worker:asr:*"
WORKERS_FEEDBACK = "tutor:worker:feedback:*"
HEARTBEAT = "tutor:heartbeat"
"""Pub/sub channel that keeps a gateway's subscription open while it has no session."""
