"""`tutor bench --overhead`: the live path with a recogniser that answers at once."""

from __future__ import annotations

import asyncio
import math
import random
import resource
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import uvloop

from tutor.adapters.speech.vad import Vad
from tutor.adapters.store.monitor import Monitor
from tutor.bench.corpus import PROBE_TEXT, Recording, find_speech, noise, read_probe
from tutor.bench.figures import FrameCost, Idle, Speaking, Spread
from tutor.bench.measures import spread
from tutor.bench.options import BenchError, OverheadOptions, Progress
from tutor.bench.overhead.hops import hops_between
from tutor.bench.player import play_all, write_script
from tutor.bench.processes import LoadMeter, PeakWatch, Tree
from tutor.bench.report import OverheadReport
from tutor.bench.run import describe_machine
from tutor.bench.server import OPEN_DOORS, Server, started
from tutor.client import PracticeClient, PracticeError, practise
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, Samples, to_samples
from tutor.core.protocol.messages import (
    Error,
    ServerEvent,
    SessionStart,
    TranscriptFinal,
    TranscriptPartial,
)

START = SessionStart("en", endpoint_silence_ms=500, feedback=False)

SETTINGS = {
    "recogniser": "instant",
    "idle_timeout_s": "3600",
    "max_speed": "1000000",  # frames are sent as fast as they are taken
    "log_level": "warning",
}

GO_ON_S = 3.0
"""Seconds without a partial after which a speaker's audio goes on."""

ANSWER_S = 30.0
"""Seconds that one answer may take before the measurement is given up."""

SHORT_MS = 20
"""Milliseconds of a frame as short as clients send them; the speakers send those of our own."""

FLOODING = 4
"""Sessions that send frames as fast as they are taken."""

WARM_SOCKETS = 20
"""Sockets opened and closed before memory is read: what the first ones cost is paid once."""

OPENING = 25
"""Sockets that are opened at a time."""

SETTLE_S = 2.0

MONITORED = 50
"""The most finals whose hops are followed; MONITOR slows the store, so they count nowhere else."""

GAP_MS = 1500

IN_TIME = 20
"""Speakers whom a small machine serves in real time; more of them speak more slowly."""

Event = TypeVar("Event", bound=ServerEvent)
T = TypeVar("T")


def run(options: OverheadOptions, progress: Progress) -> OverheadReport:
    """Measure on a server that is started for it."""
    return with_server(
        SETTINGS | dict(options.settings),
        options.idle,
        progress,
        lambda server: _measure(server, options, progress),
    )


def with_server(
    settings: Mapping[str, str],
    idle: int,
    progress: Progress,
    measure: Callable[[Server], Coroutine[Any, Any, T]],
) -> T:
    """Measure on a server that is started for it, to which so many idle sockets are opened.

    Raises:
        BenchError: it does not start, or does not answer.
    """
    allow_files(idle * 3 + 1000)
    progress("starting", 0.0)
    with started({**OPEN_DOORS, **settings}) as server:
        try:
            return uvloop.run(measure(server))
        except (PracticeError, TimeoutError) as error:
            raise BenchError(f"the server did not answer: {error or 'timeout'}") from error


async def _measure(server: Server, options: OverheadOptions, progress: Progress) -> OverheadReport:
    assert server.tree is not None
    meter = LoadMeter(server.tree)
    progress(f"{options.idle} idle sockets", 0.05)
    # First, while the gateway's memory is fresh: later, freed memory would hide the growth.
    idle = await _idle(server, server.tree, options)
    progress("finals, one by one", 0.35)
    trips = await _round_trips(server.url, options.finals, options.seed)
    progress("hops", 0.55)
    hops = await _hops(server, server.tree, options)
    progress("frames", 0.65)
    frames = await _frames(server, server.tree, options.frames)
    progress(f"{options.speakers} speaking", 0.75)
    speaking = await _speaking(server, server.tree, options)
    return OverheadReport(
        options,
        describe_machine(),
        spread(trip.final_s for trip in trips),
        spread(trip.partial_s for trip in trips),
        hops,
        frames,
        speaking,
        idle,
        meter.read(),
    )


