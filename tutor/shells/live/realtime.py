"""`/v1/realtime`: OpenAI's Realtime protocol on a practice session.

With `?intent=transcription` it transcribes, else it is a conversation with the tutor.

The session, its jobs and its socket are those of `/v1/practice`; here are the dialect and the
credentials of Realtime clients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.websockets import WebSocket

from tutor.adapters.secrets.secrets import is_ours
from tutor.adapters.wire.realtime import (
    decode_client_event,
    encode_realtime_event,
    read_client_event,
)
from tutor.adapters.wire.realtime_talk import decode_conversing_event, encode_conversing_event
from tutor.core.audio.samples import to_samples
from tutor.core.live.commands import Command
from tutor.core.live.config import SessionConfig
from tutor.core.protocol.messages import ServerEvent
from tutor.core.realtime.converser import Converser
from tutor.core.realtime.models import CONVERSING, is_one_of, transcribers
from tutor.core.realtime.protocol import MAX_PREFIX_PADDING_MS, RealtimeError
from tutor.core.realtime.talking import MODEL, RealtimeSession
from tutor.core.realtime.translator import Translator
from tutor.core.voice.effects import SendSpeech
from tutor.shells.http.auth import bearer_of
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services
from tutor.shells.live.handshake import Shown, admitted
from tutor.shells.live.practice import practise

PATH = "/v1/realtime"

TRANSCRIPTION = "transcription"
"""The intent of a session that transcribes and does not answer."""

SUBPROTOCOL = "realtime"
"""The subprotocol that OpenAI's browser clients offer, and that they are answered with."""

KEY_SUBPROTOCOL = "openai-insecure-api-key."
"""The beginning of the subprotocol in which such clients offer their key, for want of headers; it
is never answered with."""


async def converse(socket: WebSocket, services: Services) -> None:
    """Admit a socket, or refuse it, and serve it until it closes."""
    own_model = Path(services.settings.model).name
    if (refusal := _refusal(socket, services, own_model)) is not None:
        await socket.send_denial_response(refusal.response())
        return
    async with admitted(socket, services, shown_by(socket, services)) as admission:
        if admission is not None:
            await practise(socket, services, admission, _dialect(socket, own_model))


def _dialect(socket: WebSocket, own_model: str) -> RealtimeDialect | TalkDialect:
    if socket.query_params.get("intent") == TRANSCRIPTION:
        return RealtimeDialect(own_model)
    return TalkDialect(own_model, socket.query_params.get("model") or MODEL)


def _refusal(socket: WebSocket, services: Services, own_model: str) -> Problem | None:
    """Why a socket that asks for such a session cannot have it; None: it can.

    Some clients name the model that transcribes, or that of a conversation, beside the intent.
    """
    intent = socket.query_params.get("intent")
    if intent not in (None, TRANSCRIPTION):
        detail = "with ?intent=transcription words are transcribed, without one it is a talk"
        return Problem(400, "unsupported_intent", detail)
    if intent is None and not services.settings.feedback:
        return Problem(400, "unsupported_intent", "this server transcribes: ?intent=transcription")
    model = socket.query_params.get("model")
    known = (*transcribers(own_model), *CONVERSING) if intent else CONVERSING
    if model is None or is_one_of(model, known):
        return None
    return Problem(404, "model_not_found", f"there is no model {model[:60]!r}", param="model")


def shown_by(socket: WebSocket, services: Services) -> Shown:
    """The credentials that a Realtime client shows.

    Such a client cannot do without a key: where guests are admitted, one that is none of ours is as
    good as none.
    """
    key, offered = api_key(socket), socket.scope["subprotocols"]
    if key and services.settings.accounts == "optional" and not is_ours(key):
        key = None
    return Shown(key, None, SUBPROTOCOL if SUBPROTOCOL in offered else None)


def api_key(socket: WebSocket) -> str | None:
    """The key that a client shows: a bearer's, or a browser's among the subprotocols."""
    if token := bearer_of(socket):
        return token
    for offered in socket.scope["subprotocols"]:
        if offered.startswith(KEY_SUBPROTOCOL):
            return str(offered.removeprefix(KEY_SUBPROTOCOL)) or None
    return None


