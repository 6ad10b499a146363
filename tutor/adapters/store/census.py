"""What lies in the store: for those who look for what is left behind."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.client import open_blocking_store

FOREVER = -1
"""What Redis answers for the life of a key that has no end."""


def count_keys(url: str) -> tuple[dict[str, int], dict[str, int]]:
    """The product's keys by kind, as `audio`: all of them, and those that live for ever.

    Celery's own lists and sets, which are the broker's, are left out.

    Raises:
        StoreError: the store does not answer.
    """
    found, forever = Counter[str](), Counter[str]()
    with closing(open_blocking_store(url)) as store:
        names: Any = store.scan_iter(keys.EVERYTHING, count=1000)
        for name in [name.decode() for name in names]:
            if name.startswith(keys.BROKER_PREFIX):
                continue
            kind = name.split(":")[1]
            found[kind] += 1
            forever[kind] += store.ttl(name) == FOREVER
    return dict(found), {kind: count for kind, count in forever.items() if count}