# ---------------------------------------------------------------- finals


@dataclass(frozen=True)
class RoundTrip:
    """One utterance on an idle server."""

    partial_s: float
    """Seconds from its audio, one message with a second of speech, sent to its first partial."""
    final_s: float
    """Seconds from `utterance.commit` sent to the final."""
    sent_at: float
    received_at: float
    """When the commit was sent and the final received, in seconds of the machine's clock."""


async def _round_trips(url: str, count: int, seed: int) -> list[RoundTrip]:
    chance = random.Random(seed)  # noqa: S311 - no secret
    speech = _second_of_speech().tobytes()
    quiet = noise(to_samples(300), 10, seed).tobytes()
    async with practise(url, START) as client:
        events = aiter(client)
        trips = []
        for _ in range(count):
            # At random, so that no timer of the server's is always just due.
            await asyncio.sleep(chance.uniform(0.01, 0.04))
            trips.append(await _round_trip(client, events, speech, quiet))
            await client.send_audio(quiet)
        return trips


async def _round_trip(
    client: PracticeClient,
    events: AsyncIterator[tuple[int, ServerEvent]],
    speech: bytes,
    quiet: bytes,
) -> RoundTrip:
    began = time.perf_counter()
    await client.send_audio(speech)
    going_on = asyncio.create_task(_go_on(client, quiet))
    try:
        await _next(events, TranscriptPartial)
    finally:
        going_on.cancel()
    partial_s = time.perf_counter() - began
    await asyncio.sleep(0.01)  # the partial's own way is over
    sent_at, began = time.time(), time.perf_counter()
    await client.commit()
    await _next(events, TranscriptFinal)
    return RoundTrip(partial_s, time.perf_counter() - began, sent_at, time.time())


async def _go_on(client: PracticeClient, quiet: bytes) -> None:
    """Send a little quiet now and then: a partial that a busy server dropped comes with the next
    audio, and with none else."""
    while True:
        await asyncio.sleep(GO_ON_S)
        await client.send_audio(quiet)


async def _next(events: AsyncIterator[tuple[int, ServerEvent]], kind: type[Event]) -> Event:
    """The next event of a kind; others are passed over.

    Raises:
        BenchError: no such event comes, or an error does.
    """
    try:
        async with asyncio.timeout(ANSWER_S):
            async for _, event in events:
                if isinstance(event, kind):
                    return event
                if isinstance(event, Error):
                    raise BenchError(f"{event.code}: {event.message}")
    except TimeoutError as error:
        raise BenchError(f"no {kind.type} within {ANSWER_S:g} s") from error
    raise BenchError(f"the session closed without a {kind.type}")


def _second_of_speech() -> Samples:
    """A second of the probe from just before its onset."""
    probe = read_probe()
    onset = find_speech(probe, Vad())[0]
    return probe[max(0, onset - to_samples(100)) :][:RATE]


async def _hops(server: Server, tree: Tree, options: OverheadOptions) -> dict[str, Spread]:
    """The hops of a final's way; empty where the store cannot be watched."""
    url = tree.store_url()
    with Monitor(url) as monitor:
        count = min(MONITORED, options.finals)
        trips = await _round_trips(server.url, count, options.seed + 1)
        await asyncio.sleep(0.2)  # the last commands are on their way
        ways = [
            hops_between(
                monitor.between(trip.sent_at, trip.received_at), trip.sent_at, trip.received_at
            )
            for trip in trips
        ]
    found = [way for way in ways if way is not None]
    return {name: spread(way[name] for way in found) for name in (found[0] if found else ())}


# ---------------------------------------------------------------- frames


async def _frames(server: Server, tree: Tree, count: int) -> FrameCost:
    """The cost of frames of 20 ms, speech and pauses, sent by some sessions as fast as they are
    taken."""
    each = math.ceil(count / FLOODING)
    audio = _mix(each * SHORT_MS / 1000)
    before, began = _gateway_cpu_s(tree), time.perf_counter()
    await asyncio.gather(*(_flood(server.url, audio) for _ in range(FLOODING)))
    wall_s = time.perf_counter() - began
    return FrameCost(each * FLOODING, wall_s, _gateway_cpu_s(tree) - before)


