"""Whatever goes wrong with the store, its clients say it in one way."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.exceptions import RedisError

from tutor.adapters.settings import Settings
from tutor.adapters.store.client import BlockingStore, Store, open_blocking_store, open_store
from tutor.adapters.store.errors import StoreError

NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
async def away() -> AsyncIterator[Store]:
    """A store that nobody serves."""
    client = open_store(NOWHERE, 0.2)
    yield client
    await client.aclose()


@pytest.fixture
async def there(store: Settings) -> AsyncIterator[Store]:
    """A store that answers."""
    client = open_store(store.redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def blocking(store: Settings) -> Iterator[BlockingStore]:
    """The same for threads."""
    with open_blocking_store(store.redis_url) as client:
        assert isinstance(client, BlockingStore)
        yield client


def is_named(failed: pytest.ExceptionInfo[StoreError]) -> bool:
    """Whether the cause is told, too."""
    return isinstance(failed.value.__cause__, RedisError) and bool(str(failed.value))


async def test_a_command_that_nobody_answers_is_a_store_error(away: Store) -> None:
    """Nothing of redis-py's own comes out, but as the cause."""
    with pytest.raises(StoreError) as failed:
        await away.get("a")
    assert is_named(failed)


async def test_a_pipeline_that_nobody_answers_is_a_store_error(away: Store) -> None:
    """Commands that go together fail as one does."""
    async with away.pipeline(transaction=False) as pipe:
        pipe.get("a")
        with pytest.raises(StoreError) as failed:
            await pipe.execute()
    assert is_named(failed)


async def test_a_script_that_nobody_answers_is_a_store_error(away: Store) -> None:
    """Neither does a script let another error through."""
    with pytest.raises(StoreError):
        await away.register_script("return 1")()


async def test_an_iteration_that_nobody_answers_is_a_store_error(away: Store) -> None:
    """Names that are read bit by bit fail as one command does."""
    with pytest.raises(StoreError):
        [name async for name in away.scan_iter("tutor:*")]


def test_a_thread_is_told_the_same() -> None:
    """The blocking client's commands and pipelines fail alike."""
    client = open_blocking_store(NOWHERE, 0.2)
    with pytest.raises(StoreError) as failed:
        client.get("a")
    assert is_named(failed)
    with client.pipeline() as pipe:
        pipe.get("a")
        with pytest.raises(StoreError) as failed:
            pipe.execute()
    assert is_named(failed)


async def test_what_the_store_refuses_is_told_in_its_words(there: Store) -> None:
    """The reason is the store's own: some of them are asked for (`TAKEN`)."""
    with pytest.raises(StoreError, match=r"^NO thanks"):
        await there.register_script("return redis.error_reply('NO thanks')")()


def test_what_the_store_refuses_a_thread_is_told_in_its_words(blocking: BlockingStore) -> None:
    """A command that does not fit to its key."""
    blocking.set("a", "text")
    with pytest.raises(StoreError, match="WRONGTYPE"):
        blocking.lpush("a", "item")


async def test_a_script_that_the_store_has_forgotten_is_loaded_again(there: Store) -> None:
    """A store that was started anew knows no scripts."""
    script = there.register_script("return 7")
    assert await script() == 7
    await there.script_flush()
    assert await script() == 7


async def test_more_at_once_than_there_are_connections_take_turns(store: Settings) -> None:
    """A gateway whose sessions all want the store at once serves each: nobody is turned away."""
    async with open_store(store.redis_url, connections=4) as small:
        counts = await asyncio.gather(*(small.incr("at once") for _ in range(300)))
        async with small.pipeline() as pipe:
            pipe.get("at once")
            (last,) = await pipe.execute()
    assert sorted(counts) == list(range(1, 301))
    assert int(last) == 300


async def test_three_hundred_at_once_are_served_as_the_product_opens_its_store(
    there: Store,
) -> None:
    """More than redis-py's own cap of a hundred: none is refused."""
    assert await asyncio.gather(*(there.echo("hello") for _ in range(300))) == [b"hello"] * 300


async def test_who_gets_no_connection_in_time_is_told(store: Settings) -> None:
    """The wait for a connection ends: all of them are held by what takes long."""
    async with open_store(store.redis_url, connections=2, free_timeout_s=0.1) as small:
        holding = asyncio.gather(*(small.execute_command("BLPOP", "nothing", 1) for _ in range(2)))
        await asyncio.sleep(0.05)
        with pytest.raises(StoreError) as failed:
            await small.get("a")
        assert is_named(failed)
        await holding
        assert await small.echo("again") == b"again"
