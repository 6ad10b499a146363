"""`tutor voices`: which voices there are, under which licence, from where."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tutor.adapters.settings import Settings
from tutor.adapters.voice.catalogue import Catalogue


def print_voices(settings: Settings) -> None:
    """Print the voices as a table, the one that speaks first at the head.

    Raises:
        VoiceError: a voice's files are missing or broken.
    """
    table = Table(box=None, pad_edge=False)
    for name in ("voice", "language", "engine", "licence", "source"):
        table.add_column(name, overflow="fold")
    for known in Catalogue(settings).known():
        facts = known.facts
        table.add_row(facts.id, facts.language or "any", facts.engine, facts.licence, facts.source)
    Console().print(table)
