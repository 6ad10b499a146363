"""What is told of a session is numbered, and kept before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from tests.core.live.test_aloud import Talk
from tests.support.scripted import START, Play, speech
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.sessions import LostError, Record, Step
from tutor.adapters.wire.practice import decode_event
from tutor.core.live.effects import AppendAudio, Dispatch, Effect, Emit
from tutor.core.live.resumption import snapshot
from tutor.core.live.session import Session
from tutor.core.protocol.messages import ServerEvent, SpeechPlayed, SpeechStarted, SpeechStopped
from tutor.core.queue.jobs import RecognitionJob
from tutor.shells.live.dialect import PracticeDialect
from tutor.shells.live.journal import RENEW_S, Journal

STARTED, STOPPED = SpeechStarted("u1", 100), SpeechStopped("u1", 900)
ASKED = Dispatch(RecognitionJob("s", "u1", "final", 1, 1, 640, "en"))


@dataclass
class Shelf:
    """A store that remembers what it was given."""

    steps: list[tuple[int, Record | None, list[tuple[int, str]], list[Effect]]] = field(
        default_factory=list
    )
    forgotten: list[tuple[str, int]] = field(default_factory=list)
    names: list[Step] = field(default_factory=list)
    """The places of the steps, one for each try."""
    faults: list[Exception] = field(default_factory=list)
    """What goes wrong with the next tries."""

    async def keep(
        self,
        session: str,  # noqa: ARG002 - the store's own signature
        epoch: int,
        record: Record | None,
        events: Sequence[tuple[int, str]],
        effects: Sequence[Effect],
        step: Step,
    ) -> None:
        """Remember a step, or fail as the store would."""
        self.names.append(step)
        if self.faults:
            raise self.faults.pop(0)
        self.steps.append((epoch, record, list(events), list(effects)))

    async def forget(self, session: str, epoch: int) -> None:
        """Remember what was to be forgotten."""
        self.forgotten.append((session, epoch))


class InPieces(PracticeDialect):
    """A dialect of two frames an event, and one behind each step; nobody can come back."""

    resumable = False

    def encode(self, seq: int, event: ServerEvent) -> list[str]:
        """Two frames."""
        return [f"{seq}a", f"{seq}b {event.type}"]

    def collect(self) -> list[str]:
        """One frame behind each step."""
        return ["end"]


@pytest.fixture
def session() -> Session:
    """A session in which somebody speaks."""
    return Play(START, speech(640)).session


@pytest.fixture
def shelf() -> Shelf:
    """An empty store."""
    return Shelf()


@pytest.fixture
def journal(shelf: Shelf) -> Journal:
    """The journal of a connection that has told nothing yet."""
    return Journal(shelf, PracticeDialect(), now=100.0)


async def kept(journal: Journal, session: Session, *effects: Effect, now: float = 200.0) -> None:
    """Number and keep a step."""
    told = journal.number(effects)
    await journal.keep(session, effects, told, owner="ada", results_after="7-0", now=now)


def test_events_are_numbered_without_a_gap(journal: Journal) -> None:
    """Each event has the number after the last one's, and stands in its frame with it."""
    told = [*journal.number([Emit(STARTED), ASKED]), *journal.number([Emit(STOPPED)])]
    assert [one.seq for one in told] == [1, 2] == [decode_event(one.text)[0] for one in told]
    assert [one.event for one in told] == [STARTED, STOPPED]
    assert journal.seq == 2


def test_an_event_stands_behind_its_last_frame(shelf: Shelf) -> None:
    """Of an event in several frames, the last one ends it; a frame without an event has none."""
    told = Journal(shelf, InPieces(), now=0.0).number([Emit(STARTED)])
    assert [(one.seq, one.text) for one in told] == [
        (1, "1a"),
        (2, "1b speech.started"),
        (3, "end"),
    ]
    assert [one.event for one in told] == [None, STARTED, None]


async def test_a_step_with_events_is_kept_with_where_the_session_is(
    journal: Journal, shelf: Shelf, session: Session
) -> None:
    """What the client is told and what another gateway would go on from are kept together."""
    await kept(journal, session, Emit(STARTED))
    ((epoch, record, events, effects),) = shelf.steps
    assert record == Record(1, 1, "7-0", "ada", snapshot(session, 200.0))
    assert (epoch, [seq for seq, _ in events], effects) == (1, [1], [Emit(STARTED)])


async def test_a_job_is_kept_with_where_the_session_is(
    journal: Journal, shelf: Shelf, session: Session
) -> None:
    """Whoever takes the session over must know which jobs were asked for."""
    await kept(journal, session, Emit(STARTED))
    await kept(journal, session, ASKED)
    assert shelf.steps[-1][1] is not None


