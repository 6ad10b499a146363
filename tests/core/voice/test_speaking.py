"""The tutor's speech in a session: what is made, sent and heard, and its one end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.wire.practice import to_json
from tutor.core.protocol.messages import (
    Error,
    Speech,
    SpeechPosition,
    TutorSpeechCancelled,
    TutorSpeechDucked,
    TutorSpeechEnded,
    TutorSpeechMarks,
    TutorSpeechStarted,
    TutorSpeechUnducked,
)
from tutor.core.queue.jobs import SpeechJob, SpeechResult
from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.config import SpeakingConfig
from tutor.core.voice.effects import DropSpeech, Hush, KeepSpeech, SendSpeech
from tutor.core.voice.made import MadeClause, Mark
from tutor.core.voice.replies import Output
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.snapshot import SpeakingSnapshot
from tutor.core.voice.speaking import Speaking
from tutor.core.voice.voices import VoiceFacts

JOE = VoiceFacts("joe", "en-US", "piper", "CC0", "a test")
RATE = 24_000
CONFIG = SpeakingConfig()
LEAD = round(CONFIG.lead_s * RATE)
SECOND = 1_000
TEXT = "Good morning to you. How are you today? I am fine. Let us begin with the first sentence."


@dataclass
class Stage:
    """A session's speech with its store, its worker and its listener."""

    speaking: Speaking = field(
        default_factory=lambda: Speaking("s1", CONFIG, Speech(sample_rate=RATE), JOE)
    )
    now: float = 100.0
    outputs: list[Output] = field(default_factory=list)
    texts: dict[int, SpeechRequest] = field(default_factory=dict)
    made: dict[int, list[MadeClause]] = field(default_factory=dict)
    jobs: list[SpeechJob] = field(default_factory=list)
    heard: dict[int, int] = field(default_factory=dict)
    """What the listener has, by reply: without a gap, up to here."""
    length: int = 2 * RATE
    is_quiet: bool = True

    def settle(self) -> list[Output]:
        """Let the machine do what is due, and carry it out."""
        self.speaking.settle(self.now, is_quiet=self.is_quiet)
        new = self.speaking.collect()
        self.outputs += new
        for output in new:
            match output:
                case KeepSpeech(reply, request):
                    self.texts[reply] = request
                case DropSpeech(reply):
                    self.texts.pop(reply, None)
                case SpeechJob():
                    self.jobs.append(output)
                case SendSpeech():
                    self._receive(output)
        return new

    def _receive(self, sent: SendSpeech) -> None:
        before = self.heard.get(sent.reply, 0)
        assert sent.begin <= before, "a gap"
        assert sent.end > sent.begin
        assert sent.end <= self.made[sent.reply][-1].end
        current = self.speaking.current
        assert current is not None
        assert sent.end - current.played <= LEAD, "too far ahead"
        ends = [0, *(clause.end for clause in self.made[sent.reply])]
        assert ends[sent.clauses[0] - 1] == sent.offset <= sent.begin
        assert ends[sent.clauses[-1]] >= sent.end
        self.heard[sent.reply] = max(before, sent.end)

    def say(self, text: str = TEXT, utterance: str = "u1") -> list[Output]:
        """The tutor's reply, whole."""
        self.speaking.receive_delta(utterance, text)
        self.speaking.receive_done(utterance)
        return self.settle()

    def work(self, clauses: int = 100, *, is_told: bool = True) -> None:
        """The worker makes some clauses of the newest job; the result may be lost with it."""
        if not self.jobs:
            return
        job = self.jobs[-1]
        number = int(job.utterance.removeprefix("r"))
        made = self.made.setdefault(number, [])
        if (request := self.texts.get(number)) is not None:
            known = split_clauses(request.text, is_whole=request.is_whole)
            while clauses and len(made) < len(known) and _end(made) < job.until:
                begin = _end(made)
                is_last = request.is_whole and len(made) + 1 == len(known)
                words = known[len(made)].text.split()
                marks = tuple(Mark(word, begin + n * 3_000) for n, word in enumerate(words))
                made.append(MadeClause(len(made) + 1, begin + self.length, is_last, marks))
                clauses -= 1
        after = self.speaking.wanted_after
        if after is not None and after[0] == job.utterance:
            self.speaking.receive_clauses(job.utterance, made[after[1] :], self.now)
        if is_told:
            self.speaking.receive_result(SpeechResult("s1", job.utterance, "ok"), self.now)
        self.settle()

    def play(self, reply: int, ms: int) -> list[Output]:
        """The listener has played so much."""
        self.speaking.receive_played(reply, ms, self.now)
        return self.settle()

    def of(self, *kinds: type) -> list[Output]:
        """What came out of these kinds."""
        return [output for output in self.outputs if isinstance(output, kinds)]


