"""Whether there is room for what learners leave: asked by writing, which alone tells."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tutor.adapters.sql.database import Database
from tutor.shells.http.problems import FULL

PROBE_BYTES = 65_536
"""A page of the database and its log are less."""

REMEMBERED_S = 30.0
"""A database that had no room is believed to have none for so long: PostgreSQL's disk is
elsewhere."""


def has_room(folder: Path, database: Database) -> bool:
    """Whether the folder and the database take what is written. Blocks."""
    full_at = database.full_at
    if full_at is not None and time.monotonic() - full_at < REMEMBERED_S:
        return False
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(PROBE_BYTES))
    except OSError as error:
        return error.errno not in FULL  # no folder: another database than SQLite's
    return True
