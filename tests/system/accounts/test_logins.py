from datetime import timedelta

import httpx2
import jwt

from tests.support.accounts import GRACE_S, MAX_KEYS, MAX_LOGINS, code_of, refreshed
from tests.support.gateway import PASSWORD, Gateway, Person, log_in
from tutor.adapters.sql.account_tables import Login
from tutor.adapters.sql.columns import utc_now
from tutor.adapters.sql.database import Database

# ---------------------------------------------------------------- getting in


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
    """A stolen access token is no way to guess the password, in whatever way it is asked for."""
    with gateway.client(anna.token) as client:
        for _ in range(2):
            assert code_of(changed(client, "wrong", PASSWORD)) == (400, "wrong_password")
            assert code_of(deleted(client, "wrong")) == (400, "wrong_password")
        for answer in (changed(client, PASSWORD, PASSWORD + "!"), deleted(client, PASSWORD)):
            assert code_of(answer) == (429, "too_many_tries")
            assert 0 < int(answer.headers["retry-after"]) <= 900


def test_who_guesses_elsewhere_does_not_lock_an_open_login(gateway: Gateway, anna: Person) -> None:
    """As many wrong passwords as there may be, from the owner's own address, too: the owner still
    changes the password."""
    wrong = {"grant_type": "password", "username": anna.email, "password": "wrong"}
    with gateway.client() as client:
        while client.post("/v1/token", data=wrong).status_code != 429:
            pass
    with gateway.client(anna.token) as client:
        assert changed(client, PASSWORD, PASSWORD + "!").status_code == 204


def deleted(client: httpx2.Client, password: str | None = None) -> httpx2.Response:
    """The answer to a wish to delete the account."""
    wish = None if password is None else {"password": password}
    return client.request("DELETE", "/v1/me", json=wish)


def test_an_old_login_needs_the_password_to_delete_the_account(
    gateway: Gateway, anna: Person, database: Database
) -> None:
    """Who finds an unlocked machine does not end it; a fresh login, or the password, does."""
    with database.transaction() as session:
        name = jwt.decode(anna.token, options={"verify_signature": False})["sid"]
        session.get_one(Login, name).created_at = utc_now() - timedelta(seconds=301)
    with gateway.client(anna.token) as client:
        assert code_of(deleted(client)) == (403, "password_needed")
        assert code_of(deleted(client, "wrong")) == (400, "wrong_password")
        assert client.get("/v1/me").status_code == 200
        assert deleted(client, PASSWORD).status_code == 204
        assert client.get("/v1/me").status_code == 401


def test_a_guess_ends_no_login(gateway: Gateway, anna: Person) -> None:
    """Whoever knows a login's name, which stands in every access token, and guesses its secret is
    refused, and the login goes on; one that was really used before ends it, as ever."""
    name, _, secret = anna.refresh.partition(".")
    with gateway.client() as client:
        for guess in ("", "x", "x" * 43, secret[:-2] + "AA", "\u00e9" * 8, secret + "."):
            answer = refreshed(client, f"{name}.{guess}")
            assert code_of(answer) == (400, "invalid_grant")
        assert refreshed(client, anna.refresh).status_code == 200


# ---------------------------------------------------------------- tries


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
