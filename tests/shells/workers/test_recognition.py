import faulthandler
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
import redis

from tests.support.places import ROOT
from tests.support.watched import FINAL, PARTIAL
from tutor.adapters.settings import Settings
from tutor.adapters.speech.request import Request
from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore, open_blocking_store
from tutor.adapters.store.results import read_results
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult
from tutor.shells.workers import recognition
from tutor.shells.workers.recognition import EXIT_BROKEN, AsrWorker, load_asr_worker
from tutor.shells.workers.worked_job import WorkerWatch

ILLEGAL = "CUDA failed with error an illegal memory access was encountered"


class EndedError(Exception):
    """Stands for the end of the process."""


class Faulty:
    """A recogniser that does what a test tells it."""

    device = compute_type = "none"

    def __init__(self, answer: Callable[[Request], str]) -> None:
        self._answer = answer
        self.asked = 0

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """An answer to each."""
        self.asked += 1
        return [Recognition(self._answer(request), "en") for request in requests]


@pytest.fixture
def audio(store: Settings) -> BlockingStore:
    """A store in which there is an utterance."""
    client = open_blocking_store(store.redis_url)
    client.flushdb()
    client.set(keys.audio("s", "u1"), bytes(640))
    return client


def worker(
    client: BlockingStore, answer: Callable[[Request], str], most_failures: int = 3
) -> AsrWorker:
    """A worker whose end is an exception."""

    def end(reason: str) -> NoReturn:
        raise EndedError(reason)

    return AsrWorker(Faulty(answer), client, WorkerWatch(), end=end, most_failures=most_failures)


def handled(one: AsrWorker, job: RecognitionJob = FINAL) -> RecognitionResult:
    """What a worker makes of a job."""
    with one.watch.task(job, {}) as task:
        return one.handle(job, task)


def outcomes(client: BlockingStore) -> list[str]:
    """What the session was told."""
    results, _ = read_results(client, "s", "0", 1)
    return [result.outcome for result in results]


def test_a_recogniser_is_told_what_a_job_knows(audio: BlockingStore) -> None:
    """Its language, its prompt and the words that are likely, in their order."""
    asked: list[Request] = []

    def answer(request: Request) -> str:
        asked.append(request)
        return "hello"

    names = ("Kowalczyk", "New York")
    told = handled(worker(audio, answer), replace(FINAL, vocabulary=names, prompt="Dear"))
    assert told.outcome == "ok"
    assert (asked[-1].language, asked[-1].prompt, asked[-1].vocabulary) == ("en", "Dear", names)


def test_a_broken_device_ends_the_worker_after_its_answer(audio: BlockingStore) -> None:
    """Who asked hears of it at once and may ask another worker; nobody else asks this one."""

    def answer(_: Request) -> str:
        raise RuntimeError(ILLEGAL)

    with pytest.raises(EndedError, match="illegal memory access"):
        handled(worker(audio, answer))
    assert outcomes(audio) == ["failed"]


def test_failures_in_a_row_end_a_worker_that_fails_its_probe(audio: BlockingStore) -> None:
    """Whatever the error says: what recognises nothing any more drains everybody's queue."""

    def answer(_: Request) -> str:
        raise RuntimeError("something is wrong")

    broken = worker(audio, answer)
    assert [handled(broken).outcome for _ in range(2)] == ["failed"] * 2
    with pytest.raises(EndedError, match="something is wrong"):
        handled(broken)
    assert outcomes(audio) == ["failed"] * 3


def test_a_worker_that_hears_nothing_in_its_probe_ends(audio: BlockingStore) -> None:
    """A device that computes nonsense raises nothing: its probe has no words."""

    def answer(request: Request) -> str:
        if len(request.audio) == 320:
            raise RuntimeError("something is wrong")
        return ""

    broken = worker(audio, answer, most_failures=1)
    with pytest.raises(EndedError, match="probe"):
        handled(broken)


def test_learners_whose_audio_fails_end_no_healthy_worker(audio: BlockingStore) -> None:
    """Ten requests that cannot be recognised are their own: the probe still is."""

    def answer(request: Request) -> str:
        if len(request.audio) == 320:
            raise ValueError("no such language")
        return "Hello"

    healthy = worker(audio, answer)
    assert [handled(healthy, PARTIAL).outcome for _ in range(10)] == ["failed"] * 10


def test_a_device_that_breaks_while_nobody_speaks_is_noticed(audio: BlockingStore) -> None:
    """An idle worker tries its probe again and again."""
    heard: list[str] = []

    def answer(_: Request) -> str:
        heard.append("probe")
        if len(heard) > 4:
            threading.Event().wait()  # for as long as the process lives
        return "Hello"

    worker(audio, answer).probe_when_idle(0.02)
    deadline = time.monotonic() + 20
    while len(heard) <= 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(heard) > 4


PROGRAM = """
import sys, time
from functools import partial
from tests.shells.workers.test_recognition import FINAL, ILLEGAL, Faulty
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.workers import Announcement
from tutor.shells.workers.recognition import AsrWorker, end_process
from tutor.shells.workers.worked_job import WorkerWatch
def broken(_):
    raise RuntimeError(ILLEGAL)
store = open_blocking_store(sys.argv[1])
announcement = Announcement(store, "asr", {"slots": "16"})
while not store.keys("tutor:worker:asr:*"):
    time.sleep(0.01)
print("announced", flush=True)
worker = AsrWorker(
    Faulty(broken), store, WorkerWatch(), end=partial(end_process, announcement), most_failures=3)
with worker.watch.task(FINAL, {}) as task:
    worker.handle(FINAL, task)
print("still here", flush=True)
"""


@pytest.mark.heavy
def test_a_broken_worker_is_out_of_the_registry_and_gone(
    store: Settings, audio: BlockingStore
) -> None:
    """Its process ends at once, with its key deleted, not left to expire."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, store.redis_url],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (EXIT_BROKEN, "announced\n"), done.stderr
    assert not list(redis.Redis.from_url(store.redis_url).scan_iter("tutor:worker:*"))
    assert outcomes(audio) == ["failed"]


def test_the_first_recognition_may_take_longer_than_any_later_one(
    store: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that compiles the kernels first (minutes, on a GPU that the wheel has no code for)
    is not taken for a stuck call: nothing ends the process before the worker is ready."""
    armed: list[float] = []
    limits: list[list[float]] = []

    def answer(_: Request) -> str:
        limits.append([one for one in armed if one <= 17.5])  # others' may be longer
        return "Hello"

    def arm(seconds: float, **_: object) -> None:
        armed.append(seconds)

    monkeypatch.setattr(faulthandler, "dump_traceback_later", arm)
    monkeypatch.setattr(recognition, "load_recogniser", lambda *_: Faulty(answer))
    monkeypatch.setattr(recognition, "Announcement", lambda *_: None)  # it would go on renewing
    limited = store.model_copy(update={"task_time_limit_s": 17.5})
    loaded = load_asr_worker(limited, Path(), WorkerWatch(), batched=True)
    assert limits == [[], []]
    loaded.probe()
    assert limits[2] == [pytest.approx(17.5, abs=1)]
