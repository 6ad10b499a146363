"""Uploaded files through the whole product: real speech, real Whisper, OpenAI's own client."""

import json
import subprocess
import sys
import time

import openai
import pytest
from standardwebhooks.webhooks import Webhook

from tests.support import asking
from tests.support.gateway import openai_client
from tests.support.house import SOON_S, House, wait_until
from tests.support.pages import blocks
from tests.support.receiver import receiving
from tests.support.recordings import DONE_S, post, result, state
from tests.support.speech import SPEECH, TEXTS, plain, wer
from tests.support.uploads import flac, spoken_together


def client_of(house: House) -> openai.OpenAI:
    """OpenAI's own client."""
    return openai_client(house.url)


def test_openais_client_transcribes_a_file(house: House) -> None:
    """In each of its formats, unchanged but for the address."""
    transcribe = client_of(house).audio.transcriptions.create
    file, text = SPEECH / "stereo_48k.ogg", TEXTS["stereo_48k.ogg"]
    heard = transcribe(file=file, model="gpt-4o-transcribe", prompt="My name is Anna.")
    assert wer(text, heard.text) <= 0.15
    verbose = transcribe(
        file=file,
        model="whisper-1",
        language="en",
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    assert verbose.duration == pytest.approx(3.0, abs=0.05)
    assert verbose.language == "english"
    assert plain(verbose.text) == plain(" ".join(word.word for word in verbose.words or ()))
    assert verbose.segments
    assert verbose.segments[-1].end <= verbose.duration
    srt = transcribe(file=file, model="whisper-1", language="en", response_format="srt")
    assert srt.startswith("1\n00:00:00,")


def test_a_long_file_loses_no_word_at_its_seams(house: House) -> None:
    """Over a minute, half of it without a pause that ends an utterance: each word once, in order.

    OpenAI's client streams it; the pieces' text comes while the rest is still being recognised.
    """
    audio, text = spoken_together([0.1] * 9 + [1.3] * 6)
    assert len(audio) > 60 * 16_000
    stream = client_of(house).audio.transcriptions.create(
        file=("a.flac", flac(audio)), model="base", language="en", stream=True
    )
    arrived = [(time.monotonic(), event) for event in stream]
    deltas = [event.delta for _, event in arrived if event.type == "transcript.text.delta"]
    done = arrived[-1][1]
    assert done.type == "transcript.text.done"
    assert "".join(deltas) == done.text
    assert len(deltas) > 5
    assert arrived[-1][0] - arrived[0][0] > 1  # not all at once
    assert wer(text, done.text) <= 0.02
    assert len(plain(done.text).split()) == len(plain(text).split())


def test_a_job_with_a_text_is_assessed(house: House) -> None:
    """The word that was said instead is found, the rest scored; times are the file's."""
    audio, _ = spoken_together([1.5, 0.2], ["weather.flac", "market.flac"])
    text = "The weather is very nice today. I went to the market with my brother."
    job = post(house.url, flac(audio), language="en", reference_text=text)
    found = result(house, job["id"])
    assessment = found["assessment"]
    assert assessment["calibrated"]
    assert assessment["total"] > 50
    wrong = [word["text"] for word in assessment["words"] if word["error"]]
    assert wrong == ["brother."]
    (went,) = [word for word in assessment["words"] if word["text"] == "went"]
    (heard,) = [w for s in found["segments"] for w in s["words"] if w["text"] == "went"]
    assert went["start_ms"] / 1000 == pytest.approx(heard["start_s"], abs=0.3)
    assert went["start_ms"] > 3_500


def test_a_webhook_tells_the_end(house: House) -> None:
    """Signed with the secret that was shown, it names the job; what was said it does not say."""
    with receiving() as receiver:
        job = post(house.url, (SPEECH / "market.flac").read_bytes(), callback_url=receiver.url)
        wait_until(lambda: bool(receiver.got), DONE_S, house.log)
        wait_until(lambda: state(house.url, job["id"])["webhook"]["state"] == "delivered", SOON_S)
    ((headers, body),) = receiver.got
    told = Webhook(job["webhook_secret"]).verify(body, headers)
    assert (told["type"], told["data"]["id"]) == ("job.done", job["id"])
    assert b"market" not in body


def test_a_webhook_is_tried_again(house: House) -> None:
    """A receiver that fails is called again after a while, with the same id."""
    with receiving(500) as receiver:
        job = post(house.url, b"no audio", callback_url=receiver.url)
        wait_until(lambda: state(house.url, job["id"])["webhook"]["tries"] == 1, DONE_S, house.log)
        webhook = state(house.url, job["id"])["webhook"]
        assert (webhook["state"], webhook["error"]) == ("due", "the receiver answered with 500")
        receiver.status = 200
        wait_until(lambda: len(receiver.got) == 2, SOON_S, house.log)
    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second
    assert json.loads(receiver.got[0][1])["type"] == "job.failed"


def test_a_deleted_job_leaves_no_trace(house: House) -> None:
    """In the middle of its work: neither the database's files nor Redis know it any more.

    Until then each piece tells which worker has it, one that lives.
    """
    audio, _ = spoken_together([1.2] * 12)
    job = post(house.url, flac(audio), language="en")["id"]
    wait_until(lambda: state(house.url, job)["progress"] > 0, DONE_S, house.log)
    store = house.store()
    takers: list[bytes] = []

    def is_taken() -> bool:
        """Whether a worker has a piece just now; between two pieces none has."""
        held = map(store.get, store.keys(f"tutor:taker:file-{job}-*"))
        takers[:] = {name for name in held if isinstance(name, bytes)}
        return bool(takers)

    wait_until(is_taken, DONE_S, house.log)
    (taker,) = takers
    assert taker.startswith(b"tutor:worker:batch:")
    assert store.exists(taker)
    assert asking.delete(f"{house.url}/v1/jobs/{job}").status_code == 204
    assert asking.get(f"{house.url}/v1/jobs/{job}").status_code == 404
    wait_until(lambda: not any(store.scan_iter(f"tutor:*{job}*", count=1000)), SOON_S, house.log)
    time.sleep(1)  # nobody writes it again
    assert not list(store.scan_iter(f"tutor:*{job}*", count=1000))


def test_the_lines_of_the_documentation_work_as_pasted(house: House) -> None:
    """The job flow by curl and the example of OpenAI's client, but for the address."""
    (lines,) = blocks("embed/http-api.md", "sh")
    (example,) = blocks("embed/http-api.md", "python")
    done = subprocess.run(
        ["bash", "-ec", lines.replace("http://127.0.0.1:8000", house.url)],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=DONE_S,
    )
    assert done.returncode == 0, done.stderr
    assert '"error":"substitution"' in done.stdout
    assert "00:00:00,000 --> " in done.stdout
    assert done.stdout.count("I went to the market with my sister") == 4
    code = example.replace("http://127.0.0.1:8000", house.url)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DONE_S
    )
    assert done.returncode == 0, done.stderr
    assert "transcript.text.done" in done.stdout
