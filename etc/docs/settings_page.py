"""The reference of settings, from the class that reads them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from tables import listed, table

from tutor.adapters.settings import Settings

_HEAD = """# Settings

Environment variables, or a `.env` file. `--host` and `--port` go before them. A wrong value ends
the start with one line that names it.

Listening on anything but loopback is refused without `TUTOR_ACCOUNTS=required` and a
`TUTOR_SECRET_KEY`. A proxy on the same machine reaches loopback: set both there, too, and
`TUTOR_TRUSTED_PROXIES`, and the address that learners open in `TUTOR_PUBLIC_URL`.
"""

_HOMES = {
    "cache_dir": "~/.cache/voice-tutor",
    "data_dir": "~/.local/share/voice-tutor",
}
"""Defaults that depend on the environment (`XDG_CACHE_HOME`, `XDG_DATA_HOME`)."""

_KINDS = {bool: "`true` or `false`", int: "whole number", float: "number", Path: "folder"}
_BOUNDS = {Ge: "≥", Gt: "\\>", Le: "≤", Lt: "<"}


def text() -> str:
    """The page."""
    return _HEAD + "".join(f"\n{part}" for part in _parts())


def _parts() -> Iterator[str]:
    for owner in reversed(Settings.__mro__):
        names = [name for name in inspect.get_annotations(owner) if name in Settings.model_fields]
        if issubclass(owner, BaseModel) and names:
            title = (inspect.getdoc(owner) or "").partition("\n")[0].rstrip(".")
            rows = [_row(name, Settings.model_fields[name]) for name in names]
            yield f"## {title}\n\n{table(['variable', 'default', 'takes', 'meaning'], rows)}"


def _row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    default = _HOMES.get(name, field.default)
    shown = str(default).lower() if isinstance(default, bool) else default
    return (
        f"`TUTOR_{name.upper()}`",
        "empty" if default == "" else f"`{shown}`",
        _takes(field),
        field.description or "",
    )


def _takes(field: FieldInfo) -> str:
    """What values a setting may have."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        return listed(get_args(kind))
    bounds = [
        f"{sign} {getattr(rule, type(rule).__name__.lower()):g}"
        for rule in field.metadata
        if (sign := _BOUNDS.get(type(rule)))
    ]
    what = _KINDS.get(kind, "secret text" if kind is SecretStr else "text")  # type: ignore[arg-type]
    return " ".join([what, ", ".join(bounds)]).strip()
