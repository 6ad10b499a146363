"""Turns in a session: when they end, what is told of them, and how a reader is followed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.everyday import COMMIT
from tests.support.examples import few
from tests.support.scripted import (
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
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import WINDOW, to_ms
from tutor.core.feedback.reading.passages import locate
from tutor.core.live.config import SessionConfig
from tutor.core.protocol.limits import MAX_HOLD_MS
from tutor.core.protocol.messages import (
    Exercise,
    ReadingProgress,
    SessionStart,
    SessionUpdate,
    SpeechStopped,
    TurnEager,
    TurnEnded,
    TurnHold,
    TurnResumed,
)
from tutor.core.queue.jobs import RecognitionResult
from tutor.core.turns.waits import TurnConfig

TEXT = "We went to the old harbour. A ship came in at nine."
READ = SessionStart("en", Exercise("read_aloud", TEXT), feedback=False)
SAID = speech(640)
PAUSE = silence(160)
WINDOW_MS = to_ms(WINDOW)


def talk(*steps: Step) -> Play:
    """A session that asks the words when a turn ends."""
    return Play(*steps, config=SessionConfig(turns=TurnConfig(by_words=True)))


def ended(play: Play) -> list[tuple[int, str]]:
    """How much silence each turn ended with, in milliseconds, and why."""
    stops = {stop.utterance: stop.at_ms for stop in play.events_of(SpeechStopped)}
    return [(end.at_ms - stops[end.utterance], end.reason) for end in play.events_of(TurnEnded)]


def answer(play: Play, said: str, *, job: int = -1) -> None:
    """A worker answers a job with words of which the times are known, and their place."""
    asked = play.jobs[job]
    words = tuple(
        RecognisedWord(word, 0.3 + 0.2 * n, 0.5 + 0.2 * n, 0.9)
        for n, word in enumerate(said.split())
    )
    passage = locate(asked.reference, asked.position, words, "en") if asked.reference else None
    key = (asked.session, asked.utterance, asked.kind, asked.revision, asked.attempt)
    heard = Recognition(said, "en", words)
    result = RecognitionResult(*key, "ok", asked.audio_bytes, heard, passage=passage)
    play.session.receive_result(result, play.now)
    play.play(Wait(0))


# ---------------------------------------------------------------- speaking


@pytest.mark.parametrize(
    ("said", "silence_ms", "reason"),
    [
        ("I have a dog.", 450, "words"),
        ("I have a dog", 1_000, "silence"),
        ("I have a dog because", 1_500, "silence"),
        ("Um", 1_500, "silence"),
        ("", 1_000, "silence"),
    ],
)
def test_a_turn_ends_by_what_was_said(said: str, silence_ms: int, reason: str) -> None:
    """A whole sentence ends sooner than words alone, and those sooner than what must go on."""
    play = talk(START, SAID, PAUSE, Answer(text=said), silence(2_000))
    ((waited, why),) = ended(play)
    assert silence_ms <= waited < silence_ms + WINDOW_MS
    assert why == reason
    check(play)


def test_words_that_come_late_still_decide() -> None:
    """A slow recogniser: the silence has been long enough when the sentence turns out whole."""
    play = talk(START, SAID, silence(800))
    assert ended(play) == []
    play.play(Answer(text="I have a dog."), silence(WINDOW_MS))
    assert len(ended(play)) == 1


def test_words_before_speech_went_on_say_nothing() -> None:
    """What hung before the last words does not hang after them."""
    play = talk(START, SAID, PAUSE, Answer(text="I went to the"), SAID, silence(1_000))
    ((waited, _),) = ended(play)
    assert 900 <= waited < 900 + WINDOW_MS


def test_patience_is_the_sessions_and_changes_between_utterances() -> None:
    """`quick` waits shorter, `patient` longer, from the next utterance on."""
    play = talk(replace(START, patience="quick"), SAID, silence(2_000))
    play.play(SessionUpdate(patience="patient"), SAID, silence(2_000))
    quick, patient = (waited for waited, _ in ended(play))
    assert quick < 900 < 1_400 < patient


def test_a_hold_keeps_the_turn_open() -> None:
    """Nobody is cut while they think; then the silence counts that was."""
    play = talk(START, SAID, TurnHold(3_000), silence(2_900))
    assert ended(play) == []
    play.play(silence(200))
    ((waited, why),) = ended(play)
    assert 3_000 <= waited < 3_000 + WINDOW_MS
    assert why == "silence"


def test_who_speaks_on_needs_no_hold_any_more() -> None:
    """After the next words the usual silence ends the turn."""
    play = talk(START, SAID, TurnHold(20_000), silence(2_000), SAID, silence(1_000))
    assert len(ended(play)) == 1


def test_a_hold_can_be_given_up() -> None:
    """`ms` 0: the silence that there was is long enough."""
    play = talk(START, SAID, TurnHold(20_000), silence(2_000), TurnHold(0), silence(WINDOW_MS))
    assert len(ended(play)) == 1


@pytest.mark.parametrize("ms", [-1, MAX_HOLD_MS + 1])
def test_a_hold_outside_its_limits_is_refused(ms: int) -> None:
    """The error says what may be asked for, and the session goes on."""
    play = talk(START, SAID, TurnHold(ms), silence(1_000))
    assert play.errors == ["bad_message"]
    assert len(ended(play)) == 1


def test_a_pause_makes_eager_until_speech_goes_on() -> None:
    """The client hears that a reply may be prepared, and that it was for nothing."""
    play = talk(START, SAID, silence(320), SAID, silence(1_000))
    kinds = [type(e) for e in play.events if isinstance(e, TurnEager | TurnResumed | TurnEnded)]
    assert kinds == [TurnEager, TurnResumed, TurnEager, TurnEnded]
    assert play.events_of(TurnEager)[0] == TurnEager("u1", 640 + 256)


def test_nobody_prepares_a_reply_to_half_a_sentence() -> None:
    """Where the words say that the turn goes on, nothing is told of the pause."""
    play = talk(START, SAID, PAUSE, Answer(text="I like it because"), silence(1_600))
    assert play.events_of(TurnEager) == []


# ---------------------------------------------------------------- reading


def test_a_reader_is_waited_for_within_a_sentence() -> None:
    """Words of the sentence are still to come: a pause in it is no end."""
    play = talk(READ, SAID, PAUSE)
    answer(play, "We went to the")
    play.play(silence(1_700))
    assert ended(play) == []
    play.play(silence(500))
    ((waited, why),) = ended(play)
    assert 2_000 <= waited < 2_000 + WINDOW_MS
    assert why == "silence"


def test_the_end_of_a_sentence_ends_a_readers_turn() -> None:
    """The rest of the text is another turn: each sentence is judged when it was read."""
    play = talk(READ, SAID, PAUSE)
    answer(play, "We went to the old harbour.")
    play.play(silence(600))
    assert [why for _, why in ended(play)] == ["words"]


def test_the_end_of_the_text_ends_the_turn_at_once() -> None:
    """Nothing is left to read: nobody waits."""
    play = talk(READ, SAID, PAUSE)
    answer(play, "We went to the old harbour. A ship came in at nine.")
    play.play(silence(320))
    ((waited, why),) = ended(play)
    assert 300 <= waited < 300 + WINDOW_MS
    assert why == "text"


def test_who_says_something_else_is_not_taken_for_a_reader() -> None:
    """A question in between ends as free speech does."""
    play = talk(READ, SAID, PAUSE)
    answer(play, "Sorry, how do you pronounce that?")
    play.play(silence(600))
    assert [why for _, why in ended(play)] == ["words"]


def test_a_word_that_was_misheard_is_not_something_else() -> None:
    """ "Weed." for "We" is a reader at the beginning, not a learner who has asked something."""
    play = talk(READ, SAID, PAUSE)
    answer(play, "Weed.")
    play.play(silence(1_700))
    assert ended(play) == []


def test_a_reader_is_followed_from_utterance_to_utterance() -> None:
    """Each utterance begins where the one before stopped, and its words are told as they come."""
    play = talk(READ, SAID)
    answer(play, "We went to the old harbour.")
    play.play(silence(160))
    answer(play, "We went to the old harbour.")
    play.play(silence(600), SAID)
    assert play.jobs[-1].position == 6
    answer(play, "A ship came")
    told = play.events_of(ReadingProgress)
    assert [(e.utterance, [w.index for w in e.words], e.next) for e in told] == [
        ("u1", [0, 1, 2, 3, 4, 5], 6),
        ("u2", [6, 7, 8], 9),
    ]
    assert all(word.status == "read" for event in told for word in event.words)
    assert all((word.start_ms or -1) >= 0 for event in told for word in event.words)


def test_another_gateway_follows_on() -> None:
    """A reader's place, the words that were told and a hold are taken along."""
    play = talk(READ, SAID)
    answer(play, "We went to")
    play.play(TurnHold(5_000), TakeOver(), silence(2_500))
    assert ended(play) == []
    answer(play, "We went to the old harbour.")
    first, second = play.events_of(ReadingProgress)
    assert [word.index for word in (*first.words, *second.words)] == [0, 1, 2, 3, 4, 5]
    assert len(play.events_of(TurnEager)) <= 1


