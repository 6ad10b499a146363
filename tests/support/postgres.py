"""A real PostgreSQL for tests: Debian's binaries, a data folder of its own, a unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.house import SOON_S, wait_until

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def folder_of_binaries() -> Path:
    """Where `initdb` and `postgres` are; without them a test is skipped, in CI it fails."""
    if BINARIES:
        return BINARIES[-1]
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    reason = "PostgreSQL's server is not installed (Debian: postgresql)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of an empty server, until the block ends."""
    binaries = folder_of_binaries()
    # It refuses to run as root. Its socket's path must be short, and its own.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="tutor-pg-", dir=_short()))
    try:
        if user:
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        data = folder / "data"
        init = [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "tutor",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
            "--no-locale",  # that of whoever runs the tests may be of another encoding, or unknown
        ]
        subprocess.run(init, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
        quick = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-h", "", *quick]
        with subprocess.Popen(command, user=user, cwd=folder, stderr=subprocess.DEVNULL) as server:
            try:
                asks = [str(binaries / "pg_isready"), "-q", "-h", str(folder), "-U", "tutor"]
                wait_until(lambda: subprocess.run(asks).returncode == 0, SOON_S)
                yield f"postgresql://tutor@/postgres?host={folder}"
            finally:
                server.terminate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _short() -> str | None:
    """The usual folder, if it may be used: who runs the tests may keep temporary files deep down
    (a socket's path has 107 bytes), or where no other user comes."""
    usual = Path("/tmp")  # noqa: S108 - the folder in it has a name of its own
    return str(usual) if os.access(usual, os.W_OK | os.X_OK) else None


def new_database(server: str, name: str) -> str:
    """Create a database; its URL."""
    import sqlalchemy  # half a second, for those who need it

    url = sqlalchemy.make_url(server).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
