import heapq
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.feedback.assessment import Assessment
from tutor.core.live.config import TutoringConfig
from tutor.core.live.effects import Dispatch, Effect, Emit
from tutor.core.live.tutoring.tutoring import Tutoring
from tutor.core.live.utterances.understood import Understood
from tutor.core.protocol.messages import Error, Exercise, ServerEvent, TutorReplyDone
from tutor.core.queue.assessments import LOST_S, Assessments
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, RecognitionJob, ReplyJob
from tutor.core.queue.slots import Slots, key_of

SAID = Recognition("hello there", "en", (RecognisedWord("hello", 0, 1, 0.9),))


def job(session: str, utterance: str = "u1") -> AssessmentJob:
    """An assessment of a session's utterance."""
    return AssessmentJob(session, utterance, 1, 32_000, SAID)


def partial(session: str) -> RecognitionJob:
    """A session's partial."""
    return RecognitionJob(session, "u1", "partial", 1, 1, 32_000, "en")


def final(session: str) -> RecognitionJob:
    """A final that somebody waits for."""
    return replace(partial(session), kind="final", revision=2)


def done(assessed: AssessmentJob) -> AssessmentResult:
    """Its result."""
    return AssessmentResult(assessed.session, assessed.utterance, assessed.attempt, "ok")


def shared(cores: int, **more: float) -> Slots:
    """Recognisers' slots whose cores assessments need, too."""
    assessments = Assessments(count=cores, shares_cores=True)
    for name, value in more.items():
        setattr(assessments, name, value)
    return Slots(cores, assessments=assessments)


def test_who_is_away_gives_way_and_is_assessed_when_nobody_else_waits() -> None:
    """Streams that were cut off do not keep the worker from those who look at their screens."""
    slots = Slots(1, assessments=Assessments(count=1))
    for session in "abcd":
        slots.assessments.receive_job(job(session), 0.0)
        slots.assessments.receive_presence(session, away=session in "ab")
    order = []
    while going := slots.collect(1.0):
        order += [one.session for one in going]
        slots.assessments.receive_presence("b", away="c" not in order)  # b comes back
        for one in going:
            assert isinstance(one, AssessmentJob)
            slots.assessments.release(done(one))
    assert order == ["c", "b", "d", "a"]


def test_a_session_that_is_over_is_forgotten_whether_it_was_away_or_not() -> None:
    """Nothing is kept of it, and its next one by that name is there."""
    assessments = Assessments(count=1)
    assessments.receive_job(job("a"), 0.0)
    assessments.receive_presence("a", away=True)
    assessments.forget("a")
    assert assessments == Assessments(count=1)


def test_an_assessment_waits_for_a_worker_not_in_a_queue() -> None:
    """No more go than the workers do at once; a result lets the next one go."""
    slots = Slots(1, assessments=Assessments(count=1))
    for session in "ab":
        slots.assessments.receive_job(job(session), 0.0)
    assert slots.collect(0.0) == [job("a")]
    assert slots.collect(30.0) == []
    assert slots.assessments.held(30.0) == (1, 30.0)
    slots.assessments.release(done(job("a")))
    assert slots.collect(30.0) == [job("b")]
    assert slots.assessments.held(30.0) == (0, 0.0)


def test_it_is_taken_care_of_until_its_worker_may_be_gone() -> None:
    """It waits, or it is at a worker, however long that takes; when a worker that was there is gone
    nobody knows, and a result, or another attempt, ends the doubt. A new worker is no doubt."""
    slots = Slots(1, assessments=Assessments(count=1))
    kept = slots.assessments
    kept.receive_workers(frozenset({"one"}))
    kept.receive_job(job("a"), 0.0)
    kept.receive_job(job("b"), 0.0)
    slots.collect(0.0)
    kept.receive_workers(frozenset({"one", "two"}))
    assert [kept.cares_for(name) for name in "abc"] == [True, True, False]
    kept.receive_workers(frozenset({"two"}))
    assert [kept.cares_for(name) for name in "abc"] == [False, True, False]
    kept.receive_job(replace(job("a"), attempt=2), 6.0)
    assert kept.cares_for("a")
    assert [one.session for one in slots.collect(6.0)] == ["b"]
    kept.release(done(job("b")))
    assert not kept.cares_for("b")


