"""From speech probabilities to words: a session's utterances, each to its terminal event.

A state machine like the session that owns it: audio, probabilities, results and time go in, effects
come out, and the utterances whose words are known, for the tutor.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.audio.samples import Samples, to_ms, to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Cancel, DropAudio, Effect, Emit
from tutor.core.live.utterances.finals import Finals
from tutor.core.live.utterances.open_audio import OpenAudio
from tutor.core.live.utterances.partials import Partials
from tutor.core.live.utterances.segmenter import (
    Decision,
    Ended,
    Paused,
    Reason,
    Resumed,
    Segmenter,
    SegmenterConfig,
    Started,
)
from tutor.core.live.utterances.understood import Understood
from tutor.core.live.utterances.utterance import TranscriptionSnapshot, Utterance
from tutor.core.protocol.messages import ServerEvent, SessionSummary, SpeechStarted, SpeechStopped
from tutor.core.queue.jobs import RecognitionResult
from tutor.core.text.expected import Expected
from tutor.core.turns.progress import Place
from tutor.core.turns.waits import Waits
from tutor.core.turns.watch import Turns


class Transcription:
    """The utterances of one session."""

    def __init__(self, session: str, config: SessionConfig, effects: list[Effect]) -> None:
        """`effects`: the session's, to which those of the utterances are added."""
        self._session = session
        self._config = config
        self._effects = effects
        self._language, self._prompt = "", ""
        self._vocabulary: tuple[str, ...] = ()
        self._turns, self._place, self._expected = Turns(), Place(), Expected()
        self._segmenter = Segmenter(config.segmenter)
        self._audio = OpenAudio(config.segmenter, effects)
        self._utterances: dict[str, Utterance] = {}  # those without a terminal event
        self._finals = Finals(config, effects, self._utterances, self._place)
        self._open: Utterance | None = None  # the one being spoken
        self._partials = Partials(config, effects, self._place)
        self._audio_at = 0.0  # when audio came last, or could not come
        self._begun = 0  # utterances
        self._speech = 0  # samples

    @classmethod
    def restored(
        cls,
        session: str,
        config: SessionConfig,
        effects: list[Effect],
        kept: TranscriptionSnapshot,
        now: float,
    ) -> Transcription:
        """The transcription of a snapshot.

        The stored audio of its open utterance comes first, then the client's.
        """
        transcription = cls(session, config, effects)
        transcription._audio_at = now
        transcription._utterances |= {
            one.id: Utterance.restored(session, one, kept.position, now) for one in kept.utterances
        }
        transcription._partials = Partials(config, effects, transcription._place, kept.queued_s)
        counts, finals = kept.counts, transcription._finals
        transcription._begun, transcription._speech = counts["utterances"], counts["speech"]
        finals.words, finals.language = counts["words"], kept.heard
        transcription._turns = Turns(kept.turn, told_to=kept.position)
        transcription._place.next = kept.place
        transcription._resume_from(kept)
        return transcription

    def _resume_from(self, kept: TranscriptionSnapshot) -> None:
        begin, judged = kept.resumes_at
        self._segmenter.resume_from(judged, kept.free_from)
        self._audio.resume_from(begin, judged, kept.position if kept.open is None else begin)
        if kept.open is not None:
            self._open = self._utterances[kept.open.id]
            self._segmenter.resume_speaking(kept.open.start, kept.open.onset)

    def snapshot(self, position: int) -> TranscriptionSnapshot:
        """All that another gateway needs to go on; `position`: from which on audio comes again."""
        return TranscriptionSnapshot(
            position,
            self._segmenter.free_from,
            tuple(utterance.snapshot() for utterance in self._utterances.values()),
            self._partials.queued_s,
            self.counts,
            self._finals.language,
            self._turns.snapshot(),
            self._place.next,
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many `utterances` were begun, `words` the finals have, samples of `speech` were
        heard."""
        return {"utterances": self._begun, "words": self._finals.words, "speech": self._speech}

    def summary(self, audio_ms: int) -> SessionSummary:
        """The session's totals; `audio_ms`: what was received."""
        return SessionSummary(self._begun, self._finals.words, audio_ms, to_ms(self._speech))

    @property
    def safe(self) -> int:
        """Position before which no audio is needed from the client again.

        What was said so far is in the store; between utterances a pre-roll may be needed of what
        was not said yet.
        """
        return self._segmenter.reach if self._open is None else self._open.appended

    @property
    def idle(self) -> bool:
        """Whether nobody speaks, nor perhaps begins to."""
        return self._segmenter.idle

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return self._open is not None

    @property
    def _listens(self) -> bool:
        """Whether an utterance is open that ends when no more audio comes."""
        return self._open is not None and not self._segmenter.by_commit

    @property
    def answered(self) -> bool:
        """Whether every utterance has its terminal event."""
        return not self._utterances

    @property
    def understood_all(self) -> bool:
        """Whether every utterance that has ended has its terminal event."""
        return not any(one.ended for one in self._utterances.values())

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come, or the end of an utterance."""
        return self._listens or any(one.waiting for one in self._utterances.values())

    @property
    def foreseen(self) -> Understood | None:
        """What the open utterance will be if nothing more is said, once its words are known and may
        be all; None: that is not known."""
        if self._open is None or len(self._utterances) > 1 or not self._turns.may_be_over:
            return None
        return self._open.foreseen

    def collect_understood(self) -> list[Understood]:
        """The utterances whose words have become known since the last call; their audio is still
        kept."""
        return self._finals.collect_understood()

    def configure(
        self, language: str, waits: Waits, expected: Expected, vocabulary: Sequence[str]
    ) -> None:
        """Set the language, what `auto` chooses from, the silences that end utterances and the
        words that are likely, from now on."""
        self._language, self._expected, self._vocabulary = language, expected, tuple(vocabulary)
        self._turns.configure(waits)

    def read(self, text: Sequence[str], *, goes_on: bool = False) -> None:
        """Have a text read from its beginning, given as its words; none: nobody reads.

        `goes_on`: it is the one that was read at another gateway. What is said of another text is
        not followed any more.
        """
        self._place.read(text, goes_on=goes_on)
        self._turns.reads = self._place.reads
        for utterance in self._utterances.values():
            utterance.way = utterance.way if goes_on else None
            utterance.window = self._place.window(utterance.way) if goes_on else utterance.window

    def listen(self, language: str, segmenter: SegmenterConfig, prompt: str, waits: Waits) -> None:
        """Cut utterances by another configuration from now on.

        An open utterance keeps its language and its prompt.
        """
        self._language, self._prompt = language, prompt
        self._segmenter.adopt(segmenter)
        self._turns.configure(waits)

    def receive_hold(self, ms: int) -> None:
        """Let the learner think for so many milliseconds after the audio received so far."""
        self._turns.receive_hold(self._audio.end + to_samples(ms))

    # ------------------------------------------------------------ in

    def receive_samples(self, samples: Samples) -> list[Samples]:
        """Take resampled audio (int16, 16 kHz); the windows whose speech probability is now due."""
        return self._audio.receive_samples(samples)

    def receive_probabilities(self, probabilities: list[float], now: float) -> None:
        """Take the speech probabilities of the windows that `receive_samples` gave, in order."""
        self._audio_at = now
        for probability in probabilities:
            self._segmenter.configure(self._turns.silence)
            for decision in self._segmenter.receive_probability(probability):
                self._decide(decision, now)
            self._watch_turn()
        self._dispatch_partial(now)
        if self._open is not None and self._audio.is_much(self._open):
            self._audio.store(self._open)

    def receive_commit(self, reason: Reason, now: float) -> bool:
        """End the open utterance at the last sample received; whether there was one."""
        decisions = self._segmenter.receive_commit(self._audio.end, reason)
        for decision in decisions:
            self._decide(decision, now)
        return bool(decisions)

    def receive_discard(self) -> None:
        """Forget the open utterance; no event follows of it."""
        self._segmenter.receive_discard(self._audio.end)
        if (utterance := self._open) is None:
            return
        self._effects += [Cancel(utterance.id, revision) for revision in utterance.in_flight]
        self._effects.append(DropAudio(utterance.id))
        del self._utterances[utterance.id]
        self._open = None

    def receive_result(self, result: RecognitionResult, now: float) -> None:
        """Take a recogniser's result. Stale, doubled and unknown ones are dropped."""
        utterance = self._utterances.get(result.utterance)
        if utterance is None:
            return
        if result.kind == "partial":
            # Otherwise it is doubled, was given up, or the utterance has ended meanwhile.
            if result.revision == utterance.partial_revision and not utterance.ended:
                self._partials.receive_result(utterance, result, now)
                self._dispatch_partial(now)
        elif result.revision == utterance.final_revision:
            self._finals.receive_result(utterance, result, now)
            if utterance.early_result is result:
                self._learn(utterance, result)

    def receive_stall(self, stalled_s: float) -> None:
        """This gateway did not run for so long: audio may have come meanwhile."""
        self._audio_at += stalled_s

    def receive_tick(self, now: float, *, away: bool = False) -> None:
        """Let time pass: deadlines of results, and the end of audio in mid-word.

        `away`: the client cannot be heard: what is missing comes when it is back, or the line.
        """
        if away:
            self._audio_at = now
        if self._listens and now - self._audio_at >= self._config.audio_stop_s:
            self.receive_commit("stall", now)
        for utterance in list(self._utterances.values()):
            self._check_deadline(utterance, now)

    def receive_hangup(self) -> None:
        """Drop every utterance: nobody waits for words any more."""
        self._effects += map(DropAudio, self._utterances)
        self._utterances.clear()
        self._open = None

    # ------------------------------------------------------------ utterances

    def _decide(self, decision: Decision, now: float) -> None:
        if isinstance(decision, Started):
            self._begin(decision)
            return
        utterance = self._open
        assert utterance is not None
        match decision:
            case Paused():
                self._audio.store(utterance)
                utterance.speech_end = self._segmenter.speech_end
                self._finals.begin(utterance, decision.at, ahead=True)
            case Resumed():
                self._finals.forget_early(utterance)
            case Ended():
                self._stop(utterance, decision, now)

    def _begin(self, started: Started) -> None:
        self._begun += 1
        utterance = Utterance(
            self._session,
            f"u{self._begun}",
            started.start,
            started.onset,
            self._language,
            expected=self._expected.after(self._finals.language),
            prompt=self._prompt,
            vocabulary=self._vocabulary,
            way=self._place.begin(),
        )
        utterance.window = self._place.window(utterance.way)
        self._turns.begin(self._segmenter.speech_end)
        self._utterances[utterance.id] = self._open = utterance
        self._emit(SpeechStarted(utterance.id, to_ms(started.onset)))
        self._audio.store(utterance)  # so that another gateway can go on with it

    def _stop(self, utterance: Utterance, ended: Ended, now: float) -> None:
        utterance.end, utterance.speech_end = ended.end, ended.speech_end
        utterance.ended_at = now
        self._audio.store(utterance)
        self._open = None
        self._speech += max(0, ended.speech_end - utterance.onset)
        self._emit(SpeechStopped(utterance.id, to_ms(ended.speech_end)))
        self._emit(self._turns.receive_end(utterance.id, ended.end, ended.speech_end, ended.reason))
        self._finals.conclude(utterance, ended)

    def _watch_turn(self) -> None:
        if self._listens and self._open is not None:
            position, speech_end = self._segmenter.position, self._segmenter.speech_end
            told = self._turns.receive_window(self._open.id, position, speech_end)
            self._effects += map(Emit, told)

    def _learn(self, utterance: Utterance, result: RecognitionResult) -> None:
        """Learn from the words before a pause whether they are all."""
        if result.recognition is not None:
            passage = result.passage and utterance.window.restore(result.passage)
            standing = self._place.standing(passage, result.recognition)
            self._turns.receive_standing(standing, utterance.speech_end)

    def _dispatch_partial(self, now: float) -> None:
        utterance = self._open
        if utterance is None or not self._partials.is_due(
            utterance, self._segmenter.speech_end, self._audio.end
        ):
            return
        self._audio.store(utterance)
        self._partials.begin(utterance, now)

    def _check_deadline(self, utterance: Utterance, now: float) -> None:
        if utterance.ended:
            self._finals.receive_tick(utterance, now)
        elif self._partials.is_overdue(utterance, now):
            self._partials.give_up(utterance)
            self._dispatch_partial(now)

    def _emit(self, event: ServerEvent) -> None:
        self._effects.append(Emit(event))
