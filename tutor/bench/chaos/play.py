"""The same sentences again and again, a fault each time; and what became of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TypeVar

import numpy as np

from tutor.adapters.speech.media import encode_flac
from tutor.bench.chaos.errands import speak, transcribe
from tutor.bench.chaos.inflict import Saboteur
from tutor.bench.chaos.learners import GAP_MS, LEAD_MS, Speech, compose, learn
from tutor.bench.chaos.options import ChaosOptions
from tutor.bench.chaos.report import Trial
from tutor.bench.corpus import Recording, clean_recordings
from tutor.bench.options import BenchError
from tutor.core.audio.samples import RATE, to_samples
from tutor.core.chaos.account import Account
from tutor.core.chaos.errand import Errand
from tutor.core.chaos.faults import Fault, Part
from tutor.core.chaos.outcome import Outcome
from tutor.core.chaos.verdict import Verdict, judge

LONGEST_S = 3.0
"""Seconds of the longest sentence: so more faults fit into the time."""

FILE_SENTENCES = 3

FILE_PARTS = {Part.FILES, Part.BATCH, Part.STORE}
SPEECH_PARTS = {Part.SPEECH, Part.GATEWAY, Part.STORE}
"""Parts whose faults a file, and a text to be spoken, must survive: one is asked for meanwhile."""


@dataclass
class Act:
    """One fault, and all that went on while it was done."""

    fault: Fault
    struck_s: float
    """When it was done, in seconds of the learners' clock."""
    verdicts: Sequence[Verdict]
    errands: asyncio.Task[list[Errand]]
    hurt: int
    """How many processes or connections it was done to."""


@dataclass
class Play:
    """Learners who speak while faults are done."""

    url: str
    saboteur: Saboteur
    options: ChaosOptions
    _recordings: list[Recording] = field(init=False)
    _file: bytes = field(init=False)
    _texts: dict[str, frozenset[str]] = field(default_factory=dict)
    _file_text: str = ""
    _speech_bytes: int = 0
    _feedback: bool = True
    _acts: list[Act] = field(default_factory=list)
    _over: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        short = [one for one in clean_recordings() if len(one.samples) <= LONGEST_S * RATE]
        self._recordings = short[: self.options.different]
        pause = np.zeros(to_samples(GAP_MS), np.int16)
        pieces = [p for one in self._recordings[:FILE_SENTENCES] for p in (one.samples, pause)]
        self._file = encode_flac(np.concatenate(pieces).astype("<i2").tobytes())

    @property
    def length_s(self) -> float:
        """Seconds that a learner speaks, about."""
        mean = float(np.mean([len(one.samples) for one in self._recordings])) / RATE
        return LEAD_MS / 1000 + self.options.sentences * (mean + GAP_MS / 1000)

    async def rehearse(self) -> None:
        """Learn what is told without a fault.

        Raises:
            BenchError: even so something is not as it should be.
        """
        count = len(self._recordings)
        speeches = [
            self._speech(first, count) for first in range(min(self.options.learners, count))
        ]
        asked = asyncio.create_task(self._rehearse_errands())
        accounts = await asyncio.gather(*(learn(self.url, one, feedback=True) for one in speeches))
        await asked
        first = [one for account in accounts for one in judge(account, {}).sentences]
        texts: dict[str, set[str]] = {}
        for one in first:
            texts.setdefault(one.said.name, set()).add(one.text)
        self._texts = {name: frozenset(found) for name, found in texts.items()}
        # A server may be set to give no feedback at all.
        self._feedback = any(one.is_answered for one in first)
        accounts = [replace(account, has_feedback=self._feedback) for account in accounts]
        remarks = [text for one in accounts for text in _remarks(judge(one, self._texts))]
        # What is understood of nothing is lost without a sign.
        remarks += [f"{name}: no words" for name, found in texts.items() if "" in found]
        if remarks:
            raise BenchError(f"without any fault: {'; '.join(remarks)}")

    async def _rehearse_errands(self) -> None:
        parts = self.saboteur.parts
        if self.options.errands and parts & FILE_PARTS:
            errand, text = await asyncio.to_thread(
                transcribe, self.url, self._file, None, self._over
            )
            self._file_text = _whole(errand, text)
            if not text:
                raise BenchError("without any fault: the file has no words")
        if self.options.errands and Part.SPEECH in parts:
            errand, length = await asyncio.to_thread(speak, self.url, None, self._over)
            self._speech_bytes = _whole(errand, length)

    async def suffer(self, fault: Fault) -> str:
        """Let all speak, and do a fault meanwhile; in words, what became of what was said.

        Raises:
            BenchError: the product does not come back from the fault before.
        """
        await self.saboteur.wait_until_ready()
        now = asyncio.get_running_loop().time
        struck_s = now() + fault.at_s
        errands = asyncio.create_task(self._errands(fault))
        striking = asyncio.create_task(self._strike(fault))
        accounts = await asyncio.gather(*map(self._learn, range(self.options.learners)))
        hurt = await striking
        verdicts = [judge(account, self._texts) for account in accounts]
        self._acts.append(Act(fault, struck_s, verdicts, errands, hurt))
        return "; ".join(text for one in verdicts for text in _remarks(one)) or "whole"

    async def trials(self) -> list[Trial]:
        """What became of it all; waits for the files that are still being recognised."""
        return [_trial(act, await act.errands) for act in self._acts]

    def end(self) -> None:
        """Wait for no file any more."""
        self._over.set()

    @property
    def has_begun(self) -> bool:
        """Whether a fault was done."""
        return bool(self._acts)

    def trials_so_far(self) -> list[Trial]:
        """What became of what is over; files that are still being recognised are left out."""
        trials = []
        for act in self._acts:
            is_over = _is_over(act)
            trial = _trial(act, act.errands.result() if is_over else [])
            asked = len(self._wanted(act.fault))
            trials.append(replace(trial, waited_for=0 if is_over else asked))
        return trials

    async def _strike(self, fault: Fault) -> int:
        await asyncio.sleep(fault.at_s)
        return await self.saboteur.do(fault)

    async def _learn(self, learner: int) -> Account:
        """Every other learner wants feedback, too."""
        first = (len(self._acts) * self.options.learners + learner) * self.options.sentences
        speech = self._speech(first, self.options.sentences)
        is_turn = (len(self._acts) + learner) % 2 == 0
        return await learn(self.url, speech, feedback=self._feedback and is_turn)

    def _speech(self, first: int, count: int) -> Speech:
        every = self._recordings
        return compose([every[(first + n) % len(every)] for n in range(count)], first)

    async def _errands(self, fault: Fault) -> list[Errand]:
        asked: list[Coroutine[None, None, tuple[Errand, object]]] = []
        wanted = self._wanted(fault)
        if "file" in wanted:
            asked.append(
                asyncio.to_thread(transcribe, self.url, self._file, {self._file_text}, self._over)
            )
        if "speech" in wanted:
            asked.append(asyncio.to_thread(speak, self.url, self._speech_bytes, self._over))
        return [errand for errand, _ in await asyncio.gather(*asked)]

    def _wanted(self, fault: Fault) -> list[str]:
        """What is asked for over HTTP while a fault is done."""
        part = fault.kind.part
        wants = {
            "file": part in FILE_PARTS and self._file_text,
            "speech": part in SPEECH_PARTS and self._speech_bytes,
        }
        return [name for name, is_wanted in wants.items() if is_wanted]


