"""What is worth keeping of a session: its utterances, each once all was said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeGuard

from tutor.core.protocol.messages import (
    Error,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
    TranscriptFinal,
    TutorReplyDone,
)

Feedback = FeedbackAccuracy | FeedbackPronunciation | FeedbackFluency | FeedbackGrammar


def is_feedback(event: ServerEvent) -> TypeGuard[Feedback]:
    """Whether it says something of an utterance that was assessed."""
    return isinstance(event, Feedback)


@dataclass(frozen=True)
class UtteranceRecord:
    """An utterance with what was said of it."""

    name: str
    text: str
    language: str
    start_ms: int
    end_ms: int
    words: tuple[Mapping[str, Any], ...]
    scores: Mapping[str, Any]
    """The feedback events' fields, by the part of their type after `feedback.`."""
    reply: str = ""


class Notes:
    """Gathers the events of a session into records.

    `has_feedback`: whether something follows a final; `keeps_audio`: whether the learner agreed.
    """

    def __init__(self, *, has_feedback: bool, keeps_audio: bool) -> None:
        self._has_feedback = has_feedback
        self._keeps_audio = keeps_audio
        self._open: dict[str, UtteranceRecord] = {}
        self._audio: dict[str, bytearray] = {}

    def receive_audio(self, utterance: str, pcm: bytes) -> None:
        """Take PCM16 at 16 kHz that belongs to an utterance."""
        if self._keeps_audio:
            self._audio.setdefault(utterance, bytearray()).extend(pcm)

    def receive_event(self, event: ServerEvent) -> tuple[UtteranceRecord, bytes] | None:
        """Take an event; a record with its audio when the event was the utterance's last."""
        match event:
            case TranscriptFinal():
                return self._begin(event)
            case _ if is_feedback(event):
                self._score(event)
            case TutorReplyDone(utterance=utterance, text=text):
                if utterance in self._open:
                    self._open[utterance] = replace(self._open[utterance], reply=text)
                return self._close(utterance)
            case Error(utterance=str() as utterance):
                return self._close(utterance)
        return None

    def flush(self) -> Iterator[tuple[UtteranceRecord, bytes]]:
        """What is left when the session ends early."""
        for utterance in list(self._open):
            if (left := self._close(utterance)) is not None:
                yield left

    def _begin(self, final: TranscriptFinal) -> tuple[UtteranceRecord, bytes] | None:
        if not final.text:
            self._audio.pop(final.utterance, None)
            return None
        words = tuple(asdict(word) for word in final.words)
        self._open[final.utterance] = UtteranceRecord(
            final.utterance, final.text, final.language, final.start_ms, final.end_ms, words, {}
        )
        return None if self._has_feedback else self._close(final.utterance)

    def _score(self, event: Feedback) -> None:
        if (record := self._open.get(event.utterance)) is not None:
            fields = asdict(event)
            del fields["utterance"]
            scores = {**record.scores, event.type.removeprefix("feedback."): fields}
            self._open[event.utterance] = replace(record, scores=scores)

    def _close(self, utterance: str) -> tuple[UtteranceRecord, bytes] | None:
        record = self._open.pop(utterance, None)
        pcm = bytes(self._audio.pop(utterance, b""))
        return None if record is None else (record, pcm)
