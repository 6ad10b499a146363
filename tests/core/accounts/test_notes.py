"""What is kept of a session: rules without a server."""

from tutor.core.accounts.notes import Notes
from tutor.core.protocol.messages import (
    Error,
    FeedbackAccuracy,
    FeedbackGrammar,
    ServerEvent,
    TranscriptFinal,
    TutorReplyDone,
    UtteranceAside,
    Word,
)

FINAL = TranscriptFinal("u1", "Hello!", "en", (Word("Hello!", 0, 400, 0.9),), 0, 400)

ACCURACY = FeedbackAccuracy("u1", 90, 50, 0, 1, ())

DONE = TutorReplyDone("u1", "Well said!", "coach")


def told(notes: Notes, *events: ServerEvent) -> list[object]:
    """What each event completes."""
    return [notes.receive_event(event) for event in events]


def test_an_utterance_is_kept_once_all_was_said_of_it() -> None:
    """Words, scores and reply together; without consent no audio."""
    notes = Notes(has_feedback=True, keeps_audio=False)
    notes.receive_audio("u1", b"\0\0")
    *before, done = told(notes, FINAL, ACCURACY, DONE)
    assert before == [None, None]
    assert isinstance(done, tuple)
    record, pcm = done
    assert (record.text, record.reply, pcm) == ("Hello!", "Well said!", b"")
    assert record.words[0]["confidence"] == 0.9
    assert record.scores["accuracy"]["completeness"] == 50
    assert told(notes, DONE) == [None]
    assert not list(notes.flush())


def test_with_consent_the_audio_is_kept_with_the_words() -> None:
    """Of its own utterance, and none where nothing was understood or recognition failed."""
    notes = Notes(has_feedback=True, keeps_audio=True)
    for name in ("u1", "u2", "u3"):
        notes.receive_audio(name, name.encode())
    notes.receive_event(TranscriptFinal("u2", "", "en", (), 0, 0))
    notes.receive_event(Error("recognition_failed", "", False, "u3"))
    notes.receive_event(FINAL)
    ((record, pcm),) = notes.flush()
    assert (record.name, pcm) == ("u1", b"u1")


def test_without_feedback_a_final_is_all() -> None:
    """And with it a failed assessment ends the wait."""
    assert told(Notes(has_feedback=False, keeps_audio=False), FINAL) != [None]
    notes = Notes(has_feedback=True, keeps_audio=False)
    first, second = told(notes, FINAL, Error("feedback_failed", "", False, "u1"))
    assert first is None
    assert second is not None


def test_what_was_not_said_to_the_tutor_is_not_kept() -> None:
    """Neither its echo nor a sign of listening is in a learner's history."""
    notes = Notes(has_feedback=True, keeps_audio=True)
    notes.receive_audio("u1", b"u1")
    assert told(notes, FINAL, UtteranceAside("u1", "echo")) == [None, None]
    assert not list(notes.flush())


def test_an_utterance_of_a_conversation_is_whole_when_its_findings_are_there() -> None:
    """There the reply comes first; both are in the record, which is written once."""
    notes = Notes(has_feedback=True, keeps_audio=False)
    final = TranscriptFinal("u1", "A tea.", "en", (), 0, 900)
    assert notes.receive_event(final) is None
    reply = TutorReplyDone("u1", "Tea, of course.", "scenario", feedback_follows=True)
    assert notes.receive_event(reply) is None
    done = notes.receive_event(FeedbackGrammar("u1", (), checked=True))
    assert done is not None
    assert (done[0].reply, list(done[0].scores)) == ("Tea, of course.", ["grammar"])
    assert list(notes.flush()) == []