async def _flood(url: str, audio: Samples) -> None:
    async with practise(url, START) as client:
        sender = asyncio.create_task(_send_all(client, audio.tobytes()))
        async for _, event in client:
            if isinstance(event, Error):
                raise BenchError(f"{event.code}: {event.message}")
        await sender


async def _send_all(client: PracticeClient, pcm: bytes) -> None:
    size = to_samples(SHORT_MS) * BYTES_PER_SAMPLE
    for offset in range(0, len(pcm), size):
        await client.send_audio(pcm[offset : offset + size])
        await asyncio.sleep(0)  # a send that need not wait would never let us read
    await client.end()


def _mix(seconds: float) -> Samples:
    """The probe and 1.5 s of low noise by turns."""
    turn = np.concatenate((read_probe(), noise(to_samples(GAP_MS), 10, 0)))
    return np.resize(turn, round(seconds * RATE))


# ---------------------------------------------------------------- speaking and idle sessions


async def _speaking(server: Server, tree: Tree, options: OverheadOptions) -> Speaking:
    probe = read_probe()
    recording = Recording("probe", PROBE_TEXT, probe, find_speech(probe, Vad()))
    turn_s = len(probe) / RATE + GAP_MS / 1000
    slowness = max(1.0, options.speakers / IN_TIME)
    turns = max(1, round(options.speaking_s / slowness / turn_s))
    scripts = [write_script([recording] * turns, GAP_MS, seed) for seed in range(options.speakers)]
    before, began = tree.cpu_s(), time.perf_counter()
    with PeakWatch(tree, lambda: None) as watch:
        logs = await play_all(server.url, scripts, START, options.seed, slowness)
    wall_s, after = time.perf_counter() - began, tree.cpu_s()
    faults = [fault for log in logs for fault in log.faults]
    if faults:
        raise BenchError(faults[0])
    return Speaking(
        options.speakers,
        wall_s,
        {
            part: (after[part] - before.get(part, 0.0)) / (turn_s * turns) / options.speakers
            for part in sorted(after)
        },
        watch.peaks["gateway"].rss_mib,
    )


async def _idle(server: Server, tree: Tree, options: OverheadOptions) -> Idle:
    async with AsyncExitStack() as warm:
        await open_idle(server.url, WARM_SOCKETS, warm)
    await asyncio.sleep(SETTLE_S)
    gateway = tree.part("gateway")
    before = gateway.memory_info().rss
    async with AsyncExitStack() as stack:
        await open_idle(server.url, options.idle, stack)
        await asyncio.sleep(SETTLE_S)
        grown = gateway.memory_info().rss - before
        cpu, began = tree.cpu_s(), time.perf_counter()
        await asyncio.sleep(options.idle_s)
        spent = _shares(cpu, tree.cpu_s(), time.perf_counter() - began)
    return Idle(
        options.idle, grown / 1024 / options.idle, spent["gateway"], spent.get("store", 0.0)
    )


async def open_idle(url: str, count: int, stack: AsyncExitStack) -> list[PracticeClient]:
    """Open `count` sessions, some at a time; they close with the stack."""
    opening = asyncio.Semaphore(OPENING)

    async def open_one() -> PracticeClient:
        async with opening:
            # No pings of ours: the server's own are part of what an idle socket costs it.
            return await stack.enter_async_context(practise(url, START, ping_interval=None))

    return await asyncio.gather(*(open_one() for _ in range(count)))


def _shares(
    before: Mapping[str, float], after: Mapping[str, float], wall_s: float
) -> dict[str, float]:
    return {part: (seconds - before.get(part, 0.0)) / wall_s for part, seconds in after.items()}


def _gateway_cpu_s(tree: Tree) -> float:
    return tree.cpu_s().get("gateway", 0.0)


def allow_files(count: int) -> None:
    """Let this process, and the server that it starts, open `count` files if the system does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
