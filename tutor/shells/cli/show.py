"""How `tutor assess` shows a report: as JSON for a program, as tables for a person."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from tutor.core.feedback.report import REASONS, Report


def as_json(found: Report) -> dict[str, Any]:
    """A report as plain data; `error` says why there are no scores."""
    data = asdict(found)
    if found.reason is not None:
        data["error"] = REASONS[found.reason]
    return data


def print_report(found: Report, as_plain_json: bool) -> None:
    """Print a report for a program or for a person."""
    if as_plain_json:
        print(json.dumps(as_json(found), ensure_ascii=False))  # noqa: T201 - what was asked for
    else:
        show(found, Console())


def show(found: Report, console: Console) -> None:
    """Show scores, words and rates as tables."""
    if found.reason is not None:
        console.print(f"[red]not scored: {REASONS[found.reason]}")
        return
    scores = Table(box=None, pad_edge=False)
    for name in ("accuracy", "fluency", "prosodic", "completeness", "total"):
        scores.add_column(name, justify="right")
    scores.add_row(
        *(
            "-" if value is None else f"{value:.0f}"
            for value in (
                found.accuracy,
                found.fluency,
                found.prosodic,
                found.completeness,
                found.total,
            )
        )
    )
    console.print(scores)
    if not found.calibrated:
        console.print("[dim]not calibrated: these scores only rank")
    console.print(_word_table(found))
    if found.insertions:
        console.print(f"added: {' '.join(found.insertions)}")
    if found.details is not None:
        details = found.details
        console.print(
            f"{details.words_per_minute:.0f} words a minute, "
            f"{details.articulation_rate:.1f} syllables a second, "
            f"{details.all_pause_count} pauses ({details.all_pause_duration:.1f} s)"
        )


def _word_table(found: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("word", "score", "", "from", "to", "sounds"):
        table.add_column(name, justify="right" if name in ("score", "from", "to") else "left")
    for word in found.words:
        table.add_row(
            word.text,
            f"{word.score:.0f}",
            word.error or "",
            "" if word.start_ms is None else f"{word.start_ms / 1000:.2f}",
            "" if word.end_ms is None else f"{word.end_ms / 1000:.2f}",
            " ".join(f"{phone.ipa} {phone.score:.0f}" for phone in word.phones),
        )
    return table
