"""How long a learner may go on, and what is kept of a session: rules without a server."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.accounts.notes import Notes
from tutor.core.accounts.quota import Allowance, quota_of, until_midnight
from tutor.core.live.standing import Standing
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import (
    Error,
    FeedbackAccuracy,
    ServerEvent,
    SessionExpiring,
    TranscriptFinal,
    TutorReplyDone,
    Word,
)


def warned(standing: Standing, now: float) -> list[SessionExpiring]:
    """The warning of this moment, if any."""
    found = standing.receive_tick(now)
    return [] if found is None else [found]


def test_a_login_is_warned_of_once_a_minute_before_its_end() -> None:
    """Then it ends; a newer credential begins anew."""
    standing = Standing()
    standing.receive_login(600, now=100)
    assert not warned(standing, 639)
    assert warned(standing, 640.5) == [SessionExpiring(60)]
    assert not warned(standing, 641)
    standing.receive_login(600, now=650)
    assert not warned(standing, 1189)
    assert warned(standing, 1200) == [SessionExpiring(50)]
    with pytest.raises(ProtocolError) as ended:
        standing.receive_tick(1250)
    assert ended.value.code == "unauthenticated"


def test_without_an_end_nothing_ends() -> None:
    """A guest or an API key goes on, until it is taken back."""
    standing = Standing()
    assert not warned(standing, 1e9)
    standing.receive_login(None, now=0)
    assert not warned(standing, 1e9)
    assert standing.admits(1e9)
    standing.receive_logout(now=1e9)
    with pytest.raises(ProtocolError):
        standing.receive_tick(1e9)


@given(
    st.floats(0.01, 100),  # 0 is no limit
    st.lists(
        st.one_of(st.floats(0.01, 5).map(lambda s: ("audio", s)), st.just(("bill", 0.0))),
        max_size=60,
    ),
)
def test_no_more_audio_is_admitted_than_the_quota_has(
    quota_s: float, steps: list[tuple[str, float]]
) -> None:
    """However frames and bills follow each other; and every admitted second is counted."""
    standing, admitted = Standing(), 0.0
    standing.receive_quota(quota_s)
    for kind, seconds in steps:
        if kind == "audio":
            admitted += seconds if standing.admits(seconds) else 0
        else:
            billed = standing.audio_s
            standing.receive_quota(Allowance(quota_s, billed).left_s, billed)
    assert admitted <= quota_s + 1e-6
    assert math.isclose(standing.audio_s, admitted, abs_tol=1e-6)


def test_what_came_while_a_bill_was_written_is_not_admitted_twice() -> None:
    """What is left was told without it."""
    standing = Standing()
    standing.receive_quota(10)
    assert standing.admits(4)
    billed = standing.audio_s
    assert standing.admits(5)
    standing.receive_quota(10 - billed, billed)
    assert not standing.admits(1.1)
    assert standing.admits(1)
    assert standing.audio_s == 10


def test_a_plan_names_a_quota() -> None:
    """0 is none; an unknown plan gets the smallest."""
    plans = {"guest": 0.0, "free": 7200.0, "plus": 0.0}
    assert quota_of(plans, "free") == quota_of(plans, "gone") == 7200
    assert Allowance(quota_of(plans, "plus"), 1e6).left_s is None
    assert Allowance(7200, 7201).left_s == 0
    assert Allowance(7200, 7201).is_exhausted
    assert not Allowance(0, 1e6).is_exhausted
    assert until_midnight(86_400 * 9 + 86_000.5) == 400


# ---------------------------------------------------------------- notes

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
