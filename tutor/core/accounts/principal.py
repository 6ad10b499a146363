"""Who asks: the one answer that authentication gives to everything behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Credential = Literal["none", "access_token", "api_key", "ticket"]


@dataclass(frozen=True)
class Principal:
    """A user, or a guest of a server that takes guests."""

    user: str | None = None
    """The account's id; None for a guest."""
    plan: str = "guest"
    """Names the quota."""
    credential: Credential = "none"
    """What was shown."""
    grant: str | None = None
    """The login or the API key behind it: who takes that back takes the credential back."""
    expires_at: float | None = None
    """When the credential ends, seconds since 1970; None: when it is taken back."""

    @property
    def is_guest(self) -> bool:
        """Whether nobody logged in."""
        return self.user is None


GUEST = Principal()
