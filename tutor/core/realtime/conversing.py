"""OpenAI's Realtime protocol, the part of conversations: what the tutor says, as values.

Names, fields and defaults are those of the generally available API, as the types of the `openai`
package (openai/types/realtime) give them. What transcription has, too, is in `protocol`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from tutor.core.realtime.protocol import ClientEvent, RealtimeEvent
from tutor.core.realtime.talking import RealtimeSession

Status = Literal["in_progress", "completed", "cancelled", "failed"]

# ---------------------------------------------------------------- items and responses


@dataclass(frozen=True)
class Message:
    """An item of the conversation."""

    id: str
    role: Literal["user", "assistant", "system"]
    kind: Literal["input_audio", "input_text", "output_audio", "output_text"]
    text: str | None = None
    """The text, or the transcript of what was spoken."""
    status: Literal["in_progress", "completed", "incomplete"] = "completed"


@dataclass(frozen=True)
class Response:
    """An answer of the tutor's."""

    id: str
    metadata: Mapping[str, str] | None = None
    status: Status = "in_progress"
    reason: str | None = None
    """Why it was cancelled: `turn_detected` or `client_cancelled`."""
    error: tuple[str, str] | None = None
    """Code and message of what it failed by."""
    output: Message | None = None

    def ended(self, status: Status, message: Message, **why: Any) -> Response:
        """The response at its end."""
        return replace(self, status=status, output=message, **why)


# ---------------------------------------------------------------- client to server


@dataclass(frozen=True)
class SessionUpdate:
    """The whole configuration from now on."""

    session: RealtimeSession


@dataclass(frozen=True)
class ResponseCreate:
    """Answer what was said or typed."""

    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True)
class ResponseCancel:
    """Answer no more."""

    response_id: str | None = None


@dataclass(frozen=True)
class OutputClear:
    """Send nothing more of what the tutor says."""


@dataclass(frozen=True)
class ItemCreate:
    """A message that was typed, or that the conversation is to know."""

    message: Message


@dataclass(frozen=True)
class ItemDelete:
    """Forgets an item."""

    item_id: str


@dataclass(frozen=True)
class ItemRetrieve:
    """Asks for an item."""

    item_id: str


@dataclass(frozen=True)
class ItemTruncate:
    """An item was heard up to here."""

    item_id: str
    audio_end_ms: int


ConversingClientEvent = (
    ClientEvent
    | SessionUpdate
    | ResponseCreate
    | ResponseCancel
    | OutputClear
    | ItemCreate
    | ItemDelete
    | ItemRetrieve
    | ItemTruncate
)

# ---------------------------------------------------------------- server to client


@dataclass(frozen=True)
class SessionCreated:
    """The session is open; the first event."""

    type: ClassVar[str] = "session.created"
    id: str
    session: RealtimeSession


@dataclass(frozen=True)
class SessionUpdated:
    """The answer to `session.update`: all that applies now."""

    type: ClassVar[str] = "session.updated"
    id: str
    session: RealtimeSession


@dataclass(frozen=True)
class MessageAdded:
    """The conversation has an item more."""

    type: ClassVar[str] = "conversation.item.added"
    message: Message
    previous_item_id: str | None


@dataclass(frozen=True)
class MessageDone:
    """An item is whole."""

    type: ClassVar[str] = "conversation.item.done"
    message: Message
    previous_item_id: str | None


@dataclass(frozen=True)
class MessageRetrieved:
    """The answer to `conversation.item.retrieve`."""

    type: ClassVar[str] = "conversation.item.retrieved"
    message: Message


@dataclass(frozen=True)
class ItemDeleted:
    """The answer to `conversation.item.delete`."""

    type: ClassVar[str] = "conversation.item.deleted"
    item_id: str


@dataclass(frozen=True)
class ItemTruncated:
    """The answer to `conversation.item.truncate`."""

    type: ClassVar[str] = "conversation.item.truncated"
    item_id: str
    audio_end_ms: int


@dataclass(frozen=True)
class OutputCleared:
    """The answer to `output_audio_buffer.clear`."""

    type: ClassVar[str] = "output_audio_buffer.cleared"
    response_id: str


@dataclass(frozen=True)
class ResponseCreated:
    """An answer is on its way."""

    type: ClassVar[str] = "response.created"
    response: Response


@dataclass(frozen=True)
class ResponseDone:
    """An answer has come to its end."""

    type: ClassVar[str] = "response.done"
    response: Response


@dataclass(frozen=True)
class OutputItem:
    """The item of an answer is there, or whole."""

    type: Literal["response.output_item.added", "response.output_item.done"]
    response_id: str
    item: Message


@dataclass(frozen=True)
class ContentPart:
    """The one part of an item is there, or whole."""

    type: Literal["response.content_part.added", "response.content_part.done"]
    response_id: str
    item_id: str
    is_audio: bool
    text: str = ""


@dataclass(frozen=True)
class PartEvent:
    """More of a part, or its end, by `type`."""

    type: Literal[
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
        "response.output_text.delta",
        "response.output_text.done",
    ]
    response_id: str
    item_id: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """What the type has beside: `delta`, `transcript` or `text`."""


ConversingEvent = (
    RealtimeEvent
    | SessionCreated
    | SessionUpdated
    | MessageAdded
    | MessageDone
    | MessageRetrieved
    | ItemDeleted
    | ItemTruncated
    | OutputCleared
    | ResponseCreated
    | ResponseDone
    | OutputItem
    | ContentPart
    | PartEvent
)
