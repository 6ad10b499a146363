"""Settings: accounts, quotas, and how often anybody may try."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from tutor.core.protocol.limits import MAX_API_KEYS, MAX_LOGINS


class AccountSettings(BaseModel):
    """Accounts, quotas and tries."""

    accounts: Literal["optional", "required"] = Field(
        "optional", description="`required`: nobody practises or uses the API without an account"
    )
    secret_key: SecretStr = Field(
        "",
        validate_default=True,
        description="signs tokens, 32 characters or more; empty: made and kept in the data folder",
    )
    access_token_s: int = Field(600, gt=0, le=600, description="life of an access token")
    refresh_token_days: int = Field(
        30, gt=0, le=366, description="a login that was not used for so long ends"
    )
    refresh_grace_s: float = Field(
        10, ge=0, le=60, description="a refresh token used again so soon ends no login; 0: it does"
    )
    ticket_s: int = Field(30, gt=0, le=60, description="life of a socket ticket")
    login_tries: int = Field(
        10,
        ge=0,
        description="failed logins to one account from one address in a window (else 429), and as "
        "many from a device that has logged in before; 0: no limit",
    )
    account_tries: int = Field(
        100,
        ge=0,
        description="failed logins to one account from all addresses in a window (else 429), but "
        "for devices that have logged in before; 0: no limit",
    )
    fresh_login_s: int = Field(
        300, ge=0, description="an account is deleted without its password so soon after a login"
    )
    address_tries: int = Field(
        100,
        ge=0,
        description="failed logins of one address in a window (else 429), and as many "
        "registrations",
    )
    tries_window_s: int = Field(900, gt=0, description="length of such a window")
    max_logins: int = Field(
        MAX_LOGINS,
        ge=1,
        description="logins of one account; one more ends the one that was not used for longest",
    )
    max_api_keys: int = Field(
        MAX_API_KEYS, ge=1, description="API keys of one account that are in use (else 409)"
    )
    password_checks: int = Field(
        2, gt=0, description="passwords checked at once, 19 MiB and a core each; others wait"
    )
    quota_free_s: float = Field(
        7200, ge=0, description="audio a day of an account with the plan `free`; 0: no limit"
    )
    quota_plus_s: float = Field(0, ge=0, description="the same with the plan `plus`")
    max_taken_over: int = Field(
        20_000,
        ge=0,
        description="utterances of one account from which on nothing more is taken over of what a "
        "guest had practised (else 413): some two hours a week for two years",
    )
    user_sockets: int = Field(
        10, ge=0, description="open sockets of one account (else 429); 0: no limit"
    )
    guest_sockets: int = Field(
        100,
        ge=0,
        description="open sockets of guests from one address at one gateway (else 429); "
        "0: no limit",
    )
    address_connections: int = Field(
        512,
        ge=0,
        description="connections from one address at one gateway, at most half of all (else HTTP "
        "429); 0: no limit. Those of `TUTOR_TRUSTED_PROXIES` are not counted",
    )
    address_handshakes: int = Field(
        1200, ge=0, description="sockets opened from one address in a minute (else 429)"
    )
    account_check_s: float = Field(
        5, gt=0, le=20, description="how soon an open socket notices a logout on another gateway"
    )
    trusted_proxies: str = Field(
        "", description="addresses whose `X-Forwarded-For` is believed, comma separated"
    )
    docs: Literal["auto", "open", "closed"] = Field(
        "auto", description="`/docs` and `/openapi.json`; `auto`: on loopback only"
    )

    @property
    def plans(self) -> dict[str, float]:
        """Seconds of audio a day by plan; 0: unlimited."""
        return {"guest": 0.0, "free": self.quota_free_s, "plus": self.quota_plus_s}
