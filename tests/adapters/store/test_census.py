from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.census import count_keys
from tutor.adapters.store.client import open_blocking_store


def test_keys_are_counted_by_kind(store: Settings) -> None:
    """Those without an end by themselves; the broker's, and others', do not count."""
    with open_blocking_store(store.redis_url) as client:
        client.flushdb()
        client.set(keys.audio("s1", "u1"), b"00", ex=60)
        client.set(keys.audio("s1", "u2"), b"00", ex=60)
        client.set(keys.text("s1", "u1"), b"{}")
        client.rpush(keys.waiting(keys.QUEUE_LIVE, keys.PRIORITY_FINAL), b"{}")
        client.set("another's", b"1")
    assert count_keys(store.redis_url) == ({"audio": 2, "text": 1}, {"text": 1})
