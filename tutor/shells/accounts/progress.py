"""`/v1/me/progress`: how it went; and taking over what was practised before the account."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tutor.adapters.sql.history_tables import PracticeSession
from tutor.core.accounts.notes import UtteranceRecord
from tutor.core.accounts.progress import sums_of
from tutor.core.coach.review import ReviewDeck
from tutor.core.text.function_words import is_function_word
from tutor.core.text.languages import whisper_language
from tutor.shells.http.auth import Here, Member
from tutor.shells.http.problems import Problem, problems
from tutor.shells.http.services import Services

router = APIRouter(prefix="/v1/me", tags=["history"])

MOST_DAYS = 400
"""How far back progress is told: a year, and a month to compare."""

EARLIEST_DAYS = 20 * 365
"""How old a session may be that is taken over: no browser has kept an older one."""

MOST_AT_ONCE = 20
"""Utterances of one request that hands over; a longer session comes in several."""

MOST_WORDS = 200
"""Words of one utterance: 30 s of the fastest speech have fewer."""

MOST_AUDIO_S = 6 * 3600.0

Score = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Millis = Annotated[int, Field(ge=0, le=86_400_000)]
Short = Annotated[str, Field(max_length=300)]
Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z0-9-]+$", examples=["en"])]


class Sum(BaseModel):
    """Scores from 0 to 100, added up."""

    model_config = ConfigDict(from_attributes=True)

    sum: float
    count: int


class PracticeSums(BaseModel):
    """A session's scores in sums, from which means of any days can be made."""

    id: str
    started_at: datetime
    language: str
    audio_s: float
    utterances: int
    accuracy: Sum
    pronunciation: Sum = Field(description="Only where it is fitted to teachers' scores.")
    fluency: Sum
    sounds: dict[str, Sum] = Field(description="By IPA.", examples=[{"ð": {"sum": 61, "count": 1}}])


class ProgressOfSessions(BaseModel):
    """The sessions since a day, the oldest first."""

    sessions: list[PracticeSums]


class _Given(BaseModel):
    """What another program has kept: what is not known here is left out."""

    model_config = ConfigDict(extra="ignore")


class GivenPhone(_Given):
    """A sound of a word."""

    ipa: Annotated[str, Field(min_length=1, max_length=8)]
    score: Score


class GivenWord(_Given):
    """A word of a final, of a text, or as it sounded."""

    text: Short
    start_ms: Millis | None = None
    end_ms: Millis | None = None
    score: Score | None = None
    status: Annotated[str, Field(max_length=20)] | None = None
    heard: Short | None = None
    phones: Annotated[list[GivenPhone], Field(max_length=60)] = []


Words = Annotated[list[GivenWord], Field(max_length=MOST_WORDS)]


class GivenAccuracy(_Given):
    """`feedback.accuracy`."""

    accuracy: Score
    completeness: Score = 0
    words: Words = []


class GivenPronunciation(_Given):
    """`feedback.pronunciation`."""

    calibrated: bool = False
    basis: Annotated[str, Field(max_length=20)] = "text"
    total: Score | None = None
    reason: Annotated[str, Field(max_length=40)] | None = None
    words: Words = []


class GivenFluency(_Given):
    """`feedback.fluency`."""

    score: Score
    words_per_minute: Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)] | None = None


class GivenScores(_Given):
    """The feedback events of an utterance, by their kind."""

    accuracy: GivenAccuracy | None = None
    pronunciation: GivenPronunciation | None = None
    fluency: GivenFluency | None = None


