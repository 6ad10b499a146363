"""The live path as a model of discrete events: when jobs come, wait and are answered.

Pure: time is counted, not waited for; chance comes from a seed. What decides is the product's own
where it can be: the gateway's slots, the worker's coalescer, the encoder's windows.
`designs.ASSUMPTIONS` says what the rest is.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from tutor.adapters.speech.whisper.windows import Decoding
from tutor.bench.simulation.designs import Bound, Design, Outcome
from tutor.core.audio.recognition import Kind
from tutor.core.queue.coalescer import Bucket, Coalescer
from tutor.core.queue.jobs import RecognitionJob
from tutor.core.queue.slots import Slots, key_of

SCRIPTS = (0, 0, 0, 0, 0, 1, 2, 3)
"""Of the languages, in turn."""

HOP_S, GAP_S, PRE_ROLL_S, FIRST_S, PAUSE_S, YIELD = 0.004, 1.5, 0.3, 0.32, 0.132, 4.0
VAIN, AGAIN, AGAIN_WINDOW_S, WARM_UP_S = 1 / 3, 0.028, 12.0, 10.0


@dataclass(order=True)
class _Request:
    order: tuple[int, int]
    kind: Kind = field(compare=False)
    session: _Session = field(compare=False)
    utterance: int = field(compare=False)
    sent_at: float = field(compare=False)
    revision: int = field(compare=False)
    ended_at: float = field(compare=False)
    """When its utterance's speech ends."""
    audio_s: float = field(compare=False)
    window_s: float = field(compare=False, default=0.0)
    language: int = field(compare=False, default=0)
    vain: bool = field(compare=False, default=False)
    again: bool = field(compare=False, default=False)

    @property
    def tokens(self) -> int:
        return 5 + round(3 * self.audio_s)


@dataclass
class _Session:
    name: str
    language: int
    begun_at: float = 0.0
    ended_at: float = 0.0
    utterance: int = 0
    revision: int = 0
    queued_s: float = 0.0
    endpoint_at: float = 0.0


@dataclass
class _Process:
    meeting: Coalescer[_Request]
    waiting: list[_Request] = field(default_factory=list)
    """What waits where there is no coalescer."""
    busy: bool = False
    held: int = 0
    host_free_at: float = 0.0


