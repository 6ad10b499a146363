from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tests.support.file_work import LIMITS, PIECE_S, charged, heard, kinds, piece, read, sent
from tutor.core.audio.samples import RATE
from tutor.core.files.assignment import Assignment, Earlier, Limits
from tutor.core.files.effects import (
    Assess,
    Complete,
    DropAudio,
    Effect,
    Fail,
    KeepPiece,
    Look,
    Recognise,
    Renew,
)
from tutor.core.files.pieces import FinishedPiece, Taker
from tutor.core.files.work import GOODBYE_S, FileWork, State


class Fate(Enum):
    """What becomes of a piece that is sent."""

    ANSWERED = auto()
    ANSWERED_TWICE = auto()
    ANSWERED_LATE = auto()
    """After it was given up and sent again."""
    REFUSED = auto()
    LOST = auto()
    """Nobody ever answers, and only time tells."""
    NOT_TAKEN = auto()
    """The store is away."""
    AUDIO_GONE = auto()
    """The store has forgotten it."""
    WORKER_DIED = auto()


HARMLESS = (Fate.ANSWERED, Fate.ANSWERED_TWICE)

COUNT = 6
"""Pieces of the files below."""

WHOLE = " ".join(f"word{index}" for index in range(COUNT))

LONG_TEXT = " ".join(f"left{n} right{n}" for n in range(COUNT))


@dataclass
class Machinery:
    """A files worker, a store and workers with a chance of their own, around the work on a file."""

    work: FileWork
    fates: Iterator[Fate]
    chance: Random
    now: float = 0.0
    log: list[Effect] = field(default_factory=list)
    answers: list[Recognise | Assess] = field(default_factory=list)
    """What workers will answer, in an order that is drawn."""
    late: list[Recognise | Assess] = field(default_factory=list)
    """What they answer when the piece was sent again, if it ever is."""
    refused: list[Recognise | Assess] = field(default_factory=list)
    gone: dict[str, Fate] = field(default_factory=dict)
    """What is to be seen of pieces that are lost."""
    ahead: int = 0
    """Index of the next piece."""
    most: int = 0
    """Pieces that were under way at once."""

    def run(self, steps: int = 10_000) -> None:
        """Work until the end, or for so many steps."""
        self.work.receive_length(COUNT * PIECE_S, self.now)
        self.carry_out()
        for _ in range(steps):
            if not self.work.state.is_working:
                return
            self.step()

    def step(self) -> None:
        """Let one thing happen."""
        if self.work.state is State.READING and self.work.has_room:
            self.read_on()
        elif self.refused or (self.answers and self.chance.random() < 0.7):
            self.answer()
        else:
            self.now += self.chance.choice([0.5, 1.0, 4.0, 30.0])
            self.work.receive_tick(self.now)
            self.work.receive_caught_up(self.now)
        self.carry_out()

    def read_on(self) -> None:
        """Cut the next piece, or come to the end."""
        if self.ahead == COUNT:
            self.work.receive_end(None, self.now)
            return
        self.work.receive_audio(PIECE_S * RATE, self.now)
        self.work.receive_piece(piece(self.ahead), bytes(8))
        self.ahead += 1

    def answer(self) -> None:
        """One of the workers answers."""
        if self.refused:
            self.tell(self.refused.pop(), is_refused=True)
        else:
            self.tell(self.answers.pop(self.chance.randrange(len(self.answers))))

    def tell(self, asked: Recognise | Assess, *, is_refused: bool = False) -> None:
        """Hand an answer over."""
        name, attempt = asked.utterance, asked.attempt
        if isinstance(asked, Recognise):
            found = None if is_refused else heard(int(name[1:]))
            self.work.receive_recognition(name, attempt, found, self.now)
        else:
            seen = None if is_refused else read(asked.window)
            self.work.receive_assessment(name, attempt, seen, self.now)

    def carry_out(self) -> None:
        """Do what the work asks for."""
        for effect in self.work.collect():
            self.log.append(effect)
            if isinstance(effect, Recognise | Assess):
                self.send(effect)
            elif isinstance(effect, Look):
                fate = self.gone.get(effect.utterance)
                taker = Taker.DEAD if fate is Fate.WORKER_DIED else Taker.NONE
                has_audio = fate is not Fate.AUDIO_GONE
                self.work.receive_sighting(effect.utterance, taker, self.now, has_audio=has_audio)

    def send(self, effect: Recognise | Assess) -> None:
        """Let a piece meet its fate."""
        self.answers += [one for one in self.late if one.utterance == effect.utterance]
        self.late = [one for one in self.late if one.utterance != effect.utterance]
        self.gone.pop(effect.utterance, None)
        fate = next(self.fates, Fate.ANSWERED)
        if fate is not Fate.NOT_TAKEN:
            self.work.receive_sent(effect.utterance, self.now)
        match fate:
            case Fate.ANSWERED:
                self.answers.append(effect)
            case Fate.ANSWERED_TWICE:
                self.answers += [effect, effect]
            case Fate.ANSWERED_LATE:
                self.late.append(effect)
            case Fate.REFUSED:
                self.refused.append(effect)
            case Fate.AUDIO_GONE | Fate.WORKER_DIED:
                self.gone[effect.utterance] = fate
        under_way = {e.utterance for e in self.log if isinstance(e, Recognise | Assess)}
        self.most = max(self.most, len(under_way) - len(self.kept))

    @property
    def kept(self) -> list[FinishedPiece]:
        """The pieces that are in the database, in the order in which they were kept."""
        return [effect.finished for effect in self.log if isinstance(effect, KeepPiece)]

    @property
    def progress(self) -> list[float]:
        """Each progress that was told."""
        return [effect.progress for effect in self.log if isinstance(effect, Renew)]


