"""Who may know what: a pure core, and each third party in its room.

Which room may import from which is `make check`'s (`tool.importlinter` in `pyproject.toml`).
"""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

TUTOR = Path(__file__).parent.parent / "tutor"
FILES = sorted(TUTOR.rglob("*.py"))
CORE = sorted((TUTOR / "core").rglob("*.py"))
ADAPTERS = sorted((TUTOR / "adapters").rglob("*.py"))
KEYS = TUTOR / "adapters" / "store" / "keys.py"

KEY = re.compile(r"tutor:(?! )")
"""The beginning of a name in Redis; `tutor: ` begins what a terminal is told."""

IMPURE = {
    "asyncio",
    "concurrent",
    "datetime",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "queue",
    "random",
    "sched",
    "secrets",
    "select",
    "selectors",
    "shutil",
    "signal",
    "socket",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
}
"""What brings in a clock, chance, files, sockets or threads."""

OWNERS: dict[str, tuple[str, ...]] = {
    "alembic": ("adapters/sql/",),
    "argon2": ("adapters/secrets/passwords.py",),
    "av": ("adapters/speech/decoding.py", "adapters/speech/media.py", "adapters/voice/encoder.py"),
    "billiard": (),
    "celery": ("adapters/store/broker/queue.py", "adapters/store/broker/consumer.py"),
    "jwt": ("adapters/secrets/tokens.py",),
    "kombu": ("adapters/store/broker/queue.py", "adapters/store/broker/transport.py"),
    "openai": ("adapters/coach/language_model.py", "adapters/voice/remote.py"),
    "opentelemetry": ("adapters/telemetry/tracing.py",),
    "orjson": ("adapters/wire/practice.py",),
    "prometheus_client": ("adapters/telemetry/",),
    "pydantic_settings": ("adapters/settings/__init__.py",),
    "pythonjsonlogger": ("shells/logs.py",),
    "redis": ("adapters/store/",),
    "soxr": ("adapters/speech/resampler.py",),
    "sqlalchemy": ("adapters/sql/",),
    "standardwebhooks": ("adapters/webhook_sender.py",),
    "websockets": ("client/connection.py",),
}
"""The files and rooms that alone may know a third party."""

MODELS = {"ctranslate2", "faster_whisper", "onnxruntime", "torch", "torchaudio"}
"""What runs models: for adapters alone, so that another may take its place."""

EXTRAS = {
    "adapters/speech/media.py": "audio",
    "adapters/wire/practice.py": "",
    "bench/": "bench",
    "client/": "",
    "core/": "",
    "": "server",
}
"""The extra with which a file or a room runs, the first that fits; `""`: the base, the client."""


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax."""
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> list[str]:
    """Each module that a file imports, wherever in it; `from a import b` is `a` and `a.b`."""
    names = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


@cache
def roots(path: Path) -> set[str]:
    """The packages that a file imports from."""
    return {name.split(".")[0] for name in imports(path)}


def name_of(path: Path) -> str:
    """A file's name from the package on."""
    return path.relative_to(TUTOR).as_posix()


def test_the_rings_are_found() -> None:
    """There is something to check."""
    assert {"core/live/session.py", "adapters/wire/practice.py", "shells/live/practice.py"} <= set(
        map(name_of, FILES)
    )


def offenders(found: dict[Path, set[str]]) -> dict[str, set[str]]:
    """The files that have what they should not, and what it is."""
    return {name_of(path): what for path, what in found.items() if what}


def test_the_core_is_pure() -> None:
    """The core imports the standard library and numpy: no clock, socket, file or thread."""
    known = sys.stdlib_module_names | {"numpy", "tutor"}
    assert offenders({path: roots(path) - known | roots(path) & IMPURE for path in CORE}) == {}


@pytest.mark.parametrize("party", sorted(OWNERS))
def test_a_third_party_is_known_to_its_owners_alone(party: str) -> None:
    """A library that a file or a room wraps is imported there, and nowhere else."""
    knowing = {name_of(path) for path in FILES if party in roots(path)}
    assert {name for name in knowing if not name.startswith(OWNERS[party])} == set()
    for owner in OWNERS[party]:
        assert any(name.startswith(owner) for name in knowing), owner


def normal(distribution: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def declared(extra: str) -> set[str]:
    """The distributions that `pyproject.toml` asks for with an extra."""
    project = tomllib.loads((TUTOR.parent / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    wanted += project["optional-dependencies"][extra] if extra else []
    own = [re.fullmatch(r"voice-tutor\[(\w+)]", requirement) for requirement in wanted]
    names = {normal(re.split(r"[^\w.-]", requirement)[0]) for requirement in wanted}
    return names.union(*(declared(found[1]) for found in own if found))


def extra_of(path: Path) -> str:
    """The extra with which a file runs."""
    return next(extra for room, extra in EXTRAS.items() if name_of(path).startswith(room))


@pytest.fixture(scope="module")
def offered() -> Mapping[str, list[str]]:
    """The distributions that are installed, by the packages that they bring."""
    return packages_distributions()


@pytest.mark.parametrize("extra", sorted(set(EXTRAS.values())))
def test_what_is_imported_is_declared(extra: str, offered: Mapping[str, list[str]]) -> None:
    """No file rests on a library that comes only because another library happens to need it."""
    files = [path for path in FILES if extra_of(path) == extra]
    foreign = set().union(*map(roots, files)) - sys.stdlib_module_names - {"tutor"}
    missing = {
        party for party in foreign if not set(map(normal, offered.get(party, ()))) & declared(extra)
    }
    assert files
    assert not missing


def test_only_adapters_run_models() -> None:
    """Core and shells know a recogniser or a voice-activity model by its adapter."""
    others = [path for path in FILES if path not in ADAPTERS]
    assert offenders({path: roots(path) & MODELS for path in others}) == {}


def literals(path: Path) -> set[str]:
    """The texts that a file holds."""
    constants = [node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)]
    return {value for value in constants if isinstance(value, str)}


def test_redis_keys_come_from_one_file() -> None:
    """No file but `adapters/store/keys.py` writes a name that begins with `tutor:`."""
    named = {path: set(filter(KEY.match, literals(path))) for path in FILES}
    assert set(offenders(named)) == {name_of(KEYS)}


def imported_at_once(path: Path) -> set[str]:
    """The modules of this product that a file imports as it is loaded, by their names."""
    names: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            inner = (f"{node.module}.{alias.name}" for alias in node.names)
            names.update(name if name in MODULES else node.module for name in inner)
    return {name for name in names if name in MODULES}


def module_of(path: Path) -> str:
    """A file's name for an import."""
    return ".".join(("tutor", *path.relative_to(TUTOR).with_suffix("").parts))


MODULES = {module_of(path): path for path in FILES if path.name != "__init__.py"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Whichever module a process loads first, those that it needs are there."""
    needs = {name: imported_at_once(path) for name, path in MODULES.items()}
    order = tuple(TopologicalSorter(needs).static_order())  # a circle raises, and names it
    assert set(order) == set(MODULES)
