import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.support.gateway import PASSWORD
from tests.support.rows import RECORD, agree, practised
from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.sql.history import History, MeanScores
from tutor.core.protocol.messages import SessionStart

# ---------------------------------------------------------------- history


def test_an_utterance_is_kept_with_all_that_was_said_of_it(database: Database, user: User) -> None:
    """Text, times, words, scores, reply; NUL characters do not come so far."""
    history = practised(database, user)
    found = history.session(user.id, "s1")
    assert found is not None
    session, (utterance,) = found
    assert session.exercise == {"type": "read_aloud", "text": "The weather!", "level": "A2"}
    assert session.audio_s == 3.5
    assert session.ended_at is not None
    kept = {name: getattr(utterance, name) for name in vars(RECORD)}
    assert utterance.has_audio
    assert kept == {**vars(RECORD), "words": list(RECORD.words)}
    assert history.recording(user.id, "s1", "u1") == b"fLaC"
    with pytest.raises(ConflictError):
        history.add("s0", RECORD, None)


def test_an_utterance_is_there_once_whichever_gateways_keep_it(
    database: Database, user: User
) -> None:
    """What is known later replaces what was kept; the first recording stays; what is missing is
    added, what is there is left alone."""
    history = practised(database, user)
    history.add("s1", replace(RECORD, reply="Well done."), b"another")
    late = replace(RECORD, name="u2", text="Late.")
    for _ in range(2):
        history.add_missing("s1", [replace(RECORD, text="Old."), late])
    found = history.session(user.id, "s1")
    assert found is not None
    assert [(one.name, one.text, one.reply) for one in found[1]] == [
        ("u1", RECORD.text, "Well done."),
        ("u2", "Late.", RECORD.reply),
    ]
    assert history.recording(user.id, "s1", "u1") == b"fLaC"


def test_a_session_that_goes_on_has_no_end(database: Database, user: User) -> None:
    """Its first gateway thought that it was over."""
    history = practised(database, user)
    history.begin(user.id, "s1", SessionStart("en"))
    found = history.session(user.id, "s1")
    assert found is not None
    assert found[0].ended_at is None


def test_history_comes_a_page_at_a_time(database: Database, user: User) -> None:
    """The latest first, each session once, whatever the size of the page."""
    history = History(database)
    names = [f"s{n}" for n in range(7)]
    for name in names:
        history.begin(user.id, name, SessionStart("en"))
    seen: list[str] = []
    before = None
    while page := history.sessions(user.id, 3, before):
        seen += [session.id for session, _ in page]
        before = seen[-1]
    assert seen == names[::-1]


def test_a_strangers_history_is_not_there(
    database: Database, accounts: Accounts, user: User
) -> None:
    """Another's session, recording or page answers like one that never was."""
    history = practised(database, user)
    stranger = accounts.register("boris@school.example", PASSWORD)
    assert history.session(stranger.id, "s1") is None
    assert history.recording(stranger.id, "s1", "u1") is None
    assert history.sessions(stranger.id, 5, "s1") == history.sessions(stranger.id, 5, "no") == []


def test_consent_taken_back_deletes_the_recordings(database: Database, user: User) -> None:
    """The words stay, the voice goes."""
    history = practised(database, user)
    history.forget_audio(user.id)
    assert history.recording(user.id, "s1", "u1") is None
    found = history.session(user.id, "s1")
    assert found is not None
    assert [utterance.has_audio for utterance in found[1]] == [False]


def test_consent_taken_back_holds_in_a_session_that_goes_on(database: Database, user: User) -> None:
    """Of what is said afterwards the words are kept and the voice is not."""
    history = practised(database, user)
    agree(database, user, keep_audio=False)
    history.forget_audio(user.id)
    history.add("s1", replace(RECORD, name="u2"), b"fLaC")
    found = history.session(user.id, "s1")
    assert found is not None
    assert [utterance.has_audio for utterance in found[1]] == [False, False]


def test_consent_taken_back_in_this_moment_holds(database: Database, user: User) -> None:
    """Whatever comes first, of what is written at the same time no recording is left."""
    history = practised(database, user)
    barrier = threading.Barrier(4)

    def adds(n: int) -> None:
        barrier.wait()
        history.add("s1", replace(RECORD, name=f"v{n}"), b"fLaC")

    def takes_back() -> None:
        barrier.wait()
        agree(database, user, keep_audio=False)
        history.forget_audio(user.id)

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(adds, n) for n in range(3)]
        done.append(pool.submit(takes_back))
        assert [future.result() for future in done] == [None] * 4
    assert list(history.recordings(user.id, "s1")) == []


def test_history_says_what_was_recorded(database: Database, user: User) -> None:
    """Utterance by utterance: consent may come in mid-session."""
    history = practised(database, user)
    history.add("s1", replace(RECORD, name="u2"), None)
    found = history.session(user.id, "s1")
    assert found is not None
    assert [(utterance.name, utterance.has_audio) for utterance in found[1]] == [
        ("u1", True),
        ("u2", False),
    ]
    assert list(history.recordings(user.id, "s1")) == [("u1", b"fLaC")]


# ---------------------------------------------------------------- deletion


def test_a_session_has_the_means_of_its_scores(database: Database, user: User) -> None:
    """Over the utterances that have one; a pronunciation that only ranks counts nothing."""
    history = practised(database, user)

    def add(name: str, **scores: object) -> None:
        history.add("s1", replace(RECORD, name=name, scores=scores), None)

    add(
        "u2",
        accuracy={"accuracy": 50.0},
        pronunciation={"calibrated": True, "total": 81},
        fluency={"score": 60.5},
    )
    add("u3", pronunciation={"calibrated": True, "total": None})
    add("u4", pronunciation={"calibrated": False, "total": 12.0}, grammar={"findings": []})
    history.begin(user.id, "s2", SessionStart("de"))
    assert history.scores(["s1", "s2"]) == {"s1": MeanScores(75.0, 81.0, 60.5)}
    assert history.scores([]) == {}
