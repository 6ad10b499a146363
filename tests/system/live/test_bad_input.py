import asyncio
import json
import re
import socket
import time
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.gateway import Gateway, running_gateway
from tests.support.house import SOON_S, House, get, wait_until
from tests.support.practice import hear
from tests.support.speech import TEXTS, noise, silence, spoken, wer
from tutor.adapters.wire.practice import encode_message
from tutor.client import practice_url
from tutor.core.protocol.errors import ERRORS
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import SessionEnd, SessionStart

START = encode_message(SessionStart("en"))
LIMITS = Limits()


def start_with(**fields: object) -> str:
    """A `session.start` with other fields."""
    return json.dumps({"type": "session.start", "language": "en", **fields})


async def talk(
    server: House | Gateway, *frames: str | bytes
) -> tuple[list[dict[str, object]], int]:
    """Send frames; return the events until the server closes, and its close code."""
    async with connect(practice_url(server.url)) as client:
        events = []
        try:
            for frame in frames:
                await client.send(frame)
            while True:
                events.append(json.loads(await client.recv()))
        except ConnectionClosed:
            pass
        assert client.close_code is not None
        return events, client.close_code


async def assert_still_serves(lean: House | Gateway) -> None:
    """The server goes on for everyone else."""
    heard = await hear(lean.url, spoken("market.flac"), speed=1.9)
    heard.assert_whole()
    assert wer(TEXTS["market.flac"], heard.text) <= 0.15


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["this is no JSON"], "bad_json"),
        (["[1, 2]"], "bad_json"),
        (['{"no": "type"}'], "bad_message"),
        (['{"type": "session.start"}'], "bad_message"),
        ([start_with(language=7)], "bad_message"),
        ([start_with(exercise={"type": "singing"})], "bad_message"),
        ([start_with(exercise={"type": "read_aloud"})], "bad_message"),
        ([start_with(endpoint_silence_ms=100)], "bad_message"),
        ([start_with(endpoint_silence_ms=2001)], "bad_message"),
        ([b"\0\0"], "not_started"),
        (['{"type": "session.end"}'], "not_started"),
        ([start_with(language="xx")], "unsupported_language"),
        ([start_with(language="english")], "unsupported_language"),
        ([start_with(native_language="Klingon!")], "unsupported_language"),
        ([start_with(audio={"sample_rate": 7999})], "unsupported_audio"),
        ([start_with(audio={"sample_rate": 48_001})], "unsupported_audio"),
        ([START, b"\0\0\0"], "bad_audio"),
        ([START, "{"], "bad_json"),
        ([START, *[bytes(64_000)] * 12], "audio_too_fast"),
    ],
)
async def test_a_broken_rule_is_named_and_closes_with_its_code(
    lean: House, frames: list[str | bytes], code: str
) -> None:
    """Each fatal mistake gets an `error` event with its code, then the close code of the table."""
    events, close = await talk(lean, *frames)

    errors = [event for event in events if event["type"] == "error"]
    assert [(error["code"], error["fatal"]) for error in errors] == [(code, True)]
    assert errors[0]["message"]
    assert close == ERRORS[code][0]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([START, '{"type": "session.sing"}'], "unknown_message"),
        ([START, START], "already_started"),
        ([START, '{"type": "utterance.commit"}'], "nothing_to_commit"),
        ([START, '{"type": "turn.hold", "ms": "long"}'], "bad_message"),
        ([START, '{"type": "session.update", "language": "xx"}'], "unsupported_language"),
    ],
)
async def test_a_small_mistake_is_named_and_the_session_goes_on(
    lean: House, frames: list[str | bytes], code: str
) -> None:
    """A mistake that spoils nothing gets an `error` event, and the session ends in peace."""
    events, close = await talk(lean, *frames, encode_message(SessionEnd()))

    errors = [event for event in events if event["type"] == "error"]
    assert [(event["code"], event["fatal"]) for event in errors] == [(code, False)]
    assert events[-1]["type"] == "session.summary"
    assert close == 1000


async def test_more_messages_than_a_minute_has_are_refused_and_the_session_goes_on(
    lean: House,
) -> None:
    """What is one too many has no effect; the end still comes, and nobody is sent away."""
    holds = ['{"type": "turn.hold", "ms": 0}'] * (LIMITS.max_messages + 20)
    events, close = await talk(lean, START, *holds, encode_message(SessionEnd()))

    codes = [event["code"] for event in events if event["type"] == "error"]
    assert set(codes) == {"too_many_messages"}
    assert len(codes) <= 20
    assert (events[-1]["type"], close) == ("session.summary", 1000)


async def test_unknown_fields_are_ignored(lean: House) -> None:
    """A newer client's extra fields do no harm."""
    events, close = await talk(lean, start_with(colour="blue"), '{"type": "session.end", "x": 1}')

    assert [event["type"] for event in events] == ["session.started", "session.summary"]
    assert close == 1000


