"""A real HTTP server that speaks OpenAI's wire format as a test wants, well and badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.house import SOON_S

KEY = "sk-secret-of-the-test"

Script = Callable[["Handler"], None]


@dataclass
class Endpoint:
    """What the server does with each request in turn (the last one again), and what it was sent."""

    scripts: list[Script]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """A client gave up its connection before the answer's end."""


class Handler(BaseHTTPRequestHandler):
    """One request; `endpoint` is set on a subclass for each test."""

    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        """Play the script that is next."""
        size = int(self.headers["content-length"])
        known = self.endpoint
        known.requests.append(json.loads(self.rfile.read(size)))
        known.keys.append(self.headers["authorization"])
        script = known.scripts[min(len(known.requests), len(known.scripts)) - 1]
        try:
            script(self)
        except (BrokenPipeError, ConnectionResetError):
            self.endpoint.left.set()
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""

    def begin(self) -> None:
        """The headers of a stream."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def send(self, data: str) -> None:
        """One HTTP chunk."""
        raw = data.encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        self.wfile.flush()

    def wait_until_left(self) -> None:
        """Until the client gives up the connection."""
        self.connection.settimeout(SOON_S)
        assert self.rfile.read(1) == b"", "nothing else comes of a client that waits"
        self.endpoint.left.set()

    def token(self, text: str | None, finish: str | None = None) -> None:
        """One event of the stream."""
        delta = {} if text is None else {"content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        self.send(f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n")

    def end(self) -> None:
        """The end of a good stream."""
        self.token(None, "stop")
        self.send("data: [DONE]\n\n")
        self.send("")


def answer(*tokens: str, each_s: float = 0.0) -> Script:
    """A good answer."""

    def script(request: Handler) -> None:
        request.begin()
        for token in tokens:
            request.token(token)
            time.sleep(each_s)
        request.end()

    return script


def status(code: int, body: dict[str, Any] | None = None, **headers: str) -> Script:
    """An error instead of an answer."""

    def script(request: Handler) -> None:
        raw = json.dumps({"error": body or {"message": f"no, {KEY} is wrong"}}).encode()
        request.send_response(code)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(raw)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(raw)

    return script


@contextmanager
def serving(*scripts: Script) -> Iterator[Endpoint]:
    """The server, until the block ends."""
    endpoint = Endpoint(list(scripts))
    handler = type("TestHandler", (Handler,), {"endpoint": endpoint})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield endpoint
        server.shutdown()
