"""What watching costs: the same flood with telemetry as it comes, without any, and traced.

    python etc/bench/bench_telemetry.py [--rounds 12] [--frames 8000]

Three servers with the recogniser that answers at once (the harshest ratio: recognition, which costs
ten times as much as all else, is left out) take the same frames in turn, round after round, so that
a noisy machine disturbs all alike. Compared are the CPU seconds of all their processes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.bench.corpus import noise, read_probe
from tutor.bench.overhead.overhead import SETTINGS, START
from tutor.bench.overhead.overhead import SHORT_MS as FRAME_MS
from tutor.bench.server import Server, started
from tutor.client import PracticeClient, practise
from tutor.core.audio.recognition import Kind
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, Samples, to_samples
from tutor.core.protocol.messages import (
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    Word,
)
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult
from tutor.shells.live.watch import SessionWatch

SESSIONS = 4

GAP_MS = 1500

DEAF = """
import sys
if "tutor" in sys.argv or "-m" in sys.orig_argv:
    import tutor.shells.live.watch as sessions
    import tutor.shells.workers.worked_job as tasks

    class Deaf:
        def __init__(self, *_): pass
        def __getattr__(self, name): return nothing

    def nothing(*_):
        return ""

    class DeafTask(tasks.Task):
        def __init__(self, *_): pass
        def __enter__(self): return self
        def __exit__(self, *_): pass
        def post(self, redis, result): tasks.post_result(redis, result)

    sessions.SessionWatch = Deaf
    tasks.Task = DeafTask
"""
"""Run by every process of the server that shall count nothing, before its own program."""


@contextmanager
def deaf() -> Iterator[None]:
    """Processes started inside count and trace nothing."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(DEAF)
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, str(Path.cwd()), before)))
        try:
            yield
        finally:
            del os.environ["PYTHONPATH"]
            if before is not None:
                os.environ["PYTHONPATH"] = before


@contextmanager
def collector() -> Iterator[str]:
    """A collector that takes spans and forgets them; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces"
        server.shutdown()


def mix(seconds: float) -> Samples:
    """The probe and low noise by turns."""
    turn = np.concatenate((read_probe(), noise(to_samples(GAP_MS), 10, 0)))
    return np.resize(turn, round(seconds * RATE))


async def flood(url: str, audio: Samples) -> None:
    """Some sessions send frames as fast as they are taken, until each has its last answer."""

    async def send(client: PracticeClient) -> None:
        size = to_samples(FRAME_MS) * BYTES_PER_SAMPLE
        pcm = audio.tobytes()
        for offset in range(0, len(pcm), size):
            await client.send_audio(pcm[offset : offset + size])
            await asyncio.sleep(0)
        await client.end()

    async def one() -> None:
        async with practise(url, START) as client:
            sender = asyncio.create_task(send(client))
            async for _ in client:
                pass
            await sender

    await asyncio.gather(*(one() for _ in range(SESSIONS)))


def spent(server: Server, audio: Samples) -> float:
    """CPU seconds of a server's gateway, workers and store for one flood."""
    assert server.tree is not None
    before = server.tree.cpu_s()
    asyncio.run(flood(server.url, audio))
    after = server.tree.cpu_s()
    return sum(after[part] - before.get(part, 0.0) for part in ("gateway", "asr", "store"))


def own_cost() -> tuple[float, float]:
    """CPU microseconds that a session's watch itself takes for a frame, and for an utterance."""
    watch = SessionWatch(GatewayMetrics(), None, "s")
    frame_us = _cpu_us(lambda _: _frame(watch), 20_000)
    return frame_us, _cpu_us(lambda number: _utterance(watch, f"u{number}"), 1000)


def _cpu_us(step: Callable[[int], None], times: int) -> float:
    began = time.process_time()
    for number in range(times):
        step(number)
    return (time.process_time() - began) / times * 1e6


def _frame(watch: SessionWatch) -> None:
    watch.saw_frame()
    watch.saw_audio(FRAME_MS / 1000)
    watch.saw_probabilities([0.9], 0.5)


def _utterance(watch: SessionWatch, name: str) -> None:
    """Five partials and a final of ten words."""
    watch.saw_events([SpeechStarted(name, 0)])
    for revision in range(1, 7):
        kind: Kind = "final" if revision == 6 else "partial"
        job = RecognitionJob("s", name, kind, revision, 1, 640, "en")
        watch.begin_job(job)
        watch.queue_job(job)
        watch.saw_result(RecognitionResult("s", name, kind, revision, 1, "ok", 640))
        shown = TranscriptPartial(name, revision, "one two three", "four five", 300)
        watch.saw_events([shown])
        watch.saw_sent(shown, time.time())
    watch.saw_events([SpeechStopped(name, 900)])
    words = tuple(Word("one", n * 90, n * 90 + 90, 1.0) for n in range(10))
    final = TranscriptFinal(name, "one", "en", words, 0, 900)
    watch.saw_events([final])
    watch.saw_sent(final, time.time())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--frames", type=int, default=8000)
    options = parser.parse_args()
    frame_us, utterance_us = own_cost()
    print(f"itself: {frame_us:.1f} us a frame, {utterance_us:.0f} us an utterance", flush=True)
    audio = mix(options.frames / SESSIONS * FRAME_MS / 1000)
    settings = SETTINGS | {"feedback": "false"}
    with ExitStack() as stack:
        traced = settings | {"otlp_endpoint": stack.enter_context(collector())}
        with deaf():
            servers = {"none": stack.enter_context(started(settings))}
        servers["default"] = stack.enter_context(started(settings))
        servers["traced"] = stack.enter_context(started(traced))
        for server in servers.values():
            spent(server, audio)  # what the first ones cost is paid once
        rounds = []
        for number in range(options.rounds):
            names = list(servers)[:: 1 if number % 2 else -1]
            rounds.append({name: spent(servers[name], audio) for name in names})
            print({name: round(rounds[-1][name], 2) for name in servers}, flush=True)
    base = statistics.median(costs["none"] for costs in rounds)
    print(f"without any: {base:.2f} CPU s for {options.frames} frames")
    for name in ("default", "traced"):
        ratios = [costs[name] / costs["none"] - 1 for costs in rounds]
        print(
            f"{name}: {statistics.median(ratios):+.1%} of it, the middle of {len(ratios)} rounds "
            f"({min(ratios):+.1%} to {max(ratios):+.1%})"
        )


if __name__ == "__main__":
    main()
