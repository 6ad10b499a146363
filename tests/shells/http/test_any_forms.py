"""Forms of any kind, at the routes that read them: taken, or refused by a name."""

import gc
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Starlette leaves the file of a part that never ends to the garbage collector, which closes it."""

MARK = "mark"

FIELDS = (
    "file language prompt model stream temperature callback_url reference_text response_format "
    "webhook_secret timestamp_granularities[] x"
)

NAMES = st.sampled_from(FIELDS.split()) | st.text(max_size=8)

LOGIN_NAMES = st.sampled_from(
    ["grant_type", "username", "password", "refresh_token", "scope", "everywhere", ""]
)

VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["en", "auto", "whisper-1", "true", "0", "-1", "1e999", "password", "\x00"]),
    st.sampled_from(["refresh_token", "http://127.0.0.1/", "https://a.example/", "9" * 400]),
)

HEADERS = st.sampled_from(
    [
        'Content-Disposition: form-data; name="{name}"',
        'Content-Disposition: form-data; name="{name}"; filename="a.wav"',
        'Content-Disposition: form-data; name="{name}"; filename=""',
        "Content-Disposition: form-data; name={name}; filename*=UTF-8''%ff%00",
        "Content-Disposition: form-data",
        "Content-Disposition: attachment; filename=../../x",
        'Content-Disposition: form-data; name="{name}"\r\nContent-Transfer-Encoding: base64',
        'content-disposition: form-data; name="{name}"\r\nContent-Type: text/plain; charset=utf-99',
        "Content-Disposition: form-data; name*=utf-99'x'{name}",
        "X" * 9000 + ": 1",
        ": no name",
        "no colon",
    ]
)

ENDS = st.sampled_from([f"\r\n--{MARK}--\r\n", f"\r\n--{MARK}", f"--{MARK}--", "", "\r\n\r\n"])

KINDS = st.sampled_from(
    [
        f"multipart/form-data; boundary={MARK}",
        f'multipart/form-data; boundary="{MARK}"; charset=utf-99',
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\xff\xfe",
        "multipart/form-data; boundary=" + 200 * "x",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-99",
        "application/json",
        "text/plain",
        "; ; =",
        "",
    ]
)


@st.composite
def multipart(draw: st.DrawFn) -> bytes:
    """A multipart body that is right, or nearly."""
    body = b""
    for _ in range(draw(st.integers(0, 4))):
        head = draw(HEADERS).replace("{name}", draw(NAMES))
        value = draw(st.one_of(VALUES.map(_utf8), st.binary(max_size=40)))
        body += f"--{MARK}\r\n".encode() + _utf8(head) + b"\r\n\r\n" + value + b"\r\n"
    return body.removesuffix(b"\r\n") + draw(ENDS).encode()


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def urlencoded(names: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """A urlencoded body that is right, or nearly."""
    pairs = st.lists(st.tuples(names, VALUES.map(lambda text: text.encode("utf-8", "ignore"))))
    broken = st.lists(
        st.sampled_from(["grant_type=", "password", "%", "%z", "%ff", "&", "=", ";", "+", "\x00"])
    )
    return st.one_of(pairs.map(lambda found: urlencode(found).encode()), broken.map(_joined))


def _joined(pieces: list[str]) -> bytes:
    return "".join(pieces).encode()


BODIES = st.one_of(multipart(), urlencoded(NAMES | LOGIN_NAMES), st.binary(max_size=100))


@pytest.fixture(scope="module")
def app(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The gateway's application, which gives up a transcription at once."""
    folder: Path = tmp_path_factory.mktemp("forms")
    asgi = make_app(
        Settings.load(
            redis_url=store.redis_url,
            data_dir=folder,
            address_tries=0,
            login_tries=1000,
            max_jobs_per_user=10_000,
            transcription_timeout_s=0.01,
        )
    )
    yield asgi
    asgi.state.services.database.close()


def ask(asgi: FastAPI, path: str, kind: str, body: bytes) -> httpx2.Response:
    """What the application answers; an exception of it is one here."""

    async def post() -> httpx2.Response:
        transport = httpx2.ASGITransport(asgi)
        headers = {b"content-type": kind.encode("latin-1")} if kind else {}
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.post(path, content=body, headers=headers)
        await asgi.state.services.store.aclose()  # its connections are this loop's
        return answer

    return anyio.run(post)


def is_taken_or_refused(answer: httpx2.Response) -> bool:
    """Whether it succeeded, or is a problem document of a status that is the client's."""
    if answer.status_code < 400:
        return True
    by_name = bool(answer.json()["code"] and answer.json()["detail"])
    waited = (answer.status_code, answer.json()["code"]) == (504, "timeout")
    return by_name and (answer.status_code < 500 or waited)


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/audio/transcriptions"])
@settings(suppress_health_check=list(HealthCheck))
@given(KINDS, BODIES)
def test_any_upload_is_taken_or_refused_by_name(
    app: FastAPI, path: str, kind: str, body: bytes
) -> None:
    """Parts without a name, without an end, of any charset, and bytes that are no form."""
    assert is_taken_or_refused(ask(app, path, kind, body))


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What is left to the garbage collector is collected here, not in another test."""
    yield
    gc.collect()


@pytest.mark.parametrize("path", ["/v1/token", "/v1/logout"])
@settings(suppress_health_check=list(HealthCheck))
@given(KINDS, st.one_of(urlencoded(LOGIN_NAMES), BODIES))
def test_any_login_is_taken_or_refused_by_name(
    app: FastAPI, path: str, kind: str, body: bytes
) -> None:
    """Fields that come twice, half characters, percent signs without figures."""
    assert is_taken_or_refused(ask(app, path, kind, body))
