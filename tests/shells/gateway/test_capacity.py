from types import SimpleNamespace
from typing import Any

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.client import Store, open_store
from tutor.adapters.store.workers import GATEWAY, registered
from tutor.shells.gateway.capacity import Capacity


class Told:
    """Stands for the dispatcher: what it is told."""

    slots = 0
    partials: int | None = None
    assessors = (0, False)
    names: frozenset[str] = frozenset()

    def receive_slots(self, count: int, partials: int | None = None) -> None:
        """Keep them."""
        self.slots, self.partials = count, partials

    def receive_assessors(self, count: int, names: frozenset[str], *, shares_cores: bool) -> None:
        """Keep them."""
        self.assessors, self.names = (count, shares_cores), names


def capacity(store: Store, sessions: int) -> tuple[Capacity, Told]:
    """The capacity as a gateway with so many sessions sees it."""
    told = Told()
    services: Any = SimpleNamespace(store=store, dispatcher=told, practices=[None] * sessions)
    return Capacity(services), told


async def register(store: Store, entry: str, **facts: int | str) -> None:
    """Leave an entry that was renewed now."""
    seconds, _ = await store.time()
    await store.hset(keys.REGISTRY, entry, registered(seconds, facts))


async def test_gateways_fill_the_workers_together_not_each(store: Settings) -> None:
    """A gateway takes all slots while it is alone, and its share as soon as it sees another one,
    which sees this one, too."""
    client = open_store(store.redis_url)
    await client.flushdb()
    await register(client, "asr:one", slots=16)
    await register(client, "asr:two", slots=16)
    mine, told = capacity(client, 30)
    await mine.look()
    assert (mine.workers, told.slots) == (2, 32)
    await register(client, f"{GATEWAY}:other", sessions=10)
    await mine.look()
    assert told.slots == 24
    assert len(await client.hkeys(keys.REGISTRY)) == 4
    assert (told.partials, told.assessors) == (None, (0, False))
    await register(client, "feedback:one", slots=4)
    await register(client, "asr:three", device="cpu")
    await mine.look()
    assert (told.assessors, told.names) == ((3, True), frozenset({"one"}))
    await register(client, "partials:one", slots=16)
    await mine.look()
    assert (told.slots, told.partials) == (25, 12)
    await client.aclose()
