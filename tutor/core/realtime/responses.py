"""The tutor's answers in one Realtime conversation: each begins, and has exactly one end.

At most one is under way. One whose reply the learner did not wait for is cancelled when they have
said more, as the session drops it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tutor.core.protocol.messages import (
    Error,
    ServerEvent,
    SpeechStopped,
    TranscriptFinal,
    TutorReplyDelta,
    TutorReplyDone,
    TutorSpeechCancelled,
    TutorSpeechStarted,
)
from tutor.core.realtime.conversing import (
    ContentPart,
    ConversingEvent,
    Message,
    MessageAdded,
    MessageDone,
    OutputItem,
    PartEvent,
    Response,
    ResponseCreated,
    ResponseDone,
    Status,
)
from tutor.core.realtime.protocol import RealtimeError

REMEMBERED = 32
"""The most answers of which a client may still say up to where they were heard, or that it does not
want them; and the most utterances that wait for one."""

_WHY = {"interrupted": "turn_detected", "stopped": "client_cancelled"}
"""OpenAI's reasons for which a response is cancelled, by ours for which the tutor is silent."""


@dataclass
class _Open:
    """The answer that is under way."""

    response: Response
    utterance: str | None
    """What is answered; None: the client has asked, and it is not known yet."""
    message: Message | None = None
    reply: int | None = None
    """The number of its speech, once it is heard."""
    asked: str = ""
    """The name of what the client has asked for; what is answered may be named so."""


@dataclass
class _Sent:
    """How much of an answer's speech was sent."""

    reply: int
    ms: float = 0.0


