"""A pure translator between OpenAI's Realtime protocol and a session that talks.

It is the translator of transcription and more: what the learner says is answered, by itself at the
end of a turn or when the client asks for it, and answers are told as responses. The client plays
what it gets: it is sent as it is made, and counts as played as fast as it is spoken until the
client says otherwise (`conversation.item.truncate`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.core.audio import g711
from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.live.commands import Answer, Command, Listen, Refuse, Truncate
from tutor.core.protocol import messages
from tutor.core.protocol.messages import (
    AudioFormat,
    Exercise,
    ServerEvent,
    SessionStart,
    Speech,
    SpeechStop,
)
from tutor.core.realtime import conversing, protocol
from tutor.core.realtime.conversing import (
    ConversingClientEvent,
    ConversingEvent,
    ItemCreate,
    ItemDelete,
    ItemRetrieve,
    ItemTruncate,
    Message,
    OutputClear,
    ResponseCancel,
    ResponseCreate,
)
from tutor.core.realtime.protocol import G711_RATE, Format, RealtimeError
from tutor.core.realtime.responses import Responses
from tutor.core.realtime.talking import ConversationInput, RealtimeSession
from tutor.core.realtime.translator import Translator
from tutor.core.text.languages import AUTO

PIECE_MS = 200
"""Milliseconds of the tutor's audio in one delta, at most."""

MOST_ITEMS = 256
"""Items that a client may ask for, the latest ones."""

MOST_TYPED = 500
"""Characters that are typed at once, as in the practice protocol."""

MOST_KEPT = 5_000
"""Characters of a message that is kept, and not answered."""

MOST_ID = 128
"""Characters of an item's id that a client gives."""


