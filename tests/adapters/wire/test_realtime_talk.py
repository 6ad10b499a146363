"""A conversation in OpenAI's Realtime protocol, in the `openai` package's own types."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from openai.types.realtime import RealtimeServerEvent
from openai.types.realtime.realtime_session_create_request import RealtimeSessionCreateRequest
from pydantic import TypeAdapter

from tutor.adapters.wire.realtime_items import MOST_METADATA
from tutor.adapters.wire.realtime_talk import decode_conversing_event, encode_conversing_event
from tutor.core.audio import g711
from tutor.core.live.commands import Answer, Command, Listen, Refuse, Truncate
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import (
    Error,
    SessionStart,
    SessionStarted,
    SessionUpdate,
    Silenced,
    SpeechStarted,
    SpeechStop,
    SpeechStopped,
    TranscriptFinal,
    TurnEnded,
    TutorReplyDelta,
    TutorReplyDone,
    TutorSpeechCancelled,
    TutorSpeechStarted,
)
from tutor.core.realtime.converser import MOST_ID, MOST_ITEMS, MOST_KEPT, MOST_TYPED, Converser
from tutor.core.realtime.protocol import RealtimeError

THEIRS: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)

SECOND = bytes(48_000)


class Client:
    """A client of the protocol, and the session behind it."""

    def __init__(self) -> None:
        self.translator = Converser()
        self.events: list[dict[str, Any]] = []
        self.opening = list(self.translator.opening)
        self.hear(SessionStarted("s1", "token", Limits(), None))

    def hear(self, *events: Any) -> None:
        """The session tells something."""
        for event in events:
            self.translator.receive_event(event)
        self._gather()

    def sound(self, reply: int = 1, pcm: bytes = SECOND, *, is_last: bool = True) -> None:
        """The tutor's voice is sent."""
        self.translator.receive_sound(reply, pcm, is_last=is_last)
        self._gather()

    def send(self, type_: str, **fields: Any) -> list[Command] | bytes:
        """The client says something."""
        data = {"type": type_, "event_id": "e1", **fields}
        event = decode_conversing_event(data, self.translator.talk)
        commands = self.translator.receive_conversing(event, "e1")
        self.translator.receive_end()
        self._gather()
        return commands if isinstance(commands, bytes) else list(commands)

    def _gather(self) -> None:
        for id_, event in self.translator.collect():
            data = json.loads(encode_conversing_event(id_, event))
            THEIRS.validate_python(data)
            self.events.append(data)

    def types(self, begin: int = 0) -> list[str]:
        """The types of the events from a number on."""
        return [event["type"] for event in self.events[begin:]]

    def last(self, type_: str) -> dict[str, Any]:
        """The last event of a type."""
        return next(event for event in reversed(self.events) if event["type"] == type_)

    def answers(self, utterance: str = "u1", reply: int = 1, text: str = "Well said.") -> None:
        """The tutor replies, and begins to speak."""
        self.hear(
            TutorReplyDelta(utterance, text),
            TutorReplyDone(utterance, text, "coach"),
            TutorSpeechStarted(utterance, reply, text, 24_000),
        )

    def speaks(self, utterance: str = "u1", text: str = "Hello.") -> None:
        """The learner says something, and it is understood."""
        self.hear(
            SpeechStarted(utterance, 100),
            SpeechStopped(utterance, 900),
            TurnEnded(utterance, 1_400, "silence"),
            TranscriptFinal(utterance, text, "en", (), 100, 900),
        )


ANSWERED = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
]


def test_a_turn_is_answered_in_the_order_of_openai() -> None:
    """Every event is one of the package's types, and the transcript is what was said."""
    client = Client()
    client.speaks()
    begin = len(client.events)
    client.answers()
    client.sound(pcm=SECOND[:9_600])
    assert client.types(begin) == ANSWERED
    done = client.last("response.done")["response"]
    assert (done["status"], done["usage"]["total_tokens"]) == ("completed", 0)
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "Well said."}]
    learner = client.last("input_audio_buffer.committed")["item_id"]
    assert client.last("conversation.item.done")["previous_item_id"] == learner


