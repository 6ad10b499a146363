"""A session that speaks prepares its reply while the silence lasts that ends the turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.live.tutoring.test_tutoring import CONFIG, SAID
from tests.core.talk.measure import SCENARIOS
from tests.support.scripted import Answer, Play, Step, TakeOver, Wait, silence, speech
from tutor.core.feedback.assessment import Assessment
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Emit
from tutor.core.protocol.messages import (
    Error,
    Exercise,
    SessionStart,
    SessionUpdate,
    Speech,
    SpeechPlayed,
    TranscriptFinal,
    TutorReplyDelta,
    TutorReplyDone,
    TutorSpeechEnded,
    TutorSpeechStarted,
)
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, SpeechJob, SpeechResult
from tutor.core.talk.talk import TalkConfig
from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.effects import DropSpeech, KeepSpeech, SendSpeech
from tutor.core.voice.made import MadeClause
from tutor.core.voice.voices import VoiceFacts

JOE = VoiceFacts("joe", "en-US", "piper", "CC0", "a test")
TALKING = SessionConfig(tutoring=replace(CONFIG, talk=TalkConfig(SCENARIOS)))
START = SessionStart("en", speech=Speech())
CAFE = replace(START, exercise=Exercise("conversation", level="B1", scenario="en-cafe", seed=1))
RATE = 24_000


class Learner:
    """Somebody who speaks with a tutor that answers aloud."""

    def __init__(self, start: SessionStart = START) -> None:
        self.play = Play(config=TALKING)
        self.play.session.aloud.receive_voices([JOE])
        self.play.play(start)

    def pauses(self, text: str, *more: Step) -> None:
        """Speaks, and is silent for so long that the words are known, but not to the end."""
        self.play.play(speech(700), silence(300), Answer(text=text), *more, Wait(0.0))

    def ends(self) -> int:
        """Is silent to the end of the turn; how many effects there were before."""
        before = len(self.play.effects)
        self.play.play(silence(400), Wait(0.0))
        return before

    def assesses(self, found: Assessment | None = SAID, number: int = -1) -> None:
        """A worker answers the assessment of that number."""
        job = self.of(AssessmentJob)[number]
        outcome: Any = "failed" if found is None else "ok"
        result = AssessmentResult("s1", job.utterance, job.attempt, outcome, found)
        self.play.session.receive_result(result, self.play.now)
        self.play.play(Wait(0.0))

    def makes(self, *, is_told: bool = True) -> str:
        """A worker speaks what is wanted by the last job; the speech's name."""
        job: SpeechJob = self.of(SpeechJob)[-1]
        kept = [one for one in self.play.effects if isinstance(one, KeepSpeech)]
        text = next(one for one in reversed(kept) if f"r{one.reply}" == job.utterance).request.text
        whole = len(split_clauses(text))
        there = 0 if job.until == 1 else whole
        clauses = [MadeClause(n + 1, (n + 1) * RATE, n + 1 == whole) for n in range(there or 1)]
        session = self.play.session
        session.aloud.receive_clauses(job.utterance, clauses, self.play.now)
        if is_told:
            session.receive_result(SpeechResult("s1", job.utterance, "ok"), self.play.now)
        self.play.play(Wait(0.0))
        return job.utterance

    def of(self, kind: Any, begin: int = 0) -> list[Any]:
        """The jobs, effects or events of a kind, of the effects from a number on."""
        found: list[Any] = []
        for effect in self.play.effects[begin:]:
            inner = effect.event if isinstance(effect, Emit) else getattr(effect, "job", effect)
            found += [inner] if isinstance(inner, kind) else []
        return found

    def told(self) -> list[str]:
        """The replies and scores that were told, with what they are about."""
        events = [one.event for one in self.play.effects if isinstance(one, Emit)]
        kinds = ("feedback.", "tutor.reply.", "conversation.", "transcript.final")
        return [str(event) for event in events if event.type.startswith(kinds)]


def test_a_reply_is_heard_the_moment_the_turn_has_ended() -> None:
    """Its assessment, its words and its first clause were made in the pause; nothing was told."""
    learner = Learner()
    learner.pauses("I like tea very much.")
    learner.assesses()
    learner.makes()
    assert learner.of((TranscriptFinal, TutorReplyDelta, TutorSpeechStarted)) == []
    begin = learner.ends()
    for kind in (TranscriptFinal, TutorReplyDone, TutorSpeechStarted, SendSpeech):
        assert len(learner.of(kind, begin)) == 1, kind
    assert len(learner.of(AssessmentJob)) == 1
    assert learner.of(KeepSpeech, begin)[0].request.text == learner.of(TutorReplyDone)[0].text


def test_a_conversation_s_reply_is_heard_as_soon() -> None:
    """It waits for no assessment."""
    learner = Learner(CAFE)
    learner.makes()
    opening = learner.of(TutorSpeechStarted)[0]
    learner.play.play(SpeechPlayed(opening.reply, 60_000))
    learner.pauses("I would like a coffee, please.")
    learner.makes()
    begin = learner.ends()
    assert len(learner.of(SendSpeech, begin)) == 1
    assert learner.of(TutorSpeechStarted, begin)[0].text == learner.of(TutorReplyDone)[-1].text


