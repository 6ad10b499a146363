from dataclasses import replace

import pytest

from tests.core.live.tutoring.test_tutoring import CONFIG, SAID, spoken
from tests.core.talk.measure import SCENARIOS
from tutor.adapters.wire.practice import decode_snapshot, encode_snapshot
from tutor.core.feedback.assessment import Assessment, Finding, Grammar
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Cancel, Close, Dispatch, Effect, Emit
from tutor.core.live.resumption import restored, snapshot
from tutor.core.live.session import Session
from tutor.core.protocol.messages import (
    ConversationHint,
    ConversationSay,
    ConversationState,
    Error,
    Exercise,
    ServerEvent,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SessionUpdate,
    TutorReplyDone,
)
from tutor.core.queue.jobs import REPLY, AssessmentJob, AssessmentResult, ReplyJob, ReplyPart
from tutor.core.talk.talk import TalkConfig

TALKING = SessionConfig(tutoring=replace(CONFIG, talk=TalkConfig(SCENARIOS)))
CAFE = Exercise("conversation", level="A2", scenario="en-cafe", seed=1)
START = SessionStart("en", CAFE, native_language="ru")


def begun(start: SessionStart = START, config: SessionConfig = TALKING) -> Session:
    """A session that has begun."""
    session = Session("s", "secret", config, 0)
    session.receive_message(start, 0)
    return session


def events(session: Session) -> list[ServerEvent]:
    """What the session tells since the last time."""
    return [effect.event for effect in session.collect() if isinstance(effect, Emit)]


def closed(session: Session) -> int | None:
    """The code with which the session closes, if it does."""
    return next((e.code for e in session.collect() if isinstance(e, Close)), None)


def say(session: Session, utterance: str, text: str) -> list[Effect]:
    """Let an utterance have its final."""
    assert session.tutoring is not None
    session.tutoring.receive_final(spoken(utterance, text), 1)
    return session.collect()


def test_the_tutor_speaks_first_once_the_session_has_begun() -> None:
    """`session.started` is the first event, the opening follows."""
    kinds = [type(event) for event in events(begun())]
    assert kinds[0] is SessionStarted
    assert kinds[-2:] == [TutorReplyDone, ConversationState]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (replace(START, exercise=replace(CAFE, scenario="en-moon")), "no such scenario"),
        (replace(START, exercise=replace(CAFE, scenario=None)), "no such scenario"),
        (replace(START, language="fr"), "en-cafe is in en, not in fr"),
        (replace(START, feedback=False), "without feedback"),
    ],
)
def test_a_conversation_that_cannot_be_is_refused(start: SessionStart, told: str) -> None:
    """An unknown scenario, another language, a session without answers."""
    session = begun(start)
    (error,) = [event for event in events(session) if isinstance(event, Error)]
    assert error.code == "unknown_scenario"
    assert told in error.message
    assert error.fatal


def test_the_reply_comes_before_the_assessment_and_the_summary_has_the_goals() -> None:
    """Nobody waits for the findings; grammar rules' findings are kept for the end."""
    session = begun()
    session.collect()
    effects = say(session, "u1", "I want two coffee please")
    told = [effect.event for effect in effects if isinstance(effect, Emit)]
    (job,) = [e.job for e in effects if isinstance(e, Dispatch)]
    assert isinstance(job, AssessmentJob)
    assert job.grammar
    assert [type(one).__name__ for one in told][-2:] == ["TutorReplyDone", "ConversationState"]
    found = Grammar((Finding(7, 17, "More than one.", "two coffees", "n"),))
    result = AssessmentResult("s", "u1", 1, "ok", replace(SAID, grammar=found))
    session.receive_result(result, 2)
    assert not [one for one in events(session) if isinstance(one, TutorReplyDone)]
    session.receive_message(SessionEnd(), 3)
    (summary,) = [one for one in events(session) if isinstance(one, SessionSummary)]
    (conversation,) = summary.conversations
    assert [goal.id for goal in conversation.goals if goal.reached] == ["drink"]
    assert [one.better for one in conversation.corrections] == ["two coffees"]


