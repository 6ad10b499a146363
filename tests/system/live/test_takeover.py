"""Gateways and workers are replaced and killed while people speak: nothing is lost."""

import asyncio
import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import asking
from tests.support.collector import Collector, collecting
from tests.support.fleet import Fleet, fleet
from tests.support.gateway import Person, enter
from tests.support.house import SOON_S, get, wait_until
from tests.support.practice import Heard
from tests.support.speech import TEXTS, silence, spoken, wer
from tutor.adapters.speech.media import read_audio_file
from tutor.client import PracticeError, practise
from tutor.core.protocol.messages import (
    Error,
    Exercise,
    SessionStart,
    SessionStarted,
    SpeechStarted,
    SpeechStopped,
    TutorReplyDone,
)

START = SessionStart("en", feedback=False)

SENTENCES = ("weather.flac", "market.flac", "train.flac", "question.flac")
"""What learners say, one after the other, a pause behind each."""

TOLERANCE = 0.1
"""Word error rate between two runs of the same recordings. Equal but for this: the endpoint of an
utterance moves by a window of 32 ms with the frames' arrival, and Whisper then spells a word or
two otherwise. A lost or doubled utterance costs 0.15 at least."""


def sentence(name: str) -> bytes:
    """A recorded sentence and a pause."""
    return np.concatenate((spoken(name), silence(1.5))).tobytes()


async def learn(
    url: str, first: int, enough: asyncio.Event, speed: float = 1.0
) -> tuple[list[str], Heard]:
    """Say sentence after sentence until it is enough; what was said and what was told."""
    said: list[str] = []
    heard = Heard()
    async with practise(url, START, resume=True) as client:

        async def play() -> None:
            while not enough.is_set() or len(said) < len(SENTENCES):
                said.append(SENTENCES[(first + len(said)) % len(SENTENCES)])
                await client.play(sentence(said[-1]), speed)
            await client.end()

        playing = asyncio.create_task(play())
        async for numbered in client:
            heard.events.append(numbered)
        await playing
        heard.close_code = client.close_code
    return said, heard


async def test_a_stopping_gateway_says_so_and_lets_a_sentence_end(tmp_path: Path) -> None:
    """At once it is not ready and takes nobody; who speaks is heard to the end, then it is gone."""
    with fleet(tmp_path, reuse_port="false") as alone:
        gateway = alone.gateway()
        async with practise(alone.url, START) as client:
            await client.play(spoken("long.flac").tobytes()[: 2 * 32_000])
            gateway.send_signal(signal.SIGTERM)
            await client.play(spoken("long.flac").tobytes()[2 * 32_000 : 4 * 32_000])
            ready = f"{alone.url}/readyz"
            await asyncio.to_thread(wait_until, lambda: get(ready)[0] == 503, SOON_S)
            assert json.loads((await asyncio.to_thread(get, ready))[2])["draining"] is True
            with pytest.raises(PracticeError, match="503"):
                async with practise(alone.url, START):
                    pass
            await client.commit()
            events = [event async for _, event in client]
        ending = ["speech.stopped", "turn.ended", "error"]
        assert [event.type for event in events[-3:]] == ending
        assert isinstance(events[-1], Error)
        assert (events[-1].code, events[-1].fatal) == ("going_away", False)
        assert client.close_code == 1012
        assert gateway.wait(SOON_S) in (0, -signal.SIGTERM)


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Takes the spans of all parts."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Fleet]:
    """A store, two gateways on one port, an ASR and a feedback worker, in this order."""
    folder: Path = tmp_path_factory.mktemp("fleet")
    with fleet(
        folder,
        drain_s="15",
        partial_interval_ms="960",  # four speak for a long time: some partials are enough
        asr_processes="2",  # and their finals are due while others speak
        # On a machine that does other things, too, a final may take longer than a learner waits.
        final_retry_s="20",
        final_deadline_s="90",
        feedback="true",
        feedback_retry_s="20",
        feedback_deadline_s="60",
        log_format="json",
        otlp_endpoint=collector.url,
    ) as parts:
        parts.gateway()
        parts.gateway()
        parts.worker()
        parts.start("worker", "feedback")  # it is ready long before somebody needs it
        yield parts