TASKS = st.sampled_from(
    [Assignment("en"), Assignment("auto"), Assignment("en", text=LONG_TEXT, is_charged=True)]
)
FATES = st.lists(st.sampled_from(Fate), max_size=30)
CHANCE = st.randoms(use_true_random=False)

PATIENT = replace(LIMITS, piece_attempts=1000)


def machinery(
    task: Assignment,
    limits: Limits,
    fates: Sequence[Fate],
    chance: Random,
    earlier: Earlier | None = None,
) -> Machinery:
    """A file's work that meets these fates, and behind them only good ones."""
    return Machinery(FileWork(task, limits, earlier or Earlier(), 0.0), iter(fates), chance)


def complete_of(played: Machinery) -> Complete:
    """How the work was done; it is the last thing that happened."""
    last = played.log[-1]
    assert isinstance(last, Complete)
    return last


@few(50)
@given(TASKS, FATES, CHANCE)
def test_every_piece_ends_once(task: Assignment, fates: list[Fate], chance: Random) -> None:
    """Whatever is lost, doubled or late, and in whatever order answers come."""
    played = machinery(task, PATIENT, fates, chance)
    played.run()
    assert played.work.outcome == "done"
    assert sorted(done.piece.index for done in played.kept) == list(range(COUNT))
    complete = complete_of(played)
    assert complete.result.transcript.text == WHOLE
    assert complete.duration_s == COUNT * PIECE_S
    assert played.progress == sorted(played.progress)
    assert played.most <= (1 if task.text else LIMITS.pieces_in_flight)
    assert sum(charged(played.log)) == (COUNT * PIECE_S if task.is_charged else 0)
    report = complete.result.assessment
    assert (report is None) == (task.text is None)
    assert report is None or report.completeness == 100


@given(TASKS, FATES, CHANCE)
def test_a_job_is_done_or_says_why_not(task: Assignment, fates: list[Fate], chance: Random) -> None:
    """It fails only when one piece's attempts are used up, and never twice nor after it is done."""
    played = machinery(task, LIMITS, fates, chance)
    played.run()
    ends = [e for e in played.log if isinstance(e, Complete | Fail)]
    assert ends == played.log[-1:]
    assert played.work.outcome in {
        "done",
        "failed: recognition_failed",
        "failed: assessment_failed",
    }
    indices = [done.piece.index for done in played.kept]
    assert len(indices) == len(set(indices))
    bad = sum(fate not in (*HARMLESS, Fate.NOT_TAKEN) for fate in fates)
    assert played.work.outcome == "done" or bad >= LIMITS.piece_attempts
    tries = [attempt for _, attempt in sent(played.log)]
    assert max(tries) <= LIMITS.piece_attempts
    played.tell(Recognise("p0", 1, b"", "en", ""))  # long after the end
    played.work.receive_tick(played.now + 1000)
    played.work.receive_caught_up(played.now + 1000)
    assert list(played.work.collect()) == []


@few(50)
@given(TASKS, FATES, FATES, CHANCE, st.integers(0, 40))
def test_another_worker_goes_on_where_one_died(
    task: Assignment, fates: list[Fate], more: list[Fate], chance: Random, steps: int
) -> None:
    """Of what is in the database nothing is sent again, and the transcript is the same."""
    first = machinery(task, PATIENT, fates, chance)
    first.run(steps)
    renewed = [effect for effect in first.log if isinstance(effect, Renew)]
    told = renewed[-1] if renewed else Renew(0.0, None, 0.0)
    kept = tuple(sorted(first.kept, key=lambda done: done.piece.index))
    earlier = Earlier(kept, told.charged_s, told.progress)
    language = told.language or task.language
    second = machinery(replace(task, language=language), PATIENT, more, chance, earlier)
    second.run()
    known = {f"p{done.piece.index}" for done in kept}
    assert not known & {name for name, _ in sent(second.log)}
    assert complete_of(second).result.transcript.text == WHOLE
    both = first.progress + second.progress
    assert both == sorted(both)
    total = sum(charged(first.log)) + sum(charged(second.log))
    assert total == (COUNT * PIECE_S if task.is_charged else 0)


@given(TASKS, FATES, CHANCE, st.integers(0, 40))
def test_a_lost_job_leaves_nothing_behind(
    task: Assignment, fates: list[Fate], chance: Random, steps: int
) -> None:
    """From then on only audio is dropped, and the end comes with the last answer or soon."""
    played = machinery(task, PATIENT, fates, chance)
    played.run(steps)
    at = len(played.log)
    played.work.receive_loss(played.now)
    played.carry_out()
    while played.answers and played.work.state is State.LEAVING:
        played.answer()
        played.carry_out()
    played.work.receive_tick(played.now + GOODBYE_S)
    played.carry_out()
    assert played.work.outcome == "gone"
    assert played.work.state is State.GONE
    assert set(kinds(played.log[at:])) <= {DropAudio}