def test_audio_is_sent_in_pieces_that_make_the_whole() -> None:
    """Base64 of PCM16 at 24 kHz, or of G.711."""
    client = Client()
    client.answers()
    pcm = bytes(range(256)) * 200
    client.sound(pcm=pcm)
    deltas = [e["delta"] for e in client.events if e["type"] == "response.output_audio.delta"]
    assert b"".join(map(base64.b64decode, deltas)) == pcm
    assert len(deltas) > 3


@pytest.mark.parametrize(("law", "table"), [("pcmu", g711.MU_LAW), ("pcma", g711.A_LAW)])
def test_a_telephone_hears_its_own_format(law: str, table: Any) -> None:
    """8 kHz are asked of the tutor, and a code word for each sample comes out of it."""
    client = Client()
    output = {"format": {"type": f"audio/{law}"}}
    _, update = client.send("session.update", session=_session(audio={"output": output}))
    assert isinstance(update, SessionUpdate)
    assert update.speech is not None
    assert update.speech.sample_rate == 8_000
    client.answers()
    client.sound(pcm=table.tobytes())
    deltas = [e["delta"] for e in client.events if e["type"] == "response.output_audio.delta"]
    heard = g711.expand(b"".join(map(base64.b64decode, deltas)), table)
    assert heard == table.tobytes()


def _session(**fields: Any) -> dict[str, Any]:
    return {"type": "realtime", **fields}


def test_the_session_shows_what_applies() -> None:
    """As OpenAI's own type reads it; what is not applied is not shown."""
    client = Client()
    assert isinstance(client.opening[0], SessionStart)
    assert client.opening[0].speech is not None
    client.send(
        "session.update",
        session=_session(
            instructions="Be brief.",
            output_modalities=["audio"],
            tools=[],
            tool_choice="auto",
            audio={
                "input": {
                    "transcription": {"model": "gpt-4o-transcribe", "language": "en"},
                    "noise_reduction": {"type": "near_field"},
                    "turn_detection": {"type": "semantic_vad", "eagerness": "high"},
                },
                "output": {"voice": "marin", "speed": 0.9},
            },
        ),
    )
    shown = client.last("session.updated")["session"]
    theirs = RealtimeSessionCreateRequest.model_validate(shown)
    assert theirs.audio is not None
    assert theirs.audio.output is not None
    assert (theirs.audio.output.voice, theirs.audio.output.speed) == ("marin", 0.9)
    assert theirs.audio.input is not None
    turns = theirs.audio.input.turn_detection
    assert turns is not None
    assert (turns.type, turns.create_response) == ("semantic_vad", True)
    assert theirs.audio.input.noise_reduction is None
    assert "instructions" not in shown


@pytest.mark.parametrize(
    ("turns", "answers", "interrupts"),
    [
        ({"type": "server_vad"}, True, True),
        ({"type": "server_vad", "create_response": False}, False, True),
        ({"type": "semantic_vad", "interrupt_response": False}, True, False),
        (None, False, False),
    ],
)
def test_turn_detection_says_who_answers_and_who_interrupts(
    turns: Any, answers: bool, interrupts: bool
) -> None:
    """The session gets it with how to listen."""
    client = Client()
    session = _session(audio={"input": {"turn_detection": turns}})
    (listen,) = client.send("session.update", session=session)
    assert isinstance(listen, Listen)
    assert (listen.answers, listen.interrupts) == (answers, interrupts)


def test_a_scenario_is_asked_for_as_a_prompt() -> None:
    """The tutor then opens the conversation."""
    client = Client()
    _, update = client.send("session.update", session=_session(prompt={"id": "en-cafe"}))
    assert isinstance(update, SessionUpdate)
    assert update.exercise is not None
    assert update.exercise.scenario == "en-cafe"


def test_who_asks_for_an_answer_gets_one_and_its_metadata_back() -> None:
    """It is created at once; a second one is refused while it is under way."""
    client = Client()
    (answer,) = client.send("response.create", response={"metadata": {"client_event_id": "x"}})
    assert isinstance(answer, Answer)
    assert client.last("response.created")["response"]["metadata"] == {"client_event_id": "x"}
    with pytest.raises(RealtimeError) as refused:
        client.send("response.create")
    assert refused.value.code == "conversation_already_has_active_response"
    client.answers("u1")
    client.sound()
    assert client.types().count("response.created") == 1
    assert client.last("response.done")["response"]["status"] == "completed"


