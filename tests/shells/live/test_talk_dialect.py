"""A conversation in OpenAI's protocol with a whole session, whose workers are played by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from tests.core.live.test_foresight import JOE, TALKING
from tests.core.live.tutoring.test_tutoring import SAID
from tutor.core.audio.recognition import Recognition
from tutor.core.live.effects import Dispatch, Effect, Emit
from tutor.core.live.session import Session
from tutor.core.queue.jobs import (
    AssessmentJob,
    AssessmentResult,
    RecognitionJob,
    RecognitionResult,
    SpeechJob,
    SpeechResult,
)
from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.effects import KeepSpeech, SendSpeech
from tutor.core.voice.made import MadeClause
from tutor.shells.live.dialect import commands_of
from tutor.shells.live.realtime import TalkDialect

THEIRS: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
RATE = 24_000


class Line:
    """A client, the dialect of its socket, and the session behind it."""

    def __init__(self) -> None:
        self.dialect = TalkDialect("base", "gpt-realtime")
        self.now = 100.0
        self.session = Session("s1", "secret", self.dialect.configure(TALKING), self.now)
        self.session.aloud.receive_voices([JOE])
        self.events: list[dict[str, Any]] = []
        self.jobs: list[Any] = []
        self.texts: dict[str, Any] = {}
        for command in self.dialect.opening():
            self.session.receive_message(command, self.now)
        self._carry_out()

    def send(self, **event: Any) -> None:
        """The client sends an event."""
        heard = self.dialect.decode({"type": "websocket.receive", "text": json.dumps(event)})
        assert not isinstance(heard, bytes)
        for command in commands_of(heard) if heard is not None else ():
            self.session.receive_message(command, self.now)
        self._carry_out()

    def hear(self, ms: int, probability: float) -> None:
        """The client appends audio, which is speech or not."""
        audio = bytes(ms * RATE // 1000 * 2)
        event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(audio).decode()}
        pcm = self.dialect.decode({"text": json.dumps(event)})
        assert isinstance(pcm, bytes)
        self.now += ms / 1000
        assert self.session.admit_frame(len(pcm), self.now)
        windows = self.session.receive_samples(np.zeros(ms * 16, np.int16))
        self.session.receive_probabilities([probability] * len(windows), self.now)
        self._carry_out()

    def says(self, text: str) -> None:
        """The learner says something, and is silent."""
        for _ in range(7):
            self.hear(100, 0.9)
        for _ in range(3):
            self.hear(100, 0.01)
        self.recognise(text)
        for _ in range(5):
            self.hear(100, 0.01)

    def recognise(self, text: str) -> None:
        """A worker has the words of the last final."""
        job = next(one for one in reversed(self.jobs) if isinstance(one, RecognitionJob))
        result = RecognitionResult(
            job.session, job.utterance, job.kind, job.revision, job.attempt, "ok",
            job.audio_bytes, Recognition(text, "en"),
        )  # fmt: skip
        self.session.receive_result(result, self.now)
        self._carry_out()

    def work(self) -> None:
        """Workers assess and speak all that is asked for."""
        while self.jobs:
            job = self.jobs.pop(0)
            if isinstance(job, AssessmentJob):
                found = AssessmentResult("s1", job.utterance, job.attempt, "ok", SAID)
                self.session.receive_result(found, self.now)
            elif isinstance(job, SpeechJob) and job.utterance in self.texts:
                self._speak(job)
            self._carry_out()

    def _speak(self, job: SpeechJob) -> None:
        clauses = split_clauses(self.texts[job.utterance].text)
        made = [
            MadeClause(n + 1, (n + 1) * RATE, n + 1 == len(clauses)) for n in range(len(clauses))
        ]
        self.session.aloud.receive_clauses(job.utterance, made, self.now)
        self.session.receive_result(SpeechResult("s1", job.utterance, "ok"), self.now)

    def wait(self, seconds: float) -> None:
        """Time passes."""
        for _ in range(round(2 * seconds)):
            self.now += 0.5
            self.session.receive_tick(self.now)
            self._carry_out()

    def _carry_out(self) -> None:
        effects = self.session.collect()
        for effect in effects:
            if isinstance(effect, Emit):
                self._take(self.dialect.encode(0, effect.event))
            elif isinstance(effect, Dispatch):
                self.jobs.append(effect.job)
            elif isinstance(effect, KeepSpeech):
                self.texts[f"r{effect.reply}"] = effect.request
        self._take(self.dialect.collect())
        self._sound(effects)

    def _sound(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, SendSpeech):
                frames, following = self.dialect.sound(
                    effect, bytes((effect.end - effect.begin) * 2)
                )
                self._take([*map(str, frames), *following])

    def _take(self, frames: Sequence[str]) -> None:
        for frame in frames:
            data = json.loads(frame)
            THEIRS.validate_python(data)
            self.events.append(data)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a type."""
        return [event for event in self.events if event["type"] == kind]


