"""One process of two threads or two processes of one: throughput and latency of a final."""

from __future__ import annotations

import time
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import numpy as np
from bench_audio import Utterance
from bench_decoder import Decoder, Decoding

LAYOUTS = ((1, 1), (1, 2), (2, 1), (2, 2))
"""Processes and threads of each."""


def compare(
    cache: Path, sample: list[Utterance], ways: dict[str, Decoding], rounds: int = 2
) -> list[dict[str, Any]]:
    """Every layout and way, in turns."""
    lines = []
    for name, how in ways.items():
        for processes, threads in LAYOUTS * rounds:
            lines.append(
                {"way": name, "processes": processes, "threads": threads}
                | _run(cache, sample, how, processes, threads)
            )
    return sorted(lines, key=lambda line: (line["way"], line["processes"], line["threads"]))


def _run(
    cache: Path, sample: list[Utterance], how: Decoding, processes: int, threads: int
) -> dict[str, float]:
    context = get_context("spawn")
    barrier, answers = context.Barrier(processes + 1), context.Queue()
    workers = [
        context.Process(
            target=_work, args=(cache, sample[k::processes], how, threads, barrier, answers)
        )
        for k in range(processes)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    walls = [wall for _ in workers for wall in answers.get()]
    took = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return {
        "finals_per_s": len(sample) / took,
        "p50_s": float(np.median(walls)),
        "p95_s": float(np.percentile(walls, 95)),
    }


def _work(
    cache: Path,
    sample: list[Utterance],
    how: Decoding,
    threads: int,
    barrier: Barrier,
    answers: Queue[list[float]],
) -> None:
    decoder = Decoder(cache, threads)
    decoder.hear(sample[0].audio, how)
    barrier.wait()
    answers.put([decoder.hear(utterance.audio, how).wall_s for utterance in sample])
