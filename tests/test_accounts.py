"""Accounts over HTTP, at a real gateway, on both databases."""

import json
import shutil
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import httpx2
import jwt
import pytest
import redis

from tests.gateway import PASSWORD, Gateway, Person, enter, log_in, running_gateway
from tests.support.pages import blocks
from tests.web.runner import CHROMIUM
from tutor.adapters.settings import Settings
from tutor.adapters.sql.account_tables import Login
from tutor.adapters.sql.columns import utc_now
from tutor.adapters.sql.database import Database
from tutor.adapters.store import keys
from tutor.adapters.store.client import open_store
from tutor.adapters.store.throttle import count_try, give_back_try

pytestmark = pytest.mark.live

ADDRESS_TRIES = 40
GRACE_S = 60
MAX_BODY = 2048
MAX_LOGINS = 7
MAX_KEYS = 3


@pytest.fixture(scope="module")
def gateway(
    store: Settings, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that takes guests, and believes a proxy on this machine."""
    with running_gateway(
        tmp_path_factory.mktemp("gateway"),
        store.redis_url,
        database_url=database_url,
        trusted_proxies="127.0.0.1",
        login_tries="4",
        address_tries=str(ADDRESS_TRIES),
        refresh_grace_s=str(GRACE_S),
        max_request_bytes=str(MAX_BODY),
        max_logins=str(MAX_LOGINS),
        max_api_keys=str(MAX_KEYS),
    ) as gateway:
        yield gateway


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The gateway's database."""
    database = Database.open(database_url)
    yield database
    database.close()


@pytest.fixture
def anna(gateway: Gateway) -> Person:
    """Somebody with an account, another one in each test."""
    return enter(gateway.url, f"Anna-{token_hex(4)}@school.example".lower())


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


def refreshed(client: httpx2.Client, refresh: str) -> httpx2.Response:
    """The answer to a refresh token."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    return client.post("/v1/token", data=form)


# ---------------------------------------------------------------- getting in


def test_who_registers_can_log_in_and_see_the_account(gateway: Gateway, anna: Person) -> None:
    """E-mail in lower case, the plan, today's audio; nothing of the password."""
    with gateway.client(anna.token) as client:
        me = client.get("/v1/me").json()
        assert (me["email"], me["plan"], me["keep_audio"]) == (anna.email, "free", False)
        assert me["usage"] == {"used_s": 0, "quota_s": 7200, "left_s": 7200}
        assert "password" not in str(me)


def test_who_comes_is_told_whether_an_account_is_needed(gateway: Gateway) -> None:
    """Without any credential: a page asks for a login where guests are not taken."""
    with gateway.client() as client:
        assert client.get("/v1/server").json() == {"accounts": "optional", "min_password": 8}


def test_a_registration_must_be_right(gateway: Gateway, anna: Person) -> None:
    """Each mistake is named; an address has one account."""
    with gateway.client() as client:
        for wish, where in [
            ({"email": "no address", "password": PASSWORD}, "body.email"),
            ({"email": "b@school.example", "password": "short"}, "body.password"),
            ({"email": "b@school.example", "password": "x" * 257}, "body.password"),
            (
                {"email": "b@school.example", "password": PASSWORD, "native_language": "Klingon!"},
                "body.native_language",
            ),
        ]:
            answer = client.post("/v1/accounts", json=wish)
            assert code_of(answer) == (422, "invalid")
            assert [fault["field"] for fault in answer.json()["errors"]] == [where]
            assert PASSWORD not in answer.text
        taken = client.post("/v1/accounts", json={"email": anna.email, "password": PASSWORD})
        assert code_of(taken) == (409, "email_taken")


def test_guests_have_no_account(gateway: Gateway) -> None:
    """Without a credential `/v1/me` is 401, with the challenge that RFC 6750 asks for."""
    with gateway.client() as client:
        answer = client.get("/v1/me")
        assert code_of(answer) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    with gateway.client("nonsense") as client:
        answer = client.get("/v1/me")
        assert code_of(answer) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_answers_with_tokens_are_kept_by_nobody(gateway: Gateway, anna: Person) -> None:
    """`no-store`; the refresh token in a cookie that no script reads and no other site sends."""
    with gateway.client() as client:
        form = {"grant_type": "password", "username": anna.email, "password": PASSWORD}
        answer = client.post("/v1/token", data=form)
        assert answer.headers["cache-control"] == "no-store"
        cookie = answer.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/v1"))
        assert "Secure" not in cookie
        secure = client.post("/v1/token", data=form, headers={"X-Forwarded-Proto": "https"})
        assert "Secure" in secure.headers["set-cookie"]


def test_the_cookie_continues_a_login_for_its_own_page(gateway: Gateway, anna: Person) -> None:
    """A page never sees the refresh token; another site's page may not use the cookie."""
    with gateway.client() as client:
        log_in(client, anna.email)
        form = {"grant_type": "refresh_token"}
        foreign = {"Origin": "https://evil.example"}
        assert code_of(client.post("/v1/token", data=form, headers=foreign)) == (
            403,
            "foreign_origin",
        )
        answer = client.post("/v1/token", data=form, headers={"Origin": gateway.url})
        assert answer.status_code == 200
        assert set(answer.json()) == {"access_token", "token_type", "expires_in"}


# ---------------------------------------------------------------- staying in, leaving


def rotated_ago(database: Database, refresh: str, ago_s: float) -> None:
    """Let a login have been continued so long ago."""
    with database.transaction() as session:
        login = session.get_one(Login, refresh.partition(".")[0])
        login.rotated_at = utc_now() - timedelta(seconds=ago_s)


def test_a_lost_answer_ends_no_login(gateway: Gateway, anna: Person, database: Database) -> None:
    """Within TUTOR_REFRESH_GRACE_S the token just used brings the next one again, which is good."""
    with gateway.client() as client:
        lost = refreshed(client, anna.refresh).json()
        rotated_ago(database, anna.refresh, GRACE_S - 30)
        again = refreshed(client, anna.refresh)
        assert again.status_code == 200
        assert again.json()["refresh_token"] == lost["refresh_token"]
        third = refreshed(client, again.json()["refresh_token"])
        assert third.status_code == 200
        client.headers["Authorization"] = f"Bearer {third.json()['access_token']}"
        assert client.get("/v1/me").status_code == 200


def test_a_refresh_token_is_good_once(gateway: Gateway, anna: Person, database: Database) -> None:
    """A use after the grace ends the login: tokens that came of it are void, too."""
    with gateway.client() as client:
        second = refreshed(client, anna.refresh).json()
        client.headers["Authorization"] = f"Bearer {second['access_token']}"
        assert client.get("/v1/me").status_code == 200
        client.cookies.clear()
        rotated_ago(database, anna.refresh, GRACE_S)
        stolen = refreshed(client, anna.refresh)
        assert code_of(stolen) == (400, "invalid_grant")
        assert stolen.json()["error"] == "invalid_grant"
        assert code_of(refreshed(client, second["refresh_token"])) == (400, "invalid_grant")
        assert client.get("/v1/me").status_code == 401


def test_logout_ends_this_login_and_everywhere_all(gateway: Gateway, anna: Person) -> None:
    """The access token is void at once, not when it expires."""
    with gateway.client() as client:
        other, third = log_in(client, anna.email), log_in(client, anna.email)
    with gateway.client(anna.token) as client:
        assert client.post("/v1/logout").status_code == 204
        assert client.get("/v1/me").status_code == 401
        assert code_of(refreshed(client, anna.refresh)) == (400, "invalid_grant")
    with gateway.client(other.token) as client:
        assert client.post("/v1/logout", data={"everywhere": "true"}).status_code == 204
    with gateway.client(third.token) as client:
        assert client.get("/v1/me").status_code == 401


def changed(client: httpx2.Client, current: str, new: str) -> httpx2.Response:
    """The answer to a wish for another password."""
    wish = {"current_password": current, "new_password": new}
    return client.post("/v1/me/password", json=wish)


def test_a_new_password_ends_all_other_logins(gateway: Gateway, anna: Person) -> None:
    """It needs the old one; this login goes on with both of its tokens, API keys stay, and only the
    new password lets in."""
    with gateway.client() as client:
        other = log_in(client, anna.email)
    with gateway.client(anna.token) as client:
        key = client.post("/v1/keys", json={"name": "server"}).json()["key"]
        assert code_of(changed(client, "wrong", PASSWORD + "!")) == (400, "wrong_password")
        assert changed(client, PASSWORD, PASSWORD + "!").status_code == 204
        assert client.get("/v1/me").status_code == 200
        assert refreshed(client, anna.refresh).status_code == 200
        assert code_of(refreshed(client, other.refresh)) == (400, "invalid_grant")
        old = {"grant_type": "password", "username": anna.email, "password": PASSWORD}
        assert code_of(client.post("/v1/token", data=old)) == (400, "invalid_grant")
        assert log_in(client, anna.email, PASSWORD + "!")
    for credential, status in ((other.token, 401), (key, 200)):
        with gateway.client(credential) as client:
            assert client.get("/v1/me").status_code == status


def test_a_new_password_must_be_right(gateway: Gateway, anna: Person) -> None:
    """As long as one at the registration; where it does not belong it is refused, not ignored."""
    with gateway.client(anna.token) as client:
        for new in ("short", "x" * 257):
            answer = changed(client, PASSWORD, new)
            assert code_of(answer) == (422, "invalid")
            assert [fault["field"] for fault in answer.json()["errors"]] == ["body.new_password"]
            assert PASSWORD not in answer.text
        answer = client.patch("/v1/me", json={"password": PASSWORD + "!"})
        assert code_of(answer) == (422, "invalid")
    with gateway.client() as client:
        assert code_of(changed(client, PASSWORD, PASSWORD + "!")) == (401, "unauthenticated")
        assert log_in(client, anna.email)


def test_who_changes_a_password_has_no_more_tries_than_who_logs_in(
    gateway: Gateway, anna: Person
) -> None:
    """A stolen access token is no way to guess the password: both count together."""
    wrong = {"grant_type": "password", "username": anna.email, "password": "wrong"}
    with gateway.client(anna.token) as client:
        for _ in range(2):
            assert code_of(changed(client, "wrong", PASSWORD)) == (400, "wrong_password")
            assert code_of(client.post("/v1/token", data=wrong)) == (400, "invalid_grant")
        answer = changed(client, PASSWORD, PASSWORD + "!")
        assert code_of(answer) == (429, "too_many_tries")
        assert 0 < int(answer.headers["retry-after"]) <= 900
        assert client.post("/v1/token", data=wrong).status_code == 429


def test_the_account_can_be_changed(gateway: Gateway, anna: Person) -> None:
    """What is left out stays as it is."""
    with gateway.client(anna.token) as client:
        client.patch("/v1/me", json={"native_language": "ru", "keep_audio": True})
        me = client.patch("/v1/me", json={"keep_audio": None}).json()
        assert (me["native_language"], me["keep_audio"]) == ("ru", True)
        me = client.patch("/v1/me", json={"native_language": None}).json()
        assert (me["native_language"], me["keep_audio"]) == (None, True)
        for no_word in (0, "no", "yes"):  # of a consent there is no doubt
            answer = client.patch("/v1/me", json={"keep_audio": no_word})
            assert code_of(answer) == (422, "invalid")


# ---------------------------------------------------------------- tries


def test_wrong_passwords_make_the_account_wait(gateway: Gateway, anna: Person) -> None:
    """After four failures 429 with Retry-After, for the right password as well; a success before
    that begins the count anew; an address without account is treated alike."""
    wrong = {"grant_type": "password", "username": anna.email, "password": "wrong"}
    nobody = {**wrong, "username": "nobody@school.example"}
    with gateway.client() as client:
        for _ in range(3):
            assert code_of(client.post("/v1/token", data=wrong)) == (400, "invalid_grant")
        assert log_in(client, anna.email)
        for form in (wrong, nobody):
            answers = [client.post("/v1/token", data=form) for _ in range(5)]
            assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 429]
            assert code_of(answers[-1]) == (429, "too_many_tries")
            assert 0 < int(answers[-1].headers["retry-after"]) <= 900
        right = {**wrong, "password": PASSWORD}
        assert client.post("/v1/token", data=right).status_code == 429


