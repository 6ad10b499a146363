"""A session's snapshot, with its feedback, on the way to another gateway."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tests.support.scripted import START, Answer, Play, Step, Wait, speech
from tutor.adapters.wire.practice import decode_snapshot, encode_snapshot
from tutor.core.feedback.assessment import (
    Assessment,
    Grammar,
    Passage,
    PronouncedWord,
    Pronunciation,
    ReadWord,
)
from tutor.core.live.config import SessionConfig, TutoringConfig
from tutor.core.live.effects import Dispatch, Effect, Emit, Resample
from tutor.core.live.lifecycle import State
from tutor.core.live.resumption import may_be_resumed, restored, snapshot, token_hash
from tutor.core.live.session import Session
from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.protocol.messages import (
    AudioAck,
    Exercise,
    ServerEvent,
    SessionEnd,
    SessionStart,
    SessionUpdate,
    UtteranceCommit,
)
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, ReplyJob, ReplyPart, Result

CONFIG = SessionConfig(tutoring=TutoringConfig(language_model=True))
TEXT = "One two three four five six"
READER = SessionStart("en", Exercise("read_aloud", TEXT), native_language="de")
TALKER = SessionStart("en", Exercise("free", level="A2"))
SAY = (speech(640), UtteranceCommit())


@dataclass(frozen=True)
class Assess:
    """A feedback worker answers the newest assessment, or fails."""

    score: float | None


@dataclass(frozen=True)
class Reply:
    """The language model says a part of its newest reply."""

    text: str
    last: bool = False


Move = Step | Assess | Reply


class Practice:
    """A session with feedback, and the effects of all that came to it."""

    def __init__(self, *moves: Move, config: SessionConfig = CONFIG) -> None:
        self.stage = Play(config=config)
        self.play(*moves)

    def play(self, *moves: Move) -> list[Effect]:
        """Let so much come; give the effects of it."""
        first = len(self.stage.effects)
        for move in moves:
            if isinstance(move, Assess | Reply):
                self._receive(self._result(move))
            else:
                self.stage.play(move)
        return self.stage.effects[first:]

    def _receive(self, result: Result | None) -> None:
        if result is not None:
            self.session.receive_result(result, self.stage.now)
            self.stage.play(Wait(0))

    def _result(self, move: Assess | Reply) -> Result | None:
        jobs = [one.job for one in self.stage.effects if isinstance(one, Dispatch)]
        kind = AssessmentJob if isinstance(move, Assess) else ReplyJob
        job = next((job for job in reversed(jobs) if isinstance(job, kind)), None)
        if job is None:
            return None
        if isinstance(move, Reply):
            return ReplyPart("s1", job.utterance, move.text, move.last)
        assert isinstance(job, AssessmentJob)
        outcome = "failed" if move.score is None else "ok"
        found = None if move.score is None else assessed(job, move.score)
        return AssessmentResult("s1", job.utterance, job.attempt, outcome, found)  # type: ignore[arg-type]

    @property
    def session(self) -> Session:
        """The session at present."""
        return self.stage.session

    def keep(self) -> SessionSnapshot:
        """A snapshot of it, through JSON."""
        return decode_snapshot(encode_snapshot(snapshot(self.session, self.stage.now)))

    def move(self) -> None:
        """Let another gateway go on, with no audio to come again: nobody speaks."""
        config = self.stage.config
        self.stage.session = restored(self.keep(), "secret", config, self.stage.now)
        self.stage.session.receive_resume(self.stage.now)
        self.stage.play(Wait(0))


def assessed(job: AssessmentJob, score: float) -> Assessment:
    """The next two words of the text read, or words of the learner's own, all with one score."""
    words = job.reference[job.position : job.position + 2]
    read = tuple(ReadWord(word, "matched", word, 0, 100) for word in words)
    heard = tuple(PronouncedWord(word, 0, 100, score, 0.9) for word in words or ("though",))
    return Assessment(
        Passage(job.position, job.position + len(words), read) if job.reference else None,
        Pronunciation(score, score, score, score, calibrated=True, words=heard),
        None,
        Grammar(level="B1") if job.grammar else None,
    )


# ---------------------------------------------------------------- whatever was said

moves = st.lists(
    st.one_of(
        st.sampled_from([*SAY, Wait(0.5), Wait(5), Reply("Well "), Reply("said.", last=True)]),
        st.builds(Answer, st.integers(-2, -1), st.sampled_from(["one two", "I went", ""])),
        st.sampled_from([Assess(20.0), Assess(90.0), Assess(None)]),
    ),
    max_size=25,
)
"""Speech, answers of all workers, and time, in steps of half a second: exact in binary."""


@given(st.sampled_from([READER, TALKER]), moves)
def test_a_snapshot_with_feedback_is_restored_equal(start: SessionStart, steps: list[Move]) -> None:
    """Turns, decks, the talk and the place in the text survive JSON and a session, all of them."""
    practice = Practice(start, *steps)
    kept = practice.keep()
    assert kept == snapshot(practice.session, practice.stage.now)
    there = restored(kept, "secret", CONFIG, practice.stage.now)
    assert snapshot(there, practice.stage.now) == kept


