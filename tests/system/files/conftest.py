"""A gateway with small limits and no worker, on both databases, and Anna."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.support.databases import empty_database
from tests.support.gateway import Gateway, running_gateway
from tests.support.store import running_store
from tests.support.uploading import MAX_BYTES, MAX_JOBS, new_person
from tutor.adapters.sql.database import Database


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind."""
    return empty_database(request, tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="package")
def uploads_gateway(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway with small limits."""
    folder = tmp_path_factory.mktemp("gateway")
    with (
        running_store(folder) as url,
        running_gateway(
            folder,
            url,
            database_url=database_url,
            max_upload_bytes=str(MAX_BYTES),
            max_jobs_per_user=str(MAX_JOBS),
            transcription_timeout_s="0.3",
            quota_free_s="100",
        ) as gateway,
    ):
        yield gateway


@pytest.fixture
def gateway(uploads_gateway: Gateway) -> Gateway:
    """The gateway, which tests leave as they found it."""
    return uploads_gateway


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
