"""A large file's digest is read once, and again as soon as the file may be another."""

import hashlib
import os
from pathlib import Path

import pytest

from tutor.adapters.speech.models import digests
from tutor.adapters.speech.models.digests import VARIABLE, sha256_of, told


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in a process that has read none yet."""
    monkeypatch.setattr(digests, "_known", {})
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    return path


def digest_in_another_process(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a process tells that was started by this one."""
    monkeypatch.setenv(VARIABLE, told()[VARIABLE])
    monkeypatch.setattr(digests, "_known", {})
    return sha256_of(path)


def test_another_process_need_not_read_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process has read is believed by those that it starts."""
    digest = sha256_of(file)
    assert digest == hashlib.sha256(b"weights").hexdigest()
    monkeypatch.setattr(hashlib, "file_digest", None)  # whoever calls it fails
    assert sha256_of(file) == digest
    assert digest_in_another_process(file, monkeypatch) == digest


def test_a_file_that_was_written_is_read_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many bytes and the time of before do not hide that they are others."""
    sha256_of(file)
    before = file.stat()
    file.write_bytes(b"WEIGHTS")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    spoilt = hashlib.sha256(b"WEIGHTS").hexdigest()
    assert digest_in_another_process(file, monkeypatch) == spoilt
    other = file.with_name("other")
    other.write_bytes(b"weights")
    other.replace(file)
    assert sha256_of(file) == hashlib.sha256(b"weights").hexdigest()


@pytest.mark.parametrize("value", ["", "nonsense", "[]", '{"x": 1}', '{"x": [1, 2]}'])
def test_a_variable_that_nobody_wrote_is_passed_over(
    file: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is read."""
    monkeypatch.setenv(VARIABLE, value)
    assert sha256_of(file) == hashlib.sha256(b"weights").hexdigest()