async def test_messages_after_the_end_are_refused_and_the_final_still_comes(lean: House) -> None:
    """Text after `session.end` is an error, audio is passed over, and nothing is lost."""
    speech = spoken("two_words.flac").tobytes()
    frames = [speech[i : i + 16_000] for i in range(0, len(speech), 16_000)]
    end = encode_message(SessionEnd())
    events, close = await talk(lean, START, *frames, end, end, bytes(640))

    assert [event["code"] for event in events if event["type"] == "error"] == ["session_ended"]
    assert [event["text"] for event in events if event["type"] == "transcript.final"]
    assert close == 1000


async def test_words_said_before_a_fatal_mistake_are_still_answered(lean: House) -> None:
    """A fatal error in the middle of speech first brings the final of what was said."""
    speech = spoken("market.flac").tobytes()
    frames = [speech[i : i + 16_000] for i in range(0, len(speech), 16_000)]
    events, close = await talk(lean, START, *frames, b"odd")

    finals = [str(event["text"]) for event in events if event["type"] == "transcript.final"]
    assert wer(TEXTS["market.flac"], " ".join(finals)) <= 0.15
    assert close == 4415


async def test_an_oversize_frame_closes_with_1009(lean: House) -> None:
    """A frame over the limit is not even read."""
    _, close = await talk(lean, START, bytes(70_000))

    assert close == 1009
    await assert_still_serves(lean)


async def test_bad_utf8_closes_with_1007(lean: House) -> None:
    """A text frame that is no UTF-8 is refused by the protocol itself."""
    async with connect(practice_url(lean.url)) as client:
        await client.send(b"\xff\xfe", text=True)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1007


async def test_another_site_may_not_open_a_socket(lean: House) -> None:
    """A foreign Origin is refused with 403 before the socket opens; our own page is not."""
    with pytest.raises(InvalidStatus) as refused:
        async with connect(practice_url(lean.url), origin="https://evil.example"):  # type: ignore[arg-type]
            pass
    assert refused.value.response.status_code == 403
    told = get(f"{lean.url}/metrics")[2]
    assert re.search(r'tutor_sessions_refused_total{code="foreign_origin"} [1-9]', told)
    async with connect(practice_url(lean.url), origin=lean.url):  # type: ignore[arg-type]
        pass


async def test_a_silent_client_is_told_and_closed(lean: House, tmp_path: Path) -> None:
    """After the idle time without any message: `idle_timeout`, then close 4408."""
    with running_gateway(tmp_path, lean.redis_url, idle_timeout_s="1") as gateway:
        events, close = await talk(gateway, START)

    assert [event["code"] for event in events if event["type"] == "error"] == ["idle_timeout"]
    assert close == 4408


async def test_a_client_that_vanishes_does_not_disturb_others(lean: House) -> None:
    """Ten sockets that break mid-word leave the server as it was."""

    async def vanish() -> None:
        client: ClientConnection = await connect(practice_url(lean.url))
        await client.send(START)
        await client.send(spoken("train.flac").tobytes()[:60_000])
        client.transport.abort()

    await asyncio.gather(*(vanish() for _ in range(10)))
    await assert_still_serves(lean)


async def test_a_client_that_never_reads_is_cut_off(lean: House, tmp_path: Path) -> None:
    """Who takes nothing from its socket, not even pings, is gone when a ping was in vain."""
    pings = {"ping_interval_s": "1", "ping_timeout_s": "2"}
    with running_gateway(tmp_path, lean.redis_url, **pings) as gateway:
        await _be_deaf(gateway)
        await assert_still_serves(gateway)


async def _be_deaf(gateway: Gateway) -> None:
    """Connect, talk, read nothing, and wait until nothing is left of the connection."""
    host, port = gateway.url.removeprefix("http://").split(":")

    def is_connected() -> bool:
        """Whether the gateway holds a connection of a client, on whichever side it is closed."""
        connections = gateway.process.net_connections("tcp")
        return any(c.raddr and c.laddr.port == int(port) for c in connections)

    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)  # the least that Linux gives
        deaf.connect((host, int(port)))
        deaf.sendall(
            b"GET /v1/practice HTTP/1.1\r\nHost: tutor\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await asyncio.to_thread(_chatter, deaf, SOON_S)
        wait_until(lambda: not is_connected(), SOON_S)


def _chatter(deaf: socket.socket, seconds: float) -> None:
    """Send nonsense, each answered by an `error` event, until the server hangs up."""
    message = masked(b'{"type": "session.sing"}')
    deadline = time.monotonic() + seconds
    deaf.settimeout(1)
    while time.monotonic() < deadline:
        try:
            deaf.sendall(message * 100)
        except TimeoutError:
            continue
        except OSError:
            return
    raise AssertionError(f"still connected after {seconds} s")


def masked(text: bytes) -> bytes:
    """A client's text frame of at most 125 bytes with a mask of zeros (RFC 6455, 5.2)."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


async def test_loud_clipped_and_tiny_audio_do_no_harm(lean: House) -> None:
    """Full-scale square waves, one-sample frames and noise are audio like any other."""
    square = np.tile(np.array([32767, -32768], np.int16), 8_000)
    heard = await hear(lean.url, np.concatenate((square, noise(1, 0.5), silence(1))))

    heard.assert_whole()
    assert heard.text == ""
