"""Who practises in a session: their login, their quota, and what is kept of what they say.

The live path never waits for the database: what is to be written is handed to a task of its own,
what cannot be written is logged.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, ParamSpec, TypeVar

import anyio.to_thread
from redis.exceptions import RedisError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from tutor.adapters.speech.media import encode_flac
from tutor.adapters.sql.accounts import User
from tutor.adapters.store.erasure import erase_sessions
from tutor.adapters.store.throttle import take_seat
from tutor.adapters.wire.practice import decode_event
from tutor.core.accounts.notes import Notes, UtteranceRecord, is_feedback
from tutor.core.accounts.principal import Principal
from tutor.core.accounts.quota import Allowance, quota_of
from tutor.core.coach.review import ReviewDeck
from tutor.core.live.effects import AppendAudio, Effect, Emit
from tutor.core.live.session import Session
from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import SessionAuthenticate, SessionStart
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services
from tutor.shells.http.tasks import end_tasks
from tutor.shells.live.handshake import Admission, be_seated, leave, of_credential
from tutor.shells.live.takeover import Taken

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MAX_WRITES = 256
"""Waiting for the database; more are not kept."""


class Learner:
    """The person behind one session. For a guest nothing is counted or kept."""

    def __init__(
        self, admission: Admission, origin: str, session: Session, services: Services
    ) -> None:
        self.principal = admission.principal
        self._admission = admission
        self._origin = origin
        self._session = session
        self._services = services
        self._notes: Notes | None = None
        self._decks: dict[str, dict[str, Any]] = {}  # as they were kept last, by language
        self._ahead_s = time.time() - asyncio.get_running_loop().time()  # of 1970's clock
        self._start: SessionStart | None = None  # what the session began with
        self._billed_s = 0.0  # of its audio
        self._keeps_audio = False
        self._is_gone = False  # the account was deleted
        self.is_left_to_others = False
        """Whether another connection goes on with the session."""
        self._tasks: list[asyncio.Task[None]] = []
        self._wake: Callable[[], None] = lambda: None
        self._show(self.principal)

    @cached_property  # so that idle guests, who may be many, have none
    def _recheck(self) -> asyncio.Event:
        return asyncio.Event()

    @cached_property
    def _writes(self) -> asyncio.Queue[Callable[[], None]]:
        return asyncio.Queue(MAX_WRITES)

    def start(self, wake: Callable[[], None]) -> None:
        """Watch over the account from now on; `wake` lets the session look at the time."""
        self._wake = wake
        if self.principal.user is not None and not self._tasks:
            self._tasks = [
                asyncio.create_task(self._watch(self.principal.user)),
                asyncio.create_task(self._write()),
            ]

    @property
    def owner(self) -> str:
        """The user whose sessions these are; empty for a guest."""
        return self.principal.user or ""

    def recheck(self) -> None:
        """Look at the account now: something has happened to it."""
        self._recheck.set()

    # ------------------------------------------------------------ from the session

    async def begin(self, start: SessionStart) -> None:
        """The session is about to begin: load what there is to practise."""
        if (user := self.principal.user) is None:
            return
        await self._load_words(user)
        has_feedback = start.feedback and self._services.settings.feedback
        self._begin(user, start, has_feedback=has_feedback)

    async def go_on(self, taken: Taken, start: SessionStart) -> None:
        """The session is another connection's, and was taken over: its words come with it.

        What its events have begun is noted to its end, what they have ended if it is missing.
        """
        session = self._session = taken.session
        self._show(self.principal)
        if (user := self.principal.user) is None:
            return
        await self._load_words(user)
        self._decks = {language: deck.to_dict() for language, deck in session.decks.items()}
        self._begin(user, start, has_feedback=session.has_feedback)
        self._receive_kept(taken.events)
        await self._fetch_recordings(taken.record.snapshot)

    def _receive_kept(self, events: Sequence[str]) -> None:
        assert self._notes is not None
        ended: list[UtteranceRecord] = []
        for text in events:
            with suppress(ValueError):
                done = self._notes.receive_event(decode_event(text)[1])
                ended += [] if done is None else [done[0]]
        if ended:
            history, name = self._services.history, self._session.id
            self._keep(lambda: history.add_missing(name, ended))

    async def _fetch_recordings(self, kept: SessionSnapshot) -> None:
        """What was said before is in the store, as long as it is not assessed."""
        if self._notes is not None and self._keeps_audio:
            audio = await self._services.records.audio(kept.session, kept.recorded)
            for utterance, pcm in audio.items():
                self._notes.receive_audio(utterance, pcm)

    async def _load_words(self, user: str) -> None:
        try:
            async with asyncio.timeout(self._services.settings.store_timeout_s):
                found, decks = await self._in_thread(self._load, user)
                self._keeps_audio = found is not None and found.keep_audio
                self._decks = {language: deck.to_dict() for language, deck in decks.items()}
                self._session.receive_decks(decks)
        except Exception as error:  # practising needs none of it
            kind = type(error).__name__
            log.warning("session %s begins without its words: %s", self._session.id, kind)

    def _begin(self, user: str, start: SessionStart, *, has_feedback: bool) -> None:
        self._start = start
        self._notes = Notes(has_feedback=has_feedback, keeps_audio=self._keeps_audio)
        history, name = self._services.history, self._session.id
        self._keep(lambda: history.begin(user, name, start))

    def _load(self, user: str) -> tuple[User | None, dict[str, ReviewDeck]]:
        words = self._services.words.load(user, self._ahead_s)
        return self._services.accounts.find(user), words

    def receive_effects(self, effects: Sequence[Effect]) -> None:
        """Take note of what happens in the session."""
        if self._notes is None:
            return
        for effect in effects:
            if isinstance(effect, AppendAudio):
                self._notes.receive_audio(effect.utterance, effect.pcm)
            elif isinstance(effect, Emit):
                done = self._notes.receive_event(effect.event)
                if done is not None:
                    self._keep_utterance(*done)
        if any(isinstance(effect, Emit) and is_feedback(effect.event) for effect in effects):
            self._keep_words()

    async def receive_credential(self, message: SessionAuthenticate, now: float) -> None:
        """Take a newer credential, or the first one of a guest who has not begun yet."""
        try:
            if message.token is None and message.ticket is None:
                raise Problem(401, "unauthenticated", "a token or a ticket is needed")
            principal = await of_credential(
                self._services, self._origin, token=message.token, ticket=message.ticket
            )
            await self._change_to(principal)
        except Problem as problem:
            code = "unavailable" if problem.status == 503 else "bad_credential"
            self._session.receive_error(ProtocolError(code, problem.detail), now)
            return
        self._session.receive_credential(self._expires_in_s, now)

    async def _change_to(self, principal: Principal) -> None:
        if principal.user != self.principal.user:
            if self._session.state != "new" or not self.principal.is_guest:
                raise Problem(401, "unauthenticated", "this is another user's credential")
            await be_seated(self._services, principal, self._admission.seat)
        self._show(principal)
        self.start(self._wake)

    def _show(self, principal: Principal) -> None:
        self.principal = principal
        now = asyncio.get_running_loop().time()
        self._session.standing.receive_login(self._expires_in_s, now)

    @property
    def _expires_in_s(self) -> float | None:
        expires_at = self.principal.expires_at
        return None if expires_at is None else expires_at - time.time()

    # ------------------------------------------------------------ to the database

    async def _in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the database, in threads of its own: a slow one must not hold up the dispatch of
        jobs, which has the event loop's."""
        call = partial(function, *args, **kwargs)
        return await anyio.to_thread.run_sync(
            call, limiter=self._services.account_threads, abandon_on_cancel=True
        )

    def _keep_utterance(self, record: UtteranceRecord, pcm: bytes) -> None:
        name, history = self._session.id, self._services.history
        self._keep(lambda: history.add(name, record, encode_flac(pcm) if pcm else None))

    def _keep_words(self) -> None:
        """An utterance was assessed: keep at once what it has changed in the decks."""
        user, words = self.principal.user, self._services.words
        assert user is not None
        for language, deck in self._session.decks.items():
            before = self._decks.get(language, ReviewDeck().to_dict())
            after = self._decks[language] = deck.to_dict()
            if after != before:
                self._keep(partial(words.keep, user, language, before, after, self._ahead_s))

    def _keep(self, write: Callable[[], None]) -> None:
        try:
            self._writes.put_nowait(write)
        except asyncio.QueueFull:
            log.error("session %s: the database is too slow, history is lost", self._session.id)

    async def _write(self) -> None:
        while True:
            write = await self._writes.get()
            try:
                await self._in_thread(write)
            except IntegrityError:
                self._recheck.set()  # most likely the account is gone
            except Exception as error:
                # Only the kind: the message may quote what the learner has said.
                log.error("session %s: not kept: %s", self._session.id, type(error).__name__)
            finally:
                self._writes.task_done()

    async def _watch(self, user: str) -> None:
        """Bill the audio, renew the seat, see whether the login still stands."""
        while True:
            self._recheck.clear()
            try:
                await self._check(user)
            except (SQLAlchemyError, RedisError, OSError) as error:
                log.warning("session %s: account not checked: %s", self._session.id, error)
            self._wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._services.settings.account_check_s):
                    await self._recheck.wait()

    async def _check(self, user: str) -> None:
        granted = await self._in_thread(self._services.accounts.is_granted, self.principal)
        if not granted:
            self._is_gone = await self._in_thread(self._services.accounts.find, user) is None
            self._session.standing.receive_logout(asyncio.get_running_loop().time())
            return
        await self._bill(user)
        await take_seat(self._services.redis, user, self._admission.seat, 0)

    async def _bill(self, user: str) -> None:
        standing, session = self._session.standing, self._session.id
        audio_s = standing.audio_s
        left = await self._in_thread(self._count, user, session, audio_s)
        self._billed_s = audio_s
        standing.receive_quota(left.left_s, audio_s)

    def _count(self, user: str, session: str, audio_s: float) -> Allowance:
        meter, start = self._services.meter, self._start
        has_more = start is not None and audio_s > self._billed_s
        if start is not None and has_more and not meter.bill(user, session, audio_s):
            self._services.history.begin(user, session, start)  # the row was not written by now
            meter.bill(user, session, audio_s)
        quota_s = quota_of(self._services.settings.plans, self.principal.plan)
        return Allowance(quota_s, self._services.meter.used(user))

    async def close(self) -> None:
        """The session is over: write what is left."""
        user = self.principal.user
        if user is None or not self._tasks:
            return
        watching, writing = self._tasks
        await end_tasks([watching])
        # What others go on with is noted by them, to its end.
        if self._notes is not None and not self.is_left_to_others:
            for left in self._notes.flush():
                self._keep_utterance(*left)
        await self._settle(user)
        await self._writes.join()
        await end_tasks([writing])
        if user != self._admission.principal.user:  # a guest who logged in on the open socket
            await leave(self._services, self.principal, self._admission.seat)
        if self._is_gone:
            with suppress(RedisError, OSError):
                await erase_sessions(self._services.redis, frozenset({self._session.id}))

    async def _settle(self, user: str) -> None:
        """The last bill, and the end of the session."""
        try:
            await self._bill(user)
        except SQLAlchemyError as error:
            log.error("session %s: not billed: %s", self._session.id, type(error).__name__)
        if self._notes is not None:
            self._keep(lambda: self._services.history.end(self._session.id))
