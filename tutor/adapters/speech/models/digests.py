"""The digests of files that are large: each is read once for all processes of a product.

A process that starts others tells them in an environment variable what it has read (`told`). That
holds for as long as nobody writes into the file or puts another in its place: then its number, its
size or one of its times is another.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

VARIABLE = "TUTOR_DIGESTS"
"""Environment variable: what another process of the same product has read."""

_known: dict[str, tuple[list[int], str]] = {}
"""What this process has read: a file's state and its digest, by its path."""


def sha256_of(path: Path) -> str:
    """A file's SHA-256 in hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    name = str(path.absolute())
    with path.open("rb") as file:
        state = _state(file.fileno())
        known, digest = _known.get(name) or _told().get(name) or ([], "")
        if known != state:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if _state(file.fileno()) != state:  # somebody writes into it at this moment
                return digest
            _known[name] = state, digest
    return digest


def told() -> dict[str, str]:
    """What this process has read, as a variable of those that it starts."""
    return {VARIABLE: json.dumps(_told() | _known)}


def _told() -> dict[str, tuple[list[int], str]]:
    with suppress(ValueError, TypeError, AttributeError):
        found = json.loads(os.environ.get(VARIABLE, "{}"))
        return {str(name): (list(state), str(digest)) for name, (state, digest) in found.items()}
    return {}


def _state(file: int) -> list[int]:
    """What changes when a file is written: its change time cannot be set by anybody."""
    found = os.fstat(file)
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]
