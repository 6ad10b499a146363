"""`/v1/realtime` through the official `openai` client, with real speech at 24 kHz."""

import asyncio
import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.gateway import Gateway, enter, running_gateway
from tests.support.house import SOON_S, House, get, wait_until
from tests.support.pages import blocks
from tests.support.places import ROOT
from tests.support.practice import hear
from tests.support.speech import TEXTS, plain, silence, spoken, wer
from tutor.adapters.settings import Settings
from tutor.core.audio.g711 import MU_LAW
from tutor.core.audio.samples import RATE, Samples

FRAME_S = 0.05

DELTA = "conversation.item.input_audio_transcription.delta"
COMPLETED = "conversation.item.input_audio_transcription.completed"
DONE = "conversation.item.done"


def at_24k(*pieces: Samples) -> Samples:
    """Recordings one after another, as a Realtime client sends them."""
    resampled: Samples = soxr.resample(np.concatenate(pieces), RATE, 24_000)
    return resampled


def encoded(samples: Samples) -> str:
    """Audio for `input_audio_buffer.append`."""
    return base64.b64encode(samples.astype("<i2").tobytes()).decode()


def url_of(lean: House, intent: str = "transcription") -> str:
    """The socket's address."""
    return f"{lean.url.replace('http', 'ws')}/v1/realtime?intent={intent}"


@dataclass
class Heard:
    """A connection, and what came on it."""

    connection: AsyncRealtimeConnection
    events: list[Any] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    async def gather(self) -> None:
        """Keep what comes until the connection closes."""
        async for event in self.connection:
            self.events.append(event)
            self.times.append(time.monotonic())

    async def until(self, is_so: Callable[[], bool], within_s: float = 90) -> None:
        """Wait for events."""
        async with asyncio.timeout(within_s):
            while not is_so():
                await asyncio.sleep(0.02)

    def of(self, kind: str) -> list[Any]:
        """Those of a type."""
        return [event for event in self.events if event.type == kind]

    async def play(self, samples: Samples, rate: int = 24_000) -> float:
        """Append audio at the pace of speech; give the time at which the last piece was sent."""
        length = round(FRAME_S * rate)
        began = time.monotonic()
        for start in range(0, len(samples), length):
            await asyncio.sleep(began + start / rate - time.monotonic())
            piece = encoded(samples[start : start + length])
            await self.connection.input_audio_buffer.append(audio=piece)
        return time.monotonic()

    async def configure(self, **audio_input: Any) -> None:
        """Change the session and wait for the answer."""
        before = len(self.of("session.updated"))
        session: Any = {"type": "transcription", "audio": {"input": audio_input}}
        await self.connection.session.update(session=session)
        await self.until(lambda: len(self.of("session.updated")) > before)

    async def append(self, samples: Samples) -> None:
        """All of it at once."""
        await self.connection.input_audio_buffer.append(audio=encoded(samples))


@asynccontextmanager
async def realtime(lean: House) -> AsyncIterator[Heard]:
    """A connection of the official client."""
    client = AsyncOpenAI(base_url=f"{lean.url}/v1", api_key="any")
    async with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        heard = Heard(connection)
        gathering = asyncio.create_task(heard.gather())
        yield heard
    await gathering
    await client.close()


ENGLISH = {"transcription": {"model": "whisper-1", "language": "en"}}


async def test_deltas_come_while_the_user_speaks_and_completed_per_item(lean: House) -> None:
    """Two sentences at the pace of speech: two items, deltas before each ends, right texts."""
    names = ["long.flac", "two_words.flac"]
    async with realtime(lean) as heard:
        await heard.configure(**ENGLISH, turn_detection={"type": "server_vad"})
        audio = at_24k(spoken(names[0]), silence(1.2), spoken(names[1]), silence(1.2))
        await heard.play(audio)
        await heard.until(lambda: len(heard.of(DONE)) == 2)

    assert [event.type for event in heard.events[:2]] == ["session.created", "session.updated"]
    items = [event.item_id for event in heard.of("input_audio_buffer.committed")]
    assert [e.previous_item_id for e in heard.of("input_audio_buffer.committed")] == [
        None,
        items[0],
    ]
    for name, item in zip(names, items, strict=True):
        mine = [e for e in heard.events if getattr(e, "item_id", None) == item]
        kinds = [event.type for event in mine]
        if item == items[0]:  # the other is two words: over before two hypotheses agree
            assert kinds.index(DELTA) < kinds.index("input_audio_buffer.speech_stopped")
        (completed,) = [event for event in mine if event.type == COMPLETED]
        assert wer(TEXTS[name], completed.transcript) <= 0.15
        assert completed.usage.type == "duration"
        assert abs(completed.usage.seconds - len(spoken(name)) / RATE) < 1.5
        deltas = "".join(event.delta for event in mine if event.type == DELTA)
        assert wer(completed.transcript, deltas) <= 0.5
    ids = [event.event_id for event in heard.events]
    assert len(set(ids)) == len(ids)


