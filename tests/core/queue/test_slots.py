from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.recognition import Kind
from tutor.core.queue.jobs import AssessmentJob, RecognitionJob
from tutor.core.queue.slots import LOST_S, Key, Slots, key_of, share_of


def job(session: str, kind: Kind = "partial", revision: int = 1) -> RecognitionJob:
    """A job of a session's only utterance."""
    return RecognitionJob(session, "u1", kind, revision, 1, 32_000, "en")


def test_an_idle_worker_is_given_everything_at_once() -> None:
    """While slots are free, a partial and a final begun ahead go out as they come."""
    slots = Slots(2)
    slots.receive_job(job("a"), 0.0)
    assert slots.collect(0.0) == [job("a")]
    slots.receive_job(job("a", "final", 2), 0.1, ahead=True)
    assert slots.collect(0.1) == [job("a", "final", 2)]


def test_partials_leave_the_last_slot_free() -> None:
    """However many partials wait, a final finds a worker."""
    slots = Slots(3)
    for session in "abcd":
        slots.receive_job(job(session), 0.0)
    assert slots.collect(0.0) == [job("a"), job("b")]


def test_one_slot_still_serves_partials() -> None:
    """A single worker does everything, one after the other."""
    slots = Slots(1)
    slots.receive_job(job("a"), 0.0)
    slots.receive_job(job("b"), 0.0)
    assert slots.collect(0.0) == [job("a")]
    slots.release(key_of(job("a")))
    assert slots.collect(0.3) == [job("b")]


def test_partials_with_workers_of_their_own_take_no_slot_of_finals() -> None:
    """They fill their workers, however busy those of finals are, and leave these theirs."""
    slots = Slots(1, partials=2)
    slots.receive_job(job("z", "final", 2), 0.0)
    for session in "abc":
        slots.receive_job(job(session), 0.0)
    assert slots.collect(0.0) == [job("a"), job("b")]
    slots.receive_job(job("d", "final", 2), 0.1, ahead=True)
    assert slots.collect(0.1) == []
    slots.release(key_of(job("z", "final", 2)))
    assert slots.collect(0.2) == [job("d", "final", 2)]
    slots.release(key_of(job("a")))
    assert slots.collect(0.3) == [job("c")]


def test_sessions_take_turns() -> None:
    """A session that was served waits behind those that were not."""
    slots = Slots(2)
    for session in "abc":
        slots.receive_job(job(session), 0.0)
    served = []
    for step in range(6):
        (going,) = slots.collect(0.2 * step)
        assert isinstance(going, RecognitionJob)
        served.append(going.session)
        slots.release(key_of(going))
        slots.receive_job(job(going.session), 0.2 * step)
    assert served == list("abcabc")


def test_a_final_begun_ahead_goes_before_partials() -> None:
    """It may be somebody's answer in a moment."""
    slots = Slots(1)
    slots.receive_job(job("a"), 0.0)
    slots.collect(0.0)
    slots.receive_job(job("b"), 0.1)
    slots.receive_job(job("c", "final"), 0.2, ahead=True)
    slots.release(key_of(job("a")))
    assert slots.collect(0.3) == [job("c", "final")]


def test_a_final_that_somebody_waits_for_goes_at_once() -> None:
    """When the pause proves to be the end, its final waits for no slot of ours."""
    slots = Slots(1)
    slots.receive_job(job("a"), 0.0)
    slots.collect(0.0)
    slots.receive_job(job("b", "final"), 0.1, ahead=True)
    assert slots.collect(0.1) == []
    assert slots.confirm(key_of(job("b", "final")), 0.5) == job("b", "final")
    assert slots.confirm(key_of(job("b", "final")), 0.6) is None


def test_what_was_cancelled_never_goes() -> None:
    """A speaker who goes on, or a pause, takes back what waits."""
    slots = Slots(1)
    slots.receive_job(job("a"), 0.0)
    slots.collect(0.0)
    slots.receive_job(job("b"), 0.1)
    assert slots.cancel(key_of(job("b"))) == job("b")
    assert slots.cancel(key_of(job("a"))) is None  # it is at a worker already
    slots.release(key_of(job("a")))
    assert slots.collect(0.2) == []


def test_a_session_that_is_over_leaves_nothing_behind() -> None:
    """What it had waiting is forgotten."""
    slots = Slots(1)
    slots.receive_job(job("z"), 0.0)
    slots.collect(0.0)
    slots.receive_job(job("a"), 0.0)
    slots.receive_job(job("a", "final", 2), 0.0, ahead=True)
    slots.forget("a")
    slots.release(key_of(job("z")))
    assert slots.collect(0.1) == []


