"""Languages that a learner may practise: BCP-47 tags of languages that Whisper knows."""

from __future__ import annotations

import re

AUTO = "auto"

WHISPER_LANGUAGES = frozenset(
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw "
    "he hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my "
    "ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt "
    "uk ur uz vi yi yo yue zh".split()
)

_ALIASES = {"cmn": "zh", "fil": "tl", "iw": "he", "jv": "jw", "nb": "no"}
"""Primary subtags of languages that Whisper knows by another code, and that code."""

LANGUAGE_TAG = rf"^({'|'.join(sorted(WHISPER_LANGUAGES | _ALIASES.keys()))})(-[A-Za-z0-9]{{1,8}})*$"
"""Pattern of a tag whose language Whisper knows, for schemas."""

_BCP47 = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.ASCII)
"""The shape of a language tag, loosely (RFC 5646 section 2.1): a language and further subtags."""


def primary(tag: str) -> str:
    """The primary subtag of a language tag, in small letters: `en` of `en-GB`."""
    return tag.lower().split("-")[0]


def whisper_language(tag: str) -> str | None:
    """Whisper's code for a BCP-47 tag (`en-GB` is `en`), `auto` for `auto`, None if it has none."""
    lowered = tag.lower()
    if lowered == AUTO:
        return AUTO
    if not _BCP47.fullmatch(lowered):
        return None
    code = _ALIASES.get(primary(tag), primary(tag))
    return code if code in WHISPER_LANGUAGES else None
