"""Finals of a session: asked for, asked for again, begun at a pause."""

import pytest

from tests.support.everyday import COMMIT, SHORT
from tests.support.scripted import (
    SILENCE,
    START,
    Answer,
    Hear,
    Play,
    Wait,
    check,
    silence,
    speech,
)
from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.effects import Cancel, Confirm, Dispatch
from tutor.core.protocol.messages import (
    Error,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
)

# ---------------------------------------------------------------- finals

SAID = (START, speech(640), COMMIT)


def test_a_final_without_an_answer_is_asked_for_again() -> None:
    """After the retry time the final goes once more, as a second attempt of the same revision."""
    play = Play(*SAID, Wait(5.9))
    first = play.jobs[-1]
    play.play(Wait(0.1), Wait(6), Wait(6))
    assert [(job.revision, job.attempt) for job in play.jobs_of("final")] == [
        (first.revision, 1),
        (first.revision, 2),
    ]


@pytest.mark.parametrize("answering", [-2, -1])
def test_either_attempt_may_answer(answering: int) -> None:
    """Whichever attempt answers first is the final; the other answer is dropped."""
    play = Play(*SAID, Wait(6), Answer(answering, "first"), Answer(-3 - answering, "second"))
    assert [final.text for final in play.events_of(TranscriptFinal)] == ["first"]


@pytest.mark.parametrize("outcome", ["failed", "audio_gone"])
def test_a_failed_final_is_tried_once_more(outcome: str) -> None:
    """A final that failed goes again at once; the second failure is its terminal event."""
    failure = Answer(outcome="failed" if outcome == "failed" else "audio_gone")
    play = Play(*SAID, failure)
    assert play.jobs[-1].attempt == 2
    assert play.errors == []
    play.play(Answer(-2, outcome="failed"))  # the first attempt's failure, doubled
    assert play.errors == []
    play.play(failure)
    assert play.events_of(Error)[-1].utterance == "u1"
    assert play.errors == ["recognition_failed"]
    assert play.dropped == ["u1"]


def test_a_final_that_never_comes_is_an_error() -> None:
    """At the deadline an utterance without a final gets its error, and the session goes on."""
    play = Play(*SAID, Wait(6), Wait(23.9))
    assert play.errors == []
    play.play(Wait(0.2))
    assert [(error.code, error.fatal, error.utterance) for error in play.events_of(Error)] == [
        ("recognition_failed", False, "u1")
    ]
    assert play.play(Answer(text="too late")) == []
    assert play.session.state == "open"


def test_finals_may_come_out_of_order() -> None:
    """Each final finds its utterance, whichever is answered first."""
    play = Play(START, Hear(9_600), COMMIT, Hear(9_600), COMMIT)
    play.play(Answer(-1, "second"), Answer(1, "first"))
    finals = [(final.utterance, final.text) for final in play.events_of(TranscriptFinal)]
    assert finals == [("u2", "second"), ("u1", "first")]


# ---------------------------------------------------------------- finals begun at a pause


PAUSED = (START, speech(640), Answer(text="I see"), silence(128))

STOP = silence(480)


def test_a_pause_begins_the_final() -> None:
    """The final is on its way before the endpoint is sure, and is only confirmed then."""
    play = Play(*PAUSED)
    assert play.jobs[-1].kind == "final"
    assert Dispatch(play.jobs[-1], ahead=True) in [done.effect for done in play.log]
    assert play.span("u1") == (0, to_samples(640 + 128))
    confirmed = Confirm("u1", play.jobs[-1].revision)
    stopped = play.play(STOP)
    assert [effect for effect in stopped if isinstance(effect, Confirm | Dispatch)] == [confirmed]
    play.play(Answer(text="I see."))
    assert [final.text for final in play.events_of(TranscriptFinal)] == ["I see."]
    check(play)