def connected(parts: Fleet) -> int:
    """How many connections all gateways have."""
    return sum(parts.serving(gateway) for gateway in gateways(parts))


def gateways(parts: Fleet) -> "list[subprocess.Popen[bytes]]":
    """Those that run."""
    return [part for part in parts.parts if "gateway" in part.args and part.poll() is None]  # type: ignore[operator]


async def test_a_rolling_restart_under_four_speaking_sessions_loses_nothing(parts: Fleet) -> None:
    """Both gateways and the worker are replaced while four learners speak: every event comes once
    and in order, every utterance ends once, and the words are those of an undisturbed run."""
    enough = asyncio.Event()
    enough.set()
    names, undisturbed = await learn(parts.url, 0, enough, speed=1.9)
    enough.clear()
    learning = [asyncio.create_task(learn(parts.url, first, enough)) for first in range(4)]
    served = 0
    for old in parts.parts[:2]:
        await asyncio.to_thread(parts.gateway)
        await asyncio.to_thread(wait_until, lambda: connected(parts) == len(learning), SOON_S)
        served += parts.serving(old)
        await asyncio.to_thread(parts.stop, old)
    await asyncio.to_thread(parts.worker)
    await asyncio.to_thread(parts.stop, parts.parts[2])
    enough.set()
    disturbed = await asyncio.gather(*learning)

    assert len(undisturbed.finals) == len(names), "a sentence is an utterance"
    words = {name: final.text for name, final in zip(names, undisturbed.finals, strict=True)}
    for said, heard in disturbed:
        heard.assert_whole()
        assert not heard.of(SessionStarted), "it was the same session all the time"
        assert len(heard.finals) == len(said)
        finals = sorted(heard.finals, key=lambda final: final.start_ms)  # a short one overtakes
        text = " ".join(final.text for final in finals)
        assert wer(" ".join(words[name] for name in said), text) <= TOLERANCE
    moves = [error.code for _, heard in disturbed for error in heard.of(Error)]
    assert moves == ["going_away"] * len(moves)
    assert len(moves) == served >= 4


BEFORE, DURING = "market.flac", "long.flac"
"""What is said before the gateway dies, and while it does."""


@dataclass
class Moved:
    """A signed-in learner's session whose gateway was killed while they spoke."""

    anna: Person
    session: str
    recovered: bool | None
    pcm: bytes
    heard: Heard
    recordings: dict[str, bytes]
    """PCM16 by utterance."""
    story: dict[str, Any]
    """What the history tells."""
    account: dict[str, Any]


