"""Who may ask at all: pages of other sites, and pages whose name was pointed here."""

from contextlib import closing
from http.client import HTTPConnection

import pytest
from starlette.requests import HTTPConnection as Connection
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support import asking
from tests.support.accounts import code_of
from tests.support.doors import offered, refusal
from tests.support.gateway import PASSWORD, Gateway, Person
from tutor.adapters.settings import Settings
from tutor.shells.http.callers import hosts_of, is_allowed_origin

EVIL = {"Origin": "https://evil.example"}

STATE_CHANGING = (
    ("POST", "/v1/token"),
    ("POST", "/v1/accounts"),
    ("POST", "/v1/logout"),
    ("POST", "/v1/tickets"),
    ("PATCH", "/v1/me"),
    ("DELETE", "/v1/me"),
    ("POST", "/v1/me/password"),
    ("POST", "/v1/me/sessions"),
    ("POST", "/v1/keys"),
    ("DELETE", "/v1/keys/1"),
    ("POST", "/v1/jobs"),
    ("DELETE", "/v1/jobs/1"),
    ("POST", "/v1/audio/transcriptions"),
    ("POST", "/v1/audio/speech"),
)


def test_a_foreign_page_logs_nobody_in(guarded: Gateway, anna: Person) -> None:
    """Login CSRF: with a right password, too, and no cookie so far, none is set."""
    form = {"grant_type": "password", "username": anna.email, "password": PASSWORD}
    with guarded.client() as client:
        answer = client.post("/v1/token", data=form, headers=EVIL)
        assert code_of(answer) == (403, "foreign_origin")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(("method", "path"), STATE_CHANGING)
def test_a_foreign_page_changes_nothing(guarded: Gateway, method: str, path: str) -> None:
    """Whatever it asks for, with a credential or without: its origin is looked at first."""
    for headers in (EVIL, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = asking.request(method, guarded.url + path, headers=headers)
        assert code_of(answer) == (403, "foreign_origin")
    own = asking.request(method, guarded.url + path, headers={"Origin": guarded.url})
    assert own.status_code in (400, 401, 422)


def test_no_route_is_missing_from_the_list(guarded: Gateway) -> None:
    """Every route that changes something stands above."""
    paths = asking.get(f"{guarded.url}/openapi.json").json()["paths"]
    found = {
        (method.upper(), path.replace("{id}", "1").replace("{job}", "1"))
        for path, methods in paths.items()
        for method in methods
        if method != "get"
    }
    assert found == set(STATE_CHANGING)


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/v1/jobs", "/v1/jobs/", "/static/app.js", "/metrics"]
)
def test_a_name_that_was_pointed_here_reads_nothing(brief: Gateway, path: str) -> None:
    """DNS rebinding: 421 for every path, and no redirect follows the name."""
    port = brief.url.rpartition(":")[2]
    for host in (f"evil.example:{port}", "127.0.0.1.evil.example", "192.0.2.1"):
        answer = asking.get(brief.url + path, headers={"Host": host})
        assert code_of(answer) == (421, "unknown_host")
        assert "TUTOR_ALLOWED_HOSTS" in answer.json()["detail"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "location" not in answer.headers


def test_a_name_that_was_pointed_here_deletes_nothing(brief: Gateway) -> None:
    """Its page is of its own origin, as its browser sees it."""
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    answer = asking.delete(f"{brief.url}/v1/jobs/1", headers=headers)
    assert code_of(answer) == (421, "unknown_host")


@pytest.mark.parametrize("path", ["/v1/practice", "/v1/realtime?intent=transcription"])
async def test_a_name_that_was_pointed_here_opens_no_socket(brief: Gateway, path: str) -> None:
    """421 before it opens, in one line of the log."""
    port = int(brief.url.rpartition(":")[2])
    before = brief.log.read_text()
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://evil.example{path}", host="127.0.0.1", port=port):
            pass
    assert refused.value.response.status_code == 421
    assert len(brief.log.read_text().removeprefix(before).splitlines()) == 1


async def test_a_refused_socket_is_one_line_of_the_log(guarded: Gateway) -> None:
    """However it was refused; Uvicorn and websockets would tell of it three times."""
    for options in ({"origin": "https://evil.example"}, {"subprotocols": offered("no")}):
        before = guarded.log.read_text()
        status, _, _ = await refusal(guarded, **options)
        (line,) = guarded.log.read_text().removeprefix(before).splitlines()
        assert f'"WebSocket /v1/practice" {status}' in line


@pytest.mark.parametrize(
    "host", ["localhost", "tutor.localhost:1", "127.9.9.9", "[::1]:8000", "LOCALHOST."]
)
def test_loopback_is_asked_by_all_of_its_names(brief: Gateway, host: str) -> None:
    """Through a tunnel by any port, too."""
    assert asking.get(f"{brief.url}/healthz", headers={"Host": host}).status_code == 200


def test_a_redirect_stays_here(brief: Gateway) -> None:
    """A slash too many leads to a path: to whatever name, scheme and port was asked."""
    for host in ("localhost:1", "tutor.localhost"):
        answer = asking.get(f"{brief.url}/v1/jobs/?limit=1", headers={"Host": host})
        assert (answer.status_code, answer.headers["location"]) == (307, "/v1/jobs?limit=1")


def test_a_request_has_one_host(brief: Gateway) -> None:
    """None or two of them are 400 (RFC 9112, 3.2)."""
    for hosts in ([], ["localhost", "localhost"]):
        connection = HTTPConnection("127.0.0.1", int(brief.url.rpartition(":")[2]))
        with closing(connection):
            connection.putrequest("GET", "/healthz", skip_host=True)
            for host in hosts:
                connection.putheader("Host", host)
            connection.endheaders()
            assert connection.getresponse().status == 400


def test_what_a_server_is_called_is_a_setting() -> None:
    """TUTOR_PUBLIC_URL is an address without a path; TUTOR_HOST, it and TUTOR_ALLOWED_HOSTS are
    names of the server, and a page of the public address may act."""
    settings = Settings.load(
        host="tutor.lan",
        public_url="https://Tutor.Example/",
        allowed_hosts="gateway, *.school.example",
        allowed_origins="https://portal.example",
    )
    hosts = hosts_of(settings)
    for host in ("tutor.lan:8000", "tutor.example", "gateway:8000", "a.school.example", "10.0.0.1"):
        assert host in hosts
    assert "portal.example" not in hosts
    for origin, own in (("https://tutor.example", True), ("http://tutor.example", False)):
        headers = [(b"host", b"gateway:8000"), (b"origin", origin.encode())]
        connection = Connection({"type": "http", "headers": headers})
        assert is_allowed_origin(connection, settings) is own
