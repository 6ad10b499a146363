"""The tutor's mouth in one session: its speech on the way from the store to the socket."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.speech import Spoken, read_clause, read_clauses, read_voices
from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.live.effects import Effect
from tutor.core.live.session import Session
from tutor.core.protocol.messages import SessionStart, SessionUpdate
from tutor.core.voice.effects import DropSpeech, Hush, SendSpeech, name_of
from tutor.core.voice.made import MadeClause
from tutor.shells.http.services import Services
from tutor.shells.live.dialect import Dialect
from tutor.shells.live.journal import Frame
from tutor.shells.live.outgoing import Outgoing, Sound

log = logging.getLogger(__name__)


class Mouth:
    """Carries the clauses that workers have made; what was not sent yet is held."""

    def __init__(self, services: Services, dialect: Dialect) -> None:
        self._services = services
        self._dialect = dialect
        self._pcm: dict[tuple[int, int], bytes] = {}  # by reply and clause

    @property
    def held_bytes(self) -> int:
        """Bytes of audio that are held."""
        return sum(map(len, self._pcm.values()))

    async def prepare(self, message: SessionStart | SessionUpdate, session: Session) -> None:
        """Tell a session who can speak, before its client asks for it."""
        if message.speech is None:
            return
        try:
            session.aloud.receive_voices(await read_voices(self._services.store))
        except StoreError as error:
            log.warning("session %s: no voices: %s", session.id, error)

    async def look(self, session: Session, now: float) -> None:
        """Hand over the clauses that are new since the last call; none while the store is away."""
        if (wanted := session.aloud.wanted_after) is None:
            return
        name, after, first = wanted
        try:
            found = await read_clauses(self._services.store, session.id, name, after, first)
        except StoreError as error:
            log.warning("session %s: no speech: %s", session.id, error)
            return
        for spoken in found:
            self._pcm[int(name.removeprefix("r")), spoken.number] = spoken.pcm
        session.aloud.receive_clauses(name, list(map(_made, found)), now)

    async def carry(
        self, effects: Sequence[Effect], session: Session, outgoing: Outgoing, now: float
    ) -> None:
        """Put the audio that a step sends behind what waits for the socket; or take back what a
        reply that was broken off has there."""
        for effect in effects:
            if isinstance(effect, Hush):
                outgoing.hush(effect.reply)
            elif isinstance(effect, DropSpeech):
                self._forget(effect.reply)
            elif isinstance(effect, SendSpeech):
                pcm = await self._read(effect, session.id)
                if pcm is None:
                    session.aloud.receive_lost(effect.reply, now)
                else:
                    frames, following = self._dialect.sound(effect, pcm)
                    outgoing.put([Sound(effect.reply, frame) for frame in frames])
                    outgoing.put([Frame(0, text) for text in following])

    async def _read(self, effect: SendSpeech, session: str) -> bytes | None:
        """The audio of a stretch; None: the store has lost it."""
        parts = []
        for number in effect.clauses:
            pcm = self._pcm.get((effect.reply, number))
            if pcm is None:
                pcm = await self._fetch(session, effect.reply, number)
            if pcm is None:
                return None
            parts.append(pcm)
        for number in effect.clauses[: None if effect.is_last else -1]:
            self._pcm.pop((effect.reply, number), None)
        begin = (effect.begin - effect.offset) * BYTES_PER_SAMPLE
        return b"".join(parts)[begin : begin + (effect.end - effect.begin) * BYTES_PER_SAMPLE]

    async def _fetch(self, session: str, reply: int, number: int) -> bytes | None:
        """A clause that is not held here: another connection had it."""
        try:
            spoken = await read_clause(self._services.store, session, name_of(reply), number)
        except StoreError as error:
            log.warning("session %s: no speech: %s", session, error)
            return None
        if spoken is None:
            return None
        self._pcm[reply, number] = spoken.pcm
        return spoken.pcm

    def _forget(self, reply: int) -> None:
        for key in [key for key in self._pcm if key[0] == reply]:
            del self._pcm[key]


def _made(spoken: Spoken) -> MadeClause:
    return MadeClause(spoken.number, spoken.samples, spoken.is_last, spoken.marks)
