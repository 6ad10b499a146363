"""A session goes on at another gateway from a snapshot of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.everyday import SHORT, everyday
from tests.support.examples import few
from tests.support.scripted import (
    SILENCE,
    SPEECH,
    START,
    Answer,
    Hear,
    Play,
    Step,
    TakeOver,
    Wait,
    check,
    silence,
    speech,
)
from tutor.adapters.wire.practice import decode_snapshot, encode_snapshot
from tutor.core.audio.samples import WINDOW
from tutor.core.live.effects import AppendAudio, Close, Dispatch, DropAudio, Effect, Emit
from tutor.core.live.resumption import restored, snapshot, token_hash
from tutor.core.protocol.messages import (
    AudioAck,
    Error,
    Exercise,
    ServerEvent,
    SessionEnd,
    SessionStart,
    SessionSummary,
    SessionUpdate,
    SpeechStarted,
    TranscriptFinal,
    TranscriptPartial,
    UtteranceCommit,
)
from tutor.core.queue.jobs import RecognitionJob

END = SessionEnd()
COMMIT = UtteranceCommit()
LEARNER = SessionStart("en", feedback=False, native_language="de", endpoint_silence_ms=700)

frames = st.builds(
    Hear,
    st.one_of(st.integers(1, 3 * WINDOW), st.sampled_from([640, 1_600, 12_800])),
    st.sampled_from([SPEECH, SPEECH, SILENCE, 0.4]),
)
later = st.one_of(everyday, frames, st.just(TakeOver()))


def settle(play: Play) -> None:
    """End the open utterance and answer everything: nobody speaks, nothing is awaited."""
    play.play(COMMIT)
    play.play(*(Answer(-1 - n, "so it is") for n in range(len(play.jobs))))


def told(effects: list[Effect]) -> list[ServerEvent | RecognitionJob]:
    """What a learner and the workers hear of, in order; acknowledgements have their own rhythm."""
    heard: list[ServerEvent | RecognitionJob] = []
    for effect in effects:
        if isinstance(effect, Emit) and not isinstance(effect.event, AudioAck):
            heard.append(effect.event)
        elif isinstance(effect, Dispatch) and isinstance(effect.job, RecognitionJob):
            heard.append(effect.job)
    return heard


@few(50)
@given(
    st.lists(everyday, max_size=25),
    st.lists(st.integers(1, 3 * WINDOW), max_size=12),
    st.lists(st.one_of(everyday, frames), max_size=25),
)
def test_whoever_goes_on_says_what_would_have_been_said(
    before: list[Step], gap: list[int], after: list[Step]
) -> None:
    """A snapshot at any moment in which nobody speaks is as good as the session itself."""
    plays = [Play(START, *before, config=SHORT) for _ in range(2)]
    for play in plays:
        settle(play)
        play.play(*(Hear(samples, SILENCE) for samples in gap))
    plays[1].play(TakeOver())
    undisturbed, taken = (play.play(*after, END, Wait(31)) for play in plays)
    assert told(taken) == told(undisturbed)
    assert plays[1].session.state == plays[0].session.state


@few(50)
@given(st.lists(later, max_size=40))
def test_the_promises_hold_however_often_and_whenever_a_session_moves(steps: list[Step]) -> None:
    """One terminal event an utterance, no sample lost or doubled, committed words stay: also when
    gateways die in the middle of speech."""
    play = Play(START, *steps, END, TakeOver(), Wait(31), Wait(31), config=SHORT)
    check(play)
    assert sorted(play.terminals) == sorted(play.utterances)
    assert play.session.state == "closed"


@given(st.lists(everyday, max_size=30))
def test_a_snapshot_of_what_was_restored_is_the_same(steps: list[Step]) -> None:
    """Nothing of a snapshot is lost on its way through JSON and a session."""
    play = Play(LEARNER, *steps, config=SHORT)
    kept = snapshot(play.session, play.now)
    read = decode_snapshot(encode_snapshot(kept))
    assert read == kept
    assert snapshot(restored(read, "secret", SHORT, play.now), play.now) == kept


def test_an_utterance_goes_on_in_the_middle_of_a_word() -> None:
    """Who dies while somebody speaks leaves an utterance that is told, and heard, once."""
    spoken = (START, silence(640), speech(2_000), Answer(text="I went"))
    rest = (speech(640), silence(640), Answer(text="I went home."))
    play = Play(*spoken, TakeOver(), *rest)
    assert [event.utterance for event in play.events_of(SpeechStarted)] == ["u1"]
    assert [event.text for event in play.events_of(TranscriptFinal)] == ["I went home."]
    assert play.span("u1") == Play(*spoken, *rest).span("u1")
    check(play)


def test_what_follows_a_forced_endpoint_is_stored_with_it() -> None:
    """A cut falls behind what was safe already: the rest is stored as soon as it is told."""
    window = Hear(WINDOW)
    play = Play(START, *[window] * 59, Hear(WINDOW, 0.4), window, Answer(), window, config=SHORT)
    assert play.utterances == ["u1", "u2"]
    play.play(TakeOver(), *[window] * 9, COMMIT)
    assert [play.span(utterance) for utterance in play.utterances] == [
        (0, 60 * WINDOW),
        (60 * WINDOW, 71 * WINDOW),
    ]
    check(play)


def test_committed_words_survive() -> None:
    """What a learner was shown as committed is the beginning of what the next gateway shows."""
    play = Play(START, speech(640), Answer(text="I went"), speech(640), Answer(text="I went to"))
    play.play(TakeOver(), speech(640), Answer(text="I went to town"))
    shown = [(event.committed, event.tentative) for event in play.events_of(TranscriptPartial)]
    assert shown[-2:] == [("I went", "to"), ("I went to", "town")]


def test_a_final_that_came_to_nobody_is_told_once() -> None:
    """The answer to a job of the dead gateway is the final; doubled, it is dropped."""
    play = Play(START, speech(640), COMMIT, TakeOver())
    play.play(Answer(text="Hello."), Answer(text="Hello."))
    assert [event.text for event in play.events_of(TranscriptFinal)] == ["Hello."]


def test_deadlines_begin_anew() -> None:
    """A job that died with its gateway is asked for again, then given up."""
    play = Play(START, speech(640), COMMIT, Wait(5), TakeOver(), Wait(5.9))
    assert [job.attempt for job in play.finals("u1")] == [1]
    play.play(Wait(0.1), Wait(24.1))
    assert [job.attempt for job in play.finals("u1")] == [1, 2]
    assert [error.code for error in play.events_of(Error)] == ["recognition_failed"]


def test_an_update_and_the_learners_wishes_survive() -> None:
    """Language, exercise and endpoint silence are those that hold, not those of the start."""
    update = SessionUpdate(Exercise("dialogue", level="A1"), "fr")
    play = Play(LEARNER, update, TakeOver(), speech(640), silence(680))
    assert play.jobs[-1].language == "fr"
    assert snapshot(play.session, play.now).exercise == update.exercise
    assert "speech.stopped" not in [event.type for event in play.events]
    play.play(silence(32))
    assert [event.type for event in play.events][-2:] == ["speech.stopped", "turn.ended"]


def test_the_end_is_summed_up_by_whoever_is_left() -> None:
    """A session that waits for its last final closes at another gateway with all its totals."""
    play = Play(START, speech(640), COMMIT, Answer(text="one two"), speech(640), END, TakeOver())
    assert play.close is None
    play.play(Answer(text="three"))
    assert play.events_of(SessionSummary) == [SessionSummary(2, 0, 1_280, 1_280)]
    assert play.close == Close(1000)


# ---------------------------------------------------------------- what is safe


def test_what_is_said_is_safe_when_it_is_stored() -> None:
    """In an utterance acknowledgements go on: each counts only frames that lie in the store."""
    play = Play(START, *[speech(40)] * 75)
    stored = 0
    for effect in play.effects:
        if isinstance(effect, AppendAudio):
            stored += len(effect.pcm) // 2
        if isinstance(effect, Emit) and isinstance(effect.event, AudioAck):
            assert effect.event.received_ms <= stored // 16
    assert [ack.received_ms for ack in play.events_of(AudioAck)] == [1_160, 2_280]


def test_in_silence_a_pre_roll_is_not_safe() -> None:
    """What may still belong to the next utterance must come again."""
    play = Play(START, *[silence(100)] * 30)
    assert [ack.received_ms for ack in play.events_of(AudioAck)] == [1_000, 2_100]
    play.session.receive_resume(play.now)
    assert play.play(Wait(0)) == [Emit(AudioAck(2_600, 0))]


def test_messages_are_counted() -> None:
    """An acknowledgement tells how many messages need not come again, refused ones too."""
    play = Play(START, speech(640), COMMIT, COMMIT, SessionUpdate(language="de"))
    play.session.receive_resume(play.now)
    play.play(Wait(0))
    assert play.events_of(AudioAck)[-1].messages == 3
    play.play(TakeOver(), COMMIT)
    assert play.session.received.messages == 4


def test_a_token_is_not_kept() -> None:
    """The store holds a hash of the secret that a client comes back with."""
    data = encode_snapshot(snapshot(Play(START).session, 0.0))
    assert b"secret" not in data
    assert token_hash("secret").encode() in data


# ---------------------------------------------------------------- a gateway that stops


def drain(play: Play, *, at_once: bool = False, alone: bool = False) -> list[Effect]:
    """Tell the session that its gateway is to stop; give what comes of it."""
    play.session.receive_drain(play.now, at_once=at_once, alone=alone)
    return play.play(Wait(0))


GOING = [Emit(Error("going_away", "the server is shutting down; connect again", fatal=False))]


def test_a_stopping_gateway_waits_until_nobody_speaks() -> None:
    """A session goes when its utterance has ended, once; the words come at another gateway."""
    play = Play(START, speech(640))
    assert drain(play) == []
    play.play(COMMIT)
    assert drain(play) == [*GOING, Close(1012, "going_away")]
    assert drain(play) == drain(play, at_once=True) == []
    assert play.session.state == "open"
    play.play(TakeOver(), Answer(text="Yes."))
    assert [final.text for final in play.events_of(TranscriptFinal)] == ["Yes."]


def test_a_session_that_ends_may_end_here() -> None:
    """Its last answers are waited for: its client need not come back for them."""
    play = Play(START, speech(640), END)
    assert drain(play) == []
    play.play(Answer(text="Bye."))
    assert play.close == Close(1000)


def test_a_syllable_is_waited_for_too() -> None:
    """What may be the beginning of an utterance is not cut off."""
    play = Play(START, silence(320), speech(64))
    assert drain(play) == []
    play.play(silence(64))
    assert drain(play)


@pytest.mark.parametrize("last", [speech(640), COMMIT, END])
def test_when_time_is_up_a_session_goes_as_it_is(last: Step) -> None:
    """In the middle of speech or of its end: another gateway has all it needs."""
    play = Play(START, speech(640), last)
    assert drain(play, at_once=True) == [*GOING, Close(1012, "going_away")]
    assert not any(isinstance(effect, DropAudio) for effect in play.effects)
