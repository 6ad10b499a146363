from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scripted import (
    SILENCE,
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
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import AppendAudio, Cancel, Close, Confirm, Dispatch, DropAudio, Emit
from tutor.core.live.jobs import RecognitionResult
from tutor.core.live.segmenter import SegmenterConfig
from tutor.core.protocol.errors import ERRORS
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import (
    AudioAck,
    AudioFormat,
    Error,
    Exercise,
    Resume,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SessionUpdate,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    UtteranceCommit,
    Word,
)

END = SessionEnd()
COMMIT = UtteranceCommit()

SHORT = SessionConfig(
    segmenter=SegmenterConfig(max_utterance=to_samples(2_000), cut_search=to_samples(500))
)
"""Utterances of two seconds at most, so that forced endpoints come often."""

# ---------------------------------------------------------------- what always holds

hears = st.builds(
    Hear,
    st.one_of(st.integers(1, 3 * WINDOW), st.sampled_from([1_600, 5_120, 12_800, 32_000])),
    st.sampled_from([SPEECH, SPEECH, SILENCE, 0.4]),
)
answers = st.builds(
    Answer,
    job=st.integers(-4, -1),
    text=st.sampled_from(["", "I", "I go", "I went", "i went to", "I went to school", "我 去"]),
    outcome=st.sampled_from(["ok", "ok", "ok", "failed", "audio_gone"]),
    language=st.sampled_from(["en", "en", "zh"]),
)
messages = st.sampled_from(
    [COMMIT, COMMIT, SessionUpdate(language="de"), SessionUpdate(endpoint_silence_ms=200), START]
)
waits = st.builds(Wait, st.sampled_from([0.25, 1.0, 5.0, 6.0, 25.0]))
everyday = st.one_of(hears, hears, hears, answers, answers, messages, waits)
endings = st.sampled_from(
    [END, Hangup(), Frame(3), Fault("bad_json"), Fault("going_away"), Wait(121)]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(everyday, max_size=40))
def test_every_utterance_ends_in_exactly_one_terminal_event(steps: list[Step]) -> None:
    """Whatever comes in whatever order, each utterance gets one final or one error, no more."""
    play = Play(START, *steps, END, Wait(31), config=SHORT)
    check(play)
    assert sorted(play.terminals) == sorted(play.utterances)
    assert play.close == Close(1000)


@settings(max_examples=100, deadline=None)
@given(st.lists(everyday, max_size=20), endings, st.lists(st.one_of(everyday, endings), max_size=8))
def test_nothing_follows_the_close(before: list[Step], ending: Step, after: list[Step]) -> None:
    """However a session ends, and whatever still comes then, it closes once and falls silent."""
    play = Play(START, *before, ending, *after, Wait(31), config=SHORT)
    check(play)
    assert play.session.state == "closed"
    assert play.play(*after, START, END, speech(500), Answer(), Hangup()) == []


@settings(max_examples=50, deadline=None)
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


# ---------------------------------------------------------------- an utterance


def test_an_utterance_from_onset_to_final() -> None:
    """Speech is announced, partials follow, the endpoint brings the final and frees the audio."""
    play = Play(START, silence(640), speech(640), Answer(text="good"), silence(640))
    play.play(Answer(text="Good morning."))
    assert [event.type for event in play.events] == [
        "session.started",
        "speech.started",
        "transcript.partial",
        "audio.ack",
        "speech.stopped",
        "transcript.final",
    ]
    assert play.events_of(SpeechStarted) == [SpeechStarted("u1", 640)]
    assert play.events_of(TranscriptPartial) == [TranscriptPartial("u1", 1, "", "good", 1_280)]
    assert play.events_of(SpeechStopped) == [SpeechStopped("u1", 1_280)]
    assert play.events_of(TranscriptFinal) == [
        TranscriptFinal("u1", "Good morning.", "en", (), 640, 1_280)
    ]
    assert play.start("u1") == to_samples(640 - 300)
    assert play.effects[-1] == DropAudio("u1")


def test_audio_is_appended_before_the_job_that_needs_it() -> None:
    """The effects of one step are in the order in which the shell must carry them out."""
    effects = Play(START).play(speech(640))
    assert [type(effect) for effect in effects] == [Emit, AppendAudio, Dispatch]


def test_the_final_tells_where_the_words_are_in_the_session() -> None:
    """Word times count from the session's start and never reach past the utterance's end."""
    play = Play(START, silence(1_280), speech(640), COMMIT)
    job = play.jobs[-1]
    heard = (RecognisedWord("Hi", 0.3, 0.5, 0.98765), RecognisedWord("you.", 0.5, 9.9, 1.0))
    recognition = Recognition("Hi you.", "en", heard)
    play.session.receive_result(
        RecognitionResult(
            job.session, job.utterance, "final", job.revision, 1, "ok", 0, recognition
        ),
        play.now,
    )
    play.play(END)
    (final,) = play.events_of(TranscriptFinal)
    assert final.words == (Word("Hi", 1_280, 1_480, 0.988), Word("you.", 1_480, 1_920, 1.0))
    assert play.events_of(SessionSummary) == [SessionSummary(1, 2, 1_920, 640)]


def test_commit_ends_the_utterance_at_the_last_sample() -> None:
    """`utterance.commit` takes in what came since the last whole window."""
    play = Play(START, Hear(10_001), COMMIT, Hear(8_000), COMMIT)
    assert play.errors == []
    assert [play.span(utterance) for utterance in play.utterances] == [
        (0, 10_001),
        (10_001, 18_001),
    ]


def test_commit_during_unconfirmed_speech_is_an_utterance() -> None:
    """A learner who says one syllable and commits at once is heard."""
    play = Play(START, speech(64), COMMIT)
    assert [event.type for event in play.events[1:]] == ["speech.started", "speech.stopped"]
    assert play.span("u1") == (0, to_samples(64))


def test_commit_with_nothing_said() -> None:
    """A commit in silence is an error that the session survives."""
    play = Play(START, silence(640), COMMIT, speech(640))
    assert play.errors == ["nothing_to_commit"]
    assert play.utterances == ["u1"]


def test_a_long_utterance_is_cut_at_its_quietest_window() -> None:
    """After 30 s an endpoint is forced where the voice is weakest; no sample is lost."""
    quiet = 900
    loud = Hear(WINDOW)
    play = Play(START, *[loud] * quiet, Hear(WINDOW, 0.45), *[loud] * 99, COMMIT)
    cut = (quiet + 1) * WINDOW
    assert [play.span(utterance) for utterance in play.utterances] == [
        (0, cut),
        (cut, 1_000 * WINDOW),
    ]
    assert play.jobs_of("final")[0].audio_bytes == 2 * cut
    check(play)


# ---------------------------------------------------------------- partials


def test_one_partial_at_a_time() -> None:
    """While a partial is in flight no other goes; its answer lets the next one go at once."""
    play = Play(START, speech(640), speech(640), speech(640))
    assert [job.revision for job in play.jobs] == [1]
    assert play.play(Answer(text="one"))[-1] == Dispatch(play.jobs[-1])
    assert [job.audio_bytes for job in play.jobs] == [2 * to_samples(640), 2 * to_samples(1_920)]


def test_partials_without_a_word_are_soon_followed() -> None:
    """While nothing is on the screen half the usual audio is enough, three times at most."""
    play = Play(START, speech(640))
    for heard_ms in (800, 960, 1_120):
        play.play(Answer(text=""), speech(128))
        assert play.jobs[-1].audio_bytes < 2 * to_samples(heard_ms)
        play.play(speech(32))
        assert play.jobs[-1].audio_bytes == 2 * to_samples(heard_ms)
    play.play(Answer(text=""), speech(288))
    assert len(play.jobs) == 4
    play.play(speech(32))
    assert len(play.jobs) == 5


def test_with_a_word_on_the_screen_partials_take_their_time() -> None:
    """The learner has something to read."""
    play = Play(START, speech(640), Answer(text="hello"), speech(288))
    assert len(play.jobs) == 1
    play.play(speech(32))
    assert len(play.jobs) == 2


def test_a_partial_that_was_queued_puts_the_next_one_off() -> None:
    """One queued for 0.5 s makes way for others: the next goes after four times as much audio."""
    play = Play(START, speech(640), speech(640), Answer(queued_s=0.5), speech(1_300))
    assert len(play.jobs) == 1
    play.play(speech(64))
    assert [job.audio_bytes for job in play.jobs] == [2 * to_samples(640), 2 * to_samples(2_644)]


def test_a_pause_cancels_the_partial_that_waits() -> None:
    """The final begun at a pause says more than a partial that no worker has begun yet."""
    play = Play(START, speech(640))
    assert Cancel("u1", 1) in play.play(silence(224))
    assert Cancel("u1", 1) not in Play(START, speech(640), Answer()).play(silence(224))


def test_a_partial_that_is_given_up_takes_no_worker() -> None:
    """After 5 s without an answer it is cancelled, and nobody decodes it for nothing."""
    assert Cancel("u1", 1) in Play(START, speech(640)).play(Wait(5.1))


def test_a_cancelled_partial_that_was_decoded_is_shown() -> None:
    """A worker that had begun it gives words earlier than the final."""
    play = Play(START, speech(640), silence(224), Answer(job=0, text="hello"))
    assert [event.tentative for event in play.events_of(TranscriptPartial)] == ["hello"]


def test_silence_asks_for_no_partial() -> None:
    """A pause adds no word, so it brings no partial."""
    play = Play(START, speech(640), Answer(), silence(480), silence(100))
    assert len(play.jobs_of("partial")) == 1


def test_a_failed_partial_waits_for_new_audio() -> None:
    """A partial that could not be decoded is no reason to try the same audio again."""
    play = Play(START, speech(640), Answer(outcome="failed"))
    assert len(play.jobs) == 1
    play.play(speech(320))
    assert [job.revision for job in play.jobs] == [1, 2]
    assert play.events_of(TranscriptPartial) == []


def test_a_lost_partial_gives_way_to_the_next() -> None:
    """A partial without an answer after its time is given up, and its late answer dropped."""
    play = Play(START, speech(640), speech(640), Wait(4.3))
    assert len(play.jobs) == 1
    play.play(Wait(0.1))
    assert len(play.jobs) == 2
    assert play.play(Answer(job=0, text="late")) == []


def test_a_doubled_partial_is_dropped() -> None:
    """The same answer twice is no agreement of two hypotheses: nothing gets committed by it."""
    play = Play(START, speech(640), Answer(text="I think"), Answer(text="I think"))
    assert [event.committed for event in play.events_of(TranscriptPartial)] == [""]


def test_a_partial_after_the_end_is_dropped() -> None:
    """Once the utterance has ended, only its final is told."""
    play = Play(START, speech(640), COMMIT)
    assert play.play(Answer(-2, "too late")) == []


def test_a_partial_hears_what_had_arrived_when_it_began() -> None:
    """`audio_ms` is how far the worker listened, which may be further than the job asked."""
    play = Play(START, speech(640), speech(320))
    recognition = Recognition("hello", "en")
    heard = 2 * to_samples(960)
    play.session.receive_result(
        RecognitionResult("s1", "u1", "partial", 1, 1, "ok", heard, recognition), play.now
    )
    play.play(Wait(0))
    assert [event.audio_ms for event in play.events_of(TranscriptPartial)] == [960]
    assert len(play.jobs) == 1


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


def test_a_result_for_nobody_is_dropped() -> None:
    """A result for an utterance that the session does not know changes nothing."""
    play = Play(START)
    result = RecognitionResult("s1", "u9", "final", 1, 1, "ok", 0, Recognition("hm", "en"))
    play.session.receive_result(result, play.now)
    assert play.play(Wait(1)) == []


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


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (SessionStart("xx"), "unsupported_language"),
        (SessionStart("english"), "unsupported_language"),
        (SessionStart("en", native_language="xx"), "unsupported_language"),
        (SessionStart("en", audio=AudioFormat(sample_rate=7_999)), "unsupported_audio"),
        (SessionStart("en", audio=AudioFormat(sample_rate=48_001)), "unsupported_audio"),
        (SessionStart("en", Exercise("read_aloud")), "bad_message"),
        (SessionStart("en", Exercise("shadow", text=" ")), "bad_message"),
        (SessionStart("en", endpoint_silence_ms=199), "bad_message"),
        (SessionStart("en", endpoint_silence_ms=2_001), "bad_message"),
    ],
)
def test_a_start_that_cannot_be_served(start: SessionStart, code: str) -> None:
    """A wrong `session.start` is refused with its code, and the socket closes."""
    play = Play(start)
    assert play.errors == [code]
    assert play.close == Close(ERRORS[code][0] or 0, code)
    assert play.play(START) == []


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 48_000])
def test_sample_rates_that_are_served(rate: int) -> None:
    """Any rate from 8 to 48 kHz is taken."""
    play = Play(SessionStart("en", audio=AudioFormat(sample_rate=rate)))
    assert play.session.state == "open"
    assert play.session.received.audio.sample_rate == rate