class GivenUtterance(_Given):
    """An utterance with its words and scores."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$", examples=["u1"])]
    text: Annotated[str, Field(min_length=1, max_length=5000)]
    language: Language
    start_ms: Millis
    end_ms: Millis
    words: Words = []
    scores: GivenScores = GivenScores()
    reply: Annotated[str, Field(max_length=5000)] = ""


class GivenSession(_Given):
    """A session, or some more of its utterances."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["guest-1"])]
    language: Language
    type: Annotated[str, Field(max_length=20, examples=["read_aloud"])] = "free"
    started_at: datetime = Field(description="20 years ago at most; not in the future.")
    audio_s: Annotated[float, Field(ge=0, le=MOST_AUDIO_S, allow_inf_nan=False)] = 0.0
    spoken: Annotated[list[GivenUtterance], Field(min_length=1, max_length=MOST_AT_ONCE)]

    @field_validator("started_at")
    @classmethod
    def _recent(cls, value: datetime) -> datetime:
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        now = datetime.now(UTC)
        if not now - timedelta(days=EARLIEST_DAYS) <= moment <= now + timedelta(days=1):
            raise ValueError("must be within the last 20 years")
        return min(moment, now)  # a browser's clock may be ahead

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(one.end_ms < one.start_ms for one in self.spoken):
            raise ValueError("an utterance ends before it begins")
        if len({one.name for one in self.spoken}) < len(self.spoken):
            raise ValueError("two utterances have one name")
        return self


class TakenOver(BaseModel):
    """What was not known yet."""

    utterances: int


@router.get("/progress", summary="My progress", responses=problems(401, 422))
def progress(
    services: Here,
    caller: Member,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="how far back")] = 90,
) -> ProgressOfSessions:
    """The caller's sessions of the last days, each with its scores in sums."""
    assert caller.user is not None
    since = datetime.now(UTC) - timedelta(days=days)
    rows = services.history.since(caller.user, since)
    return ProgressOfSessions(sessions=[_sums(row, scores) for row, scores in rows])


@router.post(
    "/sessions",
    summary="Hand over a session of before the account",
    status_code=201,
    responses=problems(401, 413, 422),
)
def hand_over(services: Here, caller: Member, given: GivenSession) -> TakenOver:
    """Keep what a guest had practised, once: what is known already is passed over. Words that were
    hard come to the words to practise."""
    assert caller.user is not None
    most = services.settings.max_taken_over
    if services.history.utterances(caller.user) >= most:
        raise Problem(413, "too_large", f"of {most} utterances on nothing is taken over")
    row = PracticeSession(
        id=sha256(f"{caller.user} {given.id}".encode()).hexdigest()[:32],
        user_id=caller.user,
        language=given.language,
        exercise={"type": given.type},
        started_at=given.started_at,
        ended_at=given.started_at + timedelta(seconds=given.audio_s),
        audio_s=given.audio_s,
    )
    records = [_record(utterance) for utterance in given.spoken]
    new = services.history.take_over(caller.user, row, records)
    said = [utterance for utterance in given.spoken if utterance.name in new]
    _learn_words(services, caller.user, said)
    return TakenOver(utterances=len(new))


def _sums(row: PracticeSession, scores: list[dict[str, Any]]) -> PracticeSums:
    sums = sums_of(scores)
    return PracticeSums(
        id=row.id,
        started_at=row.started_at,
        language=row.language,
        audio_s=row.audio_s,
        utterances=sums.utterances,
        accuracy=Sum.model_validate(sums.accuracy),
        pronunciation=Sum.model_validate(sums.pronunciation),
        fluency=Sum.model_validate(sums.fluency),
        sounds={ipa: Sum.model_validate(found) for ipa, found in sums.sounds.items()},
    )


def _record(given: GivenUtterance) -> UtteranceRecord:
    facts = given.model_dump(exclude={"words", "scores"})
    words = tuple(word.model_dump(exclude_none=True) for word in given.words)
    return UtteranceRecord(**facts, words=words, scores=given.scores.model_dump(exclude_none=True))


def _learn_words(services: Services, user: str, spoken: Sequence[GivenUtterance]) -> None:
    """Each language's deck takes the scores of its words, an utterance after the other."""
    decks = services.decks.load(user)
    now = time.time()
    for language in {whisper_language(one.language) or one.language for one in spoken}:
        deck = decks.get(language, ReviewDeck())
        before = deck.to_dict()
        mine = [
            one for one in spoken if (whisper_language(one.language) or one.language) == language
        ]
        for at, utterance in enumerate(mine):
            heard = utterance.scores.pronunciation
            for word in heard.words if heard and heard.calibrated else ():
                if word.score is not None and not is_function_word(word.text, language):
                    deck.receive_score(word.text, word.score, now - len(mine) + at)
        services.decks.keep(user, language, before, deck.to_dict())