def _end(made: list[MadeClause]) -> int:
    return made[-1].end if made else 0


ENDS = (TutorSpeechEnded, TutorSpeechCancelled)


def test_a_reply_is_spoken_from_its_first_clause_to_its_end() -> None:
    """Text becomes a job, clauses become audio, and what was played to its end has ended."""
    stage = Stage()
    assert isinstance(stage.say()[-1], SpeechJob)
    stage.work(1)
    assert [type(one) for one in stage.outputs if not isinstance(one, KeepSpeech | SpeechJob)] == [
        TutorSpeechStarted,
        TutorSpeechMarks,
        SendSpeech,
    ]
    stage.work()
    for ms in range(0, 9_000, 250):
        stage.play(1, ms)
    assert stage.heard[1] == 8 * RATE
    assert stage.of(*ENDS) == [TutorSpeechEnded("u1", 1, 8_000)]
    assert stage.speaking.waiting is False
    assert stage.texts == {}


def test_no_more_is_sent_than_the_lead_ahead_of_what_is_played() -> None:
    """A client that does not tell what it plays gets five seconds, and no more."""
    stage = Stage()
    stage.say()
    stage.work()
    assert stage.heard[1] == LEAD
    stage.play(1, 1_000)
    assert stage.heard[1] == LEAD + RATE


def test_nothing_is_said_into_what_the_learner_says() -> None:
    """A reply that is ready waits until the learner is quiet; a newer one takes its place."""
    stage = Stage(is_quiet=False)
    stage.say()
    stage.work()
    assert not stage.of(TutorSpeechStarted)
    stage.say("And now another one. It is newer.", "u2")
    stage.is_quiet = True
    stage.work()
    assert [one.utterance for one in stage.of(TutorSpeechStarted)] == ["u2"]  # type: ignore[union-attr]


def test_a_reply_that_is_still_being_written_is_spoken_sentence_by_sentence() -> None:
    """The first sentence is heard before the second one is there."""
    stage = Stage()
    stage.speaking.receive_delta("u1", "Well read! ")
    assert not [one for one in stage.settle() if isinstance(one, SpeechJob)]
    stage.speaking.receive_delta("u1", "Now")
    assert isinstance(stage.settle()[-1], SpeechJob)
    stage.work()
    assert stage.heard[1] == stage.length
    stage.speaking.receive_delta("u1", " the next one.")
    stage.speaking.receive_done("u1")
    stage.settle()
    stage.work()
    assert stage.made[1][-1].is_last
    assert stage.heard[1] == 2 * stage.length


def test_who_interrupts_has_heard_what_was_played() -> None:
    """What is cancelled tells the words that were heard, is hushed, and ends once."""
    stage = Stage()
    stage.say()
    stage.work()
    stage.play(1, 300)
    stage.speaking.silence("interrupted", stage.now)
    stage.speaking.silence("interrupted", stage.now)
    stage.settle()
    (end,) = stage.of(*ENDS)
    assert end == TutorSpeechCancelled("u1", 1, 300, "Good morning to", "interrupted")
    assert stage.of(Hush) == [Hush(1)]
    assert [one.heard for one in stage.speaking.collect_broken()] == ["Good morning to"]


