"""The rules about the device that recognises speech, and what it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tutor.core.doctor.facts import Facts, Gpu
from tutor.core.doctor.findings import GB, WEIGHTS_BYTES, Finding, Level

OLDEST_CODE, NEWEST_CODE = (5, 3), (8, 6)
"""Compute capabilities of the oldest and the newest machine code in CTranslate2's wheel (4.8),
which has its only PTX for the newest."""


def is_on_gpu(facts: Facts) -> bool:
    """Whether speech is to be recognised on a GPU."""
    asked = facts.recognition
    return asked.device == "cuda" or (asked.device == "auto" and asked.seen_gpus > 0)


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
    elif is_on_gpu(facts):
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
    if driver is None or not is_on_gpu(facts):
        return
    wanted = max(map(_major, facts.cuda.wanted), default=12)
    told = f"speaks CUDA {driver[0]}.{driver[1]}"
    if driver[0] < wanted:
        remedy = f"install a driver that speaks CUDA {wanted} or newer"
        yield Finding("driver", Level.ERROR, f"{told}, the recogniser's libraries {wanted}", remedy)
    else:
        yield Finding("driver", Level.OK, told)


def _libraries(facts: Facts) -> Iterable[Finding]:
    if not is_on_gpu(facts):
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
    if not is_on_gpu(facts):
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
    if not is_on_gpu(facts) or not facts.cuda.gpus:
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


GPU_RULES: tuple[Callable[[Facts], Iterable[Finding]], ...] = (
    _device,
    _compute_type,
    _driver,
    _libraries,
    _code,
    _gpu_memory,
)
"""What is asked about a device, in the order in which it is needed."""
