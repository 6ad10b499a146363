"""What is known of a machine and of its settings; gathered elsewhere, judged by `rules`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA GPU, as its driver tells of it."""

    name: str
    capability: tuple[int, int]
    """Its compute capability, which decides what machine code it runs."""
    memory_bytes: int


@dataclass(frozen=True)
class Cuda:
    """What there is for CUDA."""

    driver: tuple[int, int] | None = None
    """The newest CUDA that the driver speaks; None: there is no driver."""
    gpus: tuple[Gpu, ...] = ()
    wanted: tuple[str, ...] = ()
    """The libraries that CTranslate2's wheel opens by name."""
    loaded: Mapping[str, str] = field(default_factory=dict)
    """Those of them that could be opened, with their versions as far as they tell."""
    others: tuple[str, ...] = ()
    """Libraries of the same names, but of other versions, or where nobody looks for them."""
    cache: str = ""
    """`CUDA_CACHE_PATH`; empty: the home's."""


@dataclass(frozen=True)
class Recognition:
    """What is to recognise speech."""

    model: str
    model_at: str = ""
    """Its folder; empty: there is none yet."""
    model_fault: str = ""
    """Why it cannot be used; empty: it can, or it comes from the hub at the first start."""
    device: str = "auto"
    """As the settings say."""
    compute_type: str = "auto"
    seen_gpus: int = 0
    """As CTranslate2 counts them."""
    compute_types: frozenset[str] = frozenset()
    """Number types of the device that will be taken, as CTranslate2 says."""
    processes: int = 1
    max_batch: int = 16
    is_adapted: bool = False
    """Whether weights adapted to learners hear English: a second model in each process."""
    partial_processes: int = 0
    """Further processes, which hear partials by a model of their own."""


@dataclass(frozen=True)
class Store:
    """The store."""

    url: bool = False
    """Whether one is named; else Valkey comes with `tutor serve`."""
    fault: str = ""
    """Why the named one, or the embedded one's program, cannot be had."""
    version: str = ""
    clients: int = 0
    """Connections that it takes; 0: unknown."""
    verified: bool = True
    """Whether the address is this machine's, or TLS that is verified."""


@dataclass(frozen=True)
class Database:
    """The database."""

    kind: str = "SQLite"
    fault: str = ""


@dataclass(frozen=True)
class Machine:
    """The machine, as this process may use it."""

    cores: int = 1
    memory_bytes: int = 0
    """Memory that could be had; 0: unknown."""
    descriptors: int = 0
    """File descriptors that a process may have; 0: as many as it likes."""
    wanted_descriptors: int = 0
    """What a gateway with these settings wants."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """Folders that must take files, with why they do not; empty: they do."""
    uses: Mapping[str, str] = field(default_factory=dict)
    """What is kept in these folders, by which their lines are told apart."""
    host: str = "127.0.0.1"
    port: int = 8000
    port_taken_by: str = ""
    """`tutor`, `another program`; empty: the port is free."""
    is_loopback: bool = True
    public_url: str = ""
    max_sessions: int = 200
    store_connections: int = 50
    gateways: int = 1


@dataclass(frozen=True)
class Facts:
    """All that is known."""

    recognition: Recognition
    cuda: Cuda = Cuda()
    store: Store = Store()
    database: Database = Database()
    machine: Machine = Machine()
