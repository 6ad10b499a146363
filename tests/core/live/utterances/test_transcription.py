"""An utterance of a session, from its onset to its final."""

from tests.support.everyday import COMMIT
from tests.support.scripted import (
    START,
    Answer,
    Hear,
    Play,
    Wait,
    check,
    silence,
    speech,
)
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import AppendAudio, Cancel, Dispatch, DropAudio, Emit
from tutor.core.protocol.messages import (
    SessionEnd,
    SessionSummary,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    Word,
)
from tutor.core.queue.jobs import RecognitionResult

END = SessionEnd()


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
        "turn.eager",
        "speech.stopped",
        "turn.ended",
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
    assert [event.type for event in play.events[1:]] == [
        "speech.started",
        "speech.stopped",
        "turn.ended",
    ]
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
    patient = SessionConfig(audio_stop_s=30)
    play = Play(START, speech(640), speech(640), Wait(4.3), config=patient)
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


# ---------------------------------------------------------------- finals begun at a pause


def test_a_result_for_nobody_is_dropped() -> None:
    """A result for an utterance that the session does not know changes nothing."""
    play = Play(START)
    result = RecognitionResult("s1", "u9", "final", 1, 1, "ok", 0, Recognition("hm", "en"))
    play.session.receive_result(result, play.now)
    assert play.play(Wait(1)) == []
