"""A session that answers when its client asks for it, and one whose client plays unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.live.test_foresight import CAFE, JOE, TALKING, Learner
from tests.core.live.tutoring.test_tutoring import SAID
from tests.support.scripted import Answer as Result
from tests.support.scripted import Play, Wait, silence, speech
from tutor.core.live.commands import Answer, Listen, Refuse, Truncate, VoiceActivity
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import DropAudio
from tutor.core.live.lifecycle import State
from tutor.core.protocol.messages import (
    Error,
    SessionStart,
    SessionUpdate,
    Speech,
    SpeechStop,
    TutorReplyDone,
    TutorSpeechCancelled,
    TutorSpeechEnded,
    TutorSpeechStarted,
    UtteranceCommit,
)
from tutor.core.queue.jobs import AssessmentJob
from tutor.core.voice.effects import SendSpeech

UNSEEN = replace(
    TALKING, speaking=replace(TALKING.speaking, is_played_unseen=True, at_onset=True, lead_s=20.0)
)
VAD = VoiceActivity(0.5, 300, 500)
START = SessionStart("en", speech=Speech())


class Caller(Learner):
    """A client that plays what it gets."""

    def __init__(self, listen: Listen, config: SessionConfig = UNSEEN) -> None:
        super().__init__()
        self.play = Play(config=config)
        self.play.session.aloud.receive_voices([JOE])
        self.play.play(START)
        self.tell(listen)

    def tell(self, command: object) -> None:
        """The client's protocol commands something."""
        self.play.session.receive_message(command, self.play.now)  # type: ignore[arg-type]
        self.play.play(Wait(0.0))


ON_DEMAND = Listen("en", 16_000, VAD, answers=False)
MANUAL = Listen("en", 16_000, None, answers=False, interrupts=False)
BY_ITSELF = Listen("en", 16_000, VAD)


@pytest.mark.parametrize("is_early", [False, True])
def test_nothing_is_answered_before_the_client_asks(is_early: bool) -> None:
    """It may ask before the words are known."""
    caller = Caller(ON_DEMAND)
    caller.play.play(speech(700), silence(900))
    if is_early:
        caller.tell(Answer("a1"))
    caller.play.play(Result(text="I like tea."), Wait(0.0))
    if not is_early:
        assert caller.of(AssessmentJob) == []
        caller.tell(Answer("a1"))
    caller.assesses()
    assert [one.utterance for one in caller.of(TutorReplyDone)] == ["u1"]


def test_all_that_was_said_is_answered_as_one() -> None:
    """Under the name of what was said last."""
    caller = Caller(ON_DEMAND)
    for text in ("I like tea.", "And coffee."):
        caller.play.play(speech(700), silence(900), Result(text=text), Wait(0.0))
    caller.tell(Answer("a1"))
    caller.assesses()
    assert caller.of(AssessmentJob)[0].recognition.text == "I like tea. And coffee."
    assert [one.utterance for one in caller.of(TutorReplyDone)] == ["u2"]


def test_where_nothing_was_said_the_tutor_begins() -> None:
    """With something to practise, under the name that the client gave."""
    caller = Caller(ON_DEMAND)
    caller.tell(Answer("a1"))
    (reply,) = caller.of(TutorReplyDone)
    assert reply.utterance == "a1"
    assert len(reply.text.split()) > 2


def test_what_was_typed_is_answered() -> None:
    """Without an assessment: there is nothing to hear."""
    caller = Caller(ON_DEMAND)
    caller.tell(Answer("a1", "I like green tea."))
    (reply,) = caller.of(TutorReplyDone)
    assert (reply.utterance, caller.of(AssessmentJob)) == ("a1", [])


