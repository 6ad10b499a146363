"""Accounts over HTTP, at a real gateway, on both databases."""

import json
import shutil
import stat
import subprocess
from pathlib import Path
from secrets import token_hex

import jwt
import pytest

from tests.support.accounts import MAX_BODY, code_of, refreshed
from tests.support.gateway import PASSWORD, Gateway, Person, enter, log_in
from tests.support.pages import blocks
from tests.web.runner import CHROMIUM

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
        assert client.get("/v1/server").json() == {
            "accounts": "optional",
            "min_password": 8,
            "languages": ["de", "en", "es", "fr", "ru"],
        }


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


def test_an_address_that_looks_like_another_is_refused(gateway: Gateway, anna: Person) -> None:
    """Mixed alphabets are 422; a compatibility form is the same account, also at the login."""
    name, _, domain = anna.email.partition("@")
    with gateway.client() as client:
        for email in (f"\u0430nna{name[4:]}@{domain}", f"{name}@sch\u043eol.example"):
            answer = client.post("/v1/accounts", json={"email": email, "password": PASSWORD})
            assert code_of(answer) == (422, "deceptive_address")
        wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalpha() else sign for sign in name)
        wish = {"email": f"{wide}@{domain}", "password": PASSWORD}
        assert code_of(client.post("/v1/accounts", json=wish)) == (409, "email_taken")
        assert log_in(client, f"{wide}@{domain}").token


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


# ---------------------------------------------------------------- staying in, leaving


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


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/token"])
def test_a_body_over_the_limit_is_not_read(gateway: Gateway, path: str) -> None:
    """TUTOR_MAX_REQUEST_BYTES: 413, whether the request says its length or not."""
    kind = "application/json" if path == "/v1/accounts" else "application/x-www-form-urlencoded"
    half = b"x" * (MAX_BODY // 2 + 1)
    with gateway.client() as client:
        for content in (half * 2, iter([half, half])):
            answer = client.post(path, content=content, headers={"Content-Type": kind})
            assert code_of(answer) == (413, "too_large")


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
