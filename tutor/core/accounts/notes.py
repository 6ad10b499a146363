"""What history keeps of a session: one record for each utterance, once its last event is there."""

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
    UtteranceAside,
    UtteranceJoined,
)
from tutor.core.text.normal import joint

Feedback = FeedbackAccuracy | FeedbackPronunciation | FeedbackFluency | FeedbackGrammar


def is_feedback(event: ServerEvent) -> TypeGuard[Feedback]:
    """Whether an event is feedback on an utterance."""
    return isinstance(event, Feedback)


@dataclass(frozen=True)
class UtteranceRecord:
    """One utterance with its words, scores and reply, as history keeps it."""

    name: str
    text: str
    language: str
    start_ms: int
    end_ms: int
    words: tuple[Mapping[str, Any], ...]
    scores: Mapping[str, Any]
    """The fields of the feedback events, by event type without the prefix `feedback.`."""
    reply: str = ""


class Notes:
    """Gathers a session's events and audio into one record for each utterance.

    `has_feedback`: whether feedback and a reply follow a final; `keeps_audio`: whether the learner
    agreed to have recordings kept.
    """

    def __init__(self, *, has_feedback: bool, keeps_audio: bool) -> None:
        self._has_feedback = has_feedback
        self._keeps_audio = keeps_audio
        self._open: dict[str, UtteranceRecord] = {}
        self._audio: dict[str, bytearray] = {}

    def receive_audio(self, utterance: str, pcm: bytes) -> None:
        """Take audio of an utterance: PCM16 at 16 kHz, in order."""
        if self._keeps_audio:
            self._audio.setdefault(utterance, bytearray()).extend(pcm)

    def drop_audio(self, utterance: str) -> None:
        """Take note that an utterance's audio is needed by nobody: without words it is not kept.

        What has words is kept until its last event is there.
        """
        if utterance not in self._open:
            self._audio.pop(utterance, None)

    def receive_event(self, event: ServerEvent) -> tuple[UtteranceRecord, bytes] | None:
        """Take an event; if it was an utterance's last, return the utterance's record and audio.

        The audio is PCM16 at 16 kHz, empty where none is kept.
        """
        match event:
            case TranscriptFinal():
                return self._begin(event)
            case _ if is_feedback(event):
                self._score(event)
                if isinstance(event, FeedbackGrammar) and self._has_reply(event.utterance):
                    return self._close(event.utterance)  # of a conversation
            case UtteranceJoined() | UtteranceAside():
                self._rearrange(event)
            case TutorReplyDone(utterance=utterance, text=text, feedback_follows=goes_on):
                if utterance in self._open:
                    self._open[utterance] = replace(self._open[utterance], reply=text)
                return None if goes_on else self._close(utterance)
            case Error(utterance=str() as utterance):
                return self._close(utterance)
        return None

    def flush(self) -> Iterator[tuple[UtteranceRecord, bytes]]:
        """Yield the record and the audio of each utterance that is still open when the session
        ends."""
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

    def _join(self, event: UtteranceJoined) -> None:
        """Let the records of a sentence's pieces be one, under the last one's name; between their
        recordings nothing is kept."""
        for name in reversed(event.joined):
            earlier, later = self._open.pop(name, None), self._open.get(event.utterance)
            pcm = self._audio.pop(name, bytearray())
            if earlier is None or later is None:
                continue
            self._open[event.utterance] = replace(
                later,
                text=joint(earlier.language).join((earlier.text, later.text)),
                start_ms=earlier.start_ms,
                words=(*earlier.words, *later.words),
            )
            if pcm or event.utterance in self._audio:
                self._audio[event.utterance] = pcm + self._audio.get(event.utterance, b"")

    def _rearrange(self, event: UtteranceJoined | UtteranceAside) -> None:
        """Join pieces, or keep nothing of what was not said to the tutor."""
        if isinstance(event, UtteranceJoined):
            self._join(event)
        else:
            self._open.pop(event.utterance, None)
            self._audio.pop(event.utterance, None)

    def _score(self, event: Feedback) -> None:
        if (record := self._open.get(event.utterance)) is not None:
            fields = asdict(event)
            del fields["utterance"]
            scores = {**record.scores, event.type.removeprefix("feedback."): fields}
            self._open[event.utterance] = replace(record, scores=scores)

    def _has_reply(self, utterance: str) -> bool:
        record = self._open.get(utterance)
        return record is not None and bool(record.reply)

    def _close(self, utterance: str) -> tuple[UtteranceRecord, bytes] | None:
        record = self._open.pop(utterance, None)
        pcm = bytes(self._audio.pop(utterance, b""))
        return None if record is None else (record, pcm)