def test_an_open_microphone_keeps_the_tutor_from_nothing_where_turns_are_the_client_s() -> None:
    """Audio comes all the time, and an utterance is always open."""
    caller = Caller(MANUAL)
    caller.play.play(speech(700), silence(300))
    caller.tell(UtteranceCommit())
    caller.tell(Answer("a1"))
    caller.play.play(Result(text="I like tea."), silence(300))
    caller.assesses()
    caller.makes()
    assert len(caller.of(TutorSpeechStarted)) == 1
    caller.play.play(speech(700))
    assert caller.of(TutorSpeechCancelled) == []


def _speaking() -> Caller:
    caller = Caller(BY_ITSELF)
    caller.pauses("I like tea.")
    caller.assesses(SAID)
    caller.makes()
    caller.ends()
    caller.makes()
    return caller


def test_what_is_sent_counts_as_played_as_fast_as_it_is_spoken() -> None:
    """All at once goes to the client; the reply ends when it can have been heard."""
    caller = _speaking()
    sent = caller.of(SendSpeech)
    assert sent[-1].is_last
    seconds = sent[-1].end / 24_000
    caller.play.play(*[Wait(0.5)] * int(2 * seconds - 1))
    assert caller.of(TutorSpeechEnded) == []
    caller.play.play(*[Wait(0.5)] * 3)
    assert len(caller.of(TutorSpeechEnded)) == 1


def test_the_first_sound_silences_a_tutor_whose_client_falls_silent_by_itself() -> None:
    """The words are not waited for."""
    caller = _speaking()
    caller.play.play(Wait(0.5), speech(200))
    (cancelled,) = caller.of(TutorSpeechCancelled)
    assert (cancelled.reason, cancelled.heard_ms > 400) == ("interrupted", True)


def test_a_client_says_up_to_where_it_has_played() -> None:
    """The rest of the reply is not said."""
    caller = _speaking()
    caller.tell(Truncate(caller.of(TutorSpeechStarted)[0].reply, 300))
    (cancelled,) = caller.of(TutorSpeechCancelled)
    assert (cancelled.heard_ms, cancelled.reason) == (300, "interrupted")


@pytest.mark.parametrize("name", ["", "u1"])
def test_a_reply_that_is_refused_is_not_spoken(name: str) -> None:
    """Though it be known only later."""
    caller = Caller(BY_ITSELF)
    caller.play.play(speech(700), silence(900), Result(text="I like tea."), Wait(0.0))
    caller.tell(Refuse(name))
    caller.assesses()
    assert len(caller.of(TutorReplyDone)) == 1
    assert caller.of(TutorSpeechStarted) == []
    assert not caller.play.session.aloud.waiting


@pytest.mark.parametrize("is_over_the_limit", [False, True])
def test_what_cannot_be_answered_gets_an_end_and_the_session_goes_on(
    is_over_the_limit: bool,
) -> None:
    """Whoever asked for an answer waits for one: the error names it, and is not fatal."""
    limits = replace(UNSEEN.limits, max_messages=3)
    config = replace(UNSEEN, limits=limits) if is_over_the_limit else UNSEEN
    caller = Caller(ON_DEMAND, config)
    if is_over_the_limit:
        for _ in range(3):
            caller.tell(SpeechStop())
        caller.tell(Answer("a1"))
    else:
        caller.tell(SessionUpdate(CAFE.exercise))
        caller.tell(Answer("a1", "   "))
    (error,) = [one for one in caller.of(Error) if one.utterance == "a1"]
    assert error.code == ("too_many_messages" if is_over_the_limit else "bad_message")
    assert not error.fatal
    assert caller.play.session.state is State.OPEN


def test_what_nobody_asks_about_is_not_kept_for_ever() -> None:
    """Audio is held for as long as an assessment may be, and dropped before an answer is asked."""
    caller = Caller(ON_DEMAND)
    for text in ("One.", "Two.", "Three."):
        caller.play.play(speech(14_000), silence(900), Result(text=text), Wait(0.0))
    assert caller.of(DropAudio) == [DropAudio("u1"), DropAudio("u2")]
    caller.tell(Answer("a1"))
    assert [job.recognition.text for job in caller.of(AssessmentJob)] == ["Three."]
