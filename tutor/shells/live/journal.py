"""The journal: a session's events, numbered, and kept in the store before anybody hears of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.sessions import LostError, Record, Step
from tutor.core.live.effects import Dispatch, Effect, Emit
from tutor.core.live.resumption import snapshot
from tutor.core.live.session import Session
from tutor.core.protocol.messages import ServerEvent
from tutor.core.voice.effects import SendSpeech
from tutor.shells.live.dialect import Dialect

log = logging.getLogger(__name__)

AWAY_S = 0.25
"""Seconds between two tries to keep a step while the store is away."""

RENEW_S = 30.0
"""Seconds after which a session that brings nothing new is kept again, so that its keys live on."""


class SessionStore(Protocol):
    """Where sessions are kept for replay and for other gateways."""

    async def keep(
        self,
        session: str,
        epoch: int,
        record: Record | None,
        events: Sequence[tuple[int, str]],
        effects: Sequence[Effect],
        step: Step,
    ) -> None:
        """Keep one step of a session, whole or not at all.

        Raises:
            FencedError: another gateway has the session.
            LostError: the step before it is not there any more.
            StoreError: the store is away; perhaps the step is kept.
        """

    async def forget(self, session: str, epoch: int) -> None:
        """Delete a session, unless another gateway has it."""


@dataclass(frozen=True)
class Frame:
    """One text frame for the client, with its number."""

    seq: int
    text: str
    event: ServerEvent | None = None
    """The event that the frame ends; None: other frames of it follow, or the frame belongs to no
    event."""
    at: float = 0.0
    """When the frame was numbered, in seconds of the machine's clock."""


class Journal:
    """The journal of one connection: its events' numbers, and how much of its session is kept.

    Events are numbered on without a gap by whichever gateway has the session. `epoch` is the fence:
    the store takes nothing from a gateway whose session another one has taken over.
    """

    def __init__(
        self, store: SessionStore, dialect: Dialect, now: float, patience_s: float = 0.0
    ) -> None:
        """`patience_s`: seconds that a step waits for a store that is away."""
        self._store = store
        self._patience_s = patience_s
        self._steps = 0  # that are kept of this connection's
        self._dialect = dialect
        self.epoch = 1
        self.seq = 0
        """Number of the last event."""
        self._messages = 0  # of the client's that are kept
        self._heard_s = (0, 0)  # of the tutor's speech, as it is kept
        self._kept_at = now

    def take_over(self, record: Record) -> None:
        """Continue after what another connection has sent of the session."""
        self.epoch, self.seq, self._steps = record.epoch, record.seq, 0

    def number(self, effects: Sequence[Effect]) -> list[Frame]:
        """The frames of a step's events, numbered."""
        frames: list[Frame] = []
        for effect in effects:
            if isinstance(effect, Emit):
                texts = self._dialect.encode(self.seq + 1, effect.event)
                frames += [self._next_frame(text) for text in texts[:-1]]
                frames += [self._next_frame(text, effect.event) for text in texts[-1:]]
        return frames + [self._next_frame(text) for text in self._dialect.collect()]

    def _next_frame(self, text: str, event: ServerEvent | None = None) -> Frame:
        self.seq += 1
        return Frame(self.seq, text, event, time.time())

    def has_news(
        self, session: Session, effects: Sequence[Effect], frames: Sequence[Frame]
    ) -> bool:
        """Whether a step changed anything that must be kept."""
        return bool(effects or frames) or self._is_further(session)

    def _is_further(self, session: Session) -> bool:
        """Whether the client has done what leaves no event: sent a message, or heard the tutor for
        another second."""
        is_heard = session.aloud.heard_s != self._heard_s
        return is_heard or session.received.messages != self._messages

    def is_stale(self, now: float, *, woken: bool) -> bool:
        """Whether a session that brings nothing new must be kept again.

        `now`: before the step began. `woken`: the session was woken; perhaps another gateway has
        it, which the store's fence tells.
        """
        return self.seq > 0 and self._kept_at < (now if woken else now - RENEW_S)

    async def keep(
        self,
        session: Session,
        effects: Sequence[Effect],
        frames: Sequence[Frame],
        *,
        owner: str,
        results_after: str,
        now: float,
    ) -> None:
        """Keep audio, events and snapshot of a step: one round trip to the store.

        `owner`: the user whose session it is, empty for a guest's; `results_after`: entry id of the
        last worker's result that was taken into account.

        While the store is away the step waits. A store that has come back empty, or as it was some
        time ago, gets the session anew: audio that it has lost is missed when its utterance is
        recognised, which then ends in an error.

        Raises:
            FencedError: another gateway has the session; nothing was kept.
            StoreError: the store is still away.
        """
        record, events = None, [(one.seq, one.text) for one in frames]
        if not self._dialect.resumable:
            events = []
        elif self._moves(session, effects, events):
            record = self._record(session, results_after, owner, now)
        step, began = self._next_step(), time.monotonic()
        while True:
            try:
                await self._store.keep(session.id, self.epoch, record, events, effects, step)
                break
            except LostError:
                log.warning("session %s: the store has lost it, and gets it anew", session.id)
                step = Step(step.name, is_anew=True)
                if self._dialect.resumable:
                    record = self._record(session, results_after, owner, now)
            except StoreError as error:
                if time.monotonic() - began >= self._patience_s:
                    raise
                log.warning("session %s waits for the store: %s", session.id, error)
                await asyncio.sleep(AWAY_S)
        session.receive_stall(time.monotonic() - began)
        self._steps += 1
        self._messages, self._kept_at = session.received.messages, now
        self._heard_s = session.aloud.heard_s

    def _record(self, session: Session, results_after: str, owner: str, now: float) -> Record:
        return Record(self.epoch, self.seq, results_after, owner, snapshot(session, now))

    def _next_step(self) -> Step:
        name, before = f"{self.epoch}.{self._steps + 1}", f"{self.epoch}.{self._steps}"
        is_first = self._steps == 0
        return Step(name, before if not is_first else "any" if self.epoch > 1 else "")

    def _moves(
        self, session: Session, effects: Sequence[Effect], events: Sequence[tuple[int, str]]
    ) -> bool:
        """Whether another gateway must go on from after this step, not from before it."""
        is_asked = any(isinstance(effect, Dispatch | SendSpeech) for effect in effects)
        return bool(events) or is_asked or self._is_further(session)

    async def forget(self, session: str) -> None:
        """Delete what is kept of a session that its client has left for good."""
        await self._store.forget(session, self.epoch)
