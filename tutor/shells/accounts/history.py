"""`/v1/me/sessions`, `/v1/me/words`: what a learner has practised, and has to practise."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tutor.adapters.sql.history import MeanScores
from tutor.adapters.sql.history_tables import PracticeSession
from tutor.core.coach.review import ReviewDeck
from tutor.shells.http.auth import Here, Member
from tutor.shells.http.problems import Problem, problems

router = APIRouter(prefix="/v1/me", tags=["history"])

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Scores(BaseModel):
    """Means over a session's utterances, 0 to 100; null: nothing was scored."""

    model_config = ConfigDict(from_attributes=True)

    accuracy: float | None = Field(None, description="Of a text.", examples=[96.5])
    pronunciation: float | None = Field(
        None, description="Only where it is fitted to teachers' scores.", examples=[81.2]
    )
    fluency: float | None = Field(None, examples=[70.0])


class SessionSummary(BaseModel):
    """A session in the list."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["vJ2kq0X3b1m8tQfa"])
    language: str = Field(examples=["en"])
    exercise: dict[str, Any] = Field(examples=[{"type": "free", "text": None, "level": "A2"}])
    started_at: datetime
    ended_at: datetime | None = Field(description="null: it goes on, or its gateway died.")
    audio_s: float = Field(description="Seconds of audio.", examples=[94.2])
    utterances: int = Field(examples=[12])
    scores: Scores


class Sessions(BaseModel):
    """A page of the list of sessions."""

    sessions: list[SessionSummary]
    next: str | None = Field(description="Give it as `before` to get the next page.")


class Utterance(BaseModel):
    """An utterance with its words, scores and reply."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["u1"])
    text: str = Field(examples=["The weather is very nice today."])
    language: str = Field(examples=["en"])
    start_ms: int
    end_ms: int
    words: list[dict[str, Any]] = Field(description="As in `transcript.final`.")
    scores: dict[str, Any] = Field(
        description="`accuracy`, `pronunciation`, `fluency`, `grammar`: as in the events."
    )
    reply: str
    has_audio: bool = Field(description="Whether its recording is kept and can be had.")
    created_at: datetime


class Session(SessionSummary):
    """A session with its utterances."""

    spoken: list[Utterance]


class DueWord(BaseModel):
    """A word to practise."""

    word: str = Field(examples=["weather"])
    language: str = Field(examples=["en"])
    box: int = Field(description="0 to 6: how well it is known.")
    score: float = Field(description="The last, 0 to 100.")
    due: bool = Field(description="Whether it is time to say it again.")


class DueWords(BaseModel):
    """The words to practise, those that are due first."""

    words: list[DueWord]


@router.get("/sessions", summary="My sessions", responses=problems(401, 422))
def sessions(
    services: Here,
    caller: Member,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[
        str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="`next` of a page.")
    ] = None,
) -> Sessions:
    """The caller's sessions, the latest first, a page at a time."""
    assert caller.user is not None
    rows = services.history.sessions(caller.user, limit + 1, before)
    scores = services.history.scores([session.id for session, _ in rows[:limit]])
    page = [_summary(session, count, scores) for session, count in rows[:limit]]
    return Sessions(sessions=page, next=page[-1].id if len(rows) > limit else None)


@router.get("/sessions/{id}", summary="One of my sessions", responses=problems(401, 404, 422))
def session(services: Here, caller: Member, id: Id) -> Session:  # noqa: A002 - the path's name
    """A session with its utterances and their scores. Another account's session is not found, like
    one that never was."""
    assert caller.user is not None
    found = services.history.session(caller.user, id)
    if found is None:
        raise Problem(404, "not_found", "there is no such session")
    row, utterances = found
    spoken = [Utterance.model_validate(utterance) for utterance in utterances]
    scores = services.history.scores([id])
    return Session(**_summary(row, len(spoken), scores).model_dump(), spoken=spoken)


@router.get(
    "/sessions/{id}/utterances/{name}/audio",
    summary="The recording of an utterance",
    response_class=Response,
    responses={200: {"content": {"audio/flac": {}}}, **problems(401, 404, 422)},
)
def audio(services: Here, caller: Member, id: Id, name: Id) -> Response:  # noqa: A002
    """The recording as FLAC; there is one only while the account has `keep_audio`."""
    assert caller.user is not None
    flac = services.history.recording(caller.user, id, name)
    if flac is None:
        raise Problem(404, "not_found", "there is no such recording")
    return Response(flac, media_type="audio/flac")


@router.get("/words", summary="My words to practise", responses=problems(401, 422))
def words(
    services: Here,
    caller: Member,
    language: Annotated[
        str | None, Query(max_length=35, pattern=r"^[A-Za-z0-9-]+$", examples=["en"])
    ] = None,
) -> DueWords:
    """The words that come back in exercises until they are well said, later each time."""
    assert caller.user is not None
    decks = services.decks.load(caller.user)
    found = [
        word
        for name, deck in sorted(decks.items())
        if language in (None, name)
        for word in _due_words(name, deck)
    ]
    return DueWords(words=sorted(found, key=lambda word: (not word.due, word.box, word.score)))


def _summary(
    session: PracticeSession, utterances: int, scores: Mapping[str, MeanScores]
) -> SessionSummary:
    means = Scores.model_validate(scores.get(session.id, MeanScores()))
    columns = {
        name: getattr(session, name)
        for name in SessionSummary.model_fields
        if name not in ("utterances", "scores")
    }
    return SessionSummary(**columns, utterances=utterances, scores=means)


def _due_words(language: str, deck: ReviewDeck) -> list[DueWord]:
    due = set(deck.due(time.time()))
    return [
        DueWord(
            word=card.word, language=language, box=card.box, score=card.score, due=card.word in due
        )
        for card in deck.cards
    ]
