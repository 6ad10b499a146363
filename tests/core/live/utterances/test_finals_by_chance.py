"""Finals by themselves, whatever results and deadlines do to them."""

from dataclasses import dataclass, field
from enum import Enum, auto

from hypothesis import example, given
from hypothesis import strategies as st

from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import RATE, to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Cancel, Confirm, Dispatch, DropAudio, Effect, Emit
from tutor.core.live.utterances.finals import Finals
from tutor.core.live.utterances.segmenter import Ended, Reason
from tutor.core.live.utterances.understood import Understood
from tutor.core.live.utterances.utterance import Utterance
from tutor.core.protocol.messages import Error, TranscriptFinal, TranscriptPartial
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult
from tutor.core.turns.progress import Place

CONFIG = SessionConfig(final_retry_s=6, final_deadline_s=30)
START = to_samples(1_000)
END = START + 2 * RATE


@dataclass
class Desk:
    """Finals with their one utterance, its jobs, and all that came of it."""

    now: float = 100.0
    effects: list[Effect] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.utterance = Utterance("s1", "u1", START, START, "en")
        self.open = {"u1": self.utterance}
        self.finals = Finals(CONFIG, self.effects, self.open, Place())

    def pause(self) -> None:
        """The learner pauses: a final is begun ahead."""
        if self.utterance.final_revision is None and not self.utterance.ended:
            self.finals.begin(self.utterance, START + RATE, ahead=True)

    def resume(self) -> None:
        """The learner speaks on."""
        if not self.utterance.ended:
            self.finals.forget_early(self.utterance)

    def end(self, reason: Reason = "silence", speech_end: int = END) -> None:
        """The utterance ends."""
        if not self.utterance.ended:
            self.utterance.end, self.utterance.speech_end = END, speech_end
            self.utterance.ended_at = self.now
            self.finals.conclude(self.utterance, Ended(END, speech_end, reason))
        self._collect()

    def answer(self, index: int = -1, text: str | None = "so it is") -> None:
        """A worker answers a job, perhaps again; None: it failed. Only current ones get here."""
        if not self.jobs or not self.open:
            return
        job = self.jobs[index % len(self.jobs)]
        if job.revision == self.utterance.final_revision:
            self.finals.receive_result(self.utterance, result_of(job, text), self.now)
        self._collect()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        if self.open and self.utterance.ended:
            self.finals.receive_tick(self.utterance, self.now)
        self._collect()

    def _collect(self) -> None:
        self.understood += self.finals.collect_understood()

    @property
    def jobs(self) -> list[RecognitionJob]:
        """The finals' jobs."""
        jobs = [effect.job for effect in self.effects if isinstance(effect, Dispatch)]
        return [job for job in jobs if isinstance(job, RecognitionJob)]

    @property
    def terminals(self) -> list[TranscriptFinal | Error]:
        """The utterance's terminal events."""
        events = [effect.event for effect in self.effects if isinstance(effect, Emit)]
        return [event for event in events if isinstance(event, TranscriptFinal | Error)]

    @property
    def partials(self) -> list[TranscriptPartial]:
        """What was shown of results that came early."""
        events = [effect.event for effect in self.effects if isinstance(effect, Emit)]
        return [event for event in events if isinstance(event, TranscriptPartial)]


def result_of(job: RecognitionJob, text: str | None) -> RecognitionResult:
    """A worker's answer to a job, with a word for each of the text; None: it failed."""
    names = job.session, job.utterance, job.kind, job.revision, job.attempt
    if text is None:
        return RecognitionResult(*names, "failed")
    words = tuple(RecognisedWord(w, n / 4, n / 4 + 0.2, 0.9) for n, w in enumerate(text.split()))
    return RecognitionResult(*names, "ok", job.audio_bytes, Recognition(text, "en", words))


class Chance(Enum):
    """What may come to a final at any time."""

    PAUSE = auto()
    RESUME = auto()
    END = auto()
    ANSWER = auto()
    OLD_ANSWER = auto()
    EMPTY = auto()
    FAILURE = auto()
    OLD_FAILURE = auto()
    SHORT_WAIT = auto()
    LONG_WAIT = auto()


def happen(desk: Desk, chance: Chance) -> None:
    """Let one thing happen."""
    match chance:
        case Chance.PAUSE:
            desk.pause()
        case Chance.RESUME:
            desk.resume()
        case Chance.END:
            desk.end()
        case Chance.SHORT_WAIT:
            desk.wait(2.5)
        case Chance.LONG_WAIT:
            desk.wait(13)
        case _:
            _answer(desk, chance)


def _answer(desk: Desk, chance: Chance) -> None:
    index = 0 if chance in (Chance.OLD_ANSWER, Chance.OLD_FAILURE) else -1
    texts = {Chance.EMPTY: "", Chance.FAILURE: None, Chance.OLD_FAILURE: None}
    desk.answer(index, texts.get(chance, "so it is"))


chances = st.lists(st.sampled_from(Chance), max_size=25)


def played(*steps: Chance) -> Desk:
    """A desk after all this, its utterance ended and its deadline past."""
    desk = Desk()
    for chance in steps:
        happen(desk, chance)
    desk.end()
    desk.wait(CONFIG.final_deadline_s)
    return desk


