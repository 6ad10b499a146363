"""Settings: where the product listens, and where it keeps things."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator

NO_CLUSTER = (
    "Redis Cluster is not supported: what belongs together is written in one step, and would lie "
    "on several nodes; name one server, or the Sentinels of a primary and its replicas "
    "(sentinel://)"
)
"""What is said to who names a cluster."""


class NoHomeError(Exception):
    """There is no folder of this user's to keep things in; the message is one line."""


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or _home() / ".cache"
    return Path(base) / "voice-tutor"


def _default_data() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share"
    return Path(base) / "voice-tutor"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:  # neither HOME nor a user of this number
        raise NoHomeError(
            "this user has no home folder: set TUTOR_CACHE_DIR and TUTOR_DATA_DIR (or HOME)"
        ) from error


def _checked_sentinels(url: str) -> str:
    """The URL of a store that Sentinels watch; the error never shows it."""
    parts = urlsplit(url)
    for host in parts.netloc.rpartition("@")[2].split(","):
        if not re.fullmatch(r"[\w.-]+(:\d{1,5})?", host):
            raise ValueError("must name its Sentinels, as sentinel://host:26379,host:26379/0")
    if not re.fullmatch(r"(/\d*)?", parts.path) or not re.fullmatch(
        r"(group=[\w.-]+)?", parts.query
    ):
        raise ValueError("must end with a database and the Sentinels' group, as /0?group=tutor")
    return url


def _refuse_cluster(url: str) -> None:
    """Refuse the URL of a Redis Cluster, as clients for one write it."""
    kind, _, rest = url.partition("://")
    hosts = rest.partition("/")[0].rpartition("@")[2]
    if "cluster" in kind or (kind in ("redis", "rediss") and "," in hosts):
        raise ValueError(NO_CLUSTER)


def _checked_url(url: str, kinds: tuple[str, ...]) -> str:
    """An URL of one of these kinds, or an empty one; the error never shows it: it has a
    password."""
    if not url:
        return url
    if url.partition(":")[0].partition("+")[0] not in kinds or "://" not in url:
        raise ValueError(f"must begin with {' or '.join(f'{kind}://' for kind in kinds)}")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        # What is wrong may be the password, before which an @ or a / is missing: not told, nor its
        # cause.
        raise ValueError("is no URL: a host, and a port that is a number") from None
    return url


class PlaceSettings(BaseModel):
    """Addresses and folders.

    Every part of the product needs some of them.
    """

    host: str = Field("127.0.0.1", description="address the gateway listens on")
    port: int = Field(8000, ge=0, le=65535, description="port the gateway listens on")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/\s@?#]+/?)?$",
        description="address that learners open, as `https://tutor.school.example`: the gateway "
        "answers to its name, and its pages may act",
    )
    allowed_hosts: str = Field(
        "",
        description="further names that the gateway answers to (else HTTP 421), comma separated; "
        "`*.school.example`: all below one, `*`: any",
    )
    redis_url: str = Field(
        "",
        description="Redis or Valkey; empty: an embedded Valkey is started. "
        "`sentinel://user:password@host:26379,host:26379/0?group=tutor`: the primary that these "
        "Sentinels name",
    )
    broker_url: str = Field(
        "",
        description="another Redis or Valkey for the queues of jobs alone; empty: that of "
        "`TUTOR_REDIS_URL`",
    )
    keep_store: bool = Field(
        False,
        description="the embedded Valkey keeps an append-only file in the data folder, and goes on "
        "where it was when it starts again; else all that it holds is gone with it",
    )
    fork_parts: bool = Field(
        True,
        description="`tutor serve` imports once what its parts need and forks them (Linux), which "
        "takes less time and memory; else each starts as a program of its own",
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

    @field_validator("redis_url", "broker_url")
    @classmethod
    def _check_redis(cls, url: str) -> str:
        if url.startswith("sentinel://"):
            return _checked_sentinels(url)
        _refuse_cluster(url)
        _checked_url(url, ("redis", "rediss", "unix", "sentinel"))
        path = urlsplit(url).path.strip("/")
        if path and not url.startswith("unix") and not path.isdecimal():
            raise ValueError("must end with the number of a database, as redis://localhost:6379/0")
        return url

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, url: str) -> str:
        return _checked_url(url, ("postgresql", "postgres", "sqlite"))

    @property
    def queues_url(self) -> str:
        """The URL of the Redis in which jobs wait."""
        return self.broker_url or self.redis_url

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
