"""One utterance from its onset to its terminal event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.core.audio.recognition import Kind, RecognisedWord, Recognition
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, WINDOW, next_window, to_ms
from tutor.core.feedback.reading.following import Following
from tutor.core.feedback.reading.reading import Window
from tutor.core.live.utterances.stabiliser import Stabiliser, StabiliserSnapshot
from tutor.core.live.utterances.understood import Understood
from tutor.core.protocol.messages import Word
from tutor.core.queue.jobs import Outcome, RecognitionJob, RecognitionResult
from tutor.core.text.expected import Expected
from tutor.core.turns.watch import TurnSnapshot


@dataclass
class Utterance:
    """The bookkeeping of one utterance. Positions are samples from the session's start."""

    session: str
    id: str
    start: int
    """First sample of the utterance's audio, pre-roll included."""
    onset: int
    """First sample of speech."""
    language: str
    stabiliser: Stabiliser = field(default_factory=Stabiliser)
    appended: int = 0
    """Position just past the audio that was appended to the store."""
    revision: int = 0
    """Revision of the newest job."""
    partial_revision: int | None = None
    """Revision of the partial in flight; None when there is none."""
    partial_sent_at: float = 0.0
    """When the partial in flight was dispatched, on the clock of `now`."""
    shown_revision: int = 0
    """Revision of the newest hypothesis that was shown; older ones come too late."""
    partial_heard: int = 0
    """Position up to which the newest partial listens."""
    end: int | None = None
    """Just past the utterance's last sample, once it has ended."""
    speech_end: int = 0
    """Just past the last sample of speech, by voice activity; known from a pause on."""
    is_committed: bool = False
    """Whether the client ended the utterance, not a silence."""
    ended_at: float = 0.0
    """When the utterance ended, on the clock of `now`."""
    final_revision: int | None = None
    """Revision of the final: the one begun at a pause until the learner speaks on, or the last
    one."""
    early_result: RecognitionResult | None = None
    """Result of the final begun at a pause, when it was there before the endpoint."""
    attempt: int = 1
    """Attempt of the final: 1, or 2, which is the last."""
    answer: RecognitionResult | None = None
    """What became of the final; it is told when the utterances before have theirs."""
    expected: Expected = Expected()
    """What `auto` chooses from."""
    prompt: str = ""
    """Words that are likely to come. A snapshot has none: the protocol that brings one cannot
    resume."""
    vocabulary: tuple[str, ...] = ()
    """Names and words that the client says are likely."""
    way: Following | None = None
    """Its way through the exercise's text, if there is one to read."""
    window: Window = Window()
    """The words of the text in which it is looked for."""

    def __post_init__(self) -> None:
        self.appended = self.start

    def snapshot(self) -> UtteranceSnapshot:
        """The utterance as plain data."""
        return UtteranceSnapshot(
            self.id,
            self.start,
            self.onset,
            self.language,
            self.stabiliser.snapshot(),
            self.revision,
            self.shown_revision,
            self.partial_heard,
            self.end,
            self.speech_end,
            self.final_revision if self.ended else None,
            self.attempt,
            self.answer,
            self.is_committed,
            self.expected,
            None if self.way is None else self.way.expected,
            () if self.way is None else self.way.told,
            self.vocabulary,
        )

    @classmethod
    def restored(
        cls, session: str, kept: UtteranceSnapshot, position: int, now: float
    ) -> Utterance:
        """The utterance of a snapshot; the store has its audio up to `position`.

        Its deadline begins anew. While it is spoken, what was asked for is forgotten: the results
        are for jobs that knew other audio.
        """
        utterance = cls(
            session,
            kept.id,
            kept.start,
            kept.onset,
            kept.language,
            Stabiliser.restored(kept.stabiliser),
            revision=kept.revision,
            shown_revision=kept.shown_revision,
            partial_heard=kept.partial_heard,
            end=kept.end,
            speech_end=kept.speech_end,
            ended_at=now,
            final_revision=kept.final_revision,
            attempt=kept.attempt,
            answer=kept.answer,
            is_committed=kept.is_committed,
            expected=kept.expected,
            vocabulary=kept.vocabulary,
            way=None if kept.place is None else Following(kept.place, kept.told),
        )
        utterance.appended = max(kept.start, position) if kept.end is None else kept.end
        return utterance

    @property
    def ended(self) -> bool:
        """Whether the utterance has ended, and only waits for its final."""
        return self.end is not None

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come."""
        return bool(self.in_flight)

    @property
    def in_flight(self) -> list[int]:
        """Revisions of the jobs whose results are still to come."""
        is_answered = self.early_result is not None or self.answer is not None
        final = None if is_answered else self.final_revision
        return [revision for revision in (self.partial_revision, final) if revision is not None]

    def next_revision(self) -> int:
        """The revision of the next job, larger than all before."""
        self.revision += 1
        return self.revision

    def job(self, kind: Kind, revision: int, end: int) -> RecognitionJob:
        """The job for the utterance's audio up to the position `end`."""
        return RecognitionJob(
            session=self.session,
            utterance=self.id,
            kind=kind,
            revision=revision,
            attempt=self.attempt,
            audio_bytes=(end - self.start) * BYTES_PER_SAMPLE,
            language=self.language,
            prompt=self.prompt,
            vocabulary=self.vocabulary if kind == "final" else (),
            expected=self.expected,
            speech_bytes=self._speech_bytes(end) if kind == "final" else 0,
            reference=self.window.words,
            position=self.window.position,
        )

    def _speech_bytes(self, end: int) -> int:
        return max(0, min(self.speech_end, end) - self.start) * BYTES_PER_SAMPLE

    def result(self, outcome: Outcome, heard: Recognition | None = None) -> RecognitionResult:
        """A result of the utterance's final that no worker gave."""
        return RecognitionResult(
            self.session, self.id, "final", self.revision, self.attempt, outcome, recognition=heard
        )

    def understood(self, result: RecognitionResult) -> Understood:
        """What the tutor needs to know of the utterance, once its final is there."""
        assert result.recognition is not None
        return Understood(
            self.id,
            to_ms(self.start),
            result.audio_bytes,
            result.recognition,
            is_committed=self.is_committed,
        )

    @property
    def foreseen(self) -> Understood | None:
        """What it will be if nothing more is said; None: its words are not known, or there are
        none."""
        early = self.early_result
        has_words = early is not None and early.recognition is not None and early.recognition.text
        return self.understood(early) if early is not None and has_words else None

    def word(self, heard: RecognisedWord) -> Word:
        """A recognised word on the session's audio clock."""
        return Word(
            heard.text,
            self._ms_of(heard.start_s),
            self._ms_of(heard.end_s),
            round(heard.confidence, 3),
        )

    def _ms_of(self, seconds: float) -> int:
        """Seconds from the utterance's start as milliseconds of the session's clock, never past its
        end."""
        position = self.start + round(seconds * RATE)
        return to_ms(position if self.end is None else min(position, self.end))


