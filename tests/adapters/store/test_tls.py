"""Redis over TLS: whoever holds another certificate gets nothing, by no way that we go."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError

from tests.support.queue import FINAL
from tutor.adapters.settings import Settings
from tutor.adapters.store.broker.queue import JobQueue, QueueError, make_celery
from tutor.adapters.store.broker.transport import Door, checked_transport
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.errors import StoreError

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes a key")


class Listener:
    """A server that speaks TLS with a certificate of its own, and notes what it was told."""

    def __init__(self, folder: Path) -> None:
        self.certificate, key = folder / "certificate.pem", folder / "key.pem"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
        paths = ["-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run([*command.split(), *paths], check=True, capture_output=True)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate, key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.told: list[bytes] = []
        self.first: list[bytes] = []
        """The first byte of each connection: TLS begins with 0x16."""
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, *, trusted: bool) -> str:
        """The address, with the certificate as one to trust, or without."""
        query = f"?ssl_ca_certs={self.certificate}" if trusted else ""
        return f"rediss://user:s3cret@localhost:{self.port}/0{query}"

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.first.append(connection.recv(1, socket.MSG_PEEK))
            try:
                with self._context.wrap_socket(connection, server_side=True) as secure:
                    self.told.append(secure.recv(1000))
            except OSError:
                connection.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    """Such a server."""
    one = Listener(tmp_path)
    yield one
    one.close()


def _by_the_client(settings: Settings) -> None:
    open_blocking_store(settings.redis_url, 5).ping()


def _by_the_queue(settings: Settings) -> None:
    JobQueue(settings).send(FINAL)


def _by_a_worker(settings: Settings) -> None:
    app = make_celery(settings)
    app.conf.broker_transport = checked_transport(Door(settings.redis_url))
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0).default_channel.client.ping()


WAYS = (_by_the_client, _by_the_queue, _by_a_worker)


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_that_nobody_trusts_is_told_nothing(
    listener: Listener, way: Callable[[Settings], None]
) -> None:
    """Not even the password: the handshake ends, for jobs and workers as for all else."""
    with pytest.raises((StoreError, QueueError, OperationalError, OSError)):
        way(Settings.load(redis_url=listener.url(trusted=False)))
    assert set(listener.first) == {b"\x16"}
    assert listener.told == []


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_that_the_address_names_is_trusted(
    listener: Listener, way: Callable[[Settings], None]
) -> None:
    """What is wrong then is only that no Redis answers."""
    with pytest.raises((StoreError, QueueError, OperationalError, OSError)):
        way(Settings.load(redis_url=listener.url(trusted=True)))
    assert set(listener.first) == {b"\x16"}
    assert any(listener.told)
