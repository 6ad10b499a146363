"""A session that speaks: what it does about what is heard meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest

from tests.support.scripted import SILENCE, Answer, Hear, Play, Wait, silence, speech
from tutor.adapters.coach.phrases import load_phrases
from tutor.core.feedback.assessment import Assessment, Pronunciation
from tutor.core.live.config import SessionConfig, TutoringConfig
from tutor.core.live.effects import AppendAudio, Dispatch, Emit
from tutor.core.protocol.messages import (
    Error,
    ServerEvent,
    SessionEnd,
    SessionStart,
    SessionSummary,
    SessionUpdate,
    Speech,
    SpeechPlayed,
    SpeechStarted,
    SpeechStop,
    TutorReplyDelta,
    TutorReplyDone,
    TutorSpeechCancelled,
    TutorSpeechDucked,
    TutorSpeechStarted,
    TutorSpeechUnducked,
    UtteranceAside,
)
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, ReplyPart
from tutor.core.voice.effects import KeepSpeech
from tutor.core.voice.made import MadeClause, Mark
from tutor.core.voice.voices import VoiceFacts

JOE = VoiceFacts("joe", "en-US", "piper", "CC0", "a test")
SPOKEN = Speech()
RATE = 24_000
TEXT = "The weather is very nice today, and I would like to hear the next sentence from you."
EACH = RATE // 4
"""Samples of a word."""

EventT = TypeVar("EventT", bound=ServerEvent)


class Talk:
    """A session in which the tutor begins to speak, and has said a word or two."""

    def __init__(self, wish: Speech = SPOKEN, played_ms: int = 2_000) -> None:
        self.play = Play()
        self.play.session.aloud.receive_voices([JOE])
        self.play.play(SessionStart("en", speech=wish))
        self.reply()
        if played_ms:
            self.play.play(SpeechPlayed(1, played_ms))

    def reply(self) -> None:
        """The tutor writes, and a worker speaks at once."""
        session = self.play.session
        session.effects += [
            Emit(TutorReplyDelta("u0", TEXT)),
            Emit(TutorReplyDone("u0", TEXT, "coach")),
        ]
        self.play.play(Wait(0.0))
        words = TEXT.split()
        marks = tuple(Mark(word, n * EACH) for n, word in enumerate(words))
        clause = MadeClause(1, len(words) * EACH, is_last=True, marks=marks)
        session.aloud.receive_clauses("r1", [clause], self.play.now)
        self.play.play(Wait(0.0))

    def told(self, kind: type[EventT]) -> list[EventT]:
        """The events of a kind."""
        effects = (done.effect for done in self.play.log)
        events = [effect.event for effect in effects if isinstance(effect, Emit)]
        return [event for event in events if isinstance(event, kind)]

    def assessed(self) -> list[str]:
        """The utterances that are to be answered."""
        effects = [done.effect for done in self.play.log]
        jobs = [effect.job for effect in effects if isinstance(effect, Dispatch)]
        return [job.utterance for job in jobs if isinstance(job, AssessmentJob)]

    def say(self, text: str, ms: int = 700) -> None:
        """The learner, or the loudspeaker, says something, which is recognised."""
        self.play.play(speech(ms), silence(800), Answer(text=text))
        self.play.play(Wait(0.1))


def test_speech_makes_the_tutor_soft_and_words_make_it_silent() -> None:
    """And what was said is answered; the rest of the reply is not known as heard."""
    talk = Talk()
    talk.say("Wait a moment please")
    assert len(talk.told(TutorSpeechDucked)) == 1
    (cancelled,) = talk.told(TutorSpeechCancelled)
    assert cancelled.reason == "interrupted"
    assert cancelled.heard == " ".join(TEXT.split()[:8])
    assert talk.assessed() == ["u1"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The weather is very nice", "echo"),
        ("very nice to day and", "echo"),
        ("Mhm", "backchannel"),
        ("Man", "backchannel"),
        ("Come on.", "backchannel"),
    ],
)
def test_what_is_not_for_the_tutor_is_neither_obeyed_nor_answered(text: str, reason: str) -> None:
    """Its echo, and a sign that one listens: it goes on, as loudly as before."""
    talk = Talk()
    talk.say(text, 400)
    assert talk.told(TutorSpeechCancelled) == []
    assert [one.reason for one in talk.told(UtteranceAside)] == [reason]
    assert len(talk.told(TutorSpeechDucked)) == len(talk.told(TutorSpeechUnducked))
    assert talk.assessed() == []


def test_a_refused_change_of_the_language_changes_no_words() -> None:
    """The voice that came with it is not to be had: an English word stops the tutor still."""
    talk = Talk()
    talk.play.play(SessionUpdate(language="ja", speech=Speech(rate=100.0)))
    talk.say("Help", 400)
    assert [one.code for one in talk.told(Error)] == ["unsupported_speech"]
    assert len(talk.told(TutorSpeechCancelled)) == 1


def test_a_cough_makes_it_soft_for_a_moment() -> None:
    """Nothing was recognised: it is loud again, and nothing is answered."""
    talk = Talk()
    talk.say("", ms=250)
    assert len(talk.told(TutorSpeechDucked)) == len(talk.told(TutorSpeechUnducked)) == 1
    assert talk.told(TutorSpeechCancelled) == []


def test_a_yes_at_the_end_of_what_the_tutor_says_is_an_answer() -> None:
    """Before it is a sign that one listens."""
    talk = Talk(played_ms=len(TEXT.split()) * 250 - 500)
    talk.say("Yes.")
    assert talk.told(UtteranceAside) == []
    assert talk.assessed() == ["u1"]


def test_half_duplex_hears_nothing_while_the_tutor_speaks() -> None:
    """Not even what is loud; and hears again when it is silent."""
    talk = Talk(Speech(half_duplex=True))
    talk.play.play(speech(2_000), silence(800))
    assert talk.told(SpeechStarted) == []
    assert not [done for done in talk.play.log if isinstance(done.effect, AppendAudio)]
    talk.play.play(SpeechPlayed(1, 60_000), Hear(16_000, SILENCE))
    talk.play.play(speech(700))
    assert len(talk.told(SpeechStarted)) == 1


def test_the_session_ends_when_all_was_heard() -> None:
    """A client that has said goodbye hears the last reply to its end."""
    talk = Talk()
    talk.play.play(SessionEnd())
    assert talk.told(SessionSummary) == []
    talk.play.play(SpeechPlayed(1, 60_000))
    assert len(talk.told(SessionSummary)) == 1


@pytest.mark.parametrize(
    "wish",
    [Speech("bob"), Speech(rate=10.0), Speech(rate=0.0), Speech(sample_rate=22_050)],
)
def test_a_voice_that_is_never_to_be_had_is_refused(wish: Speech) -> None:
    """With the reason; the session does not begin."""
    play = Play()
    play.session.aloud.receive_voices([JOE])
    play.play(SessionStart("en", speech=wish))
    (error,) = [
        done.effect.event
        for done in play.log
        if isinstance(done.effect, Emit) and isinstance(done.effect.event, Error)
    ]
    assert (error.code, error.fatal) == ("unsupported_speech", True)


@pytest.mark.parametrize(("voices", "language"), [([], "en"), ([JOE], "fr")])
def test_without_a_voice_the_session_goes_on_in_writing(
    voices: list[VoiceFacts], language: str
) -> None:
    """No worker is there, or none speaks the language: one error, which ends nothing."""
    play = Play()
    play.session.aloud.receive_voices(voices)
    play.play(SessionStart(language, speech=Speech()), speech(700))
    events = [done.effect.event for done in play.log if isinstance(done.effect, Emit)]
    errors = [one for one in events if isinstance(one, Error)]
    assert [(one.code, one.fatal) for one in errors] == [("speech_failed", False)]
    assert any(isinstance(one, SpeechStarted) for one in events)


def test_the_voice_can_be_switched_off_in_mid_word() -> None:
    """Also while the learner speaks; later replies are text alone."""
    talk = Talk()
    talk.play.play(speech(700), SessionUpdate(speech=Speech(enabled=False)))
    assert [one.reason for one in talk.told(TutorSpeechCancelled)] == ["stopped"]
    talk.reply()
    assert len(talk.told(TutorSpeechStarted)) == 1


def test_the_next_turn_is_answered_aloud_when_a_reply_is_stopped_as_it_is_written() -> None:
    """Its own reply is there at once: no language model answers what was not understood."""
    config = SessionConfig(tutoring=TutoringConfig(phrases=load_phrases(), language_model=True))
    play = Play(config=config)
    play.session.aloud.receive_voices([JOE])
    play.play(SessionStart("en", speech=SPOKEN))
    play.play(speech(700), silence(1_500), Answer(), speech(700), silence(1_500), Answer())
    nothing = Pronunciation(None, None, None, None, calibrated=False, reason="not_understood")
    found = AssessmentResult("s1", "u1", 1, "ok", Assessment())
    unclear = replace(found, utterance="u2", assessment=Assessment(pronunciation=nothing))
    for result in (found, unclear, ReplyPart("s1", "u1", "Good morning. How are you?")):
        play.session.receive_result(result, play.now)
    clause = MadeClause(1, RATE, is_last=False, marks=(Mark("Good", 0),))
    play.session.aloud.receive_clauses("r1", [clause], play.now)
    play.play(Wait(0.0))
    effects = play.play(SpeechStop())
    events = [effect.event for effect in effects if isinstance(effect, Emit)]
    assert any(isinstance(event, TutorSpeechCancelled) for event in events)
    (reply,) = [event for event in events if isinstance(event, TutorReplyDelta)]
    (kept,) = [effect for effect in effects if isinstance(effect, KeepSpeech)]
    assert reply.utterance == "u2"
    assert (kept.reply, kept.request.text) == (2, reply.text)
