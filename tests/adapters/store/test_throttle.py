from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.client import open_store
from tutor.adapters.store.throttle import count_try, give_back_try


async def test_a_try_given_back_late_makes_no_room(store: Settings) -> None:
    """When its window has ended meanwhile nothing is left of it, and none is counted below none."""
    store_redis, name = open_store(store.redis_url), keys.tries("login", "late")
    await give_back_try(store_redis, name)
    assert not await store_redis.exists(name)
    assert await count_try(store_redis, name, 1, 60) == 0
    for _ in range(2):
        await give_back_try(store_redis, name)
    assert [await count_try(store_redis, name, 1, 60) > 0 for _ in range(2)] == [False, True]
    await store_redis.aclose()