async def test_manual_commit_makes_one_item_of_all_that_was_appended(lean: House) -> None:
    """Without turn detection silence ends nothing; deltas come before the commit all the same."""
    async with realtime(lean) as heard:
        await heard.configure(**ENGLISH, turn_detection=None)
        await heard.play(at_24k(spoken("weather.flac"), silence(1.0), spoken("market.flac")))
        async with asyncio.timeout(20):
            while not heard.of(DELTA):  # two hypotheses may need more time than the words took
                await heard.play(at_24k(silence(0.5)))
        assert not heard.of("input_audio_buffer.committed")
        await heard.connection.input_audio_buffer.commit()
        await heard.until(lambda: bool(heard.of(DONE)))

    (completed,) = heard.of(COMPLETED)
    assert wer(f"{TEXTS['weather.flac']} {TEXTS['market.flac']}", completed.transcript) <= 0.15
    assert not heard.of("input_audio_buffer.speech_started")
    assert not heard.of("error")


async def test_a_prompt_tells_how_a_name_is_spelled(lean: House) -> None:
    """The item is heard with the words that its client expects."""
    spelled = {
        "model": "whisper-1",
        "language": "en",
        "prompt": "The brutha, the Trane, the Weathyr, the Markett.",
    }
    async with realtime(lean) as heard:
        await heard.configure(transcription=spelled, turn_detection=None)
        await heard.append(at_24k(spoken("train.flac")))
        await heard.connection.input_audio_buffer.commit()
        await heard.until(lambda: bool(heard.of(DONE)))
    (completed,) = heard.of(COMPLETED)
    assert plain(completed.transcript) == "the trane to london leaves early in the morning"


async def test_a_recording_appended_faster_than_speech_is_transcribed_whole(lean: House) -> None:
    """Frames of a second, committed at once: what the last one holds is heard too."""
    async with realtime(lean) as heard:
        await heard.configure(**ENGLISH, turn_detection=None)
        audio = at_24k(spoken("question.flac"))
        for start in range(0, len(audio), 24_000):
            await heard.append(audio[start : start + 24_000])
        await heard.connection.input_audio_buffer.commit()
        await heard.until(lambda: bool(heard.of(DONE)))

    assert plain(heard.of(COMPLETED)[0].transcript) == plain(TEXTS["question.flac"])


async def test_clear_forgets_and_the_next_item_is_only_what_came_after(lean: House) -> None:
    """What was said before `clear` is in no transcript, and its audio is deleted."""
    async with realtime(lean) as heard:
        await heard.configure(**ENGLISH, turn_detection=None)
        await heard.append(at_24k(spoken("market.flac")))
        session = heard.of("session.created")[0].session.id.removeprefix("sess_")
        store = lean.store()
        wait_until(lambda: bool(store.keys(f"tutor:audio:{session}:*")), SOON_S)
        await heard.connection.input_audio_buffer.clear()
        await heard.until(lambda: bool(heard.of("input_audio_buffer.cleared")))
        assert not store.keys(f"tutor:audio:{session}:*")
        await heard.append(at_24k(spoken("two_words.flac")))
        await heard.connection.input_audio_buffer.commit()
        await heard.until(lambda: bool(heard.of(DONE)))

    assert plain(heard.of(COMPLETED)[0].transcript) == plain(TEXTS["two_words.flac"])


