"""Settings: where the product listens, and where it keeps things."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path

from pydantic import BaseModel, Field


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "voice-tutor"


def _default_data() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "voice-tutor"


class PlaceSettings(BaseModel):
    """Addresses and folders.

    Every part of the product needs some of them.
    """

    host: str = Field("127.0.0.1", description="address the gateway listens on")
    port: int = Field(8000, ge=0, le=65535, description="port the gateway listens on")
    redis_url: str = Field("", description="Redis or Valkey; empty: an embedded Valkey is started")
    keep_store: bool = Field(
        False,
        description="the embedded Valkey keeps an append-only file in the data folder, and goes on "
        "where it was when it starts again; else all that it holds is gone with it",
    )
    cache_dir: Path = Field(
        default_factory=_default_cache, description="where model weights are kept"
    )
    data_dir: Path = Field(
        default_factory=_default_data, description="where the database and the secret key are kept"
    )
    database_url: str = Field("", description="PostgreSQL; empty: SQLite in the data folder")
    guide_dir: Path = Field(
        Path("build/site"),
        description="folder of the built documentation (`make docs`), shown at `/docs/guide/`; "
        "nothing is there without it",
    )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the gateway."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'tutor.db'}"