class Converser(Translator):
    """The translator of one conversation."""

    def __init__(self, session: RealtimeSession | None = None) -> None:
        super().__init__()
        self.talk = session or RealtimeSession()
        self._responses = Responses(self._next_id, self._emit, self._link)
        self._messages: dict[str, tuple[Message, str | None]] = {}  # with the one before each
        self._deleted: dict[str, str | None] = {}  # the same
        self._named = 0
        self._typed: list[str] = []  # since the last answer
        self._asked = 0

    # ------------------------------------------------------------ how the session is

    @property
    def opening(self) -> list[Command]:
        """The commands that open the session."""
        rate = self._input.format.sample_rate
        start = SessionStart(
            AUTO, audio=AudioFormat(sample_rate=rate), speech=self._speech, exercise=self._exercise
        )
        return [start, self._listen()]

    @property
    def _input(self) -> ConversationInput:  # type: ignore[override]
        return self.talk.audio.input

    @property
    def _speech(self) -> Speech:
        output = self.talk.audio.output
        rate = output.format.sample_rate
        return Speech(output.voice_id, output.speed, rate, enabled=self.talk.speaks)

    @property
    def _exercise(self) -> Exercise:
        prompt = self.talk.prompt
        return Exercise() if prompt is None else Exercise("conversation", scenario=prompt.id)

    def _listen(self) -> Listen:
        turns = self._input.turn_detection
        answers = turns is not None and turns.create_response
        interrupts = turns is not None and turns.interrupt_response
        return replace(super()._listen(), answers=answers, interrupts=interrupts)

    def _update_talk(self, session: RealtimeSession) -> tuple[Command, ...]:
        before, self.talk = self.talk, session
        had_turns = before.audio.input.turn_detection is not None
        self._forget_silence(was_free=self._item is None and had_turns)
        self._responses.speaks = session.speaks
        self._emit(conversing.SessionUpdated(self._id, session))
        output = session.audio.output, session.output_modalities
        speech = None if output == (before.audio.output, before.output_modalities) else self._speech
        exercise = None if session.prompt == before.prompt else self._exercise
        commands: list[Command] = [self._listen()]
        if speech is not None or exercise is not None:
            commands.append(messages.SessionUpdate(speech=speech, exercise=exercise))
        return tuple(commands)

    # ------------------------------------------------------------ from the client

    def receive_conversing(
        self, event: ConversingClientEvent, event_id: str | None = None
    ) -> Sequence[Command] | bytes:
        """Take a client's event; what the session must take for it: commands, or audio (PCM16).

        Raises:
            RealtimeError: the event does not fit; nothing has changed.
        """
        self._event_id = event_id
        match event:
            case conversing.SessionUpdate(session):
                return self._update_talk(session)
            case ResponseCreate(metadata):
                self._responses.create(metadata, f"a{self._asked + 1}")
                return [self._ask()]
            case ResponseCancel(response_id):
                return [Refuse(self._responses.cancel(response_id))]
            case OutputClear():
                self._emit(conversing.OutputCleared(self._responses.latest_id))
                return [SpeechStop()]
            case ItemTruncate(item_id, audio_end_ms):
                reply = self._responses.truncate(item_id, audio_end_ms)
                self._emit(conversing.ItemTruncated(item_id, audio_end_ms))
                return [Truncate(reply, audio_end_ms)]
            case ItemCreate() | ItemDelete() | ItemRetrieve():
                self._change_items(event)
                return []
            case _:
                heard = self.receive_client(event, event_id)
                return heard if isinstance(heard, bytes) else [heard]

    def _ask(self) -> Answer:
        self._asked += 1
        typed, self._typed = "\n".join(self._typed), []
        return Answer(f"a{self._asked}", typed)

    def _change_items(self, event: ItemCreate | ItemDelete | ItemRetrieve) -> None:
        match event:
            case ItemCreate(message):
                self._create_item(message)
            case ItemDelete(item_id):
                self._require_item(item_id, "item_delete_invalid_item_id")
                self._delete(item_id)
                self._emit(conversing.ItemDeleted(item_id))
            case ItemRetrieve(item_id):
                found = self._require_item(item_id, "item_retrieve_invalid_item_id")
                self._emit(conversing.MessageRetrieved(found))

    def _create_item(self, message: Message) -> None:
        message = replace(message, id=message.id or self._next_id("item"))
        if message.id in self._messages:
            what = f"Error adding item: an item with the id {message.id[:60]!r} already exists"
            raise RealtimeError("item_create_duplicate_item_id", what, "item.id")
        if len(message.id) > MOST_ID:
            raise RealtimeError("invalid_value", f"at most {MOST_ID} characters", "item.id")
        if message.role == "user":
            if len("\n".join((*self._typed, message.text or ""))) > MOST_TYPED:
                what = f"at most {MOST_TYPED} characters of text are answered at once"
                raise RealtimeError("invalid_value", what, "item.content")
            self._typed += [message.text] if message.text else []
        elif len(message.text or "") > MOST_KEPT:
            what = f"at most {MOST_KEPT} characters"
            raise RealtimeError("invalid_value", what, "item.content")
        self._deleted.pop(message.id, None)
        previous = self._link(message)
        self._emit(conversing.MessageAdded(message, previous))
        self._emit(conversing.MessageDone(message, previous))

    def _require_item(self, item_id: str, code: str) -> Message:
        if item_id not in self._messages:
            what = f"Item with item_id {item_id[:60]!r} not found"
            raise RealtimeError(code, what, "item_id")
        return self._messages[item_id][0]

    def _delete(self, item_id: str) -> None:
        """Forget an item, also one that is still growing: those behind it follow the one before."""
        _, previous = self._messages.pop(item_id)
        self._deleted[item_id] = previous
        while len(self._deleted) > MOST_ITEMS:
            del self._deleted[next(iter(self._deleted))]
        for kept, before in tuple(self._messages.values()):
            if before == item_id:
                self._messages[kept.id] = kept, previous
        if self._previous == item_id:
            self._previous = previous

    def _link(self, message: Message) -> str | None:
        """Keep an item, new or changed; the one before it."""
        if message.id in self._deleted:
            return self._deleted[message.id]
        known = self._messages.get(message.id)
        previous = known[1] if known is not None else self._previous
        self._keep(message, previous)
        if known is None:
            self._previous = message.id
        return previous

    def _keep(self, message: Message, previous: str | None) -> None:
        if message.id in self._deleted:
            return
        self._messages[message.id] = message, previous
        while len(self._messages) > MOST_ITEMS:
            del self._messages[next(iter(self._messages))]

    def _next_id(self, prefix: str) -> str:
        self._named += 1
        return f"{prefix}_{self._id}_t{self._named}"

    # ------------------------------------------------------------ from the session

    def receive_event(self, event: ServerEvent) -> None:
        """Take an event of the session."""
        super().receive_event(event)
        self._responses.receive_event(event)

    def receive_sound(self, reply: int, pcm: bytes, *, is_last: bool) -> None:
        """Take more of the tutor's sound (PCM16 at the rate of its format)."""
        form = self.talk.audio.output.format
        size = form.sample_rate * PIECE_MS // 1000 * BYTES_PER_SAMPLE
        for at in range(0, len(pcm), size):
            piece = pcm[at : at + size]
            ms = len(piece) / BYTES_PER_SAMPLE / form.sample_rate * 1000
            is_end = is_last and at + size >= len(pcm)
            self._responses.receive_sound(reply, _from_pcm16(piece, form), ms, is_last=is_end)

    def _created(self) -> None:
        self._emit(conversing.SessionCreated(self._id, self.talk))

    def _emit(self, event: ConversingEvent) -> None:
        """Emit an event; transcripts only to a client that wants them."""
        is_told = self._input.transcription is not None
        if is_told or not isinstance(
            event,
            protocol.TranscriptDelta | protocol.TranscriptCompleted | protocol.TranscriptFailed,
        ):
            super()._emit(event)
        if isinstance(event, protocol.ItemAdded | protocol.ItemDone):
            kept = Message(event.item_id, "user", "input_audio", event.transcript)
            self._keep(kept, event.previous_item_id)


def _from_pcm16(pcm: bytes, form: Format) -> bytes:
    if form.type == "audio/pcm":
        return pcm
    assert form.sample_rate == G711_RATE
    return g711.compress(pcm, g711.MU_LAW if form.type == "audio/pcmu" else g711.A_LAW)
