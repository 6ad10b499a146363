"""A session between two gateways: what is kept of it, and how another gateway continues it."""

from __future__ import annotations

from hashlib import sha256

from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Resample
from tutor.core.live.lesson import Lesson
from tutor.core.live.lifecycle import State
from tutor.core.live.session import Session
from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.live.tutoring.tutoring import Tutoring
from tutor.core.live.utterances.transcription import Transcription
from tutor.core.protocol.errors import NORMAL_CLOSURE


def snapshot(session: Session, now: float) -> SessionSnapshot:
    """All that another gateway needs to go on with a session from here."""
    received, position = session.received.safe(session.safe)
    return SessionSnapshot(
        session.id,
        token_hash(session.token),
        session.state.value,
        session.lesson.language,
        session.lesson.exercise,
        session.lesson.silence_ms,
        session.lesson.native,
        session.received.audio,
        received,
        session.received.messages,
        now - session.started_at,
        session.lifecycle.closing,
        session.transcription.snapshot(position),
        None if session.tutoring is None else session.tutoring.snapshot(now),
        session.aloud.snapshot(now),
        session.lesson.patience,
        session.lesson.vocabulary,
    )


def restored(kept: SessionSnapshot, token: str, config: SessionConfig, now: float) -> Session:
    """The session of a snapshot, at another gateway.

    The audio of its open utterance comes first, up to the snapshot's position; after
    `receive_resume` comes what the client sends again.
    """
    session = Session(kept.session, token, config, now)
    session.lifecycle.resume_from(State(kept.state), kept.closing)
    session.received.resume_from(
        kept.audio, kept.received, kept.messages, kept.transcription.position
    )
    session.standing.resume_from(kept.received / kept.audio.sample_rate)
    session.started_at = now - kept.elapsed_s
    session.transcription = Transcription.restored(
        kept.session, config, session.effects, kept.transcription, now
    )
    lesson = Lesson(
        kept.language,
        kept.exercise,
        kept.silence_ms,
        kept.native,
        kept.patience,
        kept.vocabulary,
    )
    session.practise(lesson, goes_on=True)
    if kept.tutoring is not None:
        session.tutoring = Tutoring.restored(
            kept.session, config.tutoring, session.effects, token, kept.tutoring, now
        )
    session.aloud.resume_with(kept.speaking, kept.language, now)
    if session.tutoring is not None:
        session.tutoring.receive_tongue(session.aloud.tongue)
    if session.state is not State.CLOSED:
        session.effects.append(Resample(kept.audio.sample_rate))
    return session


def may_be_resumed(kept: SessionSnapshot) -> bool:
    """Whether a client may have a session back: one closed for a reason would only close again."""
    code, _ = kept.closing
    return kept.state != State.NEW and (kept.state != State.CLOSED or code == NORMAL_CLOSURE)


def token_hash(token: str) -> str:
    """The SHA-256 of a session's token in hexadecimal: all of the token that the store keeps."""
    return sha256(token.encode()).hexdigest()