def _is_over(act: Act) -> bool:
    return act.errands.done() and not act.errands.cancelled()


T = TypeVar("T")


def _whole(errand: Errand, answer: T) -> T:
    """The answer of an errand without a fault.

    Raises:
        BenchError: it is not whole.
    """
    if errand.outcome is not Outcome.WHOLE:
        raise BenchError(f"without any fault: {errand.name}: {errand.outcome}: {errand.detail}")
    return answer


def _trial(act: Act, errands: Sequence[Errand]) -> Trial:
    fault = act.fault
    sentences = [one for verdict in act.verdicts for one in verdict.sentences]
    outcomes = Counter(one.outcome.value for one in sentences)
    outcomes.update(one.outcome.value for one in errands)
    remarks = [text for verdict in act.verdicts for text in _remarks(verdict)]
    remarks += [] if act.hurt else ["there was nothing of it that could be hurt"]
    remarks += [
        f"{one.name}: {one.outcome} after {one.took_s:g} s, {one.tries} tries: {one.detail}"
        for one in errands
        if one.outcome is not Outcome.WHOLE
    ]
    return Trial(
        fault.number,
        fault.kind.part.value,
        fault.kind.means.value,
        fault.at_s,
        fault.lasts_s,
        dict(outcomes),
        sum(not one.is_answered for one in sentences),
        tuple(text for verdict in act.verdicts for text in verdict.broken),
        round(max((v.recovered_s(act.struck_s) for v in act.verdicts), default=0.0), 1),
        tuple(remarks),
        sum(one.is_unscored for one in sentences),
        act.hurt,
    )


def _remarks(verdict: Verdict) -> Iterator[str]:
    yield from verdict.broken
    for one in verdict.sentences:
        if one.outcome is not Outcome.WHOLE:
            yield f"{one.said.name}: {one.outcome} {one.text!r}"
        elif not one.is_answered:
            yield f"{one.said.name}: its feedback did not end"
