"""The learner in a session: their login, and what is kept of what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from tutor.adapters.store.erasure import erase_sessions
from tutor.adapters.store.errors import StoreError
from tutor.core.live.effects import Effect
from tutor.core.live.session import Session
from tutor.core.protocol.messages import SessionAuthenticate, SessionStart
from tutor.shells.http.services import Services
from tutor.shells.live.handshake import Admission
from tutor.shells.live.keeping import Keeping
from tutor.shells.live.login import Login
from tutor.shells.live.takeover import Taken


class Learner:
    """The person in one session. For a guest nothing is counted or kept."""

    def __init__(
        self, admission: Admission, origin: str, session: Session, services: Services
    ) -> None:
        self._session = session
        self._services = services
        self._login = Login(admission, origin, session, services)
        self._keeping: Keeping | None = None  # a guest's is none
        self.is_left_to_others = False
        """Whether another connection goes on with the session."""

    def start(self, wake: Callable[[], None]) -> None:
        """Watch over the account from now on; `wake` lets the session look at the time."""
        self._login.watch(wake)

    @property
    def owner(self) -> str:
        """The user whose sessions these are; empty for a guest."""
        return self._login.user or ""

    def recheck(self) -> None:
        """Check the account now: something has happened to it."""
        self._login.recheck()

    async def receive_credential(self, message: SessionAuthenticate, now: float) -> None:
        """Take a newer credential, or the first one of a guest who has not begun yet."""
        await self._login.receive_credential(message, now)

    async def begin(self, start: SessionStart) -> None:
        """Load what there is to practise, before the session begins."""
        if (keeping := self._keep()) is not None:
            await keeping.begin(start)
            self._login.begin(start)

    async def continue_with(self, taken: Taken, start: SessionStart) -> None:
        """Continue with another connection's session that was taken over."""
        self._session = taken.session
        self._login.continue_with(taken.session, start)
        if (keeping := self._keep()) is not None:
            await keeping.continue_with(taken, start)

    def _keep(self) -> Keeping | None:
        """What keeps the session, once its learner is known; None: a guest."""
        if self._keeping is None and self._login.user is not None:
            self._keeping = Keeping(
                self._login.user, self._session, self._services, self._login.recheck
            )
        return self._keeping

    def receive_effects(self, effects: Sequence[Effect]) -> None:
        """Take note of a step's effects."""
        if self._keeping is not None:
            self._keeping.receive_effects(effects)

    async def close(self) -> None:
        """Bill and write what is left of a session that is over."""
        if self._login.user is None:
            return
        await self._login.stop_watching()
        # What others go on with is noted by them, to its end.
        if self._keeping is not None and not self.is_left_to_others:
            self._keeping.flush()
        await self._login.settle()
        if self._keeping is not None:
            self._keeping.end()
            await self._keeping.close()
        await self._login.leave()
        if self._login.is_gone:
            with suppress(StoreError):
                await erase_sessions(self._services.store, frozenset({self._session.id}))
