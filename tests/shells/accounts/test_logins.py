import asyncio
import threading
import time
from pathlib import Path

import httpx2
from sqlalchemy import text

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app


async def test_few_passwords_are_checked_at_once(store: Settings, tmp_path: Path) -> None:
    """Passwords are checked in threads, so many as the setting says; others wait for an answer."""
    settings = Settings.load(
        redis_url=store.redis_url, data_dir=tmp_path, password_checks=2, address_tries=0
    )
    asgi = make_app(settings)
    accounts, lock = asgi.state.services.accounts, threading.Lock()
    now = most = 0

    def check(*_: str) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        assert threading.current_thread() is not threading.main_thread()
        time.sleep(0.05)
        with lock:
            now -= 1

    accounts.check = check
    transport = httpx2.ASGITransport(asgi)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        forms = [
            {"grant_type": "password", "username": f"{n}@school.example", "password": "x"}
            for n in range(8)
        ]
        answers = await asyncio.gather(*(client.post("/v1/token", data=form) for form in forms))
    assert [answer.status_code for answer in answers] == [400] * 8
    assert most == 2
    asgi.state.services.database.close()
    await asgi.state.services.store.aclose()


async def test_what_the_server_cannot_do_is_no_try(store: Settings, tmp_path: Path) -> None:
    """While the database fails no try is counted, of no account and of no address."""
    settings = Settings.load(
        redis_url=store.redis_url, data_dir=tmp_path, login_tries=2, address_tries=2
    )
    asgi = make_app(settings)
    services = asgi.state.services
    password = {"grant_type": "password", "username": "b@school.example", "password": "x"}
    refresh = {"grant_type": "refresh_token", "refresh_token": "a.b"}

    def rename(old: str, new: str) -> None:
        with services.database.engine.begin() as connection:
            for table in ("users", "logins"):
                connection.execute(text(f"ALTER TABLE {old}{table} RENAME TO {new}{table}"))

    transport = httpx2.ASGITransport(asgi, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:

        async def statuses(*forms: dict[str, str]) -> list[int]:
            return [(await client.post("/v1/token", data=form)).status_code for form in forms]

        rename("", "lost_")
        assert set(await statuses(password, password, password, refresh, refresh, refresh)) == {500}
        rename("lost_", "")
        tries = [password, refresh] * 3
        assert await statuses(*tries) == [400, 400, 400, 400, 429, 429]
    services.database.close()
    await services.store.aclose()
