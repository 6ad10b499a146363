"""The tables of accounts: users, their logins and their API keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tutor.adapters.sql.columns import Moment, new_id, utc_now
from tutor.adapters.sql.database import Base

SHOWN = 12
"""Characters of an API key that its list shows."""


class User(Base):
    """An account that can log in."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    """The e-mail address in lower case."""
    password_hash: Mapped[str] = mapped_column(String(200))
    plan: Mapped[str] = mapped_column(String(20), default="free")
    native_language: Mapped[str | None] = mapped_column(String(35))
    keep_audio: Mapped[bool] = mapped_column(default=False)
    """Whether the learner agreed to have recordings kept."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=utc_now)
    generation: Mapped[int] = mapped_column(default=0)
    """Generation of the account's access tokens, those of an older one are void: it grows when all
    logins end at once."""


class Login(Base):
    """A login and the one refresh token that continues it now.

    A token that was continued already and comes again was stolen from somebody: the row goes, and
    with it all tokens of this login (RFC 9700, 4.14.2). Not so in the first seconds: then an answer
    was lost, or two of a browser's tabs have asked at once.
    """

    __tablename__ = "logins"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    rotated_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the token before this one was used; None: this is the first."""


class ApiKey(Base):
    """A credential of a server that acts for its owner."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(SHOWN))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=utc_now)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