def test_a_final_that_is_there_comes_with_the_endpoint() -> None:
    """An early answer is shown as a partial, and is the final as soon as the utterance ends."""
    play = Play(*PAUSED, Answer(text="I see."))
    assert play.events[-1] == TranscriptPartial("u1", 2, "I see.", "", 768)
    play.play(STOP)
    assert play.events[-2:] == [
        SpeechStopped("u1", 640),
        TranscriptFinal("u1", "I see.", "en", (), 0, 640),
    ]


def test_speech_after_a_pause_makes_a_new_final() -> None:
    """Who speaks on after a pause is heard to the end: what was begun at the pause is dropped."""
    play = Play(*PAUSED, speech(96))
    assert play.play(Answer(text="I see.")) == []
    play.play(STOP, STOP)
    assert play.span("u1") == (0, to_samples(640 + 128 + 96 + 128))
    play.play(Answer(-2, "I see."), Answer(-1, "I see you."))
    assert [final.text for final in play.events_of(TranscriptFinal)] == ["I see you."]


def test_a_final_begun_at_a_pause_is_cancelled_when_somebody_speaks_on() -> None:
    """A job that nobody waits for is cancelled once; one that was answered needs no cancelling."""
    assert Cancel("u1", 2) in Play(*PAUSED).play(speech(96))
    answered = Play(*PAUSED, Answer(text="I see."))
    assert not any(isinstance(effect, Cancel) for effect in answered.play(speech(96), STOP, STOP))


def test_an_early_answer_is_no_final_once_somebody_speaks_on() -> None:
    """An answer that was there during the pause counts for nothing after it."""
    play = Play(*PAUSED, Answer(text="I see."), speech(96), STOP, STOP)
    assert play.events_of(TranscriptFinal) == []
    play.play(Answer(text="I see you."))
    assert [final.text for final in play.events_of(TranscriptFinal)] == ["I see you."]


def test_an_early_final_that_fails_is_begun_again_at_the_end() -> None:
    """A failure at a pause costs no attempt: the endpoint asks anew."""
    play = Play(*PAUSED, Answer(outcome="failed"), STOP)
    assert [(job.revision, job.attempt) for job in play.jobs_of("final")] == [(2, 1), (3, 1)]
    assert play.errors == []


def test_an_early_final_that_is_lost_is_asked_for_again() -> None:
    """The second attempt hears all of the utterance, and goes as long after the endpoint."""
    play = Play(*PAUSED, STOP, Wait(5.9))
    assert len(play.jobs_of("final")) == 1
    play.play(Wait(0.1))
    assert [job.attempt for job in play.finals("u1")] == [1, 2]
    assert play.span("u1") == (0, to_samples(640 + 608))


def test_a_doubled_early_answer_commits_nothing() -> None:
    """The same early answer twice is shown once."""
    play = Play(START, speech(640), silence(128))
    play.play(Answer(-1, "I see"), Answer(-1, "I see"))
    assert [event.committed for event in play.events_of(TranscriptPartial)] == [""]


def test_a_partial_older_than_the_early_answer_is_not_shown() -> None:
    """What heard less comes too late to be shown."""
    play = Play(START, speech(640), silence(128), Answer(-1, "I see"), Answer(-2, "eye"))
    assert [event.tentative for event in play.events_of(TranscriptPartial)] == ["I see"]


def test_a_forced_endpoint_in_a_pause_makes_its_own_final() -> None:
    """A cut falls before the pause was told of, so the final begun there heard too much."""
    play = Play(START, Hear(54 * WINDOW), Hear(4 * WINDOW, SILENCE), config=SHORT)
    assert play.span("u1") == (0, 58 * WINDOW)
    play.play(Hear(4 * WINDOW, SILENCE))
    assert play.span("u1") == (0, 55 * WINDOW)
    check(play)


def test_a_commit_in_a_pause_takes_the_final_that_is_there() -> None:
    """`utterance.commit` after a pause needs no further decoding."""
    play = Play(*PAUSED, Answer(text="I see."), COMMIT)
    assert [event.type for event in play.events[-2:]] == ["speech.stopped", "transcript.final"]
