"""Refresh tokens: each a login's name and a secret, from which the next one's secret is made."""

from __future__ import annotations

import base64
import hmac
import secrets

SECRET_BYTES, SEAL_BYTES = 24, 8
"""Of a refresh token: what cannot be guessed, and what tells that it was made here."""


class RefreshTokens:
    """Makes the secrets of refresh tokens. `key`: the deployment's.

    A secret carries a seal, so that one that was ever ours is told from a guess when it is no
    longer the current one: guesses at a login whose name leaked must not end it.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def first(self, login: str) -> str:
        """The secret that a login begins with."""
        return self._sealed(login, secrets.token_bytes(SECRET_BYTES))

    def following(self, refresh: str) -> str:
        """The secret after this token's: the same each time, and known to us alone."""
        mac = hmac.digest(self._key, f"refresh:{refresh}".encode(), "sha256")
        return self._sealed(refresh.partition(".")[0], mac[:SECRET_BYTES])

    def is_ours(self, refresh: str) -> bool:
        """Whether a token was given out at some time."""
        login, _, secret = refresh.partition(".")
        try:
            whole = base64.urlsafe_b64decode(secret.encode() + b"=" * (-len(secret) % 4))
        except ValueError:
            return False
        sealed = self._sealed(login, whole[:SECRET_BYTES])
        return hmac.compare_digest(sealed.encode(), secret.encode())

    def _sealed(self, login: str, secret: bytes) -> str:
        seal = hmac.digest(self._key, b"seal:" + login.encode() + b":" + secret, "sha256")
        return base64.urlsafe_b64encode(secret + seal[:SEAL_BYTES]).decode().rstrip("=")
