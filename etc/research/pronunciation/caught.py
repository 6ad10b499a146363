"""Measure whether what was said wrong is caught, and what was said right is left alone.

    python etc/research/pronunciation/caught.py --keep FOLDER

FOLDER is what `evidence.py` filled; nothing is listened to here. Bounds were chosen on the half
`choose`, the figures are those of `measure`: other sentences, other voices (but Joe's), other
prompts, other learners. Caught means: told as another word, as left out, or as doubtful.

The curve replays all at other bounds: each shipped one (`BOUNDS`) is moved by as many nats.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.core.feedback.pronunciation.rivals import (
    BOUNDS,
    Bounds,
    Origin,
    Rival,
    Weighed,
    choose,
)

TOLD = ("omission", "substitution")
ENDINGS = ("plural", "third", "past")
WELL_SAID = 8
"""The experts' score from which on a learner's word counts as said well."""

MOVES = (-2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Found:
    """What became of one reading, at some bounds."""

    case: dict[str, Any]
    errors: tuple[str | None, ...]
    """Of each word: omission, substitution, doubtful, mispronunciation or None."""

    @property
    def at(self) -> str | None:
        """The error of the word that is wrong."""
        return self.errors[self.case["at"]] if self.errors else "omission"

    @property
    def recognised(self) -> bool:
        """Whether the recogniser wrote what was said."""
        written = [plain(word) for part in self.case["written"] for word, _ in part]
        return written == [plain(word) for word in self.case["fault"].split()]


def plain(word: str) -> str:
    """A word's letters and figures."""
    return "".join(c for c in word.lower() if c.isalnum())


def load(keep: Path) -> list[dict[str, Any]]:
    """All cases that were asked for."""
    files = sorted(keep.glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]


def judge(case: dict[str, Any], bounds: dict[Origin, Bounds] = BOUNDS) -> Found:
    """What became of a reading's words if the bounds were these."""
    shipped, now = _verdicts(case, BOUNDS), _verdicts(case, bounds)
    unsaid = set(case["unsaid"])
    errors = [
        _error(error, shipped.get(n), now.get(n), is_unsaid=n in unsaid)
        for n, (_, _, error) in enumerate(case["words"])
    ]
    return Found(case, tuple(errors))


def _error(
    error: str | None, shipped: str | None, now: str | None, *, is_unsaid: bool
) -> str | None:
    """The error of a word, from the product's, and from what rivals say at its bounds and now."""
    if now in ("substitution", "omission") or (now and not is_unsaid):
        return now
    return None if shipped and not is_unsaid else error


def _verdicts(case: dict[str, Any], bounds: dict[Origin, Bounds]) -> dict[int, str]:
    """The words that rivals speak against at such bounds."""
    weighed = [
        Weighed(at, Rival(text, Origin[origin], sure), evidence)
        for at, text, origin, sure, evidence in case["weighed"]
    ]
    before = dict(BOUNDS)
    BOUNDS.update(bounds)
    try:
        chosen = choose(weighed)
    finally:
        BOUNDS.update(before)
    told = {n: "substitution" if other else "omission" for n, other in chosen.replaced.items()}
    return dict.fromkeys(chosen.doubtful, "doubtful") | told


def moved(by: float, only: Origin | None = None) -> dict[Origin, Bounds]:
    """The bounds, so many nats higher: all of them, or one origin's."""
    return {
        origin: Bounds(b.doubtful + by, b.proven + by) if only in (None, origin) else b
        for origin, b in BOUNDS.items()
    }


# ---------------------------------------------------------------- what is counted


def percent(part: float, whole: float, digits: int = 1) -> str:
    """A share, as a table shows it."""
    return f"{100 * part / whole:.{digits}f} %" if whole else "-"


def count(found: Sequence[Any], what: Callable[[Any], bool]) -> int:
    """How many are so."""
    return sum(map(what, found))


def good_words(found: Found) -> Iterator[str | None]:
    """The errors of the words that were said well."""
    experts = found.case["experts"] or [10] * len(found.errors)
    yield from (error for error, score in zip(found.errors, experts, strict=True)
                if score >= WELL_SAID)  # fmt: skip


