from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.everyday import COMMIT, SHORT, everyday
from tests.support.scripted import (
    SPEECH,
    START,
    Answer,
    Fault,
    Frame,
    Hangup,
    Hear,
    Play,
    Step,
    Wait,
    check,
    ramp,
    silence,
    speech,
)
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Close, DropAudio, Emit
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import (
    AudioAck,
    Resume,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SessionUpdate,
    SpeechStopped,
    TranscriptFinal,
    TurnEnded,
)

END = SessionEnd()


# ---------------------------------------------------------------- what always holds

endings = st.sampled_from(
    [END, Hangup(), Frame(3), Fault("bad_json"), Fault("going_away"), Wait(121)]
)


@given(st.lists(everyday, max_size=40))
def test_every_utterance_ends_in_exactly_one_terminal_event(steps: list[Step]) -> None:
    """Whatever comes in whatever order, each utterance gets one final or one error, no more."""
    waiting = replace(SHORT, limits=Limits(idle_timeout_s=3_600))  # however long a play waits
    play = Play(START, *steps, END, Wait(31), config=waiting)
    check(play)
    assert sorted(play.terminals) == sorted(play.utterances)
    assert play.close == Close(1000)


@given(st.lists(everyday, max_size=20), endings, st.lists(st.one_of(everyday, endings), max_size=8))
def test_nothing_follows_the_close(before: list[Step], ending: Step, after: list[Step]) -> None:
    """However a session ends, and whatever still comes then, it closes once and falls silent."""
    play = Play(START, *before, ending, *after, Wait(31), config=SHORT)
    check(play)
    assert play.session.state == "closed"
    assert play.play(*after, START, END, speech(500), Answer(), Hangup()) == []


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=80), st.sampled_from([COMMIT, END]))
def test_no_sample_is_lost_while_speech_goes_on(frames: list[int], last: Step) -> None:
    """Speech without a pause is cut into utterances that follow each other sample by sample."""
    play = Play(START, speech(200), *map(Hear, frames), last, config=SHORT)
    check(play)
    starts, ends = zip(*spans(play), strict=True)
    assert starts == (0, *ends[:-1])
    assert ends[-1] == play.received


def spans(play: Play) -> list[tuple[int, int]]:
    """From where to where each utterance reaches, in samples."""
    return [play.span(utterance) for utterance in play.utterances]


# ---------------------------------------------------------------- finals


SAID = (START, speech(640), COMMIT)


# ---------------------------------------------------------------- starting


def test_a_session_starts_with_its_limits() -> None:
    """`session.started` names the session, its token and what it may do."""
    limits = Limits(max_session_s=60)
    play = Play(START, config=SessionConfig(limits=limits))
    assert play.events == [SessionStarted("s1", "secret", limits)]


def test_who_comes_back_is_told_where_to_go_on() -> None:
    """The answer to a resume names the session, and an acknowledgement the audio that is here."""
    play = Play(START, speech(640))
    assert play.session.started(recovered=True) == replace(
        play.events_of(SessionStarted)[0], recovered=True
    )
    play.session.receive_resume(play.now)
    assert play.play(Wait(0)) == [Emit(AudioAck(640))]


def test_resume_is_answered_with_a_new_session() -> None:
    """A client that asks for its old session learns that this is a new one."""
    play = Play(SessionStart("en", resume=Resume("s0", "token", 17)))
    assert [event.recovered for event in play.events_of(SessionStarted)] == [False]


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("step", [COMMIT, END, SessionUpdate(), Frame(320), Frame(3)])
def test_nothing_comes_before_the_start(step: Step) -> None:
    """Audio or a message before `session.start` closes the socket with 4400."""
    play = Play(step)
    assert play.errors == ["not_started"]
    assert play.close == Close(4400, "not_started")


def test_an_odd_number_of_bytes() -> None:
    """A frame with half a sample is refused with 4415; what was said before is still answered."""
    play = Play(START, speech(640), Frame(3))
    assert play.errors == ["bad_audio"]
    assert play.close is None
    play.play(Answer(text="Hello."))
    assert [final.text for final in play.events_of(TranscriptFinal)] == ["Hello."]
    assert play.close == Close(4415, "bad_audio")


def test_an_empty_frame_is_harmless() -> None:
    """A binary frame without a sample is taken."""
    assert Play(START).play(Frame(0)) == []


def test_audio_far_above_real_time() -> None:
    """Audio that comes faster than the limit is held back, then closes the socket with 4429."""
    play = Play(START, *[Frame(32_000)] * 5)
    assert play.errors == []
    assert play.session.received.hold_s(play.now) == 0
    play.play(Frame(32_000))
    assert play.session.received.hold_s(play.now) == 0.5
    play.play(*[Frame(32_000)] * 9)
    assert play.errors == []
    play.play(Frame(32_000))
    assert play.errors == ["audio_too_fast"]
    assert play.close == Close(4429, "audio_too_fast")


def test_a_second_start() -> None:
    """A second `session.start` is an error that the session survives."""
    play = Play(START, speech(640), START, COMMIT)
    assert play.errors == ["already_started"]
    assert len(play.jobs_of("final")) == 1