# ---------------------------------------------------------------- what always holds


@given(chances)
@example([Chance.PAUSE, Chance.ANSWER, Chance.END])
@example([Chance.END, Chance.FAILURE, Chance.FAILURE])
def test_an_utterance_has_one_terminal_event_whatever_happens(steps: list[Chance]) -> None:
    """Answers, failures and silence in any order: one final or one error, and nothing stays
    open."""
    desk = played(*steps)
    assert len(desk.terminals) == 1
    assert not desk.open
    desk.wait(100)
    assert len(desk.terminals) == 1


@given(chances)
def test_audio_is_dropped_or_handed_on(steps: list[Chance]) -> None:
    """The tutor takes over the audio of words; any other is deleted, once, after all was said."""
    desk = played(*steps)
    (terminal,) = desk.terminals
    has_words = isinstance(terminal, TranscriptFinal) and bool(terminal.text)
    assert len(desk.understood) == has_words
    assert desk.effects.count(DropAudio("u1")) == (not has_words)
    assert desk.finals.collect_understood() == [], "it is handed on once"


@given(chances)
def test_a_final_is_asked_for_twice_at_most(steps: list[Chance]) -> None:
    """However much fails, each revision has at most a second attempt, and only the last has one."""
    desk = played(*steps)
    asked = [(job.revision, job.attempt) for job in desk.jobs]
    assert len(set(asked)) == len(asked)
    assert {attempt for _, attempt in asked} <= {1, 2}
    assert [attempt for _, attempt in asked[:-1]] == [1] * (len(asked) - 1)
    assert asked == sorted(asked)


@given(chances)
def test_the_last_job_hears_the_whole_utterance(steps: list[Chance]) -> None:
    """A second attempt hears all up to the end, even of a final that was begun at a pause."""
    for job in played(*steps).jobs:
        whole = 2 * RATE * 2
        assert job.audio_bytes == whole or job.attempt == 1


@given(chances)
def test_words_are_counted_with_their_final(steps: list[Chance]) -> None:
    """The session's count of words is that of the finals it told, not of what came early."""
    desk = played(*steps)
    told = [event for event in desk.terminals if isinstance(event, TranscriptFinal)]
    assert desk.finals.words == sum(len(final.words) for final in told)


@given(chances)
def test_what_nobody_waits_for_is_not_confirmed(steps: list[Chance]) -> None:
    """A job that was cancelled is neither confirmed later nor cancelled again."""
    desk = played(*steps)
    cancelled = [one.revision for one in desk.effects if isinstance(one, Cancel)]
    confirmed = [one.revision for one in desk.effects if isinstance(one, Confirm)]
    assert len(set(cancelled)) == len(cancelled)
    assert len(confirmed) <= 1
    assert not set(cancelled) & set(confirmed)


# ---------------------------------------------------------------- one by one


def test_a_final_takes_the_place_of_the_partial_that_waits() -> None:
    """The final says more than the partial in flight, which no worker need begin any more."""
    desk = Desk()
    desk.utterance.partial_revision = desk.utterance.next_revision()
    desk.pause()
    assert desk.effects[0] == Cancel("u1", 1)
    assert [job.revision for job in desk.jobs] == [2]


def test_a_failure_that_doubles_an_early_answer_takes_nothing_back() -> None:
    """An answer that is there stays the final, though its job was delivered again and failed."""
    desk = Desk()
    desk.pause()
    desk.answer(text="so it is")
    desk.answer(text=None)
    desk.end()
    assert len(desk.jobs) == 1
    assert [one.recognition.text for one in desk.understood] == ["so it is"]


def test_an_early_answer_commits_no_word_by_itself() -> None:
    """What one hypothesis says is shown as tentative until the utterance ends."""
    desk = Desk()
    desk.pause()
    desk.answer(text="so it is")
    assert [(one.committed, one.tentative) for one in desk.partials] == [("", "so it is")]


def test_a_forced_endpoint_gives_up_what_was_begun_at_a_pause() -> None:
    """A cut may lie before the pause, so the final is asked for again, for the audio up to it."""
    desk = Desk()
    desk.pause()
    desk.end("limit")
    assert Cancel("u1", 1) in desk.effects
    assert [job.revision for job in desk.jobs] == [1, 2]


def test_an_open_microphone_takes_no_worker() -> None:
    """Thirty seconds in which nobody spoke are an empty final at once, and their audio is gone."""
    desk = Desk()
    desk.end("limit", speech_end=START)
    assert desk.jobs == []
    assert desk.terminals == [TranscriptFinal("u1", "", "en", (), 1_000, 1_000)]
    assert desk.effects[-1] == DropAudio("u1")


def test_a_failure_after_the_deadline_is_not_tried_again() -> None:
    """Where no second attempt could come in time the error is told at once."""
    desk = Desk()
    desk.end()
    desk.now += CONFIG.final_deadline_s
    desk.answer(text=None)
    assert [type(event) for event in desk.terminals] == [Error]
    assert len(desk.jobs) == 1