class RealtimeDialect:
    """OpenAI's Realtime protocol. It has no way to resume a session.

    `own_model`: the recogniser's own name.
    """

    resumable = False

    def __init__(self, own_model: str) -> None:
        self._own_model = own_model
        self._translator = Translator()

    def configure(self, config: SessionConfig) -> SessionConfig:
        """The session's configuration, with room for the longest padding that a client may ask
        for."""
        return with_padding(config)

    def opening(self) -> Sequence[Command]:
        """The commands that open the session before the client says anything."""
        return self._translator.opening

    def decode(self, frame: Any) -> Command | bytes | None:
        """A text frame as a command or audio; an error in it is emitted, and the session goes
        on."""
        event_id = None
        try:
            data, event_id = _read(frame)
            event = decode_client_event(data, self._translator.session, self._own_model)
            return self._translator.receive_client(event, event_id)
        except RealtimeError as error:
            self._translator.receive_fault(error, event_id)
            return None

    def encode(self, seq: int, event: ServerEvent) -> list[str]:  # noqa: ARG002 - events have ids
        """The frames that an event leads to; some come later, together with others."""
        self._translator.receive_event(event)
        return self._pending()

    def sound(
        self,
        sent: SendSpeech,  # noqa: ARG002
        pcm: bytes,  # noqa: ARG002
    ) -> tuple[list[str | bytes], list[str]]:
        """No frames: such a session does not speak."""
        return [], []

    def collect(self) -> list[str]:
        """The frames that follow from the client's event as a whole."""
        self._translator.receive_end()
        return self._pending()

    def _pending(self) -> list[str]:
        return [encode_realtime_event(id_, event) for id_, event in self._translator.collect()]


class TalkDialect:
    """OpenAI's Realtime protocol where the tutor answers. It has no way to resume a session.

    `own_model`: the recogniser's own name; `model`: that of the conversation, as it was asked for.
    """

    resumable = False

    def __init__(self, own_model: str, model: str) -> None:
        self._own_model = own_model
        self._translator = Converser(RealtimeSession(model=model))

    def configure(self, config: SessionConfig) -> SessionConfig:
        """The session's configuration for a client that plays what it gets, and says nothing of
        it."""
        config = with_padding(config)
        speaking = replace(
            config.speaking,
            is_played_unseen=True,
            at_onset=True,
            lead_s=max(config.speaking.lead_s, config.speaking.ahead_s),
        )
        return replace(config, speaking=speaking)

    def opening(self) -> Sequence[Command]:
        """The commands that open the session before the client says anything."""
        return self._translator.opening

    def decode(self, frame: Any) -> Sequence[Command] | bytes | None:
        """A text frame as commands or audio; an error in it is emitted, and the session goes
        on."""
        event_id = None
        try:
            data, event_id = _read(frame)
            event = decode_conversing_event(data, self._translator.talk, self._own_model)
            return self._translator.receive_conversing(event, event_id)
        except RealtimeError as error:
            self._translator.receive_fault(error, event_id)
            return None

    def encode(self, seq: int, event: ServerEvent) -> list[str]:  # noqa: ARG002 - events have ids
        """The frames that an event leads to."""
        self._translator.receive_event(event)
        return self._pending()

    def sound(self, sent: SendSpeech, pcm: bytes) -> tuple[list[str | bytes], list[str]]:
        """A stretch of speech as deltas, and the end of its response if it is the last."""
        self._translator.receive_sound(sent.reply, pcm, is_last=sent.is_last)
        deltas: list[str | bytes] = []
        following: list[str] = []
        for id_, event in self._translator.collect():
            is_delta = event.type == "response.output_audio.delta"
            (deltas if is_delta else following).append(encode_conversing_event(id_, event))
        return deltas, following

    def collect(self) -> list[str]:
        """The frames that follow from the client's event as a whole."""
        self._translator.receive_end()
        return self._pending()

    def _pending(self) -> list[str]:
        return [encode_conversing_event(id_, event) for id_, event in self._translator.collect()]


def with_padding(config: SessionConfig) -> SessionConfig:
    """A configuration with room for the longest padding that a client may ask for."""
    segmenter = replace(config.segmenter, pre_roll=to_samples(MAX_PREFIX_PADDING_MS))
    return replace(config, segmenter=segmenter)


def _read(frame: Any) -> tuple[dict[str, Any], str | None]:
    if (text := frame.get("text")) is None:
        raise RealtimeError("invalid_frame", "audio comes in input_audio_buffer.append")
    return read_client_event(text)
