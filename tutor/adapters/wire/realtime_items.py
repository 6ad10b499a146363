"""What a Realtime client adds to a conversation: messages, and what it notes about a response."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.adapters.wire.realtime import invalid
from tutor.core.realtime.conversing import Message

MOST_METADATA = 16
"""Pairs of a response's metadata, as OpenAI has it."""

_TEXTS = {"user": "input_text", "system": "input_text", "assistant": "output_text"}


def metadata_of(response: object) -> Mapping[str, str] | None:
    """What a client notes about a response that it asks for.

    Raises:
        RealtimeError: it asks for what is not to be had.
    """
    if response is None:
        return None
    if not isinstance(response, dict):
        raise invalid("response", "an object is needed")
    if response.get("conversation") not in (None, "auto"):
        raise invalid("response.conversation", "there is one conversation: 'auto'")
    for name in ("input", "tools"):
        if response.get(name):
            raise invalid(f"response.{name}", "is not taken here: leave it out")
    metadata = response.get("metadata")
    return None if metadata is None else _checked(metadata)


def _checked(metadata: object) -> Mapping[str, str]:
    if not isinstance(metadata, dict) or not all(map(_is_short, metadata.items())):
        raise invalid("response.metadata", "strings of 512 by names of 64 characters")
    if len(metadata) > MOST_METADATA:
        raise invalid("response.metadata", f"at most {MOST_METADATA} pairs")
    return metadata


def _is_short(pair: tuple[str, object]) -> bool:
    name, value = pair
    return isinstance(value, str) and len(name) <= 64 and len(value) <= 512


def message_of(item: object) -> Message:
    """A message that a client adds to the conversation; its id is empty if it has none.

    Raises:
        RealtimeError: it is no message, or not of text.
    """
    if not isinstance(item, dict):
        raise invalid("item", "an object is needed")
    if item.get("type") != "message":
        raise invalid("item.type", "only 'message' items are taken")
    role = item.get("role")
    if role not in _TEXTS:
        raise invalid("item.role", "'user', 'assistant' or 'system'")
    parts = item.get("content")
    if not isinstance(parts, list):
        raise invalid("item.content", "a list is needed")
    text = "\n".join(_part(part, n) for n, part in enumerate(parts))
    return Message(str(item.get("id") or ""), role, _TEXTS[str(role)], text)  # type: ignore[arg-type]


def _part(part: object, number: int) -> str:
    where = f"item.content[{number}]"
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or kind not in ("input_text", "output_text", "text"):
        what = "only text is taken: audio comes in input_audio_buffer.append"
        raise invalid(f"{where}.type", what)
    if not isinstance(part.get("text"), str):
        raise invalid(f"{where}.text", "a string is needed")
    return str(part["text"])