def test_an_account_has_no_more_tries_under_other_spellings(gateway: Gateway, anna: Person) -> None:
    """However the address is written, the failed logins of its account are counted together."""
    spellings = [anna.email, anna.email.upper(), f" {anna.email}", f"Anna <{anna.email}>"]
    spellings += [anna.email.replace("@", "\0@"), f"{anna.email}\0\0"]
    with gateway.client() as client:
        forms = [
            {"grant_type": "password", "username": spelling, "password": "wrong"}
            for spelling in spellings
        ]
        statuses = [client.post("/v1/token", data=form).status_code for form in forms]
    assert statuses == [400, 400, 400, 400, 429, 429]


@pytest.mark.parametrize(
    "email",
    [
        "anna@xn--bcher-kva.example",
        "anna@B\u00dcCHER.example",
        "jose\u0301@school.example",
        "anna@\uff53chool.example",
        " Anna@school.example ",
        "Anna <anna@school.example>",
    ],
)
def test_who_registers_logs_in_with_the_same_words(gateway: Gateway, email: str) -> None:
    """An address is kept in one form of several; each of them is taken at a login as well."""
    name, at, domain = email.partition("@")
    assert enter(gateway.url, f"{name}{token_hex(4)}{at}{domain}").token


@pytest.fixture(autouse=True)
def unthrottled(store: Settings) -> None:
    """Tries of one test do not count in the next."""
    client = redis.Redis.from_url(store.redis_url)
    for name in client.scan_iter("tutor:tries:*"):
        assert client.ttl(name) > 0
        client.delete(name)