def test_typed_messages_are_answered_together() -> None:
    """Those of the learner since the last answer; those of the system are kept."""
    client = Client()
    for role, text in (("system", "Be kind."), ("user", "Hello."), ("user", "I am Ana.")):
        part = {"type": "input_text", "text": text}
        item = {"type": "message", "role": role, "content": [part]}
        assert client.send("conversation.item.create", item=item) == []
    assert client.send("response.create") == [Answer("a1", "Hello.\nI am Ana.")]
    added = [e for e in client.events if e["type"] == "conversation.item.added"]
    assert [e["previous_item_id"] for e in added[1:]] == [e["item"]["id"] for e in added[:-1]]


def test_a_cancelled_answer_is_done_at_once_and_nothing_of_it_follows() -> None:
    """Whether its words are known or not."""
    client = Client()
    client.answers()
    client.sound(is_last=False)
    assert client.send("response.cancel") == [Refuse("u1")]
    done = client.last("response.done")["response"]
    assert done["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    begin = len(client.events)
    client.hear(_silenced("stopped"))
    client.sound()
    assert client.types(begin) == []


def cancelled_early(client: Client) -> int:
    """An answer is asked for and cancelled, before anybody knows what it answers."""
    client.send("response.create")
    assert client.send("response.cancel") == [Refuse("")]
    return len(client.events)


@pytest.mark.parametrize("utterance", ["u1", "a1"])
def test_an_answer_that_is_cancelled_early_does_not_come(utterance: str) -> None:
    """Neither to what was said before, nor to begin with; and it cannot be cancelled twice."""
    client = Client()
    client.speaks("u1")
    begin = cancelled_early(client)
    client.answers(utterance)
    client.sound()
    assert client.types(begin) == []
    with pytest.raises(RealtimeError) as refused:
        client.send("response.cancel")
    assert refused.value.code == "response_cancel_not_active"


def test_what_is_said_after_an_early_cancellation_is_answered() -> None:
    """Whether there was something to answer before, or not."""
    client = Client()
    cancelled_early(client)
    client.speaks("u1")
    client.answers("u1")
    client.sound()
    assert client.last("response.done")["response"]["status"] == "completed"


def test_an_answer_may_be_asked_for_again() -> None:
    """What is held is answered then, though an answer to it was cancelled."""
    client = Client()
    client.speaks("u1")
    cancelled_early(client)
    client.send("response.create")
    begin = len(client.events)
    client.answers("a1")  # what was cancelled, late
    assert client.types(begin) == []
    client.answers("u1")
    client.sound()
    assert client.last("response.done")["response"]["status"] == "completed"


def test_a_cleared_buffer_names_the_response_whose_sound_it_held() -> None:
    """The latest one."""
    client = Client()
    client.answers()
    client.sound(is_last=False)
    client.send("output_audio_buffer.clear")
    created = client.last("response.created")["response"]["id"]
    assert client.last("output_audio_buffer.cleared")["response_id"] == created


def _silenced(reason: Silenced, reply: int = 1) -> TutorSpeechCancelled:
    return TutorSpeechCancelled("u1", reply, 400, "Well", reason)


@pytest.mark.parametrize(("reason", "status"), [("interrupted", "cancelled"), ("failed", "failed")])
def test_an_answer_that_is_broken_off_says_why(reason: Silenced, status: str) -> None:
    """The learner spoke, or the voice broke down."""
    client = Client()
    client.answers()
    client.sound(is_last=False)
    client.hear(_silenced(reason))
    done = client.last("response.done")["response"]
    assert (done["status"], done["output"][0]["status"]) == (status, "incomplete")


def test_an_answer_that_nobody_waited_for_is_cancelled() -> None:
    """The learner has said more before it was heard; the next one is another response."""
    client = Client()
    client.hear(TutorReplyDelta("u1", "Well."), TutorReplyDone("u1", "Well.", "coach"))
    client.speaks("u2")
    assert client.last("response.done")["response"]["status"] == "cancelled"
    client.answers("u2", 2)
    client.sound(2)
    assert client.last("response.done")["response"]["status"] == "completed"
    assert client.types().count("response.done") == client.types().count("response.created") == 2


def test_what_cannot_be_answered_fails() -> None:
    """Who has asked hears of it."""
    client = Client()
    client.send("response.create")
    client.hear(Error("feedback_failed", "no feedback", fatal=False, utterance="u1"))
    done = client.last("response.done")["response"]
    assert (done["status"], done["output"]) == ("failed", [])
    assert done["status_details"]["error"]["code"] == "feedback_failed"


def test_truncation_tells_the_session_what_was_heard() -> None:
    """Of answers that were sent, as far as they were."""
    client = Client()
    client.answers()
    client.sound()
    item = client.last("conversation.item.done")["item"]["id"]
    told = {"item_id": item, "content_index": 0, "audio_end_ms": 640}
    assert client.send("conversation.item.truncate", **told) == [Truncate(1, 640)]
    assert client.last("conversation.item.truncated")["audio_end_ms"] == 640
    for wrong, code in (
        ({**told, "audio_end_ms": 1_500}, "invalid_value"),
        ({**told, "item_id": "item_x"}, "item_truncate_invalid_item_id"),
    ):
        with pytest.raises(RealtimeError) as refused:
            client.send("conversation.item.truncate", **wrong)
        assert refused.value.code == code


def test_an_item_that_is_deleted_while_it_is_spoken_stays_deleted() -> None:
    """Its answer ends as any, and what follows stands behind the item before it."""
    client = Client()
    client.speaks("u1")
    first = client.last("conversation.item.done")["item"]["id"]
    client.answers("u1")
    item = client.last("response.output_item.added")["item"]["id"]
    client.send("conversation.item.delete", item_id=item)
    client.sound()
    assert client.last("response.done")["response"]["status"] == "completed"
    assert client.last("conversation.item.done")["previous_item_id"] == first
    with pytest.raises(RealtimeError):
        client.send("conversation.item.retrieve", item_id=item)
    content = [{"type": "input_text", "text": "Go on."}]
    told = {"id": item, "type": "message", "role": "user", "content": content}
    client.send("conversation.item.create", item=told)
    assert client.last("conversation.item.added")["previous_item_id"] == first
    client.send("conversation.item.retrieve", item_id=item)


def test_items_can_be_looked_at_and_forgotten() -> None:
    """Those of the learner, too."""
    client = Client()
    client.speaks(text="Hello.")
    item = client.last("conversation.item.done")["item"]["id"]
    client.send("conversation.item.retrieve", item_id=item)
    found = client.last("conversation.item.retrieved")["item"]
    assert found["content"] == [{"type": "input_audio", "transcript": "Hello."}]
    client.send("conversation.item.delete", item_id=item)
    assert client.last("conversation.item.deleted")["item_id"] == item
    for kind in ("retrieve", "delete"):
        with pytest.raises(RealtimeError) as refused:
            client.send(f"conversation.item.{kind}", item_id=item)
        assert refused.value.code == f"item_{kind}_invalid_item_id"


def test_of_many_items_the_latest_are_kept() -> None:
    """However many the learner says without an answer."""
    client = Client()
    for number in range(MOST_ITEMS + 1):
        client.speaks(f"u{number}")
    first, *others = [
        event["item"]["id"] for event in client.events if event["type"] == "conversation.item.done"
    ]
    for item in others:
        client.send("conversation.item.retrieve", item_id=item)
    with pytest.raises(RealtimeError, match="not found"):
        client.send("conversation.item.retrieve", item_id=first)


def test_transcripts_come_to_who_wants_them() -> None:
    """As at OpenAI, where `transcription` is null unless it is set."""
    completed = "conversation.item.input_audio_transcription.completed"
    client = Client()
    client.speaks()
    assert completed not in client.types()
    asked = _session(audio={"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}})
    client.send("session.update", session=asked)
    client.speaks("u2")
    assert client.last(completed)["transcript"] == "Hello."


def test_without_audio_an_answer_is_text() -> None:
    """`output_modalities` `["text"]`: the tutor does not speak."""
    client = Client()
    _, update = client.send("session.update", session=_session(output_modalities=["text"]))
    assert isinstance(update, SessionUpdate)
    assert update.speech is not None
    assert not update.speech.enabled
    begin = len(client.events)
    client.hear(TutorReplyDelta("u1", "Well."), TutorReplyDone("u1", "Well.", "coach"))
    kinds = client.types(begin)
    assert "response.output_text.delta" in kinds
    assert client.last("response.output_text.done")["text"] == "Well."
    assert kinds[-1] == "response.done"


def test_the_output_buffer_can_be_cleared() -> None:
    """For clients that play as WebRTC's do: nothing more is sent."""
    client = Client()
    client.answers()
    assert client.send("output_audio_buffer.clear") == [SpeechStop()]
    assert client.last("output_audio_buffer.cleared")


def _typed(id_: str, role: str, length: int) -> dict[str, Any]:
    part = {"type": "input_text", "text": "x" * length}
    return {"id": id_, "type": "message", "role": role, "content": [part]}


@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ({"type": "session.update"}, "missing_required_parameter", "session"),
        ({"type": "session.update", "session": {"voice": "alloy"}}, None, "session.type"),
        (
            {"type": "session.update", "session": {"type": "realtime", "voice": "alloy"}},
            "unknown_parameter",
            "session.voice",
        ),
        (
            {"type": "session.update", "session": {"type": "realtime", "modalities": ["text"]}},
            "unknown_parameter",
            "session.modalities",
        ),
        (
            {"type": "session.update", "session": {"type": "transcription"}},
            "invalid_value",
            "session.type",
        ),
        (
            {"type": "session.update", "session": {"type": "realtime", "tools": [{}]}},
            "invalid_value",
            "session.tools",
        ),
        (
            {
                "type": "session.update",
                "session": {"type": "realtime", "audio": {"output": {"speed": 3}}},
            },
            "invalid_value",
            "session.audio.output.speed",
        ),
        (
            {"type": "session.update", "session": {"type": "realtime", "model": "gpt-9"}},
            "invalid_value",
            "session.model",
        ),
        (
            {"type": "response.create", "response": {"conversation": "none"}},
            "invalid_value",
            "response.conversation",
        ),
        (
            {"type": "response.create", "response": {"metadata": {"a": 1}}},
            "invalid_value",
            "response.metadata",
        ),
        (
            {
                "type": "response.create",
                "response": {"metadata": {str(n): "" for n in range(MOST_METADATA + 1)}},
            },
            "invalid_value",
            "response.metadata",
        ),
        (
            {"type": "conversation.item.create", "item": _typed("a" * (MOST_ID + 1), "user", 1)},
            "invalid_value",
            "item.id",
        ),
        (
            {"type": "conversation.item.create", "item": _typed("a", "system", MOST_KEPT + 1)},
            "invalid_value",
            "item.content",
        ),
        (
            {"type": "conversation.item.create", "item": {"type": "function_call"}},
            "invalid_value",
            "item.type",
        ),
        (
            {
                "type": "conversation.item.create",
                "item": {
                    "type": "message",
                    "role": "user",
                    "content": [{"type": "input_audio", "audio": "AAAA"}],
                },
            },
            "invalid_value",
            "item.content[0].type",
        ),
        (
            {
                "type": "conversation.item.create",
                "item": {
                    "type": "message",
                    "role": "user",
                    "content": [{"type": "input_text", "text": "x" * (MOST_TYPED + 1)}],
                },
            },
            "invalid_value",
            "item.content",
        ),
        (
            {"type": "conversation.item.truncate", "item_id": "i", "audio_end_ms": "1"},
            "invalid_value",
            "audio_end_ms",
        ),
        ({"type": "response.make"}, "invalid_value", "type"),
        ({"type": "conversation.item.make"}, "invalid_value", "type"),
        ({"type": None}, "invalid_value", "type"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    event: dict[str, Any], code: str | None, param: str
) -> None:
    """With OpenAI's code, and the parameter that is wrong."""
    client = Client()
    before = client.translator.talk
    with pytest.raises(RealtimeError) as refused:
        client.send(**{"type_": event["type"], **{k: v for k, v in event.items() if k != "type"}})
    assert refused.value.code == (code or "missing_required_parameter")
    assert refused.value.param == param
    assert client.translator.talk == before
    assert client.types() == ["session.created"]
