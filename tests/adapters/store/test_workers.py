from collections.abc import AsyncIterator

import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.client import Store, open_store
from tutor.adapters.store.workers import WorkerEntry, by_kind, read_workers


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


async def test_workers_tell_where_their_metrics_are(gateway: Store) -> None:
    """Those that show none, or are older than this, are there without an address."""
    await gateway.hset(keys.worker("asr", "a"), mapping={"metrics": "host:9101"})
    await gateway.hset(keys.worker("feedback", "b"), mapping={"replies": "coach"})
    await gateway.hset(keys.worker("batch", "c"), mapping={"metrics": "host:9102"})
    await gateway.hset(keys.worker("files", "d"), mapping={"jobs": "2"})
    assert await read_workers(gateway) == [
        WorkerEntry("asr", "host:9101"),
        WorkerEntry("batch", "host:9102"),
        WorkerEntry("feedback", ""),
        WorkerEntry("files", ""),
    ]


CPU, GPU = WorkerEntry("asr", "", takes_files=False), WorkerEntry("asr", "", takes_files=True)

BATCH, FEEDBACK, FILES = (WorkerEntry(kind, "") for kind in ("batch", "feedback", "files"))


def test_a_server_that_speaks_needs_a_speech_worker() -> None:
    """Without one it is missed, where speech is not switched off."""
    told = by_kind([CPU, FILES, BATCH], feedback=False, speech=True)
    assert told == {"asr": 1, "batch": 1, "files": 1, "speech": 0}


@pytest.mark.parametrize(
    ("workers", "feedback", "told"),
    [
        ([], True, {"asr": 0, "feedback": 0, "files": 0}),
        ([CPU], True, {"asr": 1, "batch": 0, "feedback": 0, "files": 0}),
        ([CPU, CPU, BATCH], True, {"asr": 2, "batch": 1, "feedback": 0, "files": 0}),
        ([GPU, FEEDBACK, FILES], True, {"asr": 1, "feedback": 1, "files": 1}),
        ([GPU, CPU, BATCH], False, {"asr": 2, "batch": 1, "files": 0}),
        ([GPU], False, {"asr": 1, "files": 0}),
    ],
    ids=["nobody", "no batch", "cpu", "gpu", "both", "no feedback"],
)
def test_a_kind_that_is_not_needed_is_not_missed(
    workers: list[WorkerEntry], feedback: bool, told: dict[str, int]
) -> None:
    """A GPU's worker takes the pieces of files itself; feedback may be switched off."""
    assert by_kind(workers, feedback=feedback) == told
