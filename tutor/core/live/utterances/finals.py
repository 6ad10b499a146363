"""Finals: begun at a pause, confirmed at the endpoint, retried, then emitted or failed.

Each utterance ends here with exactly one terminal event: its final, or an error. They are told in
the order of their utterances: the answer of one that was quicker waits for those before.
"""

from __future__ import annotations

from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import to_ms
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Cancel, Confirm, Dispatch, DropAudio, Effect, Emit
from tutor.core.live.utterances.partials import followed, shown
from tutor.core.live.utterances.segmenter import Ended
from tutor.core.live.utterances.understood import Understood
from tutor.core.live.utterances.utterance import Utterance
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import TranscriptFinal
from tutor.core.queue.jobs import RecognitionResult
from tutor.core.turns.progress import Place


class Finals:
    """The finals of one session's utterances.

    `utterances` are those without a terminal event, by name, and `effects` the session's: both are
    shared with the transcription, and changed here.
    """

    def __init__(
        self,
        config: SessionConfig,
        effects: list[Effect],
        utterances: dict[str, Utterance],
        place: Place,
    ) -> None:
        """`place`: where in the exercise's text the reader is; shared, too."""
        self._config = config
        self._effects = effects
        self._utterances = utterances
        self._place = place
        self._understood: list[Understood] = []
        self.words = 0
        """How many words all finals had so far."""
        self.language = ""
        """The language of what was understood last; empty: nothing was so far."""

    def collect_understood(self) -> list[Understood]:
        """The utterances whose words have become known since the last call; their audio is still
        kept."""
        understood, self._understood = self._understood, []
        if understood:
            self.language = understood[-1].recognition.language
        return understood

    def begin(self, utterance: Utterance, end: int, *, ahead: bool = False) -> None:
        """Ask for the final of an utterance, whose audio up to the position `end` is in the store.

        `ahead`: begun at a pause. If the pause proves to be the utterance's end, the final is there
        early.
        """
        if utterance.partial_revision is not None:  # if no worker has begun it: the final says more
            self._effects.append(Cancel(utterance.id, utterance.partial_revision))
        utterance.partial_heard = end
        utterance.final_revision, utterance.early_result = utterance.next_revision(), None
        job = utterance.job("final", utterance.final_revision, end)
        self._effects.append(Dispatch(job, ahead))

    def forget_early(self, utterance: Utterance) -> None:
        """Give up an utterance's final that was begun at a pause: the learner speaks on.

        Its job must not hold up learners who wait.
        """
        if utterance.final_revision is not None and utterance.early_result is None:
            self._effects.append(Cancel(utterance.id, utterance.final_revision))
        utterance.final_revision = utterance.early_result = None

    def conclude(self, utterance: Utterance, ended: Ended) -> None:
        """Take the end of an utterance, whose audio is in the store: emit its final, or wait for
        it."""
        utterance.is_committed = ended.reason in ("commit", "end")
        if ended.reason == "limit":  # what was begun at a pause may have heard past the cut
            self.forget_early(utterance)
        if ended.speech_end <= utterance.start:  # turns are the client's, and nothing was said
            self._answer_silent(utterance)
        elif utterance.final_revision is None:
            self.begin(utterance, ended.end)
        elif utterance.early_result is not None:
            self._answer(utterance, utterance.early_result)
        else:
            self._effects.append(Confirm(utterance.id, utterance.final_revision))

    def receive_result(self, utterance: Utterance, result: RecognitionResult, now: float) -> None:
        """Take the result of a final's job, whichever attempt it answers."""
        if not utterance.ended:
            self._receive_early(utterance, result)
        elif utterance.answer is not None:
            return  # it is doubled
        elif result.recognition is not None:
            self._answer(utterance, result)
        elif result.attempt == utterance.attempt:
            self._retry_or_fail(utterance, now)

    def receive_tick(self, utterance: Utterance, now: float) -> None:
        """Let time pass for an utterance that has ended."""
        if utterance.answer is not None:
            return
        waited = now - utterance.ended_at
        if waited >= self._config.final_deadline_s:
            self._fail(utterance)
        elif waited >= self._config.final_retry_s and utterance.attempt == 1:
            self._retry_or_fail(utterance, now)

    def _receive_early(self, utterance: Utterance, result: RecognitionResult) -> None:
        """Take the result of a final begun at a pause; while the pause lasts it is the best
        partial."""
        if utterance.early_result is not None:
            return  # it is doubled
        if result.recognition is None:
            utterance.final_revision = None
        else:
            utterance.early_result = result
            self._effects += map(Emit, shown(utterance, result, self._place))

    def _answer_silent(self, utterance: Utterance) -> None:
        """Answer for an utterance in which voice activity heard nobody: no words, whatever was
        asked.

        Whisper makes words up out of silence, and an open microphone must not take a worker every
        30 s for nothing.
        """
        self._effects += [Cancel(utterance.id, revision) for revision in utterance.in_flight]
        nothing = Recognition("", utterance.language)
        self._answer(utterance, utterance.result("ok", nothing))

    def _answer(self, utterance: Utterance, result: RecognitionResult) -> None:
        """Take the answer for an utterance that has ended, and tell what can be told by now."""
        utterance.answer = result
        for earliest in list(self._utterances.values()):
            if earliest.answer is None:
                return
            self._tell(earliest, earliest.answer)

    def _tell(self, utterance: Utterance, answer: RecognitionResult) -> None:
        """Emit an utterance's terminal event, and close it; known words go on to the tutor."""
        del self._utterances[utterance.id]
        if answer.recognition is None:
            self._effects.append(Emit(error_event("recognition_failed", utterance=utterance.id)))
        else:
            self._effects += map(Emit, followed(utterance, answer, self._place, is_final=True))
            self._effects.append(Emit(self._final(utterance, answer.recognition)))
        if answer.recognition and answer.recognition.text:
            self._understood.append(utterance.understood(answer))
        else:
            self._effects.append(DropAudio(utterance.id))

    def _final(self, utterance: Utterance, heard: Recognition) -> TranscriptFinal:
        words = tuple(utterance.word(word) for word in heard.words)
        self.words += len(words)
        return TranscriptFinal(
            utterance.id,
            heard.text,
            heard.language,
            words,
            to_ms(utterance.onset),
            to_ms(utterance.speech_end),
        )

    def _retry_or_fail(self, utterance: Utterance, now: float) -> None:
        if utterance.attempt > 1 or now - utterance.ended_at >= self._config.final_deadline_s:
            self._fail(utterance)
            return
        assert utterance.end is not None
        assert utterance.final_revision is not None
        utterance.attempt += 1
        # The same revision: whichever attempt answers first is the final.
        job = utterance.job("final", utterance.final_revision, utterance.end)
        self._effects.append(Dispatch(job))

    def _fail(self, utterance: Utterance) -> None:
        self._answer(utterance, utterance.result("failed"))
