import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.shells.cli.leftovers import MARK, UNMARKED_S, own_folder, sweep

HOLD = """
import sys, tempfile, time
tempfile.tempdir = sys.argv[1]
from tutor.shells.cli.leftovers import own_folder
with own_folder() as folder:
    (folder / "valkey.conf").write_text("requirepass secret")
    print(folder, flush=True)
    time.sleep(60)
"""


def holding(where: Path) -> "tuple[subprocess.Popen[str], Path]":
    """A process with a folder of its own, and the folder."""
    command = [sys.executable, "-c", HOLD, str(where)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_product_left_is_deleted_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of one that lives, or of others."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, left = holding(tmp_path)
    alive, used = holding(tmp_path)
    with dead, alive:
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        foreign = tmp_path / "other-program"
        foreign.mkdir()
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / MARK).touch()
        (tmp_path / "tutor-link").symlink_to(outside)
        with own_folder() as folder:
            assert not left.exists()
            assert (used / "valkey.conf").is_file()
            assert foreign.is_dir()
            assert (outside / MARK).is_file()
        assert not folder.exists()
        alive.kill()


def test_a_folder_that_is_being_made_is_left_alone(tmp_path: Path) -> None:
    """Without its mark it is left over when it is old; one with something else in it never is."""
    young, old, other = (tmp_path / f"tutor-{name}" for name in ("young", "old", "other"))
    for folder in (young, old, other):
        folder.mkdir()
    (other / "notes.txt").touch()
    long_ago = time.time() - UNMARKED_S - 60
    for folder in (old, other):
        os.utime(folder, (long_ago, long_ago))
    sweep(tmp_path)
    assert (young.exists(), old.exists(), other.exists()) == (True, False, True)


def test_two_that_start_at_once_do_not_stumble_over_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another start deletes meanwhile is passed over; the rest is swept all the same."""
    long_ago = time.time() - UNMARKED_S - 60
    for name in ("tutor-a", "tutor-b", "tutor-c"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (long_ago, long_ago))
    look_into = Path.iterdir

    def deleted_meanwhile(folder: Path) -> "Iterator[Path]":
        if folder.name == "tutor-b":
            folder.rmdir()
        return look_into(folder)

    monkeypatch.setattr(Path, "iterdir", deleted_meanwhile)
    sweep(tmp_path)
    assert list(tmp_path.glob("*")) == []
