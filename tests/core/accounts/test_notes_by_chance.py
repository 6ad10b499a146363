"""What history keeps, in whatever order a session's events come."""

from collections.abc import Iterable
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.accounts.notes import Feedback, Notes, UtteranceRecord, is_feedback
from tutor.core.protocol.messages import (
    Error,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
    SessionSummary,
    SpeechStarted,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDelta,
    TutorReplyDone,
    UtteranceJoined,
    Word,
)

Kept = tuple[UtteranceRecord, bytes]


def final(name: str, text: str = "Hello!") -> TranscriptFinal:
    """The words of an utterance."""
    words = tuple(Word(word, 100, 200, 0.5) for word in text.split())
    return TranscriptFinal(name, text, "en", words, 100, 900)


def feedback(name: str) -> tuple[Feedback, ...]:
    """One event of each part of an utterance's feedback."""
    return (
        FeedbackAccuracy(name, 90, 50, 0, 1, ()),
        FeedbackPronunciation(name, True, "text", (), 81, 82, 83, 84),
        FeedbackFluency(name, 70, 3, 4, 110, 1, 0.5, 5, 9, (), ("um",), ()),
        FeedbackGrammar(name, (), True, "B1"),
    )


def kept_of(notes: Notes, events: Iterable[ServerEvent]) -> list[Kept]:
    """All that is kept of the events, with what the session's end leaves."""
    kept = [notes.receive_event(event) for event in events]
    return [one for one in kept if one is not None] + list(notes.flush())


NAMES = ("u1", "u2", "u3")
events = st.one_of(
    st.builds(final, st.sampled_from(NAMES), st.sampled_from(["Hello!", "I went", ""])),
    st.builds(TutorReplyDone, st.sampled_from(NAMES), st.just("Well said!"), st.just("coach")),
    st.builds(
        Error, st.just("feedback_failed"), st.just(""), st.just(False), st.sampled_from(NAMES)
    ),
    st.sampled_from([one for name in NAMES for one in feedback(name)]),
    st.sampled_from([SpeechStarted("u1", 0), TutorReplyDelta("u2", "Well"), Error("x", "", True)]),
)


@pytest.mark.parametrize("event", feedback("u1"))
def test_feedback_is_kept_under_its_part(event: Feedback) -> None:
    """The fields of a feedback event stand in the record's scores, without the utterance's name."""
    notes = Notes(has_feedback=True, keeps_audio=False)
    ((record, _),) = kept_of(notes, [final("u1"), event])
    (part,) = record.scores
    assert f"feedback.{part}" == event.type
    assert {"utterance": "u1", **record.scores[part]} == asdict(event)


@pytest.mark.parametrize(
    "event",
    [
        SpeechStarted("u1", 0),
        TranscriptPartial("u1", 1, "", "Hel", 500),
        final("u1"),
        TutorReplyDone("u1", "Well said!", "coach"),
        Error("feedback_failed", "", False, "u1"),
        SessionSummary(1, 1, 900, 800),
    ],
)
def test_what_measures_nothing_is_no_feedback(event: ServerEvent) -> None:
    """Words, replies, errors and totals are told from feedback by their kind."""
    assert not is_feedback(event)
    assert all(map(is_feedback, feedback("u1")))


@given(st.permutations(feedback("u1")))
def test_the_order_of_feedback_does_not_matter(parts: list[Feedback]) -> None:
    """A record is the same whichever part was measured first."""
    notes = Notes(has_feedback=True, keeps_audio=False)
    ((record, _),) = kept_of(notes, [final("u1"), *parts])
    assert set(record.scores) == {"accuracy", "pronunciation", "fluency", "grammar"}
    assert record.scores["accuracy"]["completeness"] == 50


def test_the_utterances_of_a_session_do_not_mix() -> None:
    """A learner speaks on before the first utterance is answered: each keeps its own."""
    notes = Notes(has_feedback=True, keeps_audio=True)
    for name, pcm in (("u1", b"aa"), ("u2", b"bb"), ("u1", b"AA")):
        notes.receive_audio(name, pcm)
    mixed = [final("u1", "one"), final("u2", "two"), feedback("u2")[0], feedback("u1")[3]]
    replies = [TutorReplyDone("u1", "First.", "coach"), TutorReplyDone("u2", "Second.", "model")]
    kept = {record.name: (record, pcm) for record, pcm in kept_of(notes, [*mixed, *replies])}
    told = {name: (r.text, r.reply, [*r.scores], pcm) for name, (r, pcm) in kept.items()}
    assert told == {
        "u1": ("one", "First.", ["grammar"], b"aaAA"),
        "u2": ("two", "Second.", ["accuracy"], b"bb"),
    }


