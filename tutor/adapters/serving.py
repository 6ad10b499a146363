"""A server on this machine: a port for it, and whether it is ready."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

TIMEOUT_S = 5.0


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
