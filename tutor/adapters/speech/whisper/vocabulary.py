"""Whisper's vocabulary: which of its tokens write a script that a language is not written in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from tutor.core.text.scripts import script_of, scripts_of

MOSTLY = 0.5
"""Share of letters from which on characters that begin with the same bytes count as letters."""


_END = "<|endoftext|>"
"""The first token that is no text."""

_SPACE = "\u0120"
"""GPT-2's sign for a space."""


class Scripts:
    """The scripts that a vocabulary's text tokens write; `tokenizer`: faster-whisper's, of any
    language."""

    def __init__(self, tokenizer: Any) -> None:
        self._written = _written_by(tokenizer.tokenizer, tokenizer.eot)

    def foreign_to(self, language: str) -> list[int]:
        """The tokens that write letters of scripts foreign to a language (Whisper's code), whole or
        begun.

        Latin letters are foreign to none: names and abbreviations are written in them everywhere.
        """
        own = scripts_of(language) | {"LATIN"}
        return [
            token
            for token, letters in self._written.items()
            if any(own.isdisjoint(scripts) for scripts in letters)
        ]


def load_scripts(vocabulary: Any) -> None:
    """Find out once what `Scripts` of this tokenizer of the `tokenizers` library will need."""
    _written_by(vocabulary, vocabulary.token_to_id(_END))


@cache
def _written_by(vocabulary: Any, end: int) -> dict[int, list[frozenset[str]]]:
    """The scripts of the letters, other than ASCII's, that each token before `end` writes. It takes
    half a second: models that share their tokenizer share this."""
    written = {}
    for token in range(end):
        text = vocabulary.id_to_token(token)
        if text.replace(_SPACE, "").isascii():
            continue
        data = _bytes_of(text)
        letters = [] if data.isascii() else [_scripts(span) for span in _spans(data)]
        if any(letters):
            written[token] = [scripts for scripts in letters if scripts]
    return written


def _bytes_of(token: str) -> bytes:
    """The bytes of a token of a byte-level vocabulary (GPT-2's)."""
    return bytes(_BYTES[sign] for sign in token)


def _byte_signs() -> dict[str, int]:
    """GPT-2's signs for bytes: printable ones stand for themselves, the others follow U+0100."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(256 + n): b for n, b in enumerate(others)}


_BYTES = _byte_signs()


def _spans(data: bytes) -> Iterator[range]:
    """The code points that each character in UTF-8 may be: one, or more if its end is missing.

    What continues a character of the token before is passed over.
    """
    at = 0
    while at < len(data):
        lead = data[at]
        size = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        if 0x80 <= lead < 0xC2 or lead > 0xF4:
            at += 1
            continue
        rest = data[at + 1 : at + size]
        value = lead if size == 1 else lead & (0x7F >> size)
        for byte in rest:
            value = value << 6 | byte & 0x3F
        missing = 6 * (size - 1 - len(rest))
        yield range(value << missing, min((value + 1) << missing, sys.maxunicode + 1))
        at += 1 + len(rest)


@cache
def _scripts(span: range) -> frozenset[str]:
    """The scripts of the letters that a span of code points mostly holds; none: signs, or unused
    ones."""
    letters = list(filter(str.isalpha, map(chr, span)))  # of a million: their names take longer
    return frozenset(map(script_of, letters)) if len(letters) >= MOSTLY * len(span) else frozenset()