@given(st.lists(events, max_size=20), st.booleans())
def test_nothing_is_kept_without_words(told: list[ServerEvent], has_feedback: bool) -> None:
    """Whatever comes, a record has a text, and there are no more records than finals with one."""
    kept = kept_of(Notes(has_feedback=has_feedback, keeps_audio=False), told)
    finals = [event for event in told if isinstance(event, TranscriptFinal) and event.text]
    assert all(record.text for record, _ in kept)
    assert len(kept) <= len(finals)
    assert {record.name for record, _ in kept} == {event.utterance for event in finals}


@given(st.lists(events, max_size=20), st.booleans())
def test_without_consent_no_audio_is_kept(told: list[ServerEvent], has_feedback: bool) -> None:
    """Who has not agreed leaves no recording, in no record of the session."""
    notes = Notes(has_feedback=has_feedback, keeps_audio=False)
    for name in NAMES:
        notes.receive_audio(name, b"secret")
    assert all(pcm == b"" for _, pcm in kept_of(notes, told))


@given(st.lists(st.binary(max_size=6), max_size=8))
def test_audio_is_kept_whole_and_in_order(pieces: list[bytes]) -> None:
    """However the stream was cut, the recording is all of it."""
    notes = Notes(has_feedback=False, keeps_audio=True)
    for piece in pieces:
        notes.receive_audio("u1", piece)
    assert [pcm for _, pcm in kept_of(notes, [final("u1")])] == [b"".join(pieces)]


@given(st.lists(events, max_size=20))
def test_a_session_ends_with_nothing_left(told: list[ServerEvent]) -> None:
    """What the end has flushed is not there a second time."""
    notes = Notes(has_feedback=True, keeps_audio=True)
    kept_of(notes, told)
    assert list(notes.flush()) == []
    assert notes.receive_event(TutorReplyDone("u1", "Late.", "model")) is None


def test_an_utterance_cut_off_by_the_end_is_kept_without_a_reply() -> None:
    """Words that nobody answered any more are the learner's all the same."""
    notes = Notes(has_feedback=True, keeps_audio=False)
    ((record, _),) = kept_of(notes, [final("u1", "I went"), feedback("u1")[0]])
    assert (record.text, record.reply, [*record.scores]) == ("I went", "", ["accuracy"])
    assert (record.start_ms, record.end_ms, len(record.words)) == (100, 900, 2)


def test_the_pieces_of_a_sentence_are_kept_as_one() -> None:
    """What was judged together is one record, with all words and all of the recording."""
    notes = Notes(has_feedback=True, keeps_audio=True)
    for name in NAMES:
        notes.receive_audio(name, name.encode())
    said: list[ServerEvent] = [
        final("u1", "I would"),
        final("u2", "like a"),
        UtteranceJoined("u2", ("u1",)),
    ]
    more: list[ServerEvent] = [
        final("u3", "ticket."),
        UtteranceJoined("u3", ("u1", "u2")),
        feedback("u3")[0],
    ]
    ((record, pcm),) = kept_of(notes, [*said, *more, TutorReplyDone("u3", "Well!", "coach")])
    assert (record.name, record.text, record.reply) == ("u3", "I would like a ticket.", "Well!")
    assert (len(record.words), record.start_ms, pcm) == (5, 100, b"u1u2u3")


def test_nothing_is_kept_of_what_was_discarded() -> None:
    """The audio of an utterance that gets no words is let go when nobody needs it any more; that of
    one that waits for its reply is kept with it."""
    notes = Notes(has_feedback=True, keeps_audio=True)
    for name in NAMES:
        notes.receive_audio(name, name.encode())
    notes.receive_event(final("u1"))
    for name in NAMES[:2]:
        notes.drop_audio(name)
    assert "u2" not in vars(notes)["_audio"]
    kept = kept_of(notes, [TutorReplyDone("u1", "Well!", "coach"), final("u2"), final("u3")])
    assert [(record.name, pcm) for record, pcm in kept] == [
        ("u1", b"u1"),
        ("u2", b""),
        ("u3", b"u3"),
    ]
