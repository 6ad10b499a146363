"""A folder for what lives as long as the product, and the end of those that a kill left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "tutor-"

MARK = "alive.lock"
"""The file that whoever uses such a folder holds a lock on; the kernel takes it from the dead."""

UNMARKED_S = 3600.0
"""A folder without the mark is left over when it is so old: one that is being made is not."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """A new folder in the temporary folder, until the block ends; others' leftovers are deleted."""
    sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        with FileLock(folder / MARK, mode=0o600):
            yield folder


def sweep(where: Path) -> None:
    """Delete this user's folders whose process is dead: they hold a password of a store that is
    gone, too."""
    for folder in where.glob(f"{PREFIX}*"):
        with suppress(Timeout, OSError):  # it is in use, or another start has just deleted it
            if _is_ours(folder):
                _delete_left_over(folder)


def _is_ours(folder: Path) -> bool:
    is_own = folder.lstat().st_uid == os.getuid()
    return is_own and folder.is_dir() and not folder.is_symlink()


def _delete_left_over(folder: Path) -> None:
    mark = folder / MARK
    if mark.is_file():
        with FileLock(mark, timeout=0, mode=0o600):
            shutil.rmtree(folder, ignore_errors=True)
        return
    is_store = (folder / "valkey.conf").is_file() or not any(folder.iterdir())
    if is_store and time.time() - folder.stat().st_mtime > UNMARKED_S:
        shutil.rmtree(folder, ignore_errors=True)