async def test_audio_alone_moves_nobody(journal: Journal, shelf: Shelf, session: Session) -> None:
    """Audio is appended without a new record: another gateway asks the client for it again."""
    await kept(journal, session, Emit(STARTED))
    await kept(journal, session, AppendAudio("u1", b"ab"))
    assert shelf.steps[-1][1:] == (None, [], [AppendAudio("u1", b"ab")])


async def test_a_message_of_the_clients_is_news(
    journal: Journal, shelf: Shelf, session: Session
) -> None:
    """A message need not come again once it is kept, though nothing was answered to it."""
    await kept(journal, session, Emit(STARTED))
    assert not journal.has_news(session, [], [])
    session.received.messages += 1
    assert journal.has_news(session, [], [])
    await kept(journal, session)
    assert shelf.steps[-1][1] is not None
    assert not journal.has_news(session, [], [])


async def test_each_second_that_was_heard_of_the_tutor_is_news(shelf: Shelf) -> None:
    """Whoever takes the session over knows what the learner has heard, to a second."""
    journal, talk = Journal(shelf, PracticeDialect(), now=100.0), Talk(played_ms=0)
    session = talk.play.session
    await kept(journal, session, Emit(STARTED))
    news = []
    for ms in range(250, 2_250, 250):
        talk.play.play(SpeechPlayed(1, ms))
        news.append(journal.has_news(session, [], []))
        if news[-1]:
            await kept(journal, session)
            assert shelf.steps[-1][1] is not None
    assert news == [False, False, False, True] * 2


async def test_nothing_is_kept_to_come_back_to_where_nobody_can(
    shelf: Shelf, session: Session
) -> None:
    """Of a session that cannot be resumed the store gets its audio, and no events."""
    await kept(Journal(shelf, InPieces(), now=0.0), session, Emit(STARTED), ASKED)
    assert shelf.steps == [(1, None, [], [Emit(STARTED), ASKED])]


async def test_a_quiet_session_is_renewed(journal: Journal, session: Session) -> None:
    """A session that brings nothing new is kept again in time, and when somebody asks."""
    assert not journal.is_stale(1e9, woken=True), "of a session without an event nothing is kept"
    await kept(journal, session, Emit(STARTED), now=200.0)
    assert not journal.is_stale(200.0 + RENEW_S, woken=False)
    assert journal.is_stale(200.1 + RENEW_S, woken=False)
    assert journal.is_stale(200.1, woken=True)
    assert not journal.is_stale(199.9, woken=True), "it was kept in this very step"


async def test_a_session_that_was_taken_over_goes_on_behind_its_last_event(
    journal: Journal, shelf: Shelf, session: Session
) -> None:
    """The next gateway numbers on, under its own epoch: the fence for the one before."""
    journal.take_over(Record(4, 17, "7-0", "ada", snapshot(session, 200.0)))
    await kept(journal, session, Emit(STOPPED))
    assert (shelf.steps[0][0], shelf.steps[0][2][0][0]) == (4, 18)
    await journal.forget(session.id)
    assert shelf.forgotten == [(session.id, 4)]


async def test_a_step_waits_for_a_store_that_is_away(shelf: Shelf, session: Session) -> None:
    """It is tried again under the same name, so that it counts once, and the next one follows."""
    shelf.faults = [StoreError("gone"), StoreError("gone")]
    journal = Journal(shelf, PracticeDialect(), now=0.0, patience_s=5.0)
    await kept(journal, session, Emit(STARTED))
    await kept(journal, session, Emit(STOPPED))
    first = Step("1.1")
    assert shelf.names == [first, first, first, Step("1.2", after="1.1")]
    assert [[seq for seq, _ in events] for _, _, events, _ in shelf.steps] == [[1], [2]]


async def test_a_store_that_stays_away_is_told(shelf: Shelf, session: Session) -> None:
    """After the patience the error is the caller's."""
    shelf.faults = [StoreError("gone")] * 9
    with pytest.raises(StoreError):
        await kept(Journal(shelf, PracticeDialect(), now=0.0), session, Emit(STARTED))


async def test_a_store_that_has_lost_a_session_gets_it_anew(shelf: Shelf, session: Session) -> None:
    """Whole, though the step alone would not have needed it, and the events before it dropped."""
    journal = Journal(shelf, PracticeDialect(), now=0.0)
    await kept(journal, session, Emit(STARTED))
    shelf.faults = [LostError()]
    await kept(journal, session, AppendAudio("u1", b"ab"))
    assert shelf.names[-1] == Step("1.2", is_anew=True)
    assert shelf.steps[-1][1] == Record(1, 1, "7-0", "ada", snapshot(session, 200.0))


async def test_the_first_step_after_a_takeover_needs_the_session(
    shelf: Shelf, session: Session
) -> None:
    """The gateway before has named its steps otherwise."""
    journal = Journal(shelf, PracticeDialect(), now=0.0)
    journal.take_over(Record(3, 7, "-", "ada", snapshot(session, 200.0)))
    await kept(journal, session, Emit(STARTED))
    assert shelf.names == [Step("3.1", after="any")]
