"""The takeover of a session that its client wants back, from whichever gateway had it."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest

from tutor.adapters.store.sessions import Record, read_events
from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.live.resumption import may_be_resumed, restored, token_hash
from tutor.core.live.session import Session
from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.protocol.messages import Resume
from tutor.shells.http.services import Services


@dataclass(frozen=True)
class Taken:
    """A session that this gateway has taken over."""

    session: Session
    record: Record
    events: list[str]
    """All events that are kept, as JSON, the newest last."""
    audio: bytes
    """PCM16 at 16 kHz of the utterance that was being spoken."""

    def missed(self, after: int) -> list[str]:
        """The events after number `after`, which the client has not seen."""
        count = self.record.seq - after
        return self.events[-count:] if count > 0 else []


async def take_over(services: Services, wanted: Resume, owner: str, now: float) -> Taken | None:
    """Take a session over; None: the client cannot have it, and is not told why.

    `owner`: the user of the credential that the client has shown; empty: a guest.
    """
    record = await services.records.read(wanted.session)
    if record is None or record.owner != owner or not _may_have(record, wanted):
        return None
    record = await services.records.claim(wanted.session, record.epoch)
    if record is None:
        return None
    events = await read_events(services.store, wanted.session, 0)
    audio = await _audio(services, record.snapshot)
    if len(events) < record.seq - wanted.after or audio is None:  # it came too late
        await services.records.forget(wanted.session, record.epoch)
        return None
    session = restored(record.snapshot, wanted.token, services.session_config, now)
    return Taken(session, record, events, audio)


def _may_have(record: Record, wanted: Resume) -> bool:
    is_owner = compare_digest(record.snapshot.token_hash, token_hash(wanted.token))
    return is_owner and may_be_resumed(record.snapshot) and 0 < wanted.after <= record.seq


async def _audio(services: Services, snapshot: SessionSnapshot) -> bytes | None:
    """The open utterance's audio, up to where the client begins again; None: it is gone."""
    spoken = snapshot.transcription.open
    if spoken is None:
        return b""
    length = (snapshot.transcription.position - spoken.start) * BYTES_PER_SAMPLE
    return await services.records.cut_audio(snapshot.session, spoken.id, max(0, length))