async def test_errors_name_the_event_and_the_session_goes_on(lean: House) -> None:
    """Each mistake is an `error` in OpenAI's shape; the connection still transcribes."""
    async with realtime(lean) as heard:
        send = heard.connection.send
        await send({"type": "input_audio_buffer.commit", "event_id": "m1"})
        await send({"type": "input_audio_buffer.append", "audio": "!", "event_id": "m2"})
        await send({"type": "response.cancel", "event_id": "m3"})
        await heard.connection.session.update(
            session={"type": "realtime", "instructions": "Sing."}, event_id="m4"
        )
        flat: Any = {"type": "transcription", "input_audio_format": "pcm16"}
        await heard.connection.session.update(session=flat, event_id="m5")
        await heard.until(lambda: len(heard.of("error")) == 5)
        await heard.configure(**ENGLISH, turn_detection=None)
        await heard.append(at_24k(spoken("two_words.flac")))
        await heard.connection.input_audio_buffer.commit()
        await heard.until(lambda: bool(heard.of(DONE)))

    errors = [event.error for event in heard.of("error")]
    assert [(e.type, e.code, e.param, e.event_id) for e in errors] == [
        ("invalid_request_error", "input_audio_buffer_commit_empty", None, "m1"),
        ("invalid_request_error", "invalid_value", "audio", "m2"),
        ("invalid_request_error", "invalid_value", "type", "m3"),
        ("invalid_request_error", "invalid_value", "session.type", "m4"),
        ("invalid_request_error", "unknown_parameter", "session.input_audio_format", "m5"),
    ]
    assert plain(heard.of(COMPLETED)[0].transcript) == plain(TEXTS["two_words.flac"])


async def test_the_format_may_change_between_items(lean: House) -> None:
    """24 kHz, then telephone audio, then 16 kHz on one connection."""
    speech = spoken("two_words.flac")
    async with realtime(lean) as heard:
        await heard.configure(**ENGLISH, turn_detection=None)
        await heard.append(at_24k(speech))
        await heard.connection.input_audio_buffer.commit()
        await heard.configure(format={"type": "audio/pcmu"})
        piece = base64.b64encode(mu_law(soxr.resample(speech, RATE, 8_000))).decode()
        await heard.connection.input_audio_buffer.append(audio=piece)
        await heard.connection.input_audio_buffer.commit()
        await heard.configure(format={"type": "audio/pcm", "rate": 16_000})
        await heard.append(speech)
        await heard.connection.input_audio_buffer.commit()
        await heard.until(lambda: len(heard.of(DONE)) == 3)

    seconds = [event.usage.seconds for event in heard.of(COMPLETED)]
    assert seconds == pytest.approx([len(speech) / RATE] * 3, abs=0.05)
    assert {plain(event.transcript) for event in heard.of(COMPLETED)} == {
        plain(TEXTS["two_words.flac"])
    }


def mu_law(samples: Samples) -> bytes:
    """Audio as µ-law code words: to each sample the nearest of the table."""
    order = np.argsort(MU_LAW, kind="stable")
    levels = MU_LAW[order].astype(np.int32)
    middles = (levels[1:] + levels[:-1]) // 2
    return order[np.searchsorted(middles, samples)].astype(np.uint8).tobytes()


async def test_a_realtime_and_a_practice_session_speak_at_once(lean: House) -> None:
    """Both dialects on one gateway: each gets its own words, by its own rules."""
    async with realtime(lean) as heard:
        await heard.configure(**ENGLISH)
        audio = at_24k(spoken("past_tense.flac"), silence(1))
        practised = np.concatenate((spoken("train.flac"), silence(1)))
        session, _ = await asyncio.gather(hear(lean.url, practised), heard.play(audio))
        await heard.until(lambda: bool(heard.of(DONE)))

    session.assert_whole()
    assert wer(TEXTS["train.flac"], session.text) <= 0.15
    assert wer(TEXTS["past_tense.flac"], heard.of(COMPLETED)[0].transcript) <= 0.15


def test_the_example_of_the_documentation_works_as_it_stands(lean: House, tmp_path: Path) -> None:
    """The Python of the page, pasted, prints deltas and then the transcript."""
    (code,) = blocks("embed/realtime.md", "python")
    program = tmp_path / "example.py"
    program.write_text(code.replace("http://127.0.0.1:8000", lean.url))
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=2 * SOON_S,
    )
    assert done.returncode == 0, done.stderr
    deltas, transcript = done.stdout.split("\n=")
    assert wer(TEXTS["past_tense.flac"], transcript) <= 0.15
    assert wer(transcript, deltas) <= 0.5


# ---------------------------------------------------------------- at the door


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        ("?intent=transcription", "https://evil.example", 403),
        ("?intent=conversation", None, 400),
        ("?model=gpt-realtime", None, 400),
        ("?model=gpt-9", None, 400),
        ("?intent=transcription&model=gpt-9", None, 404),
    ],
)
async def test_who_does_not_belong_here_is_refused_before_the_socket_opens(
    lean: House, path: str, origin: str | None, status: int
) -> None:
    """Another site's page, and who wants a conversation where none is held, get an HTTP status and
    a reason."""
    url = f"{lean.url.replace('http', 'ws')}/v1/realtime{path}"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, origin=origin):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["code"]


