"""CUDA as this machine has it: driver, GPUs, libraries; asked of them without running a model."""

from __future__ import annotations

import ctypes
import mmap
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tutor.core.doctor.facts import Cuda, Gpu

_MAJOR, _MINOR = 75, 76
"""Attributes of a device in CUDA's driver interface: its compute capability."""

_PLACES = ("/usr/local/cuda*/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib64")
"""Where CUDA's libraries are installed, beside Python's packages."""


def read_cuda() -> Cuda:
    """What there is for CUDA on this machine. Nothing is changed, and a missing part is no
    error."""
    wanted = tuple(sorted(_wanted()))
    loaded = {name: version for name in wanted if (version := _opened(name)) is not None}
    stems = {name.partition(".so")[0] for name in wanted if name not in loaded}
    driver, gpus = _driver()
    cache = os.environ.get("CUDA_CACHE_PATH", "")
    return Cuda(driver, gpus, wanted, loaded, tuple(sorted(_others(stems))), cache)


def seen_by_recogniser(device: str) -> tuple[int, frozenset[str]]:
    """How many GPUs CTranslate2 sees, and the number types of the device that a setting means."""
    import ctranslate2

    count = int(ctranslate2.get_cuda_device_count())
    taken = "cuda" if device == "cuda" or (device == "auto" and count) else "cpu"
    try:
        return count, frozenset(ctranslate2.get_supported_compute_types(taken))
    except (RuntimeError, ValueError):
        return count, frozenset()


def _wanted() -> Iterator[str]:
    """The CUDA libraries whose names stand in CTranslate2's own: it opens them when it first needs
    them."""
    spec = find_spec("ctranslate2")
    if spec is None or not spec.submodule_search_locations:
        return
    folder = Path(spec.submodule_search_locations[0])
    names: set[bytes] = set()
    for library in folder.with_name("ctranslate2.libs").glob("libctranslate2*.so*"):
        with (
            library.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_,
        ):
            names.update(re.findall(rb"lib(?:cublas|cudnn)\.so\.\d+", all_))
    yield from (name.decode() for name in names)


def _opened(name: str) -> str | None:
    """A library's version, as far as it tells; None: it cannot be opened."""
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    parts = []
    with suppress(AttributeError):
        for part in range(3):
            value = ctypes.c_int()
            if library.cublasGetProperty(part, ctypes.byref(value)) == 0:
                parts.append(str(value.value))
    return ".".join(parts)


def _others(stems: Iterable[str]) -> Iterator[str]:
    """Libraries with the beginning of a wanted name, wherever they are usually installed."""
    packages = find_spec("nvidia")
    folders = [Path(one) for one in (packages.submodule_search_locations or [])] if packages else []
    for stem in stems:
        for folder in folders:
            yield from map(str, folder.glob(f"*/lib/{stem}.so*"))
        for place in _PLACES:
            yield from map(str, Path("/").glob(f"{place[1:]}/{stem}.so*"))


def _driver() -> tuple[tuple[int, int] | None, tuple[Gpu, ...]]:
    """The newest CUDA of the driver, and the GPUs that it shows."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None, ()
    version = ctypes.c_int()
    if driver.cuInit(0) != 0 or driver.cuDriverGetVersion(ctypes.byref(version)) != 0:
        return None, ()
    count = ctypes.c_int()
    driver.cuDeviceGetCount(ctypes.byref(count))
    spoken = version.value // 1000, version.value % 1000 // 10
    return spoken, tuple(_gpu(driver, number) for number in range(count.value))


def _gpu(driver: Any, number: int) -> Gpu:
    device, name, memory = ctypes.c_int(), ctypes.create_string_buffer(100), ctypes.c_size_t()
    driver.cuDeviceGet(ctypes.byref(device), number)
    driver.cuDeviceGetName(name, len(name), device)
    driver.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
    capability = []
    for attribute in (_MAJOR, _MINOR):
        value = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        capability.append(value.value)
    return Gpu(name.value.decode(), (capability[0], capability[1]), memory.value)
