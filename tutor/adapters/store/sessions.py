"""A session in Redis: its events for replay, the audio of its utterances, and a snapshot.

Each step of a session is one script, which Redis runs whole or not at all: what the client is told
and what another gateway would go on from are never apart. The script is fenced: every gateway that
takes a session over counts its epoch up, and the steps of one with an older epoch do nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.client import Store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.wire.practice import decode_snapshot, encode_snapshot, to_json
from tutor.core.live.effects import AppendAudio, Cancel, DropAudio, Effect
from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.protocol.limits import EVENTS_TTL_S
from tutor.core.voice.effects import DropSpeech, KeepSpeech, name_of

_STEP = """
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'step')
if kept[1] and tonumber(kept[1]) > tonumber(ARGV[1]) then
  return redis.error_reply('TAKEN by another gateway')
end
if ARGV[10] ~= '' and kept[2] == ARGV[10] then return end
if ARGV[11] == 'any' and not kept[1] or ARGV[11] ~= 'any' and ARGV[11] ~= ''
  and kept[2] ~= ARGV[11] then return redis.error_reply('LOST steps of the session') end
if ARGV[12] == '1' then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'step', ARGV[10])
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'snapshot', ARGV[2], 'seq', ARGV[3], 'after', ARGV[4],
    'owner', ARGV[9])
end
local at = 13
for _ = 1, ARGV[8] do
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], ARGV[at] .. '-0', 'e', ARGV[at + 1])
  at = at + 2
end
for key = 3, #KEYS do
  if ARGV[at] == 'append' then
    redis.call('APPEND', KEYS[key], ARGV[at + 1])
    redis.call('EXPIRE', KEYS[key], ARGV[7])
  elseif ARGV[at] == 'drop' then
    redis.call('DEL', KEYS[key])
  elseif ARGV[at] == 'set' then
    redis.call('SET', KEYS[key], ARGV[at + 1], 'EX', ARGV[7])
  else
    redis.call('SET', KEYS[key], '', 'EX', ARGV[7])
  end
  at = at + 2
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[5])
"""

_CLAIM = """
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if epoch ~= ARGV[1] then return false end
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('PUBLISH', KEYS[2], '')
return redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'after', 'owner', 'snapshot')
"""


_FORGET = """
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then redis.call('DEL', KEYS[1], KEYS[2]) end
"""


class FencedError(Exception):
    """Another gateway has the session now."""


class LostError(Exception):
    """The store has lost steps of the session: it died, or came back as it was some time ago."""


@dataclass(frozen=True)
class Step:
    """The place of a step among those of its session, so that it can be kept twice and counts
    once."""

    name: str = ""
    after: str = ""
    """Name of the step before it; `any`: another gateway's; empty: none needs to be there."""
    is_anew: bool = False
    """Whether what the store may still have of the session's events is dropped."""


@dataclass(frozen=True)
class Record:
    """A session as it is in the store."""

    epoch: int
    """How many gateways have had the session."""
    seq: int
    """Number of the session's last event."""
    results_after: str
    """Entry id of the last result that was taken into account; `-`: none was."""
    owner: str
    """Id of the user whose session it is; empty: a guest's."""
    snapshot: SessionSnapshot