def test_what_comes_of_a_reply_that_was_broken_off_is_not_said() -> None:
    """The language model may go on writing; the tutor is silent."""
    stage = Stage()
    stage.speaking.receive_delta("u1", "One sentence. Another")
    stage.settle()
    stage.work()
    stage.speaking.silence("interrupted", stage.now)
    stage.speaking.receive_delta("u1", " one. And more.")
    stage.speaking.receive_done("u1")
    stage.settle()
    assert stage.speaking.waiting is False
    stage.say("Something else.", "u2")
    stage.work()
    assert [one.reply for one in stage.of(TutorSpeechStarted)] == [1, 2]  # type: ignore[union-attr]


def test_a_tutor_that_is_soft_is_loud_again_when_it_was_nothing() -> None:
    """Ducking is told once each way, and changes nothing else."""
    stage = Stage()
    stage.say()
    stage.work()
    for act in ("duck", "duck", "unduck", "unduck"):
        getattr(stage.speaking, act)()
        stage.settle()
    assert stage.of(TutorSpeechDucked, TutorSpeechUnducked) == [
        TutorSpeechDucked("u1", 1),
        TutorSpeechUnducked("u1", 1),
    ]


@pytest.mark.parametrize("text", ["👍", "…", "Это совсем другой язык, и голос его не знает."])
def test_what_has_no_sound_is_not_spoken(text: str) -> None:
    """A reply that the voice cannot read is text alone, and leaves nothing behind."""
    stage = Stage()
    stage.say(text)
    assert stage.speaking.waiting is False
    assert not stage.of(SpeechJob)


def test_a_worker_that_fails_is_told_once() -> None:
    """Before a word was heard it is an error that ends nothing; in mid-speech the reply ends."""
    stage = Stage()
    stage.say()
    stage.speaking.receive_result(SpeechResult("s1", "r1", "failed"), stage.now)
    stage.settle()
    assert [one.code for one in stage.of(Error)] == ["speech_failed"]  # type: ignore[union-attr]
    stage.say(utterance="u2")
    stage.work(1)
    stage.speaking.receive_result(SpeechResult("s1", "r2", "failed"), stage.now)
    stage.settle()
    (end,) = stage.of(*ENDS)
    assert isinstance(end, TutorSpeechCancelled)
    assert end.reason == "failed"


def test_a_job_that_is_lost_is_sent_again() -> None:
    """A killed worker's clause is made by another one, from the clause's beginning."""
    stage = Stage()
    stage.say()
    stage.work(1, is_told=False)
    jobs = len(stage.jobs)
    stage.play(1, 500)
    stage.now += CONFIG.retry_s + 0.1
    stage.play(1, 600)
    assert len(stage.jobs) == jobs + 1
    stage.work()
    assert stage.made[1][-1].is_last


def test_a_client_that_never_plays_is_not_waited_for() -> None:
    """Half a minute without a sign ends the reply; a client that is away is waited for."""
    stage = Stage()
    stage.say()
    stage.work()
    for _ in range(10):
        stage.now += CONFIG.unheard_s / 2
        stage.speaking.settle(stage.now, is_quiet=True, is_away=True)
    assert stage.speaking.waiting
    stage.now += CONFIG.unheard_s + 1
    stage.settle()
    assert [one.reason for one in stage.of(TutorSpeechCancelled)] == ["unheard"]  # type: ignore[union-attr]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 3)),
        st.tuples(st.just("write"), st.sampled_from(["Well. ", "So it is", "! Go on. And", "ok"])),
        st.tuples(st.just("work"), st.integers(1, 3)),
        st.tuples(st.just("die"), st.integers(1, 2)),
        st.tuples(st.just("play"), st.integers(0, 9_000)),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, 5.0])),
        st.tuples(st.just("silence"), st.just(0)),
        st.tuples(st.just("move"), st.integers(-1, 9_000)),
        st.tuples(st.just("quiet"), st.booleans()),
    ),
    max_size=40,
)


