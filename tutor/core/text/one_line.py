"""Errors that are told in one line, whatever they quote."""

from __future__ import annotations


class OneLineError(Exception):
    """Something that a person wrote is wrong; the message is one line that says where and why.

    What a message quotes may hold anything: a sign that would break the line, or that nobody would
    see, stands in it as Python writes it (`\\n`).
    """

    def __init__(self, message: str) -> None:
        super().__init__(_visible(message))


def _visible(text: str) -> str:
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