def _turns(**turns: Any) -> dict[str, Any]:
    heard = {"turn_detection": {"type": "server_vad", **turns}, "transcription": {"language": "en"}}
    return {"type": "realtime", "audio": {"input": heard}}


def test_a_turn_is_answered_and_the_answer_is_heard_to_its_end() -> None:
    """What the learner said, then the tutor's response with all of its audio."""
    line = Line()
    line.send(type="session.update", session=_turns(silence_duration_ms=500))
    line.says("I like tea very much.")
    line.work()
    kinds = [event["type"] for event in line.events]
    assert kinds[0] == "session.created"
    (done,) = line.of("response.done")
    assert done["response"]["status"] == "completed"
    said = done["response"]["output"][0]["content"][0]["transcript"]
    seconds = len(split_clauses(said))
    deltas = [base64.b64decode(one["delta"]) for one in line.of("response.output_audio.delta")]
    assert len(b"".join(deltas)) == seconds * 2 * RATE
    assert kinds.index("response.created") > kinds.index("input_audio_buffer.committed")
    line.wait(seconds + 1)
    assert not line.session.aloud.waiting
    assert line.of("error") == []


def test_who_speaks_on_silences_the_tutor_and_is_answered() -> None:
    """Though its response is done: the client has all of it, and says up to where it was heard."""
    line = Line()
    line.send(type="session.update", session=_turns(silence_duration_ms=500))
    line.says("I like tea very much.")
    line.work()
    item = line.of("response.done")[0]["response"]["output"][0]["id"]
    line.hear(100, 0.9)
    line.hear(100, 0.9)
    assert not line.session.aloud.waiting
    line.send(type="conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=150)
    assert line.of("conversation.item.truncated")[0]["audio_end_ms"] == 150
    line.says("And coffee.")
    line.work()
    assert [one["response"]["status"] for one in line.of("response.done")] == ["completed"] * 2


def test_a_client_with_turns_of_its_own_asks_for_each_answer() -> None:
    """Commit, then `response.create`, while its microphone is open."""
    line = Line()
    session = _turns()
    session["audio"]["input"]["turn_detection"] = None
    line.send(type="session.update", session=session)
    for _ in range(10):
        line.hear(100, 0.9)
    line.send(type="input_audio_buffer.commit")
    line.send(type="response.create")
    line.hear(100, 0.1)
    line.recognise("I like tea.")
    line.work()
    (done,) = line.of("response.done")
    assert (done["response"]["status"], line.of("error")) == ("completed", [])


def test_where_there_is_no_voice_an_answer_fails_aloud() -> None:
    """The client hears of it, and the session goes on."""
    line = Line()
    line.session.aloud.receive_voices([])
    line.send(type="session.update", session={"type": "realtime", "output_modalities": ["text"]})
    line.send(type="response.create")
    (done,) = line.of("response.done")
    assert done["response"]["output"][0]["content"][0]["type"] == "output_text"
    assert [one["error"]["code"] for one in line.of("error")] == ["speech_failed"]


def test_a_scenario_is_opened_by_the_tutor() -> None:
    """It speaks first, and answers what is typed."""
    line = Line()
    language = {"input": {"transcription": {"language": "en"}}}
    asked = {"type": "realtime", "prompt": {"id": "en-cafe"}, "audio": language}
    line.send(type="session.update", session=asked)
    line.work()
    assert len(line.of("response.done")) == 1
    part = {"type": "input_text", "text": "I would like a coffee, please."}
    item = {"type": "message", "role": "user", "content": [part]}
    line.send(type="conversation.item.create", item=item)
    line.send(type="response.create")
    line.work()
    line.wait(20)  # one is heard after the other
    line.work()
    assert len(line.of("response.done")) == 2
    assert line.of("error") == []
    assert line.session.lesson.exercise.scenario == "en-cafe"
