"""A server on this machine: a port for it, its socket, and whether it is ready."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

from tutor.adapters.settings import SettingsError

TIMEOUT_S = 5.0


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listen(host: str, port: int, unread_timeout_s: float, *, shared: bool = False) -> socket.socket:
    """A listening socket whose connections die when their peer stops reading.

    `unread_timeout_s`: how long sent bytes may go unacknowledged (TCP_USER_TIMEOUT, Linux). Without
    it a close waits for ever for a client that never reads. `shared`: other processes of this user
    may listen there, too; the kernel spreads connections.

    Raises:
        SettingsError: the address is in use or is not ours.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(unread_timeout_s * 1000)
            )
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; "
            "stop what uses it, or choose another --port"
        ) from error
    return listener


def is_ready(url: str) -> bool:
    """Whether a server of ours is at an address and would serve a learner."""
    try:
        return ask_ready(url)
    except (OSError, ValueError):
        return False


def ask_ready(url: str) -> bool:
    """Whether the server at an address says that it would serve a learner.

    Raises:
        OSError: nobody answers.
        ValueError: the server is none of ours.
    """
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=TIMEOUT_S) as response:  # noqa: S310
            return bool(json.load(response)["ready"])
    except urllib.error.HTTPError as error:
        if error.code == 503:  # not ready, and it says so
            return False
        raise
    except (KeyError, TypeError) as error:
        raise ValueError("it does not speak like a tutor") from error
