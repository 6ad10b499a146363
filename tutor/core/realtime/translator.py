"""A pure translator between OpenAI's Realtime protocol and a session.

A client's event becomes a command to the session or audio (`receive_client`). The session's events
on it (`receive_event`, until `receive_end`), or later ones, become events for the client
(`collect`).

- With `server_vad` or `semantic_vad` an utterance is an item. Without turn detection an item is all
  audio between two commits; one longer than the longest utterance is several, their texts joined.
- A delta carries committed text alone, and deltas are only ever appended. The last one brings what
  the final says beyond them. Where the final has other words, nothing is added: the transcript in
  `completed` is what counts, as it does for punctuation and capitals, which deltas got too early.
"""

from __future__ import annotations

from typing import Any

from tutor.core.audio import g711
from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.live.commands import Command, Discard, Listen, VoiceActivity
from tutor.core.protocol.messages import (
    AudioFormat,
    Error,
    Patience,
    ServerEvent,
    SessionStart,
    SessionStarted,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    TurnEnded,
    UtteranceCommit,
)
from tutor.core.realtime import protocol as realtime
from tutor.core.realtime.item import Item, Part
from tutor.core.realtime.protocol import (
    Append,
    Clear,
    ClientEvent,
    Commit,
    RealtimeError,
    SemanticVad,
    ServerVad,
    SessionUpdate,
    TranscriptionSession,
)
from tutor.core.text.languages import AUTO
from tutor.core.text.normal import UNSPACED

MIN_COMMIT_MS = 100
"""Milliseconds of audio that a commit needs, as OpenAI has it."""

EMPTY = "input_audio_buffer_commit_empty"

_KINDS = {
    "audio_too_fast": "rate_limit_error",
    "busy": "server_error",
    "going_away": "server_error",
    "internal": "server_error",
    "quota_exhausted": "rate_limit_error",
    "unavailable": "server_error",
}
"""OpenAI's types of the session's errors; the others are `invalid_request_error`."""

PATIENCE: dict[str, Patience] = {
    "low": "patient",
    "medium": "normal",
    "high": "quick",
    "auto": "normal",
}
"""The patience that an eagerness of `semantic_vad` means."""

_CODES = {"nothing_to_commit": EMPTY, "session_too_long": "session_expired"}
"""OpenAI's codes of the session's errors that it has another name for."""


