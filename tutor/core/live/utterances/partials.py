"""Partials: when the next one is due, when one is given up, and what is shown of it.

Partials clock themselves: one of an utterance is in flight at a time, and the next is asked for
when enough was said since. The longer a partial waited for a worker, the longer the next one is put
off: other learners, who wait for their finals, need the workers more.
"""

from __future__ import annotations

from tutor.core.audio.samples import BYTES_PER_SAMPLE, to_ms, to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Cancel, Dispatch, Effect, Emit
from tutor.core.live.utterances.utterance import Utterance
from tutor.core.protocol.messages import ReadingProgress, ServerEvent, TranscriptPartial
from tutor.core.queue.jobs import RecognitionResult
from tutor.core.turns.progress import Place, progress


class Partials:
    """The partials of one session's utterances. Positions are samples from the session's start.

    `effects`: the session's. `place`: where in the exercise's text the reader is; shared, too.
    """

    def __init__(
        self, config: SessionConfig, effects: list[Effect], place: Place, queued_s: float = 0.0
    ) -> None:
        self._config = config
        self._effects = effects
        self._place = place
        self.queued_s = queued_s
        """Seconds that the newest partial waited for a worker."""

    def is_due(self, utterance: Utterance, heard: int, received: int) -> bool:
        """Whether a partial of the open utterance should be asked for now.

        `heard`: just past the last sample of speech; `received`: just past the last sample.
        """
        if utterance.partial_revision is not None:  # one is under way
            return False
        if utterance.partial_heard == 0:
            return heard - utterance.onset >= self._config.first_partial
        # Silence since the last partial adds no word.
        is_news = heard > utterance.partial_heard
        return is_news and received - utterance.partial_heard >= self._interval(utterance)

    def _interval(self, utterance: Utterance) -> int:
        """New samples before the next partial; the longer the last one was queued, the more."""
        config = self._config
        put_off = to_samples(round(config.partial_yield * self.queued_s * 1000))
        is_answered = utterance.shown_revision == utterance.revision
        is_early = is_answered and utterance.revision <= config.early_partials
        nothing_heard = is_early and not utterance.stabiliser.has_text
        return max(config.early_interval if nothing_heard else config.partial_interval, put_off)

    def begin(self, utterance: Utterance, now: float) -> None:
        """Ask for a partial of the open utterance, up to where its audio is in the store."""
        utterance.partial_heard = utterance.appended
        utterance.partial_sent_at = now
        utterance.partial_revision = utterance.next_revision()
        job = utterance.job("partial", utterance.partial_revision, utterance.appended)
        self._effects.append(Dispatch(job))

    def receive_result(self, utterance: Utterance, result: RecognitionResult, now: float) -> None:
        """Take the result of the partial in flight, and tell what is new in it."""
        utterance.partial_revision = None
        self.queued_s = max(0.0, now - utterance.partial_sent_at - result.decode_s)
        self._effects += map(Emit, shown(utterance, result, self._place))

    def is_overdue(self, utterance: Utterance, now: float) -> bool:
        """Whether the partial in flight has been waited for long enough."""
        waited = now - utterance.partial_sent_at
        is_under_way = utterance.partial_revision is not None
        return is_under_way and waited >= self._config.partial_timeout_s

    def give_up(self, utterance: Utterance) -> None:
        """Wait for the partial in flight no longer."""
        if utterance.partial_revision is not None:
            self._effects.append(Cancel(utterance.id, utterance.partial_revision))
            utterance.partial_revision = None


def shown(utterance: Utterance, result: RecognitionResult, place: Place) -> list[ServerEvent]:
    """What to tell of a hypothesis of the utterance so far: nothing if a newer one was shown.

    `place`: where the reader is in the text, if there is one.
    """
    heard = utterance.start + result.audio_bytes // BYTES_PER_SAMPLE
    utterance.partial_heard = max(utterance.partial_heard, heard)
    if result.recognition is None or result.revision < utterance.shown_revision:
        return []
    utterance.shown_revision = result.revision
    stable = utterance.stabiliser.receive_hypothesis(
        result.recognition.text, result.recognition.language, result.recognition.confidences
    )
    return [
        TranscriptPartial(
            utterance.id, result.revision, stable.committed, stable.tentative, to_ms(heard)
        ),
        *followed(utterance, result, place),
    ]


def followed(
    utterance: Utterance, result: RecognitionResult, place: Place, *, is_final: bool = False
) -> list[ReadingProgress]:
    """What to tell of where in the text a hypothesis was read."""
    if utterance.way is None or result.passage is None or result.recognition is None:
        return []
    passage = utterance.window.restore(result.passage)
    language = result.recognition.language
    in_pause = result.kind == "final"
    told = place.receive_passage(
        utterance.way, passage, language, in_pause=in_pause, is_final=is_final
    )
    return progress(utterance.id, to_ms(utterance.start), told, utterance.way.next)
