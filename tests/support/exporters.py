"""What those of the compose file's exporters would show that cannot run here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.support.places import DATA

SAMPLES = DATA / "exporters"

COUNTER = re.compile(r"^(\w+_(?:total|bucket|count|sum)\{.*\}) (\S+)$", re.MULTILINE)


@dataclass
class Exporters:
    """`/celery` and `/dcgm` in Prometheus' format."""

    port: int
    scrapes: int = 0

    def show(self, name: str) -> bytes:
        """A sample whose counters have grown with each scrape."""
        self.scrapes += 1
        text = (SAMPLES / f"{name}.prom").read_text()
        return COUNTER.sub(lambda found: self._grown(*found.groups()), text).encode()

    def _grown(self, series: str, value: str) -> str:
        return f"{series} {float(value) * self.scrapes}"


@contextmanager
def exporters() -> Iterator[Exporters]:
    """Serve them until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = shown.show(self.path.strip("/"))
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        shown = Exporters(server.server_port)
        Thread(target=server.serve_forever, daemon=True).start()
        yield shown
        server.shutdown()