def asks(client: httpx2.Client, refresh: str, address: str) -> int:
    """The status of a refresh token from an address."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    headers = {"X-Forwarded-For": address}
    return client.post("/v1/token", data=form, headers=headers).status_code


def test_a_classroom_behind_one_address_goes_on(gateway: Gateway, anna: Person) -> None:
    """What succeeds does not count, neither a refresh nor a password; who tries tokens between
    valid ones of their own has no more tries by it."""
    here = {"X-Forwarded-For": "192.0.2.1"}
    login = {"grant_type": "password", "username": anna.email, "password": PASSWORD}
    refresh = anna.refresh
    with gateway.client() as client:
        for n in range(ADDRESS_TRIES):
            form = {"grant_type": "refresh_token", "refresh_token": refresh}
            answer = client.post("/v1/token", data=form, headers=here)
            refresh = answer.json()["refresh_token"]
            assert asks(client, "no", "192.0.2.1") == 400
            if n % 8 == 0:
                assert client.post("/v1/token", data=login, headers=here).status_code == 200
        assert asks(client, "no", "192.0.2.1") == 429
        assert asks(client, refresh, "192.0.2.1") == 429
        assert asks(client, refresh, "192.0.2.2") == 200


def test_tries_at_once_do_not_pass_the_limit(gateway: Gateway, anna: Person) -> None:
    """Each is counted before it is tried: of many at the same moment so many are tried as one
    after the other, while valid ones come and go."""
    with gateway.client() as client, ThreadPoolExecutor(12) as pool:
        shown = ["no"] * (ADDRESS_TRIES - 5) + [anna.refresh] * 8 + ["no"] * 15
        statuses = list(pool.map(lambda token: asks(client, token, "192.0.2.3"), shown))
        while asks(client, "no", "192.0.2.3") == 400:  # valid ones were in the way for a moment
            statuses.append(400)
    assert statuses.count(400) == ADDRESS_TRIES


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


def test_an_address_must_wait_but_its_neighbour_need_not(gateway: Gateway) -> None:
    """A proxy on this machine is believed who asks, and of an IPv6 network all addresses count as
    one."""
    with gateway.client() as client:
        statuses = [asks(client, "no", f"2001:db8::{n % 7}") for n in range(ADDRESS_TRIES + 1)]
        assert (set(statuses[:-1]), statuses[-1]) == ({400}, 429)
        assert asks(client, "no", "2001:db8:0:1::1") == 400


def test_who_guesses_passwords_ends_nobody_elses_lesson(gateway: Gateway, anna: Person) -> None:
    """Wrong passwords, registrations and refresh tokens of an address are counted each by
    themselves: others at the same school register, and go on with the logins they have."""
    wrong = {"grant_type": "password", "password": "wrong"}
    wish = {"email": f"b-{anna.email}", "password": PASSWORD}
    with gateway.client() as client:
        client.headers["X-Forwarded-For"] = "192.0.2.5"
        for n in range(ADDRESS_TRIES + 1):
            guess = client.post("/v1/token", data=wrong | {"username": f"{n}@school.example"})
        assert guess.status_code == 429
        assert client.post("/v1/accounts", json=wish).status_code == 201
        assert asks(client, anna.refresh, "192.0.2.5") == 200


def test_registrations_of_an_address_are_limited(gateway: Gateway, anna: Person) -> None:
    """Whether or not they succeed; who has an account there logs in."""
    wish = {"email": anna.email, "password": PASSWORD}
    with gateway.client() as client:
        client.headers["X-Forwarded-For"] = "192.0.2.6"
        statuses = [
            client.post("/v1/accounts", json=wish).status_code for _ in range(ADDRESS_TRIES + 1)
        ]
        assert (set(statuses[:-1]), statuses[-1]) == ({409}, 429)
        assert log_in(client, anna.email).token


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/token"])
def test_a_body_over_the_limit_is_not_read(gateway: Gateway, path: str) -> None:
    """TUTOR_MAX_REQUEST_BYTES: 413, whether the request says its length or not."""
    kind = "application/json" if path == "/v1/accounts" else "application/x-www-form-urlencoded"
    half = b"x" * (MAX_BODY // 2 + 1)
    with gateway.client() as client:
        for content in (half * 2, iter([half, half])):
            answer = client.post(path, content=content, headers={"Content-Type": kind})
            assert code_of(answer) == (413, "too_large")


def test_so_many_logins_and_keys_and_no_more(gateway: Gateway, anna: Person) -> None:
    """TUTOR_MAX_LOGINS: one more ends another one; TUTOR_MAX_API_KEYS: one more is refused."""
    with gateway.client() as client:
        others = [log_in(client, anna.email) for _ in range(MAX_LOGINS)]
    for token, status in ((anna.token, 401), (others[0].token, 200)):
        with gateway.client(token) as client:
            assert client.get("/v1/me").status_code == status
    with gateway.client(others[0].token) as client:
        made = [client.post("/v1/keys", json={"name": "server"}) for _ in range(MAX_KEYS + 1)]
    assert [answer.status_code for answer in made[:-1]] == [201] * MAX_KEYS
    assert code_of(made[-1]) == (409, "too_many_keys")
    assert str(MAX_KEYS) in made[-1].json()["detail"]


# ---------------------------------------------------------------- API keys


def test_an_api_key_lets_a_server_in(gateway: Gateway, anna: Person) -> None:
    """Shown once, listed by its beginning, revoked it is void."""
    with gateway.client(anna.token) as client:
        made = client.post("/v1/keys", json={"name": "school server"})
        assert made.status_code == 201
        secret = made.json()["key"]
        (listed,) = client.get("/v1/keys").json()["keys"]
        assert listed["prefix"] == secret[:12]
        assert listed["last_used_at"] is None
        assert secret not in str(listed)
        with gateway.client(secret) as server:
            assert server.get("/v1/me").json()["email"] == anna.email
            assert client.get("/v1/keys").json()["keys"][0]["last_used_at"] is not None
            assert client.delete(f"/v1/keys/{listed['id']}").status_code == 204
            assert server.get("/v1/me").status_code == 401
        assert code_of(client.delete(f"/v1/keys/{listed['id']}")) == (404, "not_found")


def test_a_leaked_api_key_cannot_take_the_account(gateway: Gateway, anna: Person) -> None:
    """Neither keys, nor the password, nor the export, nor the deletion: those need a login."""
    with gateway.client(anna.token) as client:
        secret = client.post("/v1/keys", json={"name": "server"}).json()["key"]
    with gateway.client(secret) as server:
        for method, path, body in [
            ("POST", "/v1/keys", {"name": "another"}),
            ("GET", "/v1/keys", None),
            ("PATCH", "/v1/me", {"keep_audio": True}),
            ("POST", "/v1/me/password", {"current_password": PASSWORD, "new_password": PASSWORD}),
            ("GET", "/v1/me/export", None),
            ("DELETE", "/v1/me", None),
            ("POST", "/v1/logout", None),
        ]:
            answer = server.request(method, path, json=body)
            assert code_of(answer) == (403, "login_needed"), path


# ---------------------------------------------------------------- the whole account


def test_an_export_tells_everything_but_secrets(gateway: Gateway, anna: Person) -> None:
    """Account, logins, keys, usage, words, sessions as one JSON document."""
    with gateway.client(anna.token) as client:
        client.post("/v1/keys", json={"name": "school server"})
        answer = client.get("/v1/me/export")
        assert answer.headers["content-type"] == "application/json"
        data = answer.json()
        assert set(data) == {"account", "logins", "api_keys", "usage", "words", "sessions", "jobs"}
        assert data["account"]["email"] == anna.email
        assert data["api_keys"][0]["name"] == "school server"
        assert "hash" not in answer.text


def test_deletion_is_the_end_of_everything(gateway: Gateway, anna: Person) -> None:
    """Tokens, keys and the address itself: the account was never there."""
    with gateway.client(anna.token) as client:
        key = client.post("/v1/keys", json={"name": "server"}).json()["key"]
        assert client.delete("/v1/me").status_code == 204
        assert client.get("/v1/me").status_code == 401
        assert code_of(refreshed(client, anna.refresh)) == (400, "invalid_grant")
    with gateway.client(key) as server:
        assert server.get("/v1/me").status_code == 401
    assert enter(gateway.url, anna.email).token


def test_the_key_on_loopback_is_made_once_and_is_ones_own(gateway: Gateway, anna: Person) -> None:
    """In the data folder, for its owner only; it is what signs the tokens."""
    path = gateway.log.parent / "data" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    claims = jwt.decode(anna.token, path.read_text(), algorithms=["HS256"], audience="voice-tutor")
    assert claims["exp"] - claims["iat"] == 600


def test_a_page_of_history_is_empty_before_the_first_session(
    gateway: Gateway, anna: Person
) -> None:
    """And nobody else's session can be had by its id."""
    with gateway.client(anna.token) as client:
        assert client.get("/v1/me/sessions").json() == {"sessions": [], "next": None}
        assert client.get("/v1/me/words").json() == {"words": []}
        assert code_of(client.get("/v1/me/sessions/abc")) == (404, "not_found")
        assert code_of(client.get("/v1/me/sessions/abc/utterances/u1/audio")) == (404, "not_found")
        assert code_of(client.get("/v1/me/sessions?limit=0")) == (422, "invalid")