async def test_where_accounts_are_needed_a_key_lets_in_and_sessions_are_counted(
    store: Settings, tmp_path: Path
) -> None:
    """Another server's key is 401, ours opens a session by header or subprotocol, one too many is
    503, at `/v1/practice` as well."""
    with running_gateway(
        tmp_path, store.redis_url, accounts="required", secret_key="k" * 40, max_sessions="1"
    ) as gateway:
        socket_url = gateway.url.replace("http", "ws")
        url = f"{socket_url}/v1/realtime?intent=transcription"
        anna = enter(gateway.url, "anna@school.example")
        with gateway.client(anna.token) as client:
            key = client.post("/v1/keys", json={"name": "server"}).json()["key"]
        for token in (None, "sk-another-servers", key + "x"):
            assert await refused_with(url, token) == 401
        offered: Any = ["realtime", f"openai-insecure-api-key.{key}"]
        async with connect(url, subprotocols=offered) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"
        wait_until(lambda: gateway_is_free(gateway), SOON_S)
        async with connect(url, additional_headers={"Authorization": f"Bearer {key}"}) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"
            assert await refused_with(url, key) == 503
            assert await refused_with(f"{socket_url}/v1/practice", key) == 503


async def refused_with(url: str, token: str | None) -> int:
    """The HTTP status of a socket that may not open."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, additional_headers=headers):
            pass
    return refused.value.response.status_code


def gateway_is_free(gateway: Gateway) -> bool:
    """Whether no session is open."""
    return "tutor_sessions_open 0.0" in get(f"{gateway.url}/metrics")[2]


async def test_a_browser_offers_its_key_as_a_subprotocol(lean: House) -> None:
    """The server answers with `realtime` and never with the key."""
    offered = ["realtime", "openai-insecure-api-key.sk-secret"]
    async with connect(url_of(lean), subprotocols=offered, origin=lean.url) as client:  # type: ignore[arg-type]
        assert client.subprotocol == "realtime"
        assert json.loads(await client.recv())["type"] == "session.created"


async def close_code(lean: House, *frames: str | bytes) -> tuple[list[str | None], int]:
    """The codes of the errors that frames bring until the server closes, and its close code."""
    codes: list[str | None] = []
    async with connect(url_of(lean), max_size=None) as client:
        try:
            for frame in frames:
                await client.send(frame)
            while True:
                event = json.loads(await client.recv())
                if event["type"] == "error":
                    codes.append(event["error"]["code"])
        except ConnectionClosed:
            pass
        assert client.close_code is not None
        return codes, client.close_code


def append_of(seconds: float) -> str:
    """So much silence as one event."""
    silent = np.zeros(round(seconds * 24_000), np.int16)
    return json.dumps({"type": "input_audio_buffer.append", "audio": encoded(silent)})


async def test_a_frame_over_its_own_limit_closes_with_1009(lean: House) -> None:
    """Events may be larger than the practice protocol's frames, and not larger than their limit."""
    assert len(append_of(4)) > 65_536
    codes, close = await close_code(lean, append_of(4), "x" * 1_048_577)
    assert codes == []
    assert close == 1009


async def test_audio_that_comes_too_fast_is_refused(lean: House) -> None:
    """The limit of pace is that of all sessions, in OpenAI's words."""
    codes, close = await close_code(lean, *[append_of(2)] * 10)
    assert codes == ["audio_too_fast"]
    assert close == 4429


async def test_a_broken_connection_is_not_waited_for(lean: House) -> None:
    """There is no way to resume: what was being said is deleted at once."""
    async with connect(url_of(lean)) as client:
        created = json.loads(await client.recv())
        session = created["session"]["id"].removeprefix("sess_")
        speech = encoded(at_24k(spoken("market.flac")))
        await client.send(json.dumps({"type": "input_audio_buffer.append", "audio": speech}))
        store = lean.store()
        wait_until(lambda: bool(store.keys(f"tutor:audio:{session}:*")), SOON_S)
        client.transport.abort()
    wait_until(lambda: not store.keys(f"tutor:audio:{session}:*"), SOON_S)


async def test_binary_frames_are_told_of_and_passed_over(lean: House) -> None:
    """Audio comes as base64; a binary frame is an error, and the session goes on."""
    async with connect(url_of(lean)) as client:
        assert json.loads(await client.recv())["type"] == "session.created"
        await client.send(b"\0\0")
        await client.send('{"type": "input_audio_buffer.clear"}')
        error, cleared = [json.loads(await client.recv()) for _ in range(2)]
    assert error["error"]["code"] == "invalid_frame"
    assert cleared["type"] == "input_audio_buffer.cleared"