@dataclass(frozen=True)
class UtteranceSnapshot:
    """An utterance without a terminal event. Positions are samples from the session's start."""

    id: str
    start: int
    onset: int
    language: str
    stabiliser: StabiliserSnapshot
    revision: int
    shown_revision: int
    partial_heard: int
    end: int | None
    """Just past the utterance's last sample; None: it is being spoken."""
    speech_end: int
    final_revision: int | None
    attempt: int
    answer: RecognitionResult | None = None
    """What became of the final, while it waits for those of earlier utterances."""
    is_committed: bool = False
    """Whether the client ended the utterance."""
    expected: Expected = Expected()
    """What `auto` chooses from."""
    place: int | None = None
    """Index of the word of the text that was to come when it began; None: there is no text."""
    told: tuple[int, ...] = ()
    """The words of the text that were told."""
    vocabulary: tuple[str, ...] = ()
    """Names and words that the client says are likely."""


@dataclass(frozen=True)
class TranscriptionSnapshot:
    """The utterances of a session, as plain data."""

    position: int
    """The position from which on audio comes again, in samples at 16 kHz."""
    free_from: int
    """The position before which audio belongs to an earlier utterance."""
    utterances: tuple[UtteranceSnapshot, ...]
    queued_s: float
    counts: Mapping[str, int]
    heard: str
    """The language of what was understood last; empty: nothing was so far."""
    turn: TurnSnapshot = TurnSnapshot()
    place: int = 0
    """Index of the word of the text that the next utterance is expected to begin with."""

    @property
    def resumes_at(self) -> tuple[int, int]:
        """Where the audio goes on that comes next, and the first window that is to be judged."""
        if self.open is not None:
            begin = min(self.position, self.open.start)
            return begin, next_window(begin)
        # Windows before the last utterance's end are not judged again; one that it shares is.
        first = self.free_from // WINDOW * WINDOW
        judged = first if self.position <= self.free_from else next_window(self.position)
        return min(self.position, judged), judged

    @property
    def open(self) -> UtteranceSnapshot | None:
        """The utterance that is being spoken, if there is one."""
        return next((one for one in self.utterances if one.end is None), None)
