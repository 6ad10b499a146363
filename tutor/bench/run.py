"""The benchmark: servers up, learners in, figures out."""

from __future__ import annotations

import datetime as dt
import platform
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.metadata import version

import uvloop

from tutor.adapters.settings.cores import usable_cores
from tutor.bench.corpus import Recording, sample_recordings
from tutor.bench.figures import Cost, Decodes, Machine, PartCost, Run
from tutor.bench.files import file_load
from tutor.bench.measures import SessionLog, measure
from tutor.bench.options import BenchError, BenchOptions, Progress
from tutor.bench.player import Script, play_all, share, write_script
from tutor.bench.processes import LoadMeter, PeakWatch
from tutor.bench.report import BASELINE, LOADED, PRODUCT, BenchReport
from tutor.bench.server import Server, read_decodes, running, started
from tutor.core.audio.samples import RATE
from tutor.core.protocol.messages import SessionStart

WARM_UP = 1
"""Recordings that are played before anything is measured; the worker has tried its model."""


def run(options: BenchOptions, progress: Progress) -> BenchReport:
    """Measure the product, and the baseline if it is asked for."""
    progress("reading recordings", 0.0)
    wanted = max(options.sessions) * options.utterances
    recordings = sample_recordings(options.data, wanted, options.seed)
    runs = _measure_server(PRODUCT, options.sessions, options, recordings, progress)
    if options.baseline != "none":
        sessions = options.sessions if options.baseline == "all" else options.sessions[:1]
        runs += _measure_server(BASELINE, sessions, options, recordings, progress)
    return BenchReport(options, describe_machine(), tuple(runs))


def _measure_server(
    variant: str,
    sessions: tuple[int, ...],
    options: BenchOptions,
    recordings: tuple[Recording, ...],
    progress: Progress,
) -> list[Run]:
    progress(f"{variant}: starting", 0.0)
    with _server(variant, options) as server:
        progress(f"{variant}: warming up", 0.0)
        warm = write_script(recordings[:WARM_UP], options.gap_ms, options.seed)
        (log,) = _play(server, [warm], options)
        if not log.arrivals:
            raise BenchError(log.faults[0] if log.faults else "the server says nothing")
        runs = []
        for n in sessions:
            runs.append(_measure(variant, n, server, options, recordings, progress))
            if options.batch_load and variant == PRODUCT:
                runs.append(_measure_loaded(n, server, options, recordings, progress))
        return runs


def _measure_loaded(
    sessions: int,
    server: Server,
    options: BenchOptions,
    recordings: tuple[Recording, ...],
    progress: Progress,
) -> Run:
    """Measure sessions once more while uploaded files are recognised."""
    progress(f"{LOADED}: starting", 0.0)
    with file_load(server.url, options.batch_load, recordings, options.language) as load:
        before_s = load.total_s
        found = _measure(LOADED, sessions, server, options, recordings, progress)
        return replace(found, files_s=round(load.total_s - before_s, 1))


def _server(variant: str, options: BenchOptions) -> AbstractContextManager[Server]:
    if options.url:
        return running(options.url)
    recogniser = {"recogniser": "plain"} if variant == BASELINE else {}
    feedback = {"feedback": str(options.feedback).lower()}
    jobs = {"max_jobs_per_user": str(max(10, options.batch_load))}
    return started({**feedback, **jobs, **options.settings, **recogniser})


def _measure(
    variant: str,
    sessions: int,
    server: Server,
    options: BenchOptions,
    recordings: tuple[Recording, ...],
    progress: Progress,
) -> Run:
    shares = share(recordings, sessions, options.utterances)
    scripts = [
        write_script(mine, options.gap_ms, options.seed + number)
        for number, mine in enumerate(shares)
    ]
    longest = max(len(script.audio) for script in scripts) / RATE
    began = time.monotonic()

    def on_look() -> None:
        share_done = (time.monotonic() - began) / (longest + 1)
        progress(f"{variant}: {sessions} at once", min(1.0, share_done))

    on_look()
    before, cpu = read_decodes(server.url), server.tree.cpu_s() if server.tree else {}
    meter = LoadMeter(server.tree)
    with PeakWatch(server.tree, on_look) as watch:
        logs = _play(server, scripts, options)
    load = meter.read()
    figures = measure(logs, options.endpoint_silence_ms)
    return Run(
        variant,
        sessions,
        figures,
        _cost(server, watch, cpu, figures.audio_s),
        _since(read_decodes(server.url), before),
        load,
    )


def _play(server: Server, scripts: list[Script], options: BenchOptions) -> tuple[SessionLog, ...]:
    start = SessionStart(
        options.language,
        endpoint_silence_ms=options.endpoint_silence_ms,
        feedback=options.feedback,
    )
    # The server's own loop, so that the player is not the slower of the two.
    return uvloop.run(play_all(server.url, scripts, start, options.seed))


def _cost(
    server: Server, watch: PeakWatch, before: Mapping[str, float], audio_s: float
) -> Cost | None:
    if server.tree is None:
        return None
    spent = {part: seconds - before.get(part, 0.0) for part, seconds in server.tree.cpu_s().items()}
    spent["all"] = sum(spent.values())
    return Cost(
        {
            part: PartCost(seconds / audio_s, watch.peaks[part])
            for part, seconds in sorted(spent.items())
            if part in watch.peaks
        }
    )


def _since(now: dict[str, Decodes], before: dict[str, Decodes]) -> dict[str, Decodes]:
    return {kind: decodes.since(before.get(kind, Decodes())) for kind, decodes in now.items()}


def describe_machine() -> Machine:
    """The machine and the versions of this measurement."""
    return Machine(
        dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        _cpu_name(),
        usable_cores(),
        platform.python_version(),
        version("voice-tutor"),
    )


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123
            names = [line.partition(":")[2].strip() for line in info if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