@given(STEPS, st.integers(1_000, 60_000))
def test_positions_are_without_gap_and_every_reply_ends_once(
    steps: list[tuple[str, int]], length: int
) -> None:
    """Whatever happens: no sample is skipped, none is sent too far ahead (both are checked as they
    are sent), and each reply that began ends exactly once."""
    stage = Stage(length=length)
    for n, (kind, value) in enumerate(steps):
        _step(stage, kind, value, n)
        stage.settle()
    stage.is_quiet = True
    stage.speaking.receive_done("w")
    for _ in range(200):
        if not stage.speaking.waiting:
            break
        stage.now += 0.5
        stage.work()
        reply = stage.speaking.current
        if reply is not None:
            stage.play(reply.number, stage.heard.get(reply.number, 0) * 1000 // RATE)
    assert not stage.speaking.waiting
    begun = [one.reply for one in stage.of(TutorSpeechStarted)]  # type: ignore[union-attr]
    ended = [one.reply for one in stage.of(*ENDS)]  # type: ignore[union-attr]
    assert sorted(begun) == sorted(set(begun)) == sorted(ended)
    for one in stage.of(TutorSpeechEnded):
        assert stage.heard[one.reply] == stage.made[one.reply][-1].end  # type: ignore[union-attr]
    assert stage.texts == {}


def _step(stage: Stage, kind: str, value: int, n: int) -> None:
    reply = stage.speaking.current
    acts: dict[str, Callable[[], object]] = {
        "say": lambda: stage.say("Hello there. " * value + "Bye.", f"u{n}"),
        "write": lambda: stage.speaking.receive_delta("w", str(value)),
        "work": lambda: stage.work(value),
        "die": lambda: stage.work(value, is_told=False),
        "play": lambda: stage.play(reply.number if reply else 1, value),
        "wait": lambda: setattr(stage, "now", stage.now + value),
        "silence": lambda: stage.speaking.silence("interrupted", stage.now),
        "quiet": lambda: setattr(stage, "is_quiet", bool(value)),
        "move": lambda: _move(stage, value),
    }
    acts[kind]()


def _move(stage: Stage, ms: int) -> None:
    """Another gateway goes on, and the client names what it has; -1: it names nothing."""
    kept = stage.speaking.snapshot(stage.now)
    assert to_json(kept)
    assert isinstance(kept, SpeakingSnapshot)
    stage.speaking = Speaking.restored("s1", CONFIG, kept, stage.now)
    reply = stage.speaking.current
    if reply is not None and reply.is_audible:
        has = min(stage.heard.get(reply.number, 0), max(reply.played, ms * RATE // 1000))
        stage.heard[reply.number] = has if ms >= 0 else max(has, reply.played)
        at = None if ms < 0 else SpeechPosition(reply.number, has * 1000 // RATE)
        stage.speaking.receive_resume(at, stage.now)


def test_speech_that_is_asked_for_in_mid_reply_begins_with_the_next_one() -> None:
    """Nobody hears the second half of a sentence alone."""
    stage = Stage()
    stage.speaking.change(Speech(enabled=False), JOE, stage.now)
    stage.speaking.receive_delta("u1", "Good morning to you. How ")
    stage.speaking.change(Speech(sample_rate=RATE), JOE, stage.now)
    stage.say("are you today?", "u1")
    assert stage.outputs == []
    stage.say(TEXT, "u2")
    assert stage.texts[1].text == TEXT


def test_who_comes_back_with_less_than_was_heard_hears_on_from_there() -> None:
    """What was heard to its end is not in the store any more."""
    stage = Stage()
    stage.say()
    stage.work()
    stage.settle()
    stage.play(1, 3 * SECOND)
    stage.speaking.receive_resume(SpeechPosition(1, -5), stage.now)
    (sent,) = [one for one in stage.settle() if isinstance(one, SendSpeech)]
    assert (sent.begin, sent.clauses[0]) == (3 * RATE, 2)
