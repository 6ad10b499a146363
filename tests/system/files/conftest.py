"""A gateway with small limits and no worker, on both databases, and Anna."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.support.gateway import Gateway, running_gateway
from tests.support.uploading import MAX_BYTES, MAX_JOBS, new_person
from tutor.adapters.settings import Settings
from tutor.adapters.sql.database import Database


@pytest.fixture(scope="module")
def gateway(
    store: Settings, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway with small limits."""
    with running_gateway(
        tmp_path_factory.mktemp("gateway"),
        store.redis_url,
        database_url=database_url,
        max_upload_bytes=str(MAX_BYTES),
        max_jobs_per_user=str(MAX_JOBS),
        transcription_timeout_s="0.3",
        quota_free_s="100",
    ) as gateway:
        yield gateway


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The gateway's database."""
    database = Database.open(database_url)
    yield database
    database.close()


@pytest.fixture
def anna(gateway: Gateway) -> Iterator[httpx2.Client]:
    """Somebody with an account of her own in each test."""
    with gateway.client(new_person(gateway).token) as client:
        yield client