def test_who_goes_on_hears_nothing_of_what_was_prepared() -> None:
    """It is dropped, and so is a late result of the first part: what counts is the whole turn."""
    learner = Learner()
    learner.pauses("I like tea.")
    learner.assesses()
    name = learner.makes()
    learner.play.play(speech(500), Wait(0.0))
    assert [f"r{one.reply}" for one in learner.of(DropSpeech)] == [name]
    learner.play.play(silence(300), Answer(text="I like tea and coffee."), Wait(0.0))
    first, second = learner.of(AssessmentJob)
    assert first.attempt != second.attempt
    learner.assesses(replace(SAID, fluency=None), number=0)
    learner.ends()
    assert learner.of(TutorReplyDone) == []
    learner.assesses()
    assert [one.utterance for one in learner.of(TutorReplyDone)] == ["u1"]
    assert "fluency" in " ".join(learner.told())
    assert len(learner.of(TranscriptFinal)) == 1


@pytest.mark.parametrize("late", [False, True])
def test_a_turn_whose_foreseen_assessment_failed_is_assessed_as_ever(late: bool) -> None:
    """Whether it failed in the pause or after it, the learner gets scores and a reply."""
    learner = Learner()
    learner.pauses("I like tea.")
    if late:
        learner.ends()
    learner.assesses(None)
    if not late:
        learner.ends()
    assert len(learner.of(AssessmentJob)) == 2
    learner.assesses()
    assert len(learner.of(TutorReplyDone)) == 1
    assert learner.of(Error) == []


def test_an_assessment_of_what_another_gateway_foresaw_is_none_of_ours() -> None:
    """After a takeover in mid-sentence an assessment of its first words is told from the next."""
    learner = Learner()
    learner.pauses("I like tea.")
    learner.play.play(speech(500), TakeOver(), Wait(0.5))
    learner.play.session.aloud.receive_voices([JOE])
    learner.play.play(silence(300), Answer(text="I like tea and coffee."), Wait(0.0))
    first, *later = learner.of(AssessmentJob)
    assert later
    assert first.attempt not in [job.attempt for job in later]


def test_an_assessment_that_was_begun_in_the_pause_is_waited_for_at_another_gateway() -> None:
    """It is not begun again, and its result is taken."""
    learner = Learner()
    learner.pauses("I like tea.")
    learner.ends()
    learner.play.play(TakeOver(), Wait(1.0))
    learner.assesses()
    assert len(learner.of(AssessmentJob)) == 1
    assert len(learner.of(TutorReplyDone)) == 1


def test_a_lost_assessment_is_begun_once_more() -> None:
    """No result in time: as for one that was begun at the end."""
    learner = Learner()
    learner.pauses("I like tea.")
    learner.ends()
    learner.play.play(Wait(CONFIG.retry_s + 1))
    assert [job.attempt for job in learner.of(AssessmentJob)] == [0, 2]


def test_a_clause_under_way_at_the_end_is_waited_for_and_not_made_twice() -> None:
    """The job that was sent in the pause goes on; the rest is asked for after it."""
    learner = Learner()
    learner.pauses("I like tea.")
    learner.assesses()
    learner.ends()
    assert len(learner.of(SpeechJob)) == 1
    name = learner.makes()
    assert [job.utterance for job in learner.of(SpeechJob)] == [name, name]
    learner.makes()
    (started,) = learner.of(TutorSpeechStarted)
    learner.play.play(SpeechPlayed(started.reply, 60_000), Wait(0.0))
    assert len(learner.of(TutorSpeechEnded)) == 1


def test_another_voice_says_what_it_says_from_the_start() -> None:
    """What an earlier voice has rehearsed is dropped."""
    learner = Learner()
    learner.pauses("I like tea.")
    learner.assesses()
    name = learner.makes()
    learner.play.play(SessionUpdate(speech=Speech(rate=0.8)), Wait(0.0))
    assert name in [f"r{one.reply}" for one in learner.of(DropSpeech)]
    assert learner.of(KeepSpeech)[-1].request.speed == 0.8


def test_without_a_voice_nothing_is_prepared() -> None:
    """Who only reads is not waiting: the pauses of all learners would cost an assessment each."""
    learner = Learner(SessionStart("en"))
    learner.pauses("I like tea.")
    assert learner.of(AssessmentJob) == []


@pytest.mark.parametrize("start", [START, CAFE])
def test_what_is_told_is_the_same_with_and_without_it(start: SessionStart) -> None:
    """Scores, replies and goals of three turns, the second with a pause in it."""
    told = []
    for speaks in (True, False):
        learner = Learner(replace(start, speech=Speech() if speaks else None))
        for text in ("Hello, how are you?", "I would like a coffee.", "How much is it?"):
            learner.pauses("I would" if "coffee" in text else text)
            if "coffee" in text:
                learner.play.play(speech(300), silence(300), Answer(text=text), Wait(0.0))
            if learner.of(AssessmentJob):
                learner.assesses()
            learner.ends()
            learner.assesses()
        told.append(learner.told())
    assert told[0] == told[1]
    assert len(told[0]) > 6