def print_wrong(found: Sequence[Found]) -> None:
    """How much of what was said wrong is caught."""
    print("| said wrong | cases | caught | told as wrong | recognised as said | of these caught |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, kinds in (
        *((kind, (kind,)) for kind in ENDINGS),
        ("endings in all", ENDINGS),
        ("another word", ("substitutions",)),
        ("a function word left out", ("omissions",)),
    ):
        rows = [one for one in found if one.case["kind"] in kinds]
        known = [one for one in rows if one.recognised]
        cells = (
            str(len(rows)),
            percent(count(rows, lambda one: one.at is not None), len(rows)),
            percent(count(rows, lambda one: one.at in TOLD), len(rows)),
            percent(len(known), len(rows)),
            percent(count(known, lambda one: one.at is not None), len(known)),
        )
        print(f"| {name} | {' | '.join(cells)} |")


def print_right(found: Sequence[Found]) -> None:
    """How much of what was said right is told as wrong."""
    print("| said right | readings | with anything flagged | words | told as wrong | doubtful |")
    print("| --- | --- | --- | --- | --- | --- |")
    for source in dict.fromkeys(one.case["source"] for one in found):
        rows = [one for one in found if one.case["source"] == source and one.errors]
        words = [error for one in rows for error in good_words(one)]
        flagged = count(rows, lambda one: any(good_words(one)) or bool(one.case["insertions"]))
        told = count(words, lambda error: error in TOLD)
        cells = (
            str(len(rows)),
            percent(flagged, len(rows)),
            str(len(words)),
            percent(told, len(words), 2),
            percent(count(words, lambda error: error == "doubtful"), len(words), 2),
        )
        print(f"| {source} | {' | '.join(cells)} |")


def print_curve(cases: Sequence[dict[str, Any]], only: Origin | None) -> None:
    """Both sides, at other bounds."""
    sources = dict.fromkeys(case["source"] for case in cases if case["kind"] == "right")
    print("| nats | endings | another word | left out |", " | ".join(sources), "|")
    print("| --- |" + " --- |" * (3 + len(sources)))
    for by in MOVES:
        found = [judge(case, moved(by, only)) for case in cases]
        cells = []
        for kinds in (ENDINGS, ("substitutions",), ("omissions",)):
            rows = [one for one in found if one.case["kind"] in kinds]
            cells.append(percent(count(rows, lambda one: one.at is not None), len(rows)))
        right = [one for one in found if one.case["kind"] == "right"]
        for source in sources:
            rows = [one for one in right if one.case["source"] == source]
            words = [error for one in rows for error in good_words(one)]
            cells.append(percent(count(words, is_accused), len(words), 2))
        print(f"| {by:+.0f} | {' | '.join(cells)} |")


def is_accused(error: str | None) -> bool:
    """Whether a word is told as another one, as left out or as doubtful."""
    return error in ("omission", "substitution", "doubtful")


def show(found: Found) -> None:
    """Print what the verdict is not what it should be of."""
    case = found.case
    experts = case["experts"] or [10] * len(found.errors)
    is_right = case["kind"] == "right"
    wrong = {
        n
        for n, error in enumerate(found.errors)
        if (error and experts[n] >= WELL_SAID if is_right else n == case["at"] and not error)
    }
    if wrong or (is_right and (case["insertions"] or case["reason"])):
        words = [f"{case['words'][n][0]}: {found.errors[n]}" for n in sorted(wrong)]
        heard = " ".join(word for part in case["written"] for word, _ in part)
        print(f"{case['source']}, {case['kind']}: {case['name']} {case['reason'] or ''}")
        print(f"    {case['text']!r}, heard {heard!r}")
        print(f"    {words}, added {case['insertions']}, unsaid {wrong & set(case['unsaid'])}")
        print(f"    {[one for one in case['weighed'] if one[0] in wrong]}")
        print(f"    {[one for one in case['parts'] if one[0] in wrong]}")


def main() -> None:
    """Print both sides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--keep", type=Path, required=True, help="what evidence.py filled")
    parser.add_argument("--half", choices=("choose", "measure"), default="measure")
    parser.add_argument("--origin", choices=[o.name for o in Origin], help="move only its bounds")
    parser.add_argument("--show", action="store_true", help="print what was missed or accused")
    options = parser.parse_args()
    cases = [case for case in load(options.keep) if case["half"] == options.half]
    found = [judge(case) for case in cases]
    if options.show:
        for one in found:
            show(one)
    print_wrong([one for one in found if one.case["kind"] != "right"])
    print()
    print_right([one for one in found if one.case["kind"] == "right"])
    print()
    print_curve(cases, Origin[options.origin] if options.origin else None)


if __name__ == "__main__":
    main()
