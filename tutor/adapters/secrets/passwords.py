"""Passwords, kept as Argon2id (RFC 9106; parameters of OWASP's cheat sheet)."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MEMORY_KIB = 19_456
"""Memory of one hash in KiB: 19 MiB."""

TIME_COST = 2
PARALLELISM = 1

MIN_PASSWORD = 8
MAX_PASSWORD = 256
"""Characters of the longest password."""

_hasher = PasswordHasher(TIME_COST, MEMORY_KIB, PARALLELISM, type=Type.ID)
_nobody = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """What is kept of a password. Hashing takes 19 MiB and some 30 ms of a core."""
    return _hasher.hash(_normalised(password))


def is_password(kept: str | None, password: str) -> bool:
    """Whether a password is the kept one; without a kept one the answer, no, takes just as long."""
    try:
        return _hasher.verify(_nobody if kept is None else kept, _normalised(password)) and (
            kept is not None
        )
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a password was kept with other parameters and should be kept anew."""
    return _hasher.check_needs_rehash(kept)


def _normalised(password: str) -> str:
    """A password as the same letters typed on any keyboard give it (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)
