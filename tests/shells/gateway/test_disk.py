"""A full disk, as a client and whoever watches see it."""

import errno
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.databases import fill, register_until_full
from tutor.adapters.settings import Settings
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.errors import StorageFullError
from tutor.shells.gateway.app import make_app
from tutor.shells.gateway.disk import has_room


@pytest.mark.heavy
async def test_a_full_database_is_503_with_a_reason(store: Settings, tmp_path: Path) -> None:
    """Whoever writes is told; whoever watches, too (`/readyz`)."""
    asgi = make_app(Settings.load(redis_url=store.redis_url, data_dir=tmp_path, address_tries=0))
    services = asgi.state.services
    fill(services.database)
    transport = httpx2.ASGITransport(asgi)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = None
        for number in range(200):
            wish = {"email": f"{number}@school.example", "password": "correct horse"}
            answer = await client.post("/v1/accounts", json=wish)
            if answer.status_code != 201:
                break
        assert answer is not None
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
        assert "disk is full" in answer.json()["detail"]
        assert int(answer.headers["retry-after"]) > 0
    assert not has_room(tmp_path, services.database)
    services.database.close()
    await services.store.aclose()


async def test_an_upload_that_finds_no_room_is_503(
    store: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large one lies in the temporary folder until it is kept."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    asgi = make_app(Settings.load(redis_url=store.redis_url, data_dir=tmp_path))
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", full)
    transport = httpx2.ASGITransport(asgi)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        files: Any = {"file": ("a.wav", bytes(2 * 2**20))}
        answer = await client.post("/v1/jobs", files=files, data={"language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_full")
    asgi.state.services.database.close()
    await asgi.state.services.store.aclose()


@pytest.mark.parametrize(
    ("number", "room"), [(errno.ENOSPC, False), (errno.EDQUOT, False), (errno.EACCES, True)]
)
def test_room_is_asked_for_by_writing(
    number: int, room: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk or a quota that is used up; no folder at all is another database's affair."""
    database = Database.open(f"sqlite:///{tmp_path / 'tutor.db'}")
    assert has_room(tmp_path, database)
    assert has_room(tmp_path / "nowhere", database)

    def fail(**_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    assert has_room(tmp_path, database) is room
    database.close()


@pytest.mark.heavy
def test_a_database_that_was_full_is_asked_again(tmp_path: Path) -> None:
    """After half a minute: its disk may be another machine's."""
    database = Database.open(f"sqlite:///{tmp_path / 'tutor.db'}")
    fill(database)
    accounts = Accounts(database, timedelta(1))
    with pytest.raises(StorageFullError):
        register_until_full(accounts)
    assert not has_room(tmp_path, database)
    assert database.full_at is not None
    database.full_at -= 31
    assert has_room(tmp_path, database)
    database.close()
