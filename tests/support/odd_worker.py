"""A worker whose task tells what it was given, or dies of it: `python -m ... URL POOL`."""

import os
import sys

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.consumer import Consumer, Fields, Headers


def _work(fields: Fields, _: Headers) -> None:
    sys.stdout.write(f"did {fields}\n")
    sys.stdout.flush()
    if fields.get("deadly"):
        os._exit(9)
    if fields.get("odd"):
        raise TypeError


def _give_up(fields: Fields, _: Headers) -> None:
    sys.stdout.write(f"gave up {fields}\n")
    sys.stdout.flush()


def main() -> None:
    """Work until this process is stopped."""
    url, pool = sys.argv[1:]
    consumer = Consumer(Settings.load(redis_url=url))
    consumer.add(keys.TASK_RECOGNISE, _work, _give_up)
    consumer.run([keys.QUEUE_LIVE], "prefork" if pool == "prefork" else "threads", 1, lambda: None)


if __name__ == "__main__":
    main()