@pytest.mark.parametrize("step", [COMMIT, START, SessionUpdate(), END])
def test_a_message_after_the_end(step: Step) -> None:
    """After `session.end` messages are refused, and what was in flight is still answered."""
    play = Play(*SAID, END, step)
    assert play.errors == ["session_ended"]
    play.play(Answer(text="Hello."))
    assert [event.type for event in play.events[-2:]] == ["transcript.final", "session.summary"]
    assert play.close == Close(1000)


def test_audio_after_the_end_is_passed_over() -> None:
    """Audio that was on its way when the client ended the session is no fault."""
    assert Play(*SAID, END).play(speech(640), Frame(3)) == []


def test_speech_judged_after_the_end_begins_no_utterance() -> None:
    """Probabilities that come after `session.end` cannot hold the session open."""
    play = Play(START)
    windows = play.session.receive_samples(ramp(0, 8_000))
    play.play(END)
    play.session.receive_probabilities([SPEECH] * len(windows), play.now)
    assert play.play(Wait(1)) == []


def test_a_fault_of_the_text_frame_closes_after_the_answers() -> None:
    """A fatal fault ends the utterance; its final comes before the close with the fault's code."""
    play = Play(START, speech(640), Fault("bad_json"), Answer(text="Hello."))
    assert [event.type for event in play.events] == [
        "session.started",
        "speech.started",
        "error",
        "speech.stopped",
        "turn.ended",
        "transcript.final",
        "session.summary",
    ]
    assert play.close == Close(4400, "bad_json")


def test_an_unknown_message_is_survived() -> None:
    """A type that the server does not know is an error and nothing more."""
    play = Play(START, Fault("unknown_message"), speech(640))
    assert play.errors == ["unknown_message"]
    assert play.utterances == ["u1"]


# ---------------------------------------------------------------- time


def test_who_sends_nothing_is_let_go() -> None:
    """A client that sends nothing for too long is answered and closed with 4408."""
    play = Play(START, speech(640), Wait(120))
    assert play.close is None
    play.play(Wait(1))
    assert play.errors == ["idle_timeout"]
    play.play(Answer())
    assert play.close == Close(4408, "idle_timeout")


def test_who_never_starts_is_let_go() -> None:
    """A socket that opens and stays silent does not hold its place for ever."""
    assert Play(Wait(120)).close is None
    assert Play(Wait(121)).close == Close(4408, "idle_timeout")


@pytest.mark.parametrize("step", [silence(100), START, Fault("unknown_message")])
def test_whatever_comes_counts_as_a_sign_of_life(step: Step) -> None:
    """Audio and messages, even wrong ones, put the idle time back to nothing."""
    assert Play(START, Wait(119), step, Wait(119)).close is None


def test_a_session_has_a_longest_duration() -> None:
    """At its longest duration a session tells so, gives its finals and summary, and closes."""
    config = SessionConfig(limits=Limits(max_session_s=10))
    play = Play(START, *[silence(1_000)] * 9, speech(900), config=config)
    assert play.errors == []
    play.play(speech(200))
    assert play.errors == ["session_too_long"]
    play.play(Answer(text="Bye."))
    assert [type(event) for event in play.events[-4:]] == [
        SpeechStopped,
        TurnEnded,
        TranscriptFinal,
        SessionSummary,
    ]
    assert play.close == Close(4408, "session_too_long")


def test_audio_is_acknowledged_every_second() -> None:
    """The client learns how much audio it need not keep, about once a second of it."""
    play = Play(START, *[silence(300)] * 11)
    assert play.events_of(AudioAck) == [AudioAck(1_200), AudioAck(2_400)]


# ---------------------------------------------------------------- the end


def test_the_end_answers_everything_first() -> None:
    """`session.end` ends the open utterance, waits for all finals, sums up and closes with 1000."""
    play = Play(START, speech(640), COMMIT, speech(640), END)
    assert play.close is None
    finals = [index for index, job in enumerate(play.jobs) if job.kind == "final"]
    play.play(*(Answer(index, "Hello.") for index in finals))
    assert [event.type for event in play.events[-3:]] == [
        "transcript.final",
        "transcript.final",
        "session.summary",
    ]
    assert play.close == Close(1000)


def test_the_end_of_a_session_in_silence() -> None:
    """Where nothing is in flight, the summary and the close come at once."""
    effects = Play(START, silence(500)).play(END)
    assert effects == [Emit(SessionSummary(0, 0, 500, 0)), Close(1000)]


def test_the_end_sent_twice_closes_once() -> None:
    """A message that was on its way when the session closed is passed over."""
    assert Play(START, END).play(END, START, COMMIT) == []


def test_a_hang_up_drops_the_audio() -> None:
    """When the client vanishes, the audio of every open question is deleted, and that is all."""
    play = Play(START, speech(640), COMMIT, speech(640))
    assert play.play(Hangup()) == [DropAudio("u1"), DropAudio("u2")]
    assert play.play(Hangup(), Answer(), Wait(31)) == []
