"""Access tokens: JSON Web Tokens, signed with one algorithm and of one kind (RFC 8725)."""

from __future__ import annotations

import time
from dataclasses import dataclass

import jwt

ALGORITHM = "HS256"
ISSUER = "voice-tutor"
AUDIENCE = "voice-tutor"
TYPE = "access"

CLAIMS = ["aud", "exp", "gen", "iat", "iss", "sid", "sub", "typ"]
"""Claims of an access token; each must be there."""


class TokenError(Exception):
    """The token is not valid, or no longer valid."""


@dataclass(frozen=True)
class AccessToken:
    """The claims of an access token."""

    user: str
    login: str
    generation: int
    """Generation of the user's logins; a token of an older one is void."""
    expires_at: float
    """When the token expires, in seconds since 1970."""


class Tokens:
    """Signs and reads access tokens."""

    def __init__(self, key: str, life_s: int) -> None:
        self._key = key
        self._life_s = life_s

    @property
    def life_s(self) -> int:
        """Seconds from signing to expiry."""
        return self._life_s

    def sign(self, user: str, login: str, generation: int) -> str:
        """A token for a user who has just logged in."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": TYPE,
            "sub": user,
            "sid": login,
            "gen": generation,
            "iat": now,
            "exp": now + self._life_s,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def read(self, token: str) -> AccessToken:
        """The claims of a valid token.

        Raises:
            TokenError: the token is not ours, too old or of another kind.
        """
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                # `iat` says nothing about validity (RFC 7519, 4.1.6): the gateway that signed it
                # may have a clock that is ahead of this one's.
                options={"require": CLAIMS, "verify_iat": False},
            )
            if claims["typ"] != TYPE:
                raise TokenError("a token of another kind")
            return AccessToken(
                str(claims["sub"]), str(claims["sid"]), int(claims["gen"]), float(claims["exp"])
            )
        except (jwt.InvalidTokenError, TypeError, ValueError) as error:
            raise TokenError(str(error)) from error