class Simulation:
    """A number of sessions on one design of workers."""

    def __init__(
        self, design: Design, sessions: int, *, silence_s: float = 0.5, seed: int = 0
    ) -> None:
        self._design, self._silence_s = design, silence_s
        self._random = random.Random(seed)  # noqa: S311 - a model's chance
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._now = 0.0
        many = design.max_batch if design.rule != "alone" else 1
        own = design.partial_processes * many if design.partial_processes else None
        self._slots = Slots(design.processes * many, own)
        self._held: dict[object, _Request] = {}
        self._queues: dict[Kind, list[_Request]] = {"final": [], "partial": []}
        files = max(1, design.max_batch // 4)
        every = [
            _Process(Coalescer(design.max_batch, files))
            for _ in range(design.processes + design.partial_processes)
        ]
        finals = every[: design.processes]
        self._pools = {"final": finals, "partial": every[design.processes :] or finals}
        self._device_free_at = 0.0
        self._busy_s = 0.0
        meets = design.rule == "coalescer"
        self._windows = {
            "partial": Decoding(1, 4, 0.5, meets=meets),
            "final": Decoding(5, 8, 1, meets=meets),
        }
        self._finals: list[float] = []
        self._partials: list[float] = []
        self._batches: list[int] = []
        self._speech_s = 0.0
        self._count = sessions
        for n in range(sessions):
            session = _Session(f"s{n}", n % design.languages)
            self._at(self._random.uniform(0, 6), partial(self._speak, session))

    def run(self, seconds: float) -> Outcome:
        """What so many seconds bring, after some in which the machine fills."""
        end = WARM_UP_S + seconds
        while self._events and self._events[0][0] < end:
            self._now, _, do = heapq.heappop(self._events)
            do()
        return Outcome(
            self._count,
            len(self._finals),
            _percentile(self._finals, 0.5),
            _percentile(self._finals, 0.95),
            _percentile(self._partials, 0.5),
            len(self._partials) / max(self._speech_s, 1e-9),
            self._busy_s / seconds,
            sum(self._batches) / max(1, len(self._batches)),
        )

    def _at(self, when: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), do))

    @property
    def _counts(self) -> bool:
        return self._now > WARM_UP_S

    # ------------------------------------------------------------ learners

    def _speak(self, session: _Session) -> None:
        length = min(12.0, max(1.0, self._random.lognormvariate(1.3, 0.6)))
        session.utterance += 1
        session.begun_at, session.ended_at = self._now, self._now + length
        session.queued_s = 0.0
        session.endpoint_at = session.ended_at + self._silence_s
        self._speech_s += length if self._counts else 0.0
        number = session.utterance
        self._at(self._now + FIRST_S, lambda: self._ask_partial(session, number))
        if self._random.random() < VAIN:
            when = self._now + self._random.uniform(0.5, 1) * length - PAUSE_S
            self._at(when, lambda: self._ask(session, "final", vain=True))
        self._at(session.ended_at + PAUSE_S, lambda: self._ask(session, "final"))
        self._at(session.ended_at + GAP_S, lambda: self._speak(session))

    def _ask_partial(self, session: _Session, number: int) -> None:
        if session.utterance == number and self._now <= session.ended_at:
            self._ask(session, "partial")

    def _ask(self, session: _Session, kind: Kind, *, vain: bool = False) -> None:
        session.revision += 1
        order = (0 if kind == "final" else 3, next(self._order))
        audio = min(self._now, session.ended_at) - session.begun_at + PRE_ROLL_S
        request = _Request(
            order,
            kind,
            session,
            session.utterance,
            self._now,
            session.revision,
            session.ended_at,
            audio,
        )
        request.language, request.vain = session.language, vain
        request.again = kind == "final" and not vain and self._random.random() < AGAIN
        job = _job(request)
        self._slots.receive_job(job, self._now, ahead=kind == "final")
        self._held[key_of(job)] = request
        if kind == "final" and not vain:
            self._at(session.endpoint_at, lambda: self._confirm(job))
        self._collect()

    def _confirm(self, job: RecognitionJob) -> None:
        if self._slots.confirm(key_of(job), self._now) is not None:
            self._send(job)

    def _collect(self) -> None:
        for job in self._slots.collect(self._now):
            assert isinstance(job, RecognitionJob)  # nothing is assessed here
            self._send(job)

    def _send(self, job: RecognitionJob) -> None:
        request = self._held.pop(key_of(job))
        self._at(self._now + HOP_S, lambda: self._arrive(request))

    def _answer(self, request: _Request) -> None:
        self._slots.release(key_of(_job(request)))
        session = request.session
        if request.kind == "partial":
            self._answer_partial(session, request)
        elif not request.vain and self._counts:
            endpoint = request.ended_at + self._silence_s
            self._finals.append(max(self._now, endpoint) - request.ended_at)
        self._collect()

    def _answer_partial(self, session: _Session, request: _Request) -> None:
        waited = self._now - request.sent_at
        if self._counts:
            self._partials.append(waited)
        put_off = YIELD * max(0.0, waited - self._cost_alone(request))
        due = max(self._now, request.sent_at + max(FIRST_S, put_off))
        number = request.utterance
        self._at(due, lambda: self._ask_partial(session, number))

    def _cost_alone(self, request: _Request) -> float:
        window = self._windows[request.kind].window_s(request.audio_s)
        call = self._design.costs.call(request.kind, window, 1, request.tokens)
        return call.alone_s + call.device_s

    # ------------------------------------------------------------ workers

    def _arrive(self, request: _Request) -> None:
        own = request.kind if self._design.partial_processes else "final"
        heapq.heappush(self._queues[own], request)
        self._hand_out()

    def _hand_out(self) -> None:
        for kind in self._queues:
            self._hand_out_to(self._pools[kind], self._queues[kind])

    def _hand_out_to(self, pool: Sequence[_Process], queue: list[_Request]) -> None:
        design = self._design
        room = 2 * design.max_batch if design.rule != "alone" else 1
        while queue:
            process = min(pool, key=lambda one: one.held)
            if process.held >= room:
                return
            request = heapq.heappop(queue)
            process.held += 1
            began = max(self._now, process.host_free_at)
            process.host_free_at = began + design.host_s / 2
            self._at(process.host_free_at, partial(self._ready, process, request))

    def _ready(self, process: _Process, request: _Request) -> None:
        if request.kind == "partial":  # it hears what is there by now
            heard = min(self._now, request.session.ended_at)
            if request.utterance == request.session.utterance:
                request.audio_s = heard - request.session.begun_at + PRE_ROLL_S
        request.window_s = self._windows[request.kind].window_s(request.audio_s)
        self._wait(process, request)
        self._call(process)

    def _wait(self, process: _Process, request: _Request, order: int | None = None) -> None:
        if self._design.rule == "coalescer":
            process.meeting.receive(request, Bucket(request.kind, request.window_s), order=order)
        else:
            process.waiting.append(request)

    def _call(self, process: _Process) -> None:
        if process.busy or not (batch := self._batch(process)):
            return
        process.busy = True
        self._batches.append(len(batch))
        ends = self._now + self._duration([request for _, request in batch])
        self._at(ends, lambda: self._done(process, batch))

    def _batch(self, process: _Process) -> list[tuple[int, _Request]]:
        """The members of the next call, with their places."""
        if self._design.rule == "coalescer":
            return process.meeting.collect()
        process.waiting.sort()
        most = self._design.max_batch if self._design.rule == "groups" else 1
        batch, process.waiting = process.waiting[:most], process.waiting[most:]
        return [(0, request) for request in batch]

    def _duration(self, batch: Sequence[_Request]) -> float:
        """Seconds until a batch is done, as one call, or as one for each of its groups."""
        groups: dict[object, list[_Request]] = defaultdict(list)
        for one in batch:
            alike = one.language if self._design.rule == "groups" else 0
            groups[one.kind, one.window_s, alike].append(one)
        calls = [(members, members[0].window_s) for members in groups.values()]
        if self._design.rule != "coalescer":  # where it is a request of its own
            calls += [([one], AGAIN_WINDOW_S) for one in batch if one.again]
        at = self._now
        for members, window_s in calls:
            tokens = max(one.tokens for one in members)
            languages = {one.language for one in members}
            call = self._design.costs.call(
                members[0].kind,
                window_s,
                len(members),
                tokens,
                scripts=len({SCRIPTS[language % len(SCRIPTS)] for language in languages}),
                languages=len(languages),
            )
            begins = max(at, self._device_free_at) if self._design.shares_device else at
            self._device_free_at = begins + call.device_s
            self._busy_s += call.device_s if self._counts else 0.0
            at = begins + call.device_s + call.alone_s
        return at - self._now

    def _done(self, process: _Process, batch: Sequence[tuple[int, _Request]]) -> None:
        process.busy = False
        for order, request in batch:
            if request.again and self._design.rule == "coalescer":
                request.again, request.window_s = False, max(AGAIN_WINDOW_S, request.window_s)
                self._wait(process, request, order)
                continue
            began = max(self._now, process.host_free_at)
            process.host_free_at = began + self._design.host_s / 2
            self._at(process.host_free_at + HOP_S, partial(self._answer, request))
            process.held -= 1
        self._call(process)
        self._hand_out()


def _job(request: _Request) -> RecognitionJob:
    name = f"u{request.utterance}"
    return RecognitionJob(request.session.name, name, request.kind, request.revision, 1, 0, "en")


def _percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share lies; infinity if there is none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, math.ceil(share * len(ranked)) - 1)] if ranked else math.inf


def most_sessions(
    design: Design, bound: Bound, candidates: Sequence[int], seconds: float
) -> tuple[int, list[Outcome]]:
    """The largest candidate up to which a bound holds, and what each brought."""
    most, outcomes = 0, []
    for count in sorted(candidates):
        outcomes.append(Simulation(design, count).run(seconds))
        if not bound.holds(outcomes[-1]):
            break
        most = count
    return most, outcomes
