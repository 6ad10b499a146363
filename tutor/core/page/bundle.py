"""The page's modules as one script: a browser then asks once, not forty times.

It knows the forms of `import` and `export` that `web/` uses, refuses every other one, and leaves
the rest of a module as it is written. Each module becomes a function that is called once, behind
those that it needs; what it exports are constants, as they are in the modules themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_PASSED_ON = re.compile(r'^export \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*|\bimport\s*\(.*", re.MULTILINE)
_OWN_ADDRESS = "import.meta.url"


class BundleError(ValueError):
    """A module has a form that is not known here, or one is missing, or they need each other."""


@dataclass(frozen=True)
class _Module:
    """What one module takes, gives, and does in between."""

    taken: tuple[tuple[str, str], ...]
    """Names as a pattern takes them, and the path of the module that gives them."""
    given: tuple[str, ...]
    """The names that it exports."""
    body: str

    @property
    def needed(self) -> tuple[str, ...]:
        """The paths of the modules that must have run before."""
        return tuple(path for _, path in self.taken)


def bundle(sources: Mapping[str, str], entry: str) -> str:
    """All that the module `entry` needs, and itself, as one module.

    `sources` has the texts of modules by their paths below one folder; the script must be served
    from that folder, since addresses that are relative to a module stay what they were.

    Raises:
        BundleError: a module has an unknown form, is missing, or needs one that needs it.
    """
    modules: dict[str, _Module] = {}
    waiting = [entry]
    while waiting:
        if (path := waiting.pop()) not in modules:
            modules[path] = _parsed(path, sources)
            waiting += modules[path].needed
    try:
        order = tuple(TopologicalSorter({p: m.needed for p, m in modules.items()}).static_order())
    except CycleError as error:
        raise BundleError(f"modules need each other: {' → '.join(error.args[1])}") from error
    names = {path: f"$module{at}" for at, path in enumerate(order)}
    return "".join(_written(modules[path], names, path == entry, names[path]) for path in order)


def _written(module: _Module, names: Mapping[str, str], is_entry: bool, name: str) -> str:
    taken = "".join(f"const {{{what}}} = {names[path]};\n" for what, path in module.taken)
    if is_entry:  # at the top, where it may await
        return taken + module.body
    given = ", ".join(module.given)
    return f"const {name} = (() => {{\n{taken}{module.body}return {{{given}}};\n}})();\n"


def _parsed(path: str, sources: Mapping[str, str]) -> _Module:
    if path not in sources:
        raise BundleError(f"there is no module {path}")
    text = sources[path]
    taken = [(_pattern(what), _path(path, where)) for what, where in _IMPORT.findall(text)]
    given = _DECLARED.findall(text)
    for what, where in _PASSED_ON.findall(text):
        taken.append((_pattern(what), _path(path, where)))
        given += [names[-1] for names in _names(what)]
    body = _DECLARED.sub("", _PASSED_ON.sub("", _IMPORT.sub("", text)))
    if unknown := _UNKNOWN.search(body):
        raise BundleError(f"{path}: {unknown[0]!r} is no form that is known here")
    own = f'new URL("{path}", {_OWN_ADDRESS}).href'
    return _Module(tuple(taken), tuple(given), body.replace(_OWN_ADDRESS, own))


def _names(what: str) -> list[list[str]]:
    """`a, b as c` → `[[a], [b, c]]`."""
    return [part.split(" as ") for part in map(str.strip, what.split(",")) if part]


def _pattern(what: str) -> str:
    """`a, b as c` as it is said in a destructuring pattern."""
    return ", ".join(": ".join(names) for names in _names(what))


def _path(importer: str, where: str) -> str:
    return normpath(join(dirname(importer), where))