@few(50)
@given(st.sampled_from([READER, TALKER]), moves, moves)
def test_feedback_goes_on_as_if_nothing_had_moved(
    start: SessionStart, before: list[Move], after: list[Move]
) -> None:
    """Once all is answered, whoever goes on tells the learner what the first would have told."""
    settle: list[Move] = [UtteranceCommit(), *[Answer(-1 - n, "so it is") for n in range(20)]]
    answers: list[Move] = [Assess(90.0), Reply("Yes.", last=True)] * 15
    here, there = (Practice(start, *before, *settle, *answers) for _ in range(2))
    there.move()
    ending: list[Move] = [SessionEnd(), Wait(31), Wait(31)]
    assert told(there.play(*after, *ending)) == told(here.play(*after, *ending))


def told(effects: list[Effect]) -> list[ServerEvent]:
    """What a learner hears of, in order; acknowledgements have their own rhythm."""
    events = [effect.event for effect in effects if isinstance(effect, Emit)]
    return [event for event in events if not isinstance(event, AudioAck)]


# ---------------------------------------------------------------- what the store must still hold


def test_audio_is_in_the_store_until_it_is_assessed() -> None:
    """Spoken, recognised and waiting, an utterance is recorded; assessed, it is not any more."""
    practice = Practice(TALKER, *SAY)
    assert practice.keep().recorded == ["u1"]
    practice.play(Answer(text="I went"), *SAY)
    assert practice.keep().recorded == ["u1", "u2"]
    practice.play(Assess(90.0))
    assert practice.keep().recorded == ["u2"]
    practice.play(Answer(text="home"), Assess(90.0))
    assert practice.keep().recorded == []


def test_without_feedback_only_open_utterances_are_recorded() -> None:
    """Where nobody assesses, the final is the end of an utterance's audio."""
    practice = Practice(START, *SAY)
    assert practice.keep().recorded == ["u1"]
    practice.play(Answer(text="I went"))
    assert practice.keep().recorded == []


@given(st.sampled_from([READER, TALKER, START]), moves)
def test_what_is_recorded_is_what_was_not_dropped(start: SessionStart, steps: list[Move]) -> None:
    """The snapshot names just those utterances whose audio the session has not had deleted."""
    practice = Practice(start, *steps)
    recorded = practice.keep().recorded
    dropped = practice.stage.dropped
    assert sorted(recorded + dropped) == sorted(practice.stage.utterances)


# ---------------------------------------------------------------- who may have it back


def at(state: State, closing: tuple[int, str]) -> SessionSnapshot:
    """A snapshot of a session in this state, which closes like that."""
    kept = snapshot(Practice(START).session, 0.0)
    return replace(kept, state=state.value, closing=closing)


@pytest.mark.parametrize(
    ("state", "closing", "may"),
    [
        (State.NEW, (1000, ""), False),
        (State.OPEN, (1000, ""), True),
        (State.ENDING, (1000, ""), True),
        (State.ENDING, (4408, "idle_timeout"), True),
        (State.CLOSED, (1000, ""), True),
        (State.CLOSED, (4408, "idle_timeout"), False),
    ],
)
def test_a_client_gets_back_what_it_can_go_on_with(
    state: State, closing: tuple[int, str], may: bool
) -> None:
    """A session that was closed for a reason would only close again; one at its end is told so."""
    assert may_be_resumed(at(state, closing)) == may


def test_a_closed_session_asks_its_shell_for_nothing() -> None:
    """Who comes back to a session that is over hears the rest of it, and no audio is taken."""
    open_, closed = (
        restored(at(state, (1000, "")), "secret", CONFIG, 5.0)
        for state in (State.OPEN, State.CLOSED)
    )
    assert open_.collect() == [Resample(16_000)]
    assert closed.collect() == []


def test_time_at_both_gateways_counts_as_one_session() -> None:
    """A session that moves does not get its longest duration anew."""
    practice = Practice(START, Wait(60))
    kept = practice.keep()
    assert kept.elapsed_s == 60
    there = restored(kept, "secret", CONFIG, 1_000.0)
    assert snapshot(there, 1_030.0).elapsed_s == 90


def test_a_lesson_that_was_updated_is_the_one_that_goes_on() -> None:
    """The snapshot has the lesson that holds, in the recogniser's own code."""
    practice = Practice(READER, SessionUpdate(Exercise("dialogue"), "pt-BR", 900))
    kept = practice.keep()
    assert (kept.language, kept.exercise.type, kept.silence_ms) == ("pt", "dialogue", 900)
    there = restored(kept, "secret", CONFIG, 0.0)
    assert there.lesson == practice.session.lesson


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_token_is_known_by_its_hash_alone(token: str, other: str) -> None:
    """The hash tells one token from another, and a reader of the store learns neither."""
    assert (token_hash(token) == token_hash(other)) == (token == other)
    assert len(token_hash(token)) == 64