def test_typing_and_hints_need_a_conversation() -> None:
    """Elsewhere both are refused without ending anything."""
    for start in (replace(START, exercise=Exercise()), SessionStart("en", feedback=False)):
        session = begun(start)
        session.collect()
        for message in (ConversationHint(), ConversationSay("A tea.")):
            session.receive_message(message, 1)
            (error,) = events(session)
            assert isinstance(error, Error)
            assert (error.code, error.fatal) == ("no_conversation", False)


def test_a_conversation_survives_a_takeover() -> None:
    """Another gateway has the step, the goals and the slots, and counts on."""
    session = begun()
    session.receive_message(ConversationSay("A large coffee, please."), 1)
    session.collect()
    kept = decode_snapshot(encode_snapshot(snapshot(session, 2)))
    other = restored(kept, "secret", TALKING, 2)
    other.collect()
    for one in (session, other):
        one.receive_message(ConversationSay("By card. And how much is it?"), 3)
    assert events(other) == events(session)
    assert snapshot(other, 3).tutoring == snapshot(session, 3).tutoring


def test_an_update_begins_another_conversation() -> None:
    """The tutor opens it at once; the one before stays in the summary."""
    session = begun()
    session.receive_message(ConversationSay("A tea."), 1)
    session.collect()
    session.receive_message(SessionUpdate(replace(CAFE, scenario="en-doctor")), 2)
    states = [one for one in events(session) if isinstance(one, ConversationState)]
    assert [goal.id for goal in states[-1].goals] == ["problem", "since", "medicine"]
    session.receive_message(SessionEnd(), 3)
    (summary,) = [one for one in events(session) if isinstance(one, SessionSummary)]
    assert [one.scenario for one in summary.conversations] == ["en-cafe"]


def test_a_models_reply_goes_by_the_same_way_and_is_awaited_elsewhere_too() -> None:
    """A reply that is being worded when the gateway changes still comes."""
    config = replace(
        TALKING,
        tutoring=replace(CONFIG, talk=TalkConfig(SCENARIOS, language_model=True)),
    )
    session = begun(config=config)
    session.collect()
    effects = say(session, "u1", "A coffee, please.")
    assert [type(e.job) for e in effects if isinstance(e, Dispatch)][-1] is ReplyJob
    other = restored(decode_snapshot(encode_snapshot(snapshot(session, 2))), "secret", config, 2)
    other.collect()
    assert other.waiting
    other.receive_result(ReplyPart("s", "u1", "Sure. Small or large?", last=True), 3)
    (done,) = [one for one in events(other) if isinstance(one, TutorReplyDone)]
    assert (done.text, done.source) == ("Sure. Small or large?", "model")


def test_a_reply_that_the_learner_breaks_off_is_asked_of_the_model_no_further() -> None:
    """The turn has its reply, as far as it was said; the worker is told, and the learner goes
    on."""
    config = replace(
        TALKING,
        tutoring=replace(CONFIG, talk=TalkConfig(SCENARIOS, language_model=True)),
    )
    session = begun(config=config)
    say(session, "u1", "A coffee, please.")
    assert session.tutoring is not None
    session.receive_result(ReplyPart("s", "u1", "Sure. Small "), 2)
    session.collect()
    session.tutoring.receive_broken("u1", "Sure.", 3)
    effects = session.collect()
    assert Cancel("u1", REPLY) in effects
    told = [effect.event for effect in effects if isinstance(effect, Emit)]
    (done,) = [one for one in told if isinstance(one, TutorReplyDone)]
    assert (done.utterance, done.text) == ("u1", "Sure.")
    session.receive_result(ReplyPart("s", "u1", "or large?", last=True), 4)
    assert events(session) == []
    assert [job.utterance for job in jobs(say(session, "u2", "Small."))] == ["u2"]


def jobs(effects: list[Effect]) -> list[ReplyJob]:
    """What the language model is asked."""
    found = [effect.job for effect in effects if isinstance(effect, Dispatch)]
    return [job for job in found if isinstance(job, ReplyJob)]


def test_an_assessment_that_finds_nothing_says_nothing_more() -> None:
    """The turn is over when it was assessed: the session can end."""
    session = begun()
    say(session, "u1", "A coffee, please.")
    assert session.waiting
    session.receive_result(AssessmentResult("s", "u1", 1, "ok", Assessment()), 2)
    assert not session.waiting
