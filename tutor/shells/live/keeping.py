"""What is kept of a session in the database: its utterances, and the learner's words to practise.

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
from typing import Any

from tutor.adapters.speech.media import encode_flac
from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.wire.practice import decode_event
from tutor.core.accounts.notes import Notes, UtteranceRecord, is_feedback
from tutor.core.coach.review import ReviewDeck
from tutor.core.live.effects import AppendAudio, DropAudio, Effect, Emit
from tutor.core.live.session import Session
from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.protocol.messages import SessionStart
from tutor.shells.http.ending import end_tasks
from tutor.shells.http.services import Services
from tutor.shells.live.takeover import Taken

log = logging.getLogger(__name__)

MAX_WRITES = 256
"""The most writes that wait for the database; more are not kept."""


class Keeping:
    """Keeps what one session's learner agreed to; a guest has none.

    `recheck` is called when a write finds that the account may be gone.
    """

    def __init__(
        self, user: str, session: Session, services: Services, recheck: Callable[[], None]
    ) -> None:
        self._user = user
        self._session = session
        self._services = services
        self._recheck = recheck
        self._notes: Notes | None = None
        self._decks: dict[str, dict[str, Any]] = {}  # as they were kept last, by language
        self._ahead_s = time.time() - asyncio.get_running_loop().time()  # of 1970's clock
        self._keeps_audio = False
        self._writing = asyncio.create_task(self._write())

    @cached_property
    def _writes(self) -> asyncio.Queue[Callable[[], None]]:
        return asyncio.Queue(MAX_WRITES)

    async def begin(self, start: SessionStart) -> None:
        """Load what there is to practise, before the session begins."""
        await self._load_words()
        self._open(start, has_feedback=start.feedback and self._services.settings.feedback)

    async def continue_with(self, taken: Taken, start: SessionStart) -> None:
        """Continue with another connection's session that was taken over; its words come with it.

        What its events have begun is noted to its end, what they have ended if it is missing.
        """
        session = self._session = taken.session
        await self._load_words()
        self._decks = {language: deck.to_dict() for language, deck in session.decks.items()}
        self._open(start, has_feedback=session.tutoring is not None)
        self._receive_kept(taken.events)
        await self._fetch_recordings(taken.record.snapshot)

    def receive_effects(self, effects: Sequence[Effect]) -> None:
        """Take note of a step's effects."""
        if self._notes is None:
            return
        for effect in effects:
            if isinstance(effect, AppendAudio):
                self._notes.receive_audio(effect.utterance, effect.pcm)
            elif isinstance(effect, DropAudio):
                self._notes.drop_audio(effect.utterance)
            elif isinstance(effect, Emit):
                done = self._notes.receive_event(effect.event)
                if done is not None:
                    self._keep_utterance(*done)
        if any(isinstance(effect, Emit) and is_feedback(effect.event) for effect in effects):
            self._keep_words()

    def flush(self) -> None:
        """Keep what is left of the session, which has ended here."""
        if self._notes is not None:
            for left in self._notes.flush():
                self._keep_utterance(*left)

    def end(self) -> None:
        """Keep when the session ended; another gateway may go on with it all the same."""
        if self._notes is not None:
            self._keep(lambda: self._services.history.end(self._session.id))

    async def close(self) -> None:
        """Write what waits, then stop."""
        await self._writes.join()
        await end_tasks([self._writing])

    # ------------------------------------------------------------ from the database

    async def _load_words(self) -> None:
        try:
            async with asyncio.timeout(self._services.settings.store_timeout_s):
                found, decks = await self._services.ask(self._load)
                self._keeps_audio = found is not None and found.keep_audio
                self._decks = {language: deck.to_dict() for language, deck in decks.items()}
                self._session.receive_decks(decks)
        except Exception as error:  # practising needs none of it
            kind = type(error).__name__
            log.warning("session %s begins without its words: %s", self._session.id, kind)

    def _load(self) -> tuple[User | None, dict[str, ReviewDeck]]:
        words = self._services.decks.load(self._user, self._ahead_s)
        return self._services.accounts.find(self._user), words

    # ------------------------------------------------------------ to the database

    def _open(self, start: SessionStart, *, has_feedback: bool) -> None:
        self._notes = Notes(has_feedback=has_feedback, keeps_audio=self._keeps_audio)
        history, name = self._services.history, self._session.id
        self._keep(lambda: history.begin(self._user, name, start))

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
        """Take the audio of utterances that were not assessed before the takeover from the
        store."""
        if self._notes is not None and self._keeps_audio:
            audio = await self._services.records.audio(kept.session, kept.recorded)
            for utterance, pcm in audio.items():
                self._notes.receive_audio(utterance, pcm)

    def _keep_utterance(self, record: UtteranceRecord, pcm: bytes) -> None:
        name, history = self._session.id, self._services.history
        self._keep(lambda: history.add(name, record, encode_flac(pcm) if pcm else None))

    def _keep_words(self) -> None:
        """Keep what an assessed utterance has changed in the decks, at once."""
        words = self._services.decks
        for language, deck in self._session.decks.items():
            before = self._decks.get(language, ReviewDeck().to_dict())
            after = self._decks[language] = deck.to_dict()
            if after != before:
                self._keep(partial(words.keep, self._user, language, before, after, self._ahead_s))

    def _keep(self, write: Callable[[], None]) -> None:
        try:
            self._writes.put_nowait(write)
        except asyncio.QueueFull:
            log.error("session %s: the database is too slow, history is lost", self._session.id)

    async def _write(self) -> None:
        while True:
            write = await self._writes.get()
            try:
                await self._services.ask(write)
            except ConflictError:
                self._recheck()  # most likely the account is gone
            except Exception as error:
                # Only the kind: the message may quote what the learner has said.
                log.error("session %s: not kept: %s", self._session.id, type(error).__name__)
            finally:
                self._writes.task_done()