def test_no_secret_is_in_the_log(gateway: Gateway, anna: Person) -> None:
    """After all of this neither tokens nor addresses nor passwords are in it."""
    text = gateway.log.read_text()
    assert not any(word in text for word in (anna.token, anna.refresh, anna.email, PASSWORD))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_lines_of_the_documentation_do_as_they_say(gateway: Gateway, tmp_path: Path) -> None:
    """Pasted into a shell as they stand, but for the address, they take an account from its opening
    to its deletion."""
    (lines,) = blocks("operate/accounts.md", "sh")
    lines = lines.replace("http://127.0.0.1:8000", gateway.url)
    lines = lines.replace("anna@school.example", f"anna-{token_hex(4)}@school.example")
    shell = ["bash", "-euo", "pipefail", "-c", lines]
    done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=True)
    registered, me, key, sessions = (
        json.loads(part) for part in done.stdout.replace("}{", "}\n{").splitlines()
    )
    assert registered["email"] == me["email"]
    assert key["key"].startswith("tutor_")
    assert sessions == {"sessions": [], "next": None}
    export = json.loads((tmp_path / "voice-tutor.json").read_text())
    assert export["account"]["email"] == me["email"]
    form = {"username": me["email"], "password": PASSWORD, "grant_type": "password"}
    with gateway.client() as client:
        assert code_of(client.post("/v1/token", data=form)) == (400, "invalid_grant")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_documents_can_be_read_in_a_browser(gateway: Gateway, tmp_path: Path) -> None:
    """`/docs` shows every route under the page's strict policy, without anything from elsewhere."""
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    wait = ["--virtual-time-budget=5000", "--dump-dom", f"{gateway.url}/docs"]
    page = subprocess.run([str(CHROMIUM), *quiet, *wait], capture_output=True, text=True).stdout
    with gateway.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    assert "Register" in page
