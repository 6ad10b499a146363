"""Finals of a session: asked for, asked for again, begun at a pause."""

import pytest

from tests.support.everyday import COMMIT, SHORT
from tests.support.scripted import (
    SILENCE,
    START,
    Answer,
    Hear,
    Play,
    TakeOver,
    Wait,
    check,
    silence,
    speech,
)
from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.commands import Listen
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Cancel, Confirm, Dispatch, DropAudio, Effect, Emit
from tutor.core.live.utterances.finals import Finals
from tutor.core.live.utterances.segmenter import Ended
from tutor.core.live.utterances.utterance import Utterance
from tutor.core.protocol.messages import (
    Error,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    TurnEnded,
)
from tutor.core.turns.progress import Place

# ---------------------------------------------------------------- finals

CONFIG = SessionConfig()
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


def test_finals_are_told_in_the_order_of_their_utterances() -> None:
    """The answer that overtakes another waits for it, and each final has its own words."""
    play = Play(START, Hear(9_600), COMMIT, Hear(9_600), COMMIT, Answer(-1, "second"))
    assert play.terminals == []
    play.play(Answer(1, "first"))
    finals = [(final.utterance, final.text) for final in play.events_of(TranscriptFinal)]
    assert finals == [("u1", "first"), ("u2", "second")]


def test_a_final_that_waits_for_another_goes_with_the_session() -> None:
    """Another gateway tells the final that had overtaken the one before, and asks for no second
    one."""
    play = Play(START, Hear(9_600), COMMIT, Hear(9_600), COMMIT, Answer(-1, "second"), TakeOver())
    asked = len(play.jobs)
    play.play(Answer(1, "first"), Wait(CONFIG.final_deadline_s))
    finals = [(final.utterance, final.text) for final in play.events_of(TranscriptFinal)]
    assert finals == [("u1", "first"), ("u2", "second")]
    assert len(play.jobs) == asked


def test_a_failure_lets_the_finals_behind_it_pass() -> None:
    """An utterance that gets no final holds the next one up until its deadline at most."""
    play = Play(START, Hear(9_600), COMMIT, Wait(1), Hear(9_600), COMMIT, Answer(-1, "second"))
    play.play(Wait(CONFIG.final_deadline_s))
    assert play.terminals == ["u1", "u2"]
    assert play.errors == ["recognition_failed"]


def test_after_a_forced_cut_the_first_part_is_told_first() -> None:
    """The rest of a speech that was cut is shorter and known sooner; its words come second."""
    play = Play(START, *[speech(1_000)] * 32, COMMIT)
    assert play.utterances == ["u1", "u2"]
    first, second = (play.jobs.index(play.finals(name)[-1]) for name in play.utterances)
    play.play(Answer(second, "the rest"), Answer(first, "the first part"))
    assert [final.text for final in play.events_of(TranscriptFinal)] == [
        "the first part",
        "the rest",
    ]


# ---------------------------------------------------------------- frames that stop


def test_a_microphone_that_is_muted_in_mid_word_gets_its_final() -> None:
    """When no audio comes any more the utterance ends by the clock, with all that was heard."""
    play = Play(START, speech(960), Wait(CONFIG.audio_stop_s - 0.1))
    assert play.events_of(SpeechStopped) == []
    play.play(Wait(0.2), Answer(text="I would"))
    assert play.events_of(TranscriptFinal)[-1].text == "I would"
    assert play.span("u1") == (0, to_samples(960))
    play.play(silence(320), speech(960), silence(640))
    assert play.utterances == ["u1", "u2"], "the session goes on"


def test_the_clock_of_a_muted_microphone_begins_anew_with_each_frame() -> None:
    """A connection that stutters cuts nobody off."""
    play = Play(START, speech(960))
    for _ in range(5):
        play.play(Wait(CONFIG.audio_stop_s - 1), speech(320))
    assert play.events_of(SpeechStopped) == []


def test_who_is_away_is_not_cut_off() -> None:
    """A client whose connection broke sends the rest of its utterance when it is back."""
    play = Play(START, speech(960))
    for _ in range(60):
        play.now += 1
        play.session.receive_tick(play.now, away=True)
    assert [one for one in play.session.collect() if isinstance(one, Emit)] == []
    play.play(Wait(1), speech(320))
    assert play.events_of(SpeechStopped) == []


def test_a_gateway_that_did_not_run_cuts_nobody_off() -> None:
    """What came while it stood still is read first."""
    play = Play(START, speech(960))
    play.session.receive_stall(10)
    play.play(Wait(10))
    assert play.events_of(SpeechStopped) == []


def test_where_nobody_was_heard_there_are_no_words() -> None:
    """An item that a client commits takes no worker where voice activity heard nobody: whatever
    its prompt, Whisper would write it down."""
    play = Play(START)
    listen = Listen("en", 16_000, None, prompt="The assistant is called Jarvix.")
    play.session.receive_message(listen, play.now)
    play.play(silence(3_000), COMMIT)
    assert play.jobs == []
    assert [final.text for final in play.events_of(TranscriptFinal)] == [""]


def test_jobs_of_an_utterance_without_speech_are_cancelled() -> None:
    """What was asked of an utterance in which nobody was heard after all takes no worker's time."""
    effects: list[Effect] = []
    utterance = Utterance("s1", "u1", start=1_000, onset=1_000, language="en", end=9_000)
    utterance.partial_revision, utterance.final_revision = 1, 2
    finals = Finals(CONFIG, effects, {"u1": utterance}, Place())
    finals.conclude(utterance, Ended(9_000, 1_000, "commit"))
    assert effects[:2] == [Cancel("u1", 1), Cancel("u1", 2)]
    assert effects[-1] == DropAudio("u1")


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
    assert play.events[-3:] == [
        SpeechStopped("u1", 640),
        TurnEnded("u1", 1_248, "silence"),
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
    last = ["speech.stopped", "turn.ended", "transcript.final"]
    assert [event.type for event in play.events[-3:]] == last
