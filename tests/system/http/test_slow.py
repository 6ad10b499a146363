"""Connections that ask for little or nothing: by the clock, by the address, and all together."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support import asking
from tests.support.gateway import Gateway, running_gateway
from tests.support.house import SOON_S, wait_until
from tutor.adapters.settings import Settings

DESCRIPTORS = 300
HEAD_S, BODY_S = 1, 1
OF_ADDRESS = 30

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /v1/accounts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def narrow(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with few descriptors and little patience; some addresses are proxies."""
    with running_gateway(
        tmp_path_factory.mktemp("narrow"),
        store.redis_url,
        descriptors=str(DESCRIPTORS),
        head_timeout_s=str(HEAD_S),
        body_timeout_s=str(BODY_S),
        body_rate="1000",
        address_connections=str(OF_ADDRESS),
        trusted_proxies="127.0.0.9",
        max_sessions="100",
    ) as gateway:
        yield gateway


def connected(gateway: Gateway, sent: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
    """A connection from an address that has sent so much."""
    port = int(gateway.url.rpartition(":")[2])
    made = socket.create_connection(("127.0.0.1", port), SOON_S, source_address=(source, 0))
    made.sendall(sent)
    return made


def told(connection: socket.socket) -> str:
    """What comes until the end of a connection."""
    parts = []
    with connection:
        try:
            while part := connection.recv(65_536):
                parts.append(part)
        except ConnectionResetError:
            pass
    return b"".join(parts).decode()


def dropped(gateway: Gateway, reason: str) -> float:
    """How many connections were hung up on for a reason."""
    name = f'tutor_connections_dropped_total{{reason="{reason}"}}'
    lines = asking.get(f"{gateway.url}/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n", b"GE", GET, POST + b"Content-Length: 50\r\n\r\n{", GET + b"\r\nGET /he"],
    ids=["nothing", "a line's end", "a word", "half a head", "half a body", "half a second one"],
)
def test_a_request_that_does_not_come_is_hung_up_on(narrow: Gateway, sent: bytes) -> None:
    """408 after its time, wherever it stops."""
    began, before = time.monotonic(), dropped(narrow, "slow")
    answer = told(connected(narrow, sent))
    assert HEAD_S - 0.5 < time.monotonic() - began < SOON_S
    assert "HTTP/1.1 408 " in answer
    assert '"code":"too_slow"' in answer
    assert "connection: close" in answer.lower()
    assert dropped(narrow, "slow") == before + 1


@pytest.mark.parametrize(
    ("head", "rest"),
    [(b"GET /healthz HTTP/1.1\r\nX-Slow: ", b"a"), (POST + b"Content-Length: 500\r\n\r\n", b" ")],
    ids=["head", "body"],
)
def test_a_byte_now_and_then_does_not_help(narrow: Gateway, head: bytes, rest: bytes) -> None:
    """The time is for the whole, not from byte to byte."""
    began = time.monotonic()
    with connected(narrow, head) as connection:
        connection.settimeout(0.1)
        answer = b""
        while not answer:
            assert time.monotonic() - began < SOON_S
            connection.sendall(rest)
            try:
                answer = connection.recv(65_536)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_slow_line_is_not_a_slow_request(narrow: Gateway) -> None:
    """A body that comes at the least rate, for longer than the time without it, is taken."""
    body = b'{"email": "x"' + b" " * 6000 + b"}"
    began = time.monotonic()
    with connected(narrow, POST + b"Content-Length: %d\r\n\r\n" % len(body)) as connection:
        for start in range(0, len(body), 600):
            connection.sendall(body[start : start + 600])
            time.sleep(0.3)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 422 ")
    assert time.monotonic() - began > BODY_S


def test_who_was_answered_before_the_body_came_does_not_stay(narrow: Gateway) -> None:
    """An answer that did not wait for the body, as a 404, ends no clock."""
    sent = b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"
    answer = told(connected(narrow, sent))
    assert answer.startswith("HTTP/1.1 404 ")
    assert "408" not in answer


def test_an_address_has_so_many_connections(narrow: Gateway) -> None:
    """TUTOR_ADDRESS_CONNECTIONS: one more is 429; others, and a proxy, are let in."""
    with ExitStack() as stack:
        for _ in range(OF_ADDRESS):
            stack.enter_context(connected(narrow, b"G", "127.0.0.2"))
        assert told(connected(narrow, b"", "127.0.0.2")).startswith("HTTP/1.1 429 ")
        assert asking.get(f"{narrow.url}/healthz").status_code == 200
        for _ in range(OF_ADDRESS + 1):
            proxied = stack.enter_context(connected(narrow, GET + b"\r\n", "127.0.0.9"))
        assert proxied.recv(65_536).startswith(b"HTTP/1.1 200 ")

    def is_let_in() -> bool:
        with connected(narrow, GET + b"\r\n", "127.0.0.2") as again:
            return again.recv(65_536).startswith(b"HTTP/1.1 200 ")

    wait_until(is_let_in, SOON_S)


def test_half_requests_by_the_hundred_keep_nobody_out(narrow: Gateway) -> None:
    """More than there are descriptors, from many addresses: who comes is served, since those that
    wait for longest give way; it is told at the start and when it happens."""
    assert f"{DESCRIPTORS} file descriptors are too few for TUTOR_MAX_SESSIONS=100" in (
        narrow.log.read_text()
    )
    with ExitStack() as stack:
        for number in range(DESCRIPTORS + 50):
            source = f"127.0.1.{number // (OF_ADDRESS - 5) + 1}"
            stack.enter_context(connected(narrow, b"GET / HT", source))
            if number % 50 == 49:
                assert asking.get(f"{narrow.url}/healthz", timeout=SOON_S).status_code == 200
        assert asking.get(f"{narrow.url}/healthz", timeout=SOON_S).status_code == 200
    assert dropped(narrow, "full") > 0
    assert narrow.log.read_text().count("no room for more than") == 1


def test_sockets_are_counted_until_they_are_gone(narrow: Gateway) -> None:
    """A connection that became a socket has its place until it is lost, whoever ends it."""
    head = (
        b"GET /v1/practice HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n\r\n"
    )
    for _ in range(2):
        with ExitStack() as stack:
            for _ in range(OF_ADDRESS):
                one = stack.enter_context(connected(narrow, head, "127.0.0.3"))
                assert one.recv(65_536).startswith(b"HTTP/1.1 101 ")
            assert told(connected(narrow, b"", "127.0.0.3")).startswith("HTTP/1.1 429 ")

        def is_let_in() -> bool:
            with connected(narrow, GET + b"\r\n", "127.0.0.3") as again:
                return again.recv(65_536).startswith(b"HTTP/1.1 200 ")

        wait_until(is_let_in, SOON_S)