class Translator:
    """The translator of one connection. Milliseconds are those of all audio appended so far."""

    def __init__(self) -> None:
        self.session = TranscriptionSession()
        self._id = ""
        self._events: list[tuple[str, Any]] = []
        self._emitted = 0  # events so far
        self._begun = 0  # items so far
        self._item: Item | None = None  # not yet committed
        self._items: dict[str, Item] = {}  # unanswered ones by their utterances
        self._previous: str | None = None  # the item committed last
        self._event_id: str | None = None  # of the client's event that is being carried out
        self._committing = False
        self._ending = False
        self._appended_ms = 0.0
        self._silent_from_ms = 0  # where speech stopped last
        self._free_from_ms = 0.0  # audio before it belongs to an item, or was cleared

    @property
    def opening(self) -> list[Command]:
        """The commands that open the session."""
        start = SessionStart(
            AUTO, audio=AudioFormat(sample_rate=self._input.format.sample_rate), feedback=False
        )
        return [start, self._listen()]

    def collect(self) -> list[tuple[str, Any]]:
        """The events since the last call, each with its id; a `RealtimeEvent` each."""
        events, self._events = self._events, []
        return events

    # ------------------------------------------------------------ from the client

    def receive_client(self, event: ClientEvent, event_id: str | None = None) -> Command | bytes:
        """Take a client's event; what the session must take for it: a command, or audio (PCM16).

        Raises:
            RealtimeError: the event does not fit; nothing has changed.
        """
        self._event_id = event_id
        match event:
            case Append():
                return self._append(event.audio)
            case SessionUpdate():
                return self._update(event.session)
            case Commit():
                self._require_audio()
                self._committing = True
                return UtteranceCommit()
            case Clear():
                self._clear()
                return Discard()

    def receive_end(self) -> None:
        """Finish a client's event: the session has carried it out, and its events were received."""
        if self._committing and self._item is not None:
            self._commit(self._item, self._appended_ms)
        self._committing, self._event_id = False, None

    def receive_fault(self, error: RealtimeError, event_id: str | None = None) -> None:
        """Emit the error of a client's event that was not taken."""
        kind = "invalid_request_error"
        self._emit(realtime.ErrorEvent(kind, error.code, str(error), error.param, event_id))

    def _append(self, audio: bytes) -> bytes:
        pcm = _to_pcm16(audio, self._input.format)
        rate = self._input.format.sample_rate
        self._appended_ms += len(pcm) / BYTES_PER_SAMPLE / rate * 1000
        return pcm

    def _update(self, session: TranscriptionSession) -> Listen:
        was_free = self._item is None and self._input.turn_detection is not None
        self.session = session
        self._forget_silence(was_free=was_free)
        self._emit(realtime.SessionUpdated(self._id, session))
        return self._listen()

    def _forget_silence(self, *, was_free: bool) -> None:
        """Let commits bound turns from now on; `was_free`: voice activity did, and nobody spoke."""
        if was_free and self._input.turn_detection is None:
            # The session has not kept what was silent before.
            kept = self._appended_ms - realtime.MAX_PREFIX_PADDING_MS
            self._free_from_ms = max(self._free_from_ms, kept)

    def _listen(self) -> Listen:
        how = self._input.transcription or realtime.Transcription()
        rate = self._input.format.sample_rate
        return Listen(how.language or AUTO, rate, self._activity, how.prompt or "")

    @property
    def _activity(self) -> VoiceActivity | None:
        """How voice activity bounds turns; None: the client's commits do."""
        match self._input.turn_detection:
            case ServerVad(_, threshold, padding_ms, silence_ms):
                return VoiceActivity(threshold, padding_ms, silence_ms)
            case SemanticVad(eagerness=eagerness):
                vad = ServerVad()
                return VoiceActivity(
                    vad.threshold, vad.prefix_padding_ms, None, PATIENCE[eagerness]
                )
            case _:
                return None

    def _require_audio(self) -> None:
        held_ms = self._appended_ms - self._free_from_ms
        if held_ms < MIN_COMMIT_MS:
            raise RealtimeError(
                EMPTY,
                f"the buffer is too small: a commit needs {MIN_COMMIT_MS} ms of audio, "
                f"there are {held_ms:.2f} ms",
            )

    def _clear(self) -> None:
        if self._item is not None:
            for part in self._item.parts:
                self._items.pop(part.utterance, None)
            self._item = None
        self._free_from_ms = self._appended_ms
        self._emit(realtime.Cleared())

    # ------------------------------------------------------------ from the session

    def receive_event(self, event: ServerEvent) -> None:
        """Take an event of the session."""
        match event:
            case SessionStarted():
                self._id = event.session
                self._created()
            case SpeechStarted():
                self._begin(event)
            case SpeechStopped():
                self._silent_from_ms = event.at_ms
            case TurnEnded():
                self._stop(event)
            case TranscriptPartial() | TranscriptFinal():
                self._hear_words(event)
            case Error(utterance=str(utterance)):
                self._fail(utterance, event)
            case Error():
                self._emit_error(event)

    def _created(self) -> None:
        self._emit(realtime.SessionCreated(self._id, self.session))

    def _begin(self, event: SpeechStarted) -> None:
        if self._item is None:
            self._begun += 1
            self._item = Item(f"item_{self._id}_{self._begun}", self._free_from_ms)
            if (activity := self._activity) is not None:
                padded_ms = event.at_ms - activity.prefix_padding_ms
                self._item.start_ms = max(self._free_from_ms, padded_ms)
                self._emit(realtime.SpeechStarted(self._item.id, round(self._item.start_ms)))
        self._item.parts.append(Part(event.utterance))
        self._items[event.utterance] = self._item

    def _stop(self, event: TurnEnded) -> None:
        activity = self._activity
        # Without voice activity an utterance may end by its limit; the item goes on.
        if self._item is None or self._committing or not (activity or self._ending):
            return
        silence_ms = activity.silence_duration_ms if activity else 0
        at_ms = event.at_ms if silence_ms is None else self._silent_from_ms + silence_ms
        end_ms = min(self._appended_ms, at_ms)
        if activity:
            self._emit(realtime.SpeechStopped(self._item.id, round(end_ms)))
        self._commit(self._item, end_ms)

    def _commit(self, item: Item, end_ms: float) -> None:
        item.seconds = round(max(0.0, end_ms - item.start_ms) / 1000, 3)
        item.previous, self._previous = self._previous, item.id
        self._item, self._free_from_ms = None, end_ms
        self._emit(realtime.Committed(item.id, item.previous))
        self._emit(realtime.ItemAdded(item.id, item.previous))
        self._answer(item)

    def _hear(self, utterance: str, text: str, *, is_final: bool = False, joint: str = " ") -> None:
        item = self._items.get(utterance)
        if item is None:  # it was cleared
            return
        part = next(part for part in item.parts if part.utterance == utterance)
        part.text, part.is_final, part.joint = text, is_final, joint
        if delta := item.next_delta():
            self._emit(realtime.TranscriptDelta(item.id, delta))
        self._answer(item)

    def _hear_words(self, event: TranscriptPartial | TranscriptFinal) -> None:
        if isinstance(event, TranscriptPartial):
            self._hear(event.utterance, event.committed)
        else:
            joint = "" if event.language in UNSPACED else " "
            self._hear(event.utterance, event.text, is_final=True, joint=joint)

    def _fail(self, utterance: str, error: Error) -> None:
        if utterance in self._items:
            self._items[utterance].failure = error
            self._hear(utterance, "", is_final=True)

    def _answer(self, item: Item) -> None:
        if item.seconds is None or not item.is_final:
            return
        for part in item.parts:
            del self._items[part.utterance]
        transcript = None if item.failure else item.transcript
        if item.failure:
            failure = item.failure
            self._emit(realtime.TranscriptFailed(item.id, failure.code, failure.message))
        else:
            self._emit(realtime.TranscriptCompleted(item.id, item.transcript, item.seconds))
        self._emit(realtime.ItemDone(item.id, item.previous, transcript))

    def _emit_error(self, error: Error) -> None:
        self._ending = self._ending or error.fatal
        if error.code == "nothing_to_commit" and self._item is not None:
            return  # its last samples ended it; it is committed all the same
        kind = _KINDS.get(error.code, "invalid_request_error")
        code = _CODES.get(error.code, error.code)
        message = "no speech was found in the buffer" if code == EMPTY else error.message
        self._emit(realtime.ErrorEvent(kind, code, message, event_id=self._event_id))

    # ------------------------------------------------------------

    @property
    def _input(self) -> realtime.AudioInput:
        return self.session.audio.input

    def _emit(self, event: Any) -> None:
        self._emitted += 1
        self._events.append((f"event_{self._id}_{self._emitted}", event))


def _to_pcm16(audio: bytes, form: realtime.Format) -> bytes:
    if form.type == "audio/pcmu":
        return g711.expand(audio, g711.MU_LAW)
    if form.type == "audio/pcma":
        return g711.expand(audio, g711.A_LAW)
    if len(audio) % BYTES_PER_SAMPLE:
        raise RealtimeError(
            "invalid_value", f"{len(audio)} bytes are no whole 16-bit samples", "audio"
        )
    return audio
