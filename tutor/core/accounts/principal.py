"""The principal of a request: what authentication finds, whatever the credential was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Credential = Literal["none", "access_token", "api_key", "ticket"]


@dataclass(frozen=True)
class Principal:
    """The account that a request acts for, or a guest on a server that admits guests."""

    user: str | None = None
    """The account's id; None for a guest."""
    plan: str = "guest"
    """The plan's name, by which its quota is looked up."""
    credential: Credential = "none"
    """The kind of credential that the request carried."""
    grant: str | None = None
    """Id of the login or API key that the credential belongs to: revoking it revokes the
    credential."""
    expires_at: float | None = None
    """When the credential expires, in seconds since 1970; None: it is valid until it is revoked."""

    @property
    def is_guest(self) -> bool:
        """Whether the principal has no account."""
        return self.user is None


GUEST = Principal()