class Records:
    """The sessions in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._step = store.register_script(_STEP)
        self._forget = store.register_script(_FORGET)
        self._claim = store.register_script(_CLAIM)

    async def keep(
        self,
        session: str,
        epoch: int,
        record: Record | None,
        events: Sequence[tuple[int, str]],
        effects: Sequence[Effect],
        step: Step = Step(),
    ) -> None:
        """Keep a step of a session: numbered events, and of its effects those on audio and jobs.

        A step that the store has already, because its answer was lost, is not kept again.

        Raises:
            FencedError: another gateway has the session; nothing was kept.
            LostError: the store does not have the step before this one; nothing was kept.
        """
        stored = [stored for effect in effects for stored in _stored(session, effect)]
        arguments: list[Any] = [
            epoch,
            *(_fields(record) if record else (b"", 0, "")),
            EVENTS_TTL_S,
            keys.EVENTS_KEPT,
            keys.AUDIO_TTL_S,
            len(events),
            "" if record is None else record.owner,
            step.name,
            step.after,
            int(step.is_anew),
        ]
        for seq, text in events:
            arguments += [seq, text]
        for _, kind, data in stored:
            arguments += [kind, data]
        names = [keys.session(session), keys.events(session), *(key for key, _, _ in stored)]
        try:
            await self._step(names, arguments)
        except StoreError as error:
            if str(error).startswith("TAKEN"):
                raise FencedError from error
            if str(error).startswith("LOST"):
                raise LostError from error
            raise

    async def read(self, session: str) -> Record | None:
        """The newest record of a session; None when there is none, or one of another version."""
        fields = ["epoch", "seq", "after", "owner", "snapshot"]
        return _record(await self._store.hmget(keys.session(session), fields))

    async def claim(self, session: str, epoch: int) -> Record | None:
        """Take a session that has this epoch; None: another gateway was faster."""
        claimed: Any = await self._claim(
            [keys.session(session), keys.wake(session)], [epoch, EVENTS_TTL_S]
        )
        return None if claimed is None else _record(claimed)

    async def cut_audio(self, session: str, utterance: str, length: int) -> bytes | None:
        """Cut an utterance's audio to `length` bytes, and return it; None: so much is not there."""
        key = keys.audio(session, utterance)
        pcm: Any = await self._store.getrange(key, 0, length - 1) if length else b""
        if len(pcm) < length:
            return None
        await self._store.set(key, pcm, ex=keys.AUDIO_TTL_S)
        return bytes(pcm)

    async def audio(self, session: str, utterances: Sequence[str]) -> dict[str, bytes]:
        """The audio of utterances by their names, PCM16, for those that have any."""
        if not utterances:
            return {}
        found: Any = await self._store.mget([keys.audio(session, name) for name in utterances])
        return {name: pcm for name, pcm in zip(utterances, found, strict=True) if pcm}

    async def forget(self, session: str, epoch: int) -> None:
        """Delete a session, unless another gateway has it by now."""
        await self._forget([keys.session(session), keys.events(session)], [epoch])


def _stored(session: str, effect: Effect) -> list[tuple[str, str, bytes]]:
    """The keys that an effect touches, how, and with what; none for effects on other things."""
    match effect:
        case AppendAudio(utterance, pcm):
            return [(keys.audio(session, utterance), "append", pcm)]
        case DropAudio(utterance):
            return [(keys.audio(session, utterance), "drop", b"")]
        case Cancel(utterance, revision):
            return [(keys.cancelled(session, utterance, revision), "cancel", b"")]
        case KeepSpeech(reply, request):
            return [(keys.text(session, name_of(reply)), "set", to_json(request))]
        case DropSpeech(reply):
            name = name_of(reply)
            dropped = keys.text(session, name), keys.speech(session, name)
            return [(key, "drop", b"") for key in dropped]
        case _:
            return []


def _fields(record: Record) -> tuple[bytes, int, str]:
    return encode_snapshot(record.snapshot), record.seq, record.results_after


def _record(fields: list[Any]) -> Record | None:
    epoch, seq, after, owner, snapshot = fields
    if snapshot is None:
        return None
    try:
        kept = decode_snapshot(snapshot)
        return Record(int(epoch), int(seq), after.decode(), owner.decode(), kept)
    except (ValueError, TypeError, AttributeError):  # of another version of this program
        return None


async def read_events(store: Store, session: str, after: int) -> list[str]:
    """The kept events of a session after number `after`, as JSON, the oldest first."""
    entries: Any = await store.xrange(keys.events(session), min=f"({after}-0")
    return [fields[b"e"].decode() for _, fields in entries]
