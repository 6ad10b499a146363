import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tutor.bench import BenchError
from tutor.bench.chaos import ChaosOptions, run_chaos


class Ready(BaseHTTPRequestHandler):
    """A server that says that it would serve a learner."""

    def do_GET(self) -> None:
        """Say it, whatever is asked."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"ready": true}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """Its address."""
    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_process_that_serves_nobody_is_not_hurt(url: str) -> None:
    """The number of another program is a mistake, told before anything is done."""
    with pytest.raises(BenchError, match=f"--pid {os.getpid()}: that is no `tutor serve`"):
        run_chaos(ChaosOptions(url=url, pid=os.getpid()))


def test_what_does_not_run_is_not_hurt() -> None:
    """Nobody answers there."""
    with pytest.raises(BenchError, match="no server at"):
        run_chaos(ChaosOptions(url="http://127.0.0.1:9"))