@pytest.mark.parametrize(
    ("exercise", "asked_ms", "silence_ms"),
    [
        (Exercise(), None, 600),
        (Exercise(level="A1"), None, 1_500),
        (Exercise(level="A2"), None, 1_200),
        (Exercise(level="B1"), None, 600),
        (Exercise(level="A1"), 200, 200),
        (Exercise(), 2_000, 2_000),
    ],
)
def test_beginners_get_more_time(exercise: Exercise, asked_ms: int | None, silence_ms: int) -> None:
    """The silence that ends an utterance goes by level, unless the client sets it."""
    play = Play(SessionStart("en", exercise, endpoint_silence_ms=asked_ms), speech(640))
    assert silence_until_endpoint_ms(play) == pytest.approx(silence_ms, abs=32)


def silence_until_endpoint_ms(play: Play) -> int:
    """How much silence, window by window, ends the open utterance."""
    for windows in range(1, 100):
        play.play(Hear(WINDOW, SILENCE))
        if len(play.events_of(SpeechStopped)) == len(play.utterances):
            return windows * 32
    raise AssertionError("no endpoint")


# ---------------------------------------------------------------- updating


def test_an_update_between_utterances_holds_for_the_next() -> None:
    """A new language reaches the jobs of the utterances after it."""
    play = Play(SessionStart("en-GB"), speech(640), COMMIT, SessionUpdate(language="de-AT"))
    play.play(speech(640), COMMIT)
    assert [job.language for job in play.jobs_of("final")] == ["en", "de"]