@pytest.fixture(scope="module")
def moved(parts: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    """Two sentences read aloud by one who keeps recordings; `kill -9` in the second."""
    anna = enter(parts.url)
    client = asking.client(parts.url, {"Authorization": f"Bearer {anna.token}"})
    with client:
        assert client.patch("/v1/me", json={"keep_audio": True}).status_code == 200
    found = asyncio.run(_read_aloud(parts, anna))
    path = f"/v1/me/sessions/{found.session}"
    with asking.client(parts.url, client.headers) as client:
        wait_until(lambda: bool(client.get(path).json().get("ended_at")), SOON_S)
        found.story, found.account = client.get(path).json(), client.get("/v1/me").json()
        file = tmp_path_factory.mktemp("recordings") / "said.flac"
        for utterance in found.story["spoken"]:
            flac = client.get(f"{path}/utterances/{utterance['name']}/audio")
            file.write_bytes(flac.content)
            found.recordings[utterance["name"]] = read_audio_file(file).tobytes()
    return found


async def _read_aloud(parts: Fleet, anna: Person) -> Moved:
    alive = gateways(parts)
    begun = sentence(BEFORE)
    pcm = begun + np.concatenate((spoken(DURING), silence(1))).tobytes()
    middle = len(begun) + 4 * 32_000
    exercise = Exercise("read_aloud", f"{TEXTS[BEFORE]} {TEXTS[DURING]}")
    start = SessionStart("en", exercise, endpoint_silence_ms=600)  # two utterances, however busy
    heard = Heard()
    async with practise(parts.url, start, resume=True, token=anna.token) as client:
        session = client.started.session

        async def play() -> None:
            await client.play(pcm[:middle], 1.9)
            (victim,) = [gateway for gateway in alive if parts.serving(gateway)]
            victim.kill()
            await client.play(pcm[middle:], 1.9)
            await client.end()

        playing = asyncio.create_task(play())
        async for numbered in client:
            heard.events.append(numbered)
        await playing
        heard.close_code = client.close_code
        assert client.started.session == session
        return Moved(anna, session, client.started.recovered, pcm, heard, {}, {}, {})


def test_a_killed_gateway_is_survived_in_the_middle_of_an_utterance(moved: Moved) -> None:
    """`kill -9` while somebody speaks: the same session and the same utterance go on at another
    gateway, committed words stay, and all of the sentence is heard."""
    assert moved.recovered is True
    moved.heard.assert_whole()
    begun = [event.utterance for event in moved.heard.of(SpeechStarted)]
    ended = [event.utterance for event in moved.heard.of(SpeechStopped)]
    assert begun == ended == ["u1", "u2"]
    committed = [each.committed for each in moved.heard.partials if each.utterance == "u2"]
    assert all(after.startswith(before) for before, after in pairwise(committed))
    (final,) = [final for final in moved.heard.finals if final.utterance == "u2"]
    assert wer(TEXTS[DURING], final.text) <= TOLERANCE


def test_the_history_of_a_session_that_moved_is_whole(moved: Moved, parts: Fleet) -> None:
    """Each utterance is there once, with its scores, its reply and all of its audio; each second
    and each assessment was counted once."""
    said = {final.utterance: final.text for final in moved.heard.finals}
    replies = {done.utterance: done.text for done in moved.heard.of(TutorReplyDone)}
    story = moved.story["spoken"]
    assert [one["name"] for one in story] == ["u1", "u2"]
    assert {one["name"]: one["text"] for one in story} == said
    assert {one["name"]: one["reply"] for one in story} == replies
    for utterance in story:
        assert {"accuracy", "pronunciation", "fluency"} <= set(utterance["scores"])
        length = (utterance["end_ms"] - utterance["start_ms"]) * 32
        assert len(moved.recordings[utterance["name"]]) >= length
        assert moved.recordings[utterance["name"]] in moved.pcm, "without a hole"
    assert moved.story["audio_s"] == pytest.approx(len(moved.pcm) / 32_000, abs=0.01)
    assert moved.account["usage"]["used_s"] == pytest.approx(moved.story["audio_s"], abs=0.01)
    with sqlite3.connect(Path(parts.settings["data_dir"]) / "tutor.db") as connection:
        decks = connection.execute("SELECT language, utterances FROM decks").fetchall()
    connection.close()
    assert decks == [("en", 2)]


def test_logs_and_traces_of_a_session_that_moved_have_its_id(
    moved: Moved, parts: Fleet, collector: Collector
) -> None:
    """Not that of the socket which asked for it; the utterance that moved has one trace to the
    end of its feedback."""
    lines = [json.loads(line) for line in parts.log().splitlines() if line.startswith("{")]
    told = [line for line in lines if moved.session in line["message"]]
    assert any("taken over" in line["message"] for line in told)
    assert {line["session"] for line in told} == {moved.session}

    about = {
        "tutor.session.id": moved.session,
        "tutor.utterance.id": "u2",
        "tutor.outcome": "ok",
    }

    def is_whole() -> bool:
        spans = collector.spans()
        traces = {span.trace for span in spans if about.items() <= span.attributes.items()}
        within = {span.name for span in spans if span.trace in traces}
        return len(traces) == 1 and {"final", "recognise", "feedback", "assess"} <= within

    wait_until(is_whole, SOON_S)
