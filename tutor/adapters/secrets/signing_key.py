"""The key that signs tokens: from the settings, or made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tutor.adapters.settings import SettingsError

MIN_KEY = 32
"""Characters of the shortest key: as many as HS256 gives bytes (RFC 7518, 3.2)."""

FILE = "secret.key"


def secret_key(key: str, folder: Path) -> str:
    """The key of this deployment: `key` from the settings, or if empty the one in the folder.

    Raises:
        SettingsError: the key is too short, or cannot be kept.
    """
    if not key:
        return _kept_key(folder)
    if len(key) < MIN_KEY:
        raise SettingsError(
            f"TUTOR_SECRET_KEY has {len(key)} characters, {MIN_KEY} are needed; "
            "`openssl rand -hex 32` makes one"
        )
    return key


def _kept_key(folder: Path) -> str:
    path = folder / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Whoever creates it first has made the key; a half-written one is nobody's to read.
            unique = path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(unique, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.fchmod(descriptor, 0o600)  # whatever the umask
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(MIN_KEY))
            os.link(unique, path)
        except FileExistsError:
            pass
        finally:
            unique.unlink(missing_ok=True)
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"the secret key cannot be kept in {path}: {error.strerror}; "
            "set TUTOR_SECRET_KEY or TUTOR_DATA_DIR"
        ) from error