def test_a_lost_job_gives_its_slot_back() -> None:
    """A worker that died takes no slot for ever."""
    slots = Slots(1)
    slots.receive_job(job("a"), 0.0)
    slots.collect(0.0)
    slots.receive_job(job("b"), 1.0)
    assert slots.collect(LOST_S) == []
    assert slots.collect(LOST_S + 0.1) == [job("b")]


@dataclass
class Office:
    """Slots, with what was taken, sent and cancelled written down."""

    slots: Slots
    count: int
    taken: set[Key] = field(default_factory=set)
    busy: dict[Key, RecognitionJob] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)
    """Sent or taken back: nothing is left to happen."""

    def take(self, job: RecognitionJob, *, ahead: bool) -> None:
        """A job comes."""
        self.taken.add(key_of(job))
        self.slots.receive_job(job, 0.0, ahead=ahead)
        if job.kind == "final" and not ahead:
            self._note(job)

    def collect(self) -> None:
        """Send what may go, within the bounds."""
        for going in self.slots.collect(0.0):
            assert len(self.busy) < self.count
            self._note(going)
        partials = sum(job.kind == "partial" for job in self.busy.values())
        assert partials <= max(1, self.count - 1)

    def confirm(self, key: Key) -> None:
        """Its utterance has ended."""
        if (going := self.slots.confirm(key, 0.0)) is not None:
            self._note(going)

    def cancel(self, key: Key) -> None:
        """Nobody waits for it."""
        if self.slots.cancel(key) is not None:
            self.gone.add(key)

    def finish(self, key: Key) -> None:
        """Its result is there."""
        self.busy.pop(key, None)
        self.slots.release(key)

    def _note(self, job: RecognitionJob | AssessmentJob) -> None:
        assert isinstance(job, RecognitionJob)
        assert key_of(job) not in self.gone, "sent twice, or after it was cancelled"
        self.gone.add(key_of(job))
        self.busy[key_of(job)] = job


steps = st.tuples(
    st.sampled_from(["partial", "ahead", "final", "confirm", "cancel", "finish"]), st.integers(0, 9)
)


@given(st.integers(1, 4), st.lists(steps, max_size=80))
def test_every_job_goes_once_or_is_taken_back(count: int, steps: list[tuple[str, int]]) -> None:
    """Whatever comes in whatever order: bounds hold, nothing is doubled, nothing is forgotten."""
    office = Office(Slots(count), count)
    jobs: list[RecognitionJob] = []
    for number, (step, which) in enumerate(steps):
        if step in ("partial", "ahead", "final"):
            kind: Kind = "partial" if step == "partial" else "final"
            jobs.append(job(f"s{number}", kind))
            office.take(jobs[-1], ahead=step == "ahead")
        elif jobs:
            getattr(office, step)(key_of(jobs[which % len(jobs)]))
        office.collect()
    while office.busy:
        office.finish(next(iter(office.busy)))
        office.collect()
    assert office.gone == office.taken


def test_what_is_held_back_is_a_load() -> None:
    """What waits for a slot is counted, with the time that the oldest has waited; what was sent,
    confirmed, cancelled or forgotten is not."""
    slots = Slots(1)
    assert slots.held(5.0) == (0, 0.0)
    for n, session in enumerate("abcd"):
        slots.receive_job(job(session), float(n))
    slots.collect(3.0)
    assert slots.held(4.0) == (3, 3.0)
    slots.cancel(key_of(job("b")))
    assert slots.held(4.0) == (2, 2.0)
    slots.receive_job(job("e", "final", 2), 3.5, ahead=True)
    assert slots.held(4.0) == (3, 2.0)
    slots.confirm(key_of(job("e", "final", 2)), 4.0)
    slots.forget("c")
    assert slots.held(4.0) == (1, 1.0)


def test_gateways_share_the_slots_by_their_sessions() -> None:
    """A lone gateway has all; who has twice the sessions gets twice the slots; who has none keeps
    one, for those who come."""
    assert share_of(16, {"a": 40}, "a") == 16
    three = {"a": 60, "b": 30, "c": 0}
    assert [share_of(16, three, name) for name in three] == [11, 5, 1]
    assert share_of(0, {"a": 3}, "a") == 1


@given(
    st.integers(0, 200),
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 300), min_size=1),
)
def test_shares_are_no_more_than_there_is(slots: int, sessions: dict[str, int]) -> None:
    """All gateways together fill each slot once, and leave none, whatever their sessions."""
    shares = [share_of(slots, sessions, name) for name in sessions]
    assert min(shares) >= 1
    spare = sum(share == 1 for share in shares)
    assert slots <= sum(shares) <= max(slots, 1) + spare
