"""Secrets that cannot be guessed, and what is kept of them."""

from __future__ import annotations

import hashlib
import secrets

KEY_PREFIX = "tutor_"
"""The beginning of every API key, so that people and scanners recognise one."""


def is_ours(credential: str) -> bool:
    """Whether a credential has the shape of an API key, or of an access token (three parts)."""
    return credential.startswith(KEY_PREFIX) or credential.count(".") == 2


def new_secret() -> str:
    """256 bits that cannot be guessed, as text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret that cannot be guessed: a plain hash is enough for it."""
    return hashlib.sha256(secret.encode()).hexdigest()
