"""The login behind a session: whose it is, for how long, and for how much audio; watched while
open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property

from tutor.adapters.sql.errors import DatabaseError
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.throttle import take_seat
from tutor.core.accounts.principal import Principal
from tutor.core.accounts.quota import Allowance, quota_of
from tutor.core.live.lifecycle import State
from tutor.core.live.session import Session
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import SessionAuthenticate, SessionStart
from tutor.shells.http.ending import end_tasks
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services
from tutor.shells.live.handshake import Admission, be_seated, leave, of_credential

log = logging.getLogger(__name__)


class Login:
    """The login behind one socket. A guest's is not watched, and nothing of theirs is counted."""

    def __init__(
        self, admission: Admission, origin: str, session: Session, services: Services
    ) -> None:
        self.principal = admission.principal
        self.is_gone = False
        """Whether the account was deleted while the session was open."""
        self._admission = admission
        self._origin = origin
        self._session = session
        self._services = services
        self._start: SessionStart | None = None  # what the session began with
        self._billed_s = 0.0  # of its audio
        self._wake: Callable[[], None] = lambda: None
        self._watching: asyncio.Task[None] | None = None
        self._show(self.principal)

    @cached_property  # so that idle guests, who may be many, have none
    def _recheck(self) -> asyncio.Event:
        return asyncio.Event()

    @property
    def user(self) -> str | None:
        """The user's id; None for a guest."""
        return self.principal.user

    def watch(self, wake: Callable[[], None]) -> None:
        """Watch over the account from now on; `wake` lets the session look at the time."""
        self._wake = wake
        if self.user is not None and self._watching is None:
            self._watching = asyncio.create_task(self._watch(self.user))

    def recheck(self) -> None:
        """Check the account now: something has happened to it."""
        self._recheck.set()

    def begin(self, start: SessionStart) -> None:
        """Bill the session's audio from now on: it has begun."""
        self._start = start

    def continue_with(self, session: Session, start: SessionStart) -> None:
        """Continue with a session that was taken over."""
        self._session, self._start = session, start
        self._show(self.principal)

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
        if principal.user != self.user:
            if self._session.state is not State.NEW or not self.principal.is_guest:
                raise Problem(401, "unauthenticated", "this is another user's credential")
            await be_seated(self._services, principal, self._admission.seat)
        self._show(principal)
        self.watch(self._wake)

    def _show(self, principal: Principal) -> None:
        self.principal = principal
        now = asyncio.get_running_loop().time()
        self._session.standing.receive_login(self._expires_in_s, now)

    @property
    def _expires_in_s(self) -> float | None:
        expires_at = self.principal.expires_at
        return None if expires_at is None else expires_at - time.time()

    # ------------------------------------------------------------ while the socket is open

    async def _watch(self, user: str) -> None:
        """Bill the audio, renew the seat, check that the login is still valid, again and again."""
        while True:
            self._recheck.clear()
            try:
                await self._check(user)
            except (DatabaseError, StoreError) as error:
                log.warning("session %s: account not checked: %s", self._session.id, error)
            self._wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._services.settings.account_check_s):
                    await self._recheck.wait()

    async def _check(self, user: str) -> None:
        accounts = self._services.accounts
        if not await self._services.ask(accounts.is_granted, self.principal):
            self.is_gone = await self._services.ask(accounts.find, user) is None
            self._session.standing.receive_logout(asyncio.get_running_loop().time())
            return
        await self._bill(user)
        await take_seat(self._services.store, user, self._admission.seat, 0)

    async def _bill(self, user: str) -> None:
        audio_s = self._session.standing.audio_s
        left = await self._services.ask(self._count, user, self._session.id, audio_s)
        self._billed_s = audio_s
        self._session.standing.receive_quota(left.left_s, audio_s)

    def _count(self, user: str, session: str, audio_s: float) -> Allowance:
        meter, start = self._services.meter, self._start
        has_more = start is not None and audio_s > self._billed_s
        if start is not None and has_more and not meter.bill(user, session, audio_s):
            self._services.history.begin(user, session, start)  # the row was not written by now
            meter.bill(user, session, audio_s)
        quota_s = quota_of(self._services.settings.plans, self.principal.plan)
        return Allowance(quota_s, self._services.meter.used(user))

    # ------------------------------------------------------------ the end

    async def stop_watching(self) -> None:
        """Stop watching the account: the session is over."""
        if self._watching is not None:
            await end_tasks([self._watching])

    async def settle(self) -> None:
        """Bill the last audio."""
        if self.user is None:
            return
        try:
            await self._bill(self.user)
        except DatabaseError as error:
            log.error("session %s: not billed: %s", self._session.id, type(error).__name__)

    async def leave(self) -> None:
        """Give the seat back of a guest who has logged in on the open socket."""
        if self.user != self._admission.principal.user:
            await leave(self._services, self.principal, self._admission.seat)