def test_none_goes_while_no_worker_is_ready() -> None:
    """A worker that starts again has not failed: what waits goes when it is there."""
    slots = Slots(1, assessments=Assessments(count=0))
    slots.assessments.receive_job(job("a"), 0.0)
    assert slots.collect(20.0) == []
    slots.assessments.count = 1
    assert slots.collect(21.0) == [job("a")]


def test_it_takes_turns_with_partials_and_leaves_a_core_for_finals() -> None:
    """On shared cores whichever waits for longer goes, and one core stays free."""
    slots = shared(2)
    slots.receive_job(partial("a"), 0.0)
    assert slots.collect(0.0) == [partial("a")]
    slots.assessments.receive_job(job("b"), 0.1)
    slots.receive_job(partial("c"), 0.2)
    assert slots.collect(0.2) == []
    slots.release(key_of(partial("a")))
    assert slots.collect(0.3) == [job("b")]
    slots.assessments.release(done(job("b")))
    assert slots.collect(0.5) == [partial("c")]


def test_on_cores_of_its_own_it_waits_for_nobody() -> None:
    """Recognisers on a GPU lose nothing to it."""
    slots = Slots(1, assessments=Assessments(count=1))
    slots.receive_job(final("a"), 0.0)
    slots.assessments.receive_job(job("b"), 0.0)
    assert slots.collect(0.0) == [job("b")]


def test_it_does_not_wait_for_ever_behind_finals() -> None:
    """After its patience it goes beside them, one at a time."""
    slots = shared(2, patience_s=5.0)
    for session in "abc":
        slots.receive_job(final(session), 0.0)
        slots.assessments.receive_job(job(session), 0.0)
    assert slots.collect(4.9) == []
    assert slots.collect(5.0) == [job("a")]
    assert slots.collect(6.0) == []
    slots.assessments.release(done(job("a")))
    assert slots.collect(6.0) == [job("b")]


def test_what_nobody_waits_for_any_more_does_not_go() -> None:
    """Late ones, those of a session that is over, and those before a session's next."""
    slots = Slots(1, assessments=Assessments(count=0, late_s=60.0))
    slots.assessments.receive_job(job("late"), 0.0)
    slots.assessments.receive_job(job("over"), 50.0)
    slots.assessments.receive_job(job("again"), 50.0)
    slots.assessments.receive_job(job("again", "u2"), 50.0)
    slots.forget("over")
    assert slots.assessments.held(50.0) == (2, 50.0)
    slots.assessments.count = 9
    assert slots.collect(61.0) == [job("again", "u2")]


def test_a_lost_assessment_gives_its_place_back() -> None:
    """A worker that died, or another utterance's late result, blocks or frees nobody's place."""
    slots = Slots(1, assessments=Assessments(count=1))
    slots.assessments.receive_job(job("a", "u2"), 0.0)
    slots.assessments.receive_job(job("b"), 0.0)
    slots.collect(0.0)
    slots.assessments.release(done(job("a", "u1")))
    assert slots.collect(LOST_S) == []
    assert slots.collect(LOST_S + 0.1) == [job("b")]


