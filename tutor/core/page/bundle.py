"""The page's modules as one script: a browser then asks once, not forty times.

It knows the forms of `import` and `export` that `web/` uses, refuses every other one, and leaves
the rest of a module as it is written, but for the lines that are comments, and indents: who loads
the page does not read them, and they were a fifth of what was sent. Each module becomes a function
that is called once, behind those that it needs; what it exports are constants, as they are in the
modules themselves. `import("/static/…")` stays as it is: such a module is loaded alone, when it is
needed, and needs none itself, since it would get that one a second time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_PASSED_ON = re.compile(r'^export \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_ASKED_LATER = re.compile(r'\bimport\("/static/([^"]+)"\)')
_UNKNOWN = re.compile(
    r"^(?:import|export)\b.*|\bimport\s*\((?!\"/static/[^\"]+\"\)).*", re.MULTILINE
)
_OWN_ADDRESS = "import.meta.url"
_NAMED = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|class|const|let|var) (\w+)", re.MULTILINE
)
_CONSTANT = re.compile(r"^export const \w+", re.MULTILINE)
_OTHER_META = re.compile(r"\bimport\.meta\b(?!\.url\b)")
_AWAIT = re.compile(r"\bawait\b")
_INDENT = re.compile(r"\n +")
_NO_FUNCTION = re.compile(r"\b(?:if|for|while|switch|catch|await)\s*$")
_SILENT = re.compile(
    r"""//[^\n]*|/\*.*?\*/                           # a comment
    |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'       # a text
    |`(?:\\.|[^`\\])*`
    |(?<=[(,=:\[!&|?{};+>])\ ?/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/  # a pattern""",
    re.VERBOSE | re.DOTALL,
)
"""What is no code; a code within a text's `${}` is not looked at."""


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
    for path in order:
        _check_taken(path, modules[path], modules)
        if path != entry and _awaits(_code(sources[path])):
            raise BundleError(f"{path}: only {entry} may await outside a function")
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
    body = _DECLARED.sub("", _PASSED_ON.sub("", _IMPORT.sub("", _uncommented(text))))
    if unknown := _UNKNOWN.search(body):
        raise BundleError(f"{path}: {unknown[0]!r} is no form that is known here")
    for later in _ASKED_LATER.findall(body):
        _check_later(path, later, sources)
    _check_code(path, _code(text), [name for names, _ in taken for name in _locals(names)])
    own = f'new URL("{path}", {_OWN_ADDRESS}).href'
    return _Module(tuple(taken), tuple(given), body.replace(_OWN_ADDRESS, own))


def _check_later(path: str, later: str, sources: Mapping[str, str]) -> None:
    if later not in sources:
        raise BundleError(f"{path}: there is no module {later}")
    if _IMPORT.search(sources[later]) or _PASSED_ON.search(sources[later]):
        raise BundleError(f"{path}: {later} is loaded alone, and may need no other module")


def _names(what: str) -> list[list[str]]:
    """`a, b as c` → `[[a], [b, c]]`."""
    return [part.split(" as ") for part in map(str.strip, what.split(",")) if part]


def _pattern(what: str) -> str:
    """`a, b as c` as it is said in a destructuring pattern."""
    return ", ".join(": ".join(names) for names in _names(what))


def _path(importer: str, where: str) -> str:
    return normpath(join(dirname(importer), where))


def _locals(pattern: str) -> list[str]:
    """`a, b: c` → `[a, c]`: the names that a pattern makes."""
    return [part.split(": ")[-1] for part in pattern.split(", ") if part]


def _check_taken(path: str, module: _Module, modules: Mapping[str, _Module]) -> None:
    for pattern, source in module.taken:
        for name in (part.split(": ")[0] for part in pattern.split(", ") if part):
            if name not in modules[source].given:
                raise BundleError(f"{path}: {source} gives no {name!r}")


def _check_code(path: str, code: str, taken: list[str]) -> None:
    if other := _OTHER_META.search(code):
        raise BundleError(f"{path}: of {other[0]!r} only {_OWN_ADDRESS!r} is known here")
    for found in _CONSTANT.finditer(code):
        if _declares_more(code, found.end()):
            raise BundleError(f"{path}: {found[0]!r} declares more than one name")
    counted = Counter([*taken, *_NAMED.findall(code)])
    if twice := [name for name, count in counted.items() if count > 1]:
        raise BundleError(f"{path}: {twice[0]!r} is declared twice")


def _code(text: str) -> str:
    """The code alone, where it stood: texts, patterns and comments are blank."""
    return _SILENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def _uncommented(text: str) -> str:
    """The text without the lines that are comments alone; those within texts are none."""
    return _unindented(_SILENT.sub(_kept, text))


def _unindented(text: str) -> str:
    """The text without the spaces at the beginning of its lines, but for those within texts."""
    parts, end = [], 0
    for found in _SILENT.finditer(text):
        parts += [_INDENT.sub("\n", text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, _INDENT.sub("\n", text[end:])])


def _kept(found: re.Match[str]) -> str:
    """What is left of a text, a pattern or a comment: a line's own comment goes, its end stays."""
    is_comment = found[0].startswith(("//", "/*"))
    line = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()]
    is_last = found.string[found.end() : found.end() + 1] in ("", "\n")
    return "" if is_comment and not line.strip() and is_last else found[0]


def _declares_more(code: str, start: int) -> bool:
    """Whether a comma divides the declaration that goes on at `start`."""
    depth = 0
    for sign in code[start:]:
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and sign in ",;":
            return sign == ","
    return False


def _awaits(code: str) -> bool:
    """Whether a module waits for something outside its functions."""
    return any(not _is_in_function(code, found.start()) for found in _AWAIT.finditer(code))


def _is_in_function(code: str, at: int) -> bool:
    statement = max(code.rfind(sign, 0, at) for sign in ";{}")
    if "=>" in code[statement + 1 : at]:  # a function without braces
        return True
    return any(_begins_function(code[:brace].rstrip()) for brace in _open_braces(code, at))


def _open_braces(code: str, at: int) -> Iterator[int]:
    """Where the braces stand that are open at a place, the innermost first."""
    depth = 0
    for place in range(at - 1, -1, -1):
        depth += (code[place] == "}") - (code[place] == "{")
        if depth < 0:
            depth = 0
            yield place


def _begins_function(before: str) -> bool:
    """Whether a brace behind this begins a function's body, and not that of a loop or a class."""
    if not before.endswith(")"):
        return before.endswith("=>")
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        depth += (before[place] == ")") - (before[place] == "(")
        if depth == 0:
            return _NO_FUNCTION.search(before[:place]) is None
    return False