def test_an_update_during_an_utterance_must_wait() -> None:
    """An update while somebody speaks is refused and changes nothing."""
    play = Play(START, speech(640), SessionUpdate(language="de"), COMMIT, speech(640), COMMIT)
    assert play.errors == ["utterance_open"]
    assert [job.language for job in play.jobs_of("final")] == ["en", "en"]


def test_an_update_leaves_alone_what_it_does_not_name() -> None:
    """A new exercise keeps the endpoint silence that the client asked for."""
    play = Play(SessionStart("en", endpoint_silence_ms=1_000))
    play.play(SessionUpdate(exercise=Exercise(level="A1")), speech(640))
    assert silence_until_endpoint_ms(play) == pytest.approx(1_000, abs=32)


def test_an_update_to_another_level_changes_the_silence() -> None:
    """Who has set no endpoint silence gets that of the new level."""
    play = Play(START, SessionUpdate(exercise=Exercise(level="A1")), speech(640))
    assert silence_until_endpoint_ms(play) == pytest.approx(1_500, abs=32)


@pytest.mark.parametrize(
    ("update", "code"),
    [
        (SessionUpdate(language="xx"), "unsupported_language"),
        (SessionUpdate(language=""), "unsupported_language"),
        (SessionUpdate(Exercise("read_aloud")), "bad_message"),
        (SessionUpdate(endpoint_silence_ms=0), "bad_message"),
    ],
)
def test_an_update_that_cannot_be_served(update: SessionUpdate, code: str) -> None:
    """A wrong update is refused like a wrong start."""
    play = Play(START, update)
    assert play.errors == [code]
    assert play.close == Close(ERRORS[code][0] or 0, code)


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
    assert [type(event) for event in play.events[-3:]] == [
        SpeechStopped,
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
