"""The errors of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, SQLAlchemyError


class DatabaseError(Exception):
    """The database is away, or refuses a query; the message is its own reason, in one line."""


class ConflictError(DatabaseError):
    """Rows do not fit those that are kept: what they belong to is gone, or a name is taken."""


class StorageFullError(DatabaseError):
    """There is no room left where the database keeps its rows."""


_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "53100"})
"""What SQLite and PostgreSQL call it; a quota that is used up is an error of writing to SQLite."""


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what goes wrong between this process and the database into a `DatabaseError`."""
    try:
        yield
    except IntegrityError as error:
        raise ConflictError(_reason(error)) from error
    except SQLAlchemyError as error:
        kind = StorageFullError if _is_full(error) else DatabaseError
        raise kind(_reason(error)) from error


def _is_full(error: SQLAlchemyError) -> bool:
    cause = getattr(error, "orig", None)
    codes = {getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None)}
    return bool(codes & _FULL)


def _reason(error: SQLAlchemyError) -> str:
    """The first line of what the driver says, without the query; the lines after it quote
    values."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
