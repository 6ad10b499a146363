import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from tutor.adapters.speech.batcher import Batcher
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio.recognition import Kind, Recognition


class Counting:
    """A recogniser that says how many came together."""

    device = compute_type = "none"

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.first = threading.Event()

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """The length of each audio as text; the first call waits for the others to gather."""
        self.batches.append(len(requests))
        if len(self.batches) == 1:
            self.first.wait(5)
        if any(request.language == "xx" for request in requests):
            raise RuntimeError("no such language")
        return [Recognition(str(len(request.audio)), "en") for request in requests]


def request(samples: int, language: str = "en", kind: Kind = "final") -> Request:
    """A request for so many samples of silence."""
    return Request(np.zeros(samples, np.float32), language, kind)


def test_requests_that_come_during_a_batch_share_the_next_one() -> None:
    """While one call runs the others gather, and each gets its own answer."""
    counting = Counting()
    metrics = WorkerMetrics()
    batcher: Recogniser = Batcher(counting, max_batch=4, stuck_after_s=60, metrics=metrics)
    with ThreadPoolExecutor(9) as threads:
        answers = [threads.submit(batcher.recognise, [request(n)]) for n in range(1, 10)]
        while len(counting.batches) == 0:
            time.sleep(0.01)
        time.sleep(0.3)
        counting.first.set()
        assert [a.result()[0].text for a in answers] == [str(n) for n in range(1, 10)]
    assert sum(counting.batches) == 9
    assert max(counting.batches) == 4
    assert len(counting.batches) <= 4
    told = metrics.registry.get_sample_value
    assert told("tutor_batch_size_count") == len(counting.batches)
    assert told("tutor_batch_size_sum") == 9


def test_a_failure_reaches_those_who_asked_and_nobody_later() -> None:
    """An error of the recogniser is raised in the caller, and the batcher goes on."""
    counting = Counting()
    counting.first.set()
    batcher = Batcher(counting, max_batch=4, stuck_after_s=60)
    with pytest.raises(RuntimeError, match="no such language"):
        batcher.recognise([request(1, "xx")])
    assert batcher.recognise([request(7)])[0].text == "7"


def test_a_stuck_call_ends_the_process() -> None:
    """A call that holds even the interpreter's lock is ended after the limit."""
    program = """
import ctypes, numpy, tutor.adapters.speech.batcher as b
from tutor.adapters.speech.whisper.recogniser import Request
from tutor.core.audio.recognition import Recognition
class Stuck:
    device = compute_type = "none"
    seconds = 0
    def recognise(self, requests):
        ctypes.PyDLL(None).sleep(self.seconds)  # PyDLL keeps the lock
        self.seconds = 60  # the first call may take long: all is loaded with it
        return [Recognition("", "en")]
batcher = b.Batcher(Stuck(), max_batch=1, stuck_after_s=1)
for _ in range(2):
    batcher.recognise([Request(numpy.zeros(1, numpy.float32), "en", "final")])
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=40)
    assert done.returncode == 1
    assert b"Timeout" in done.stderr
    assert time.monotonic() - began < 30


def test_whoever_speaks_now_goes_before_pieces_of_files() -> None:
    """What waits for a full batch: live requests first, then a few pieces of files, in order."""
    counting = Counting()
    heard: list[list[int]] = []
    answer = counting.recognise

    def recording(requests: Sequence[Request]) -> list[Recognition]:
        heard.append([len(request.audio) for request in requests])
        return answer(requests)

    counting.recognise = recording  # type: ignore[method-assign]
    batcher: Recogniser = Batcher(counting, max_batch=8, stuck_after_s=60)
    with ThreadPoolExecutor(9) as threads:
        asked = [threads.submit(batcher.recognise, [request(1)])]
        while not heard:
            time.sleep(0.01)
        for n in (11, 12, 13, 14):
            piece = replace(request(n), batch=True)
            asked.append(threads.submit(batcher.recognise, [piece]))
            time.sleep(0.05)
        asked += [threads.submit(batcher.recognise, [request(n)]) for n in (2, 3)]
        time.sleep(0.3)
        counting.first.set()
        assert all(future.result() for future in asked)
    assert heard[0] == [1]
    assert sorted(heard[1][:2]) == [2, 3]
    assert heard[1][2:] == [11, 12]
    assert heard[2:] == [[13, 14]]


def together(counting: Counting, requests: Sequence[Request]) -> list[Recognition | Exception]:
    """What becomes of requests that meet in one batch behind a first one."""
    batcher: Recogniser = Batcher(counting, max_batch=16, stuck_after_s=60)

    def ask(one: Request) -> Recognition | Exception:
        try:
            return batcher.recognise([one])[0]
        except Exception as error:
            return error

    with ThreadPoolExecutor(1 + len(requests)) as threads:
        threads.submit(ask, request(1))
        while not counting.batches:
            time.sleep(0.01)
        asked = [threads.submit(ask, one) for one in requests]
        time.sleep(0.2)
        counting.first.set()
        return [one.result() for one in asked]


@pytest.mark.parametrize("guilty", [[0], [7], [3, 11], [14, 15]])
def test_only_who_fails_alone_fails(guilty: list[int]) -> None:
    """Sixteen learners share a call: the bad request of one is his, whoever sits beside him."""
    counting = Counting()
    requests = [request(100 + n, "xx" if n in guilty else "en") for n in range(16)]
    outcomes = together(counting, requests)
    assert counting.batches[1] == 16
    for n, outcome in enumerate(outcomes):
        if n in guilty:
            assert isinstance(outcome, RuntimeError)
        else:
            assert isinstance(outcome, Recognition)
            assert outcome.text == str(100 + n)
    assert len(counting.batches) <= 2 + len(guilty) * 8  # halves, not one by one


def test_a_batch_that_fits_no_memory_goes_in_parts() -> None:
    """Where only four fit, sixteen are answered all the same."""
    counting = Counting()
    answer = counting.recognise

    def small(requests: Sequence[Request]) -> list[Recognition]:
        heard = answer(requests)
        if len(requests) > 4:
            raise RuntimeError("CUDA failed with error out of memory")
        return heard

    counting.recognise = small  # type: ignore[method-assign]
    outcomes = together(counting, [request(100 + n) for n in range(16)])
    assert [o.text for o in outcomes if isinstance(o, Recognition)] == [
        str(100 + n) for n in range(16)
    ]


def test_a_broken_device_is_asked_once() -> None:
    """Its error stays: to halve the batch would only keep the learners waiting."""
    counting = Counting()
    answer = counting.recognise

    def broken(requests: Sequence[Request]) -> list[Recognition]:
        answer(requests)
        raise RuntimeError("CUDA failed with error unspecified launch failure")

    counting.recognise = broken  # type: ignore[method-assign]
    outcomes = together(counting, [request(100 + n) for n in range(16)])
    assert all(isinstance(outcome, RuntimeError) for outcome in outcomes)
    assert counting.batches == [1, 16]