class Responses:
    """The answers. `emit` takes what the client is told, `link` a new item, and gives the one
    before it."""

    def __init__(
        self,
        name: Callable[[str], str],
        emit: Callable[[ConversingEvent], None],
        link: Callable[[Message], str | None],
    ) -> None:
        """`name` makes an id of a prefix."""
        self._name = name
        self._emit = emit
        self._link = link
        self.speaks = True
        """Whether answers are spoken."""
        self._open: _Open | None = None
        self.latest_id = ""
        """The id of the latest answer, empty before the first."""
        self._sent: dict[str, _Sent] = {}
        self._said: dict[str, None] = {}  # the utterances, and no reply to them yet
        self._refused: dict[str, None] = {}  # what no reply is wanted to
        self._unwanted: set[str] = set()  # the same, until the client asks for another answer

    # ------------------------------------------------------------ from the client

    def create(self, metadata: Mapping[str, str] | None, asked: str) -> None:
        """Begin an answer, because the client asks for it; `asked` names it where nothing was said.

        Raises:
            RealtimeError: another one is under way.
        """
        if self._open is not None:
            raise RealtimeError(
                "conversation_already_has_active_response",
                f"Conversation already has an active response: {self._open.response.id}",
            )
        self._unwanted.clear()
        self._begin(None, metadata).asked = asked

    def cancel(self, response_id: str | None) -> str:
        """End the answer that is under way; the utterance whose reply is not wanted, empty if that
        is not known yet.

        Raises:
            RealtimeError: there is none, or another one.
        """
        now = self._open
        if now is None or response_id not in (None, now.response.id):
            raise RealtimeError(
                "response_cancel_not_active", "Cancellation failed: no active response found"
            )
        self._end("cancelled", reason="client_cancelled")
        _note(self._refused, now.utterance or now.asked)
        if now.utterance is None:
            self._unwanted.update(self._said)  # what is said from here on is answered again
        return now.utterance or ""

    def truncate(self, item_id: str, audio_end_ms: int) -> int:
        """Take up to where an answer was heard; the number of its speech.

        Raises:
            RealtimeError: there is no such answer, or it is not so long.
        """
        sent = self._sent.get(item_id)
        if sent is None:
            raise RealtimeError(
                "item_truncate_invalid_item_id",
                f"Error truncating item: the item with id {item_id[:60]!r} has no audio",
                "item_id",
            )
        if not 0 <= audio_end_ms <= sent.ms + 1:
            what = f"Audio content of {sent.ms:.0f}ms is already shorter than {audio_end_ms}ms"
            raise RealtimeError("invalid_value", what, "audio_end_ms")
        return sent.reply

    # ------------------------------------------------------------ from the session

    def receive_event(self, event: ServerEvent) -> None:
        """Take an event of the session."""
        match event:
            case TutorReplyDelta(utterance, text):
                self._say(utterance, text)
            case TutorReplyDone(utterance):
                if not self.speaks and self._is_of(utterance):
                    self._end("completed")
            case TutorSpeechStarted(utterance, reply):
                self._hear(utterance, reply)
            case TutorSpeechCancelled():
                self._fall_silent(event)
            case SpeechStopped() | TranscriptFinal():
                self._listen(event)
            case Error():
                self._fail(event)

    def receive_sound(self, reply: int, audio: bytes, ms: float, *, is_last: bool) -> None:
        """Take more of the sound of a speech, as the client wants it; `ms`: how long it is."""
        now = self._open
        if now is None or now.reply != reply or now.message is None:
            return
        self._sent[now.message.id].ms += ms
        encoded = base64.b64encode(audio).decode()
        self._tell("response.output_audio.delta", delta=encoded)
        if is_last:
            self._end("completed")

    def _begin(self, utterance: str | None, metadata: Mapping[str, str] | None = None) -> _Open:
        response = Response(self._name("resp"), metadata)
        self.latest_id = response.id
        self._open = now = _Open(response, utterance)
        self._emit(ResponseCreated(response))
        return now

    def _say(self, utterance: str, text: str) -> None:
        self._said.pop(utterance, None)
        if utterance in self._refused or utterance in self._unwanted:
            return
        now = self._open
        if now is None or now.utterance not in (None, utterance):
            if now is not None:
                self._end("cancelled", reason="turn_detected")
            now = self._begin(utterance)
        now.utterance = utterance
        if now.message is None:
            kind = "output_audio" if self.speaks else "output_text"
            message = Message(self._name("item"), "assistant", kind, "", "in_progress")  # type: ignore[arg-type]
            self._add(now, message)
        assert now.message is not None
        now.message = replace(now.message, text=f"{now.message.text}{text}")
        kind = "output_audio_transcript" if self.speaks else "output_text"
        self._tell(f"response.{kind}.delta", delta=text)

    def _add(self, now: _Open, message: Message) -> None:
        now.message = message
        self._emit(OutputItem("response.output_item.added", now.response.id, message))
        self._emit(MessageAdded(message, self._link(message)))
        part = ContentPart("response.content_part.added", now.response.id, message.id, self.speaks)
        self._emit(part)

    def _hear(self, utterance: str, reply: int) -> None:
        now = self._open
        if now is None or now.utterance != utterance or now.message is None:
            return
        now.reply = reply
        self._sent[now.message.id] = _Sent(reply)
        while len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def _fall_silent(self, event: TutorSpeechCancelled) -> None:
        if self._open is None or self._open.reply != event.reply:
            return
        if event.reason in _WHY:
            self._end("cancelled", reason=_WHY[event.reason])
        else:
            self._end("failed", error=("speech_failed", f"the speech ended: {event.reason}"))

    def _listen(self, event: SpeechStopped | TranscriptFinal) -> None:
        if isinstance(event, SpeechStopped):
            _note(self._said, event.utterance)
        elif event.text:
            self._drop_unheard()

    def _drop_unheard(self) -> None:
        """The learner has said more before the tutor began to speak: the session has dropped it."""
        now = self._open
        if self.speaks and now is not None and now.message is not None and now.reply is None:
            self._end("cancelled", reason="turn_detected")

    def _fail(self, error: Error) -> None:
        now = self._open
        if now is None:
            return
        is_mute = error.code == "speech_failed" and self.speaks and now.reply is None
        is_unanswered = error.utterance is not None and now.message is None
        if is_mute or (is_unanswered and now.utterance in (None, error.utterance)):
            self._end("failed", error=(error.code, error.message))

    def _is_of(self, utterance: str) -> bool:
        return self._open is not None and self._open.utterance == utterance

    # ------------------------------------------------------------ the end

    def _end(self, status: Status, **why: Any) -> None:
        now, message = self._open, None
        assert now is not None
        if now.message is not None:
            is_whole = status == "completed"
            message = replace(now.message, status="completed" if is_whole else "incomplete")
            self._close(now, message)
        self._open = None
        self._emit(ResponseDone(replace(now.response, status=status, output=message, **why)))

    def _close(self, now: _Open, message: Message) -> None:
        text = message.text or ""
        if message.kind == "output_audio":
            self._tell("response.output_audio.done")
            self._tell("response.output_audio_transcript.done", transcript=text)
        else:
            self._tell("response.output_text.done", text=text)
        is_audio, id_ = message.kind == "output_audio", now.response.id
        part = ContentPart("response.content_part.done", id_, message.id, is_audio, text)
        self._emit(part)
        self._emit(OutputItem("response.output_item.done", id_, message))
        self._emit(MessageDone(message, self._link(message)))

    def _tell(self, kind: Any, **fields: str) -> None:
        now = self._open
        assert now is not None
        assert now.message is not None
        self._emit(PartEvent(kind, now.response.id, now.message.id, fields))


def _note(names: dict[str, None], name: str) -> None:
    """Remember a name among the latest ones."""
    names[name] = None
    while len(names) > REMEMBERED:
        del names[next(iter(names))]