class Class:
    """A number of learners whose tutoring shares two cores, in counted time."""

    def __init__(self, learners: int, config: TutoringConfig, each_s: float) -> None:
        self.slots, self.each_s = shared(2, late_s=config.late_s), each_s
        self.effects: dict[str, list[Effect]] = {f"s{n}": [] for n in range(learners)}
        self.tutorings = {
            name: Tutoring(name, config, effects, secret="x")
            for name, effects in self.effects.items()
        }
        self.events: dict[str, list[tuple[float, ServerEvent]]] = {n: [] for n in self.effects}
        self.sent: list[AssessmentJob] = []
        self.replies: list[ReplyJob] = []
        self.ends: list[tuple[float, str, AssessmentJob]] = []
        self.now = 0.0

    def say(self) -> None:
        """Each has an utterance with its final, all at once."""
        for tutoring in self.tutorings.values():
            tutoring.receive_exercise(Exercise(), "en")
            tutoring.receive_final(Understood("u1", 0, 64_000, SAID), self.now)

    def run(self, seconds: float) -> None:
        """So many seconds pass, in which the worker assesses one utterance after the other."""
        while self.now < seconds:
            self.now += 0.25
            while self.ends and self.ends[0][0] <= self.now:
                _, name, ended = heapq.heappop(self.ends)
                self.slots.assessments.release(done(ended))
                result = replace(done(ended), assessment=Assessment())
                self.tutorings[name].receive_result(result, self.now)
            for name, tutoring in self.tutorings.items():
                held = self.slots.assessments.cares_for(name)
                tutoring.receive_tick(self.now, held=held)
                self._carry_out(name)
            self._send()

    def _carry_out(self, name: str) -> None:
        for effect in self.effects[name]:
            match effect:
                case Dispatch(AssessmentJob() as asked):
                    self.slots.assessments.receive_job(asked, self.now)
                case Dispatch(ReplyJob() as asked):
                    self.replies.append(asked)
                case Emit(event):
                    self.events[name].append((self.now, event))
        self.effects[name].clear()

    def _send(self) -> None:
        for going in self.slots.collect(self.now):
            assert isinstance(going, AssessmentJob)
            self.sent.append(going)
            begins = max([self.now, *(at for at, *_ in self.ends)])
            heapq.heappush(self.ends, (begins + self.each_s, going.session, going))

    def failed(self) -> int:
        """How many got `feedback_failed`."""
        return sum(isinstance(e, Error) for told in self.events.values() for _, e in told)


def test_fifty_learners_at_once_get_late_scores_instead_of_errors() -> None:
    """Two cores that need 0.9 s for each: all are assessed once, none is sent twice or failed."""
    room = Class(50, TutoringConfig(), each_s=0.9)
    room.say()
    room.run(59)
    assert room.failed() == 0
    assert len(room.sent) == 50
    assert {sent.attempt for sent in room.sent} == {1}
    assert all(isinstance(told[-1][1], TutorReplyDone) for told in room.events.values())


def test_a_slow_worker_is_not_a_dead_one() -> None:
    """Assessments of 20 s on a machine that does ten other things: late, none sent twice; where the
    worker is gone each is sent once more as soon as another is there."""
    room = Class(2, TutoringConfig(), each_s=20.0)
    room.slots.assessments.receive_workers(frozenset({"one"}))
    room.say()
    room.run(50)
    assert (room.failed(), len(room.sent)) == (0, 2)
    lost = Class(1, TutoringConfig(), each_s=20.0)
    lost.slots.assessments.receive_workers(frozenset({"one"}))
    lost.say()
    lost.run(2)
    lost.ends.clear()
    lost.slots.assessments.receive_workers(frozenset())
    lost.run(9)
    assert [sent.attempt for sent in lost.sent] == [1, 2]
    lost.run(40)
    assert lost.failed() == 0


def test_the_reply_gives_way_before_the_scores() -> None:
    """Who got scores late is answered by the coach at once; the others by the language model."""
    room = Class(25, TutoringConfig(language_model=True), each_s=0.9)
    room.say()
    room.run(29)
    asked = {reply.session for reply in room.replies}
    assert 5 < len(asked) < 12
    replied = {
        n for n, told in room.events.items() for _, e in told if isinstance(e, TutorReplyDone)
    }
    assert replied - asked == set(room.tutorings) - asked


@few(30)
@given(st.floats(0.3, 3.0), st.integers(1, 40))
def test_nobody_waits_longer_than_is_named(each_s: float, learners: int) -> None:
    """However many there are and however slow it is: scores or an error come within the limits."""
    config = TutoringConfig(late_s=20.0, retry_s=2.0, deadline_s=6.0)
    room = Class(learners, config, each_s)
    room.say()
    room.run(28)
    assert not any(tutoring.waiting for tutoring in room.tutorings.values())
    if learners * (each_s + 0.25) < config.late_s:
        assert room.failed() == 0
