"""The page's document as it is served: one sheet and one script, each named by what is in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256

_SHEET = re.compile(r'^ *<link rel="stylesheet" href="/static/([^"]+)">\n', re.MULTILINE)
_PRELOAD = re.compile(r'^ *<link rel="modulepreload" href="[^"]+">\n', re.MULTILINE)
_SCRIPT = re.compile(r'<script type="module" src="/static/([^"]+)"></script>')

DIGEST = 12
"""Hexadecimal digits of a digest in a name: enough that two versions never share one."""

_ELSEWHERE = re.compile(
    r"@import\b|url\(\s*[\"']?(?!\s*[\"']?(?:data:|https?:|/|#))", re.IGNORECASE
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def joined(sheets: Mapping[str, str]) -> str:
    """Style sheets as one, by their paths and in their order.

    Raises:
        ValueError: one names a file by its own place, or asks for another one: both mean something
            else in the whole.
    """
    for path, text in sheets.items():
        if found := _ELSEWHERE.search(_COMMENT.sub("", text)):
            raise ValueError(f"{path}: {found[0]!r} would lead elsewhere in the joined sheet")
    return "".join(sheets.values())


def digest(text: str) -> str:
    """What a file is named by, so that a browser may keep it for ever."""
    return sha256(text.encode()).hexdigest()[:DIGEST]


def sheets(document: str) -> Sequence[str]:
    """The style sheets that a document asks for, in its order, as paths below `/static/`."""
    return _SHEET.findall(document)


def entry(document: str) -> str:
    """The module that a document begins with, as a path below `/static/`.

    Raises:
        ValueError: there is not one such module.
    """
    (found,) = _SCRIPT.findall(document)
    return str(found)


def with_bundles(document: str, sheet: str, script: str) -> str:
    """The document, asking for one sheet and one script by their addresses instead of its own."""
    first = _SHEET.search(document)
    assert first is not None
    head = document[: first.start()] + f'  <link rel="stylesheet" href="{sheet}">\n'
    rest = _PRELOAD.sub("", _SHEET.sub("", document[first.start() :]))
    return head + _SCRIPT.sub(f'<script type="module" src="{script}"></script>', rest)