def test_another_text_is_read_from_its_beginning() -> None:
    """An update with a text sends the reader to its first word; free talk has no place."""
    play = talk(READ, SAID, COMMIT)
    answer(play, "We went to the old harbour.")
    play.play(SessionUpdate(Exercise("shadow", "Good night.")), SAID)
    assert (play.jobs[-1].reference, play.jobs[-1].position) == (("Good", "night."), 0)
    play.play(COMMIT, SessionUpdate(Exercise("free")), SAID)
    assert play.jobs[-1].reference == ()


# ---------------------------------------------------------------- by chance

stretches = st.tuples(st.booleans(), st.integers(1, 70))
words = st.sampled_from(["", "I have a dog.", "I have a", "We went to the", "because", "Yes"])
steps: st.SearchStrategy[object] = (
    stretches | words | st.builds(TurnHold, st.sampled_from([0, 500, 4_000])) | st.just(TakeOver())
)
starts = st.sampled_from([START, READ, replace(START, patience="patient")])


def played(start: SessionStart, chosen: list[object], split: int = 0) -> Play:
    """A session; with `split`, its audio in frames of so many windows."""
    play = talk(start)
    for step in chosen:
        if isinstance(step, str):
            if play.jobs_of("final"):
                answer(play, step, job=play.jobs.index(play.jobs_of("final")[-1]))
        elif isinstance(step, tuple):
            is_speech, windows = step
            while windows > 0:
                size = min(windows, split or windows)
                play.play(Hear(size * WINDOW, 0.9 if is_speech else 0.01))
                windows -= size
        else:
            play.play(step)  # type: ignore[arg-type]
    return play


@given(starts, st.lists(steps, max_size=14))
def test_every_turn_ends_once_and_not_before_its_speech(
    start: SessionStart, chosen: list[object]
) -> None:
    """Whatever is said, held and heard: in its order, with a silence within the limits."""
    play = played(start, chosen)
    check(play)
    held = any(isinstance(step, TurnHold) and step.ms for step in chosen)
    most_ms = to_ms(play.config.turns.waits.most) + (4_000 if held else 0)
    for waited, why in ended(play):
        assert 0 <= waited <= (most_ms + WINDOW_MS if why != "limit" else 30_000)


@few(40)
@given(starts, st.lists(stretches | words, max_size=12), st.integers(1, 7))
def test_the_size_of_frames_changes_nothing(
    start: SessionStart, chosen: list[object], split: int
) -> None:
    """Audio in small frames or in large ones: the same turns."""

    def turns(play: Play) -> list[object]:
        kinds = SpeechStopped | TurnEager | TurnResumed | TurnEnded
        return [event for event in play.events if isinstance(event, kinds)]

    assert turns(played(start, chosen)) == turns(played(start, chosen, split))
