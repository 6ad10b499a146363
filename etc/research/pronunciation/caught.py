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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.pronunciation.bounds import BOUNDS, Bounds, Origin
from tutor.core.feedback.pronunciation.rivals import Rival, Weighed, choose
from tutor.core.feedback.reading.passages import locate
from tutor.core.feedback.reading.reading import whole
from tutor.core.text.wording import split_words

TOLD = ("omission", "substitution")
ENDINGS = ("plural", "third", "past")
WELL_SAID = 8
"""The experts' score from which on a learner's word counts as said well."""

SPLICED = ("cut out", "cut off")
"""Groups of learners' recordings of which a word or an ending was cut away."""

SILENT_MS = 200
"""A pause should hold so many milliseconds of silence."""

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
        """Whether the recogniser wrote the fault as it was said."""
        is_omission = self.case["kind"] == "omissions"
        words = split_words(self.case["text" if is_omission else "fault"], "en")
        written = [word for part in self.case["written"] for word, _ in part]
        heard = [RecognisedWord(word, n, n + 1, 1.0) for n, word in enumerate(written)]
        passage = whole(locate(words, 0, heard, "en"), words)
        read = [word for word in passage.words if word.status != "inserted"]
        status = read[self.case["at"]].status if self.case["at"] < len(read) else "omitted"
        return status == ("omitted" if is_omission else "matched")


def load(keep: Path) -> list[dict[str, Any]]:
    """All cases that were asked for."""
    files = sorted(keep.glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]


def judge(case: dict[str, Any]) -> Found:
    """What becomes of a reading's words at the bounds as they are now."""
    verdicts, unsaid = _verdicts(case), set(case["unsaid"])
    chosen = set(case.get("chosen", ()))
    errors = [
        _error(error, verdicts.get(n), was_chosen=n in chosen, is_unsaid=n in unsaid)
        for n, (_, _, error) in enumerate(case["words"])
    ]
    return Found(case, tuple(errors))


def _error(
    error: str | None, verdict: str | None, *, was_chosen: bool, is_unsaid: bool
) -> str | None:
    """The error of a word, from the one that it had when it was asked for (`was_chosen`: for a
    rival's sake), and from what rivals say now."""
    if verdict in TOLD or (verdict and not is_unsaid):
        return verdict
    return None if was_chosen and not is_unsaid else error


def _verdicts(case: dict[str, Any]) -> dict[int, str]:
    """The words that rivals speak against."""
    chosen = choose(weighed_of(case))
    told = {
        n: "omission" if other == "" else "substitution" for n, other in chosen.replaced.items()
    }
    return dict.fromkeys(chosen.doubtful, "doubtful") | told


def weighed_of(case: dict[str, Any]) -> list[Weighed]:
    """What was made of the rivals that the recogniser was asked about."""
    return [
        Weighed(at, Rival(text, Origin[origin], sure), *more)
        for at, text, origin, sure, *more in case["weighed"]
    ]


@contextmanager
def bounds(others: Mapping[Origin, Bounds]) -> Iterator[None]:
    """Other bounds than the shipped ones, for a while."""
    shipped = dict(BOUNDS)
    BOUNDS.update(others)
    try:
        yield
    finally:
        BOUNDS.update(shipped)


def moved(by: float, only: Origin | None = None) -> dict[Origin, Bounds]:
    """The bounds, so many nats higher: all of them, or one origin's."""
    return {
        origin: replace(b, doubtful=b.doubtful + by, proven=b.proven + by)
        if only in (None, origin)
        else b
        for origin, b in BOUNDS.items()
    }


# ---------------------------------------------------------------- what is counted


def percent(part: float, whole: float, digits: int = 1) -> str:
    """A share, as a table shows it."""
    return f"{100 * part / whole:.{digits}f} %" if whole else "-"


def count(found: Sequence[Any], what: Callable[[Any], bool]) -> int:
    """How many are so."""
    return sum(map(what, found))


def good_words(found: Found, by: str = "experts") -> Iterator[str | None]:
    """The errors of the words that were said well; `by`: the experts' median, or the `worst`."""
    if not found.errors:  # it was refused
        return
    scores = found.case.get(by) or [10] * len(found.errors)
    yield from (
        error for error, score in zip(found.errors, scores, strict=True) if score >= WELL_SAID
    )


def print_wrong(found: Sequence[Found]) -> None:
    """How much of what was said wrong is caught."""
    print("| said wrong | cases | caught | told as wrong | recognised as said | of these caught |")
    print("| --- | --- | --- | --- | --- | --- |")
    groups = dict.fromkeys((one.case["kind"], one.case.get("group", "")) for one in found)
    for name, kinds, group in (
        *((kind, (kind,), None) for kind in ENDINGS),
        ("endings in all", ENDINGS, None),
        ("another word", ("substitutions",), None),
        *((f"another word: {g}", (k,), g) for k, g in groups if k == "substitutions" and g),
        ("a function word left out", ("omissions",), None),
        *((f"{k}: {g}", (k,), g) for k, g in groups if g in SPLICED),
    ):
        rows = [
            one
            for one in found
            if one.case["kind"] in kinds and group in (None, one.case.get("group", ""))
        ]
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
    print(
        "| said right | readings | with anything flagged | with an added word | refused "
        "| words | told as wrong | doubtful |"
    )
    print("| --- |" + " --- |" * 7)
    for source in dict.fromkeys(one.case["source"] for one in found):
        rows = [one for one in found if one.case["source"] == source]
        _print_right(source, rows, "experts")
        if rows[0].case["experts"]:
            _print_right(f"{source}, words that no expert blames", rows, "worst")


def _print_right(name: str, rows: Sequence[Found], by: str) -> None:
    words = [error for one in rows for error in good_words(one, by)]
    flagged = count(rows, lambda one: any(good_words(one, by)) or bool(one.case["insertions"]))
    cells = (
        str(len(rows)),
        percent(flagged, len(rows)),
        percent(count(rows, lambda one: bool(one.case["insertions"])), len(rows)),
        percent(count(rows, lambda one: bool(one.case["reason"])), len(rows)),
        str(len(words)),
        percent(count(words, lambda error: error in TOLD), len(words), 2),
        percent(count(words, lambda error: error == "doubtful"), len(words), 2),
    )
    print(f"| {name} | {' | '.join(cells)} |")


def print_pauses(found: Sequence[Found]) -> None:
    """How many of the pauses that were told hold no silence, and what is called said twice."""
    print("| source | readings | pauses told | without 200 ms of silence | with a repetition |")
    print("| --- | --- | --- | --- | --- |")
    for source in dict.fromkeys(one.case["source"] for one in found):
        rows = [one.case for one in found if one.case["source"] == source and "pauses" in one.case]
        pauses = [quiet for case in rows for _, _, quiet in case["pauses"]]
        none = count(pauses, lambda quiet: quiet < SILENT_MS)
        twice = count(rows, lambda case: bool(case["repeated"]))
        cells = str(len(rows)), str(len(pauses)), str(none), str(twice)
        print(f"| {source} | {' | '.join(cells)} |")


def print_curve(cases: Sequence[dict[str, Any]], only: Origin | None) -> None:
    """Both sides, at other bounds."""
    sources = dict.fromkeys(case["source"] for case in cases if case["kind"] == "right")
    print("| nats | endings | another word | left out |", " | ".join(sources), "|")
    print("| --- |" + " --- |" * (3 + len(sources)))
    for by in MOVES:
        with bounds(moved(by, only)):
            found = [judge(case) for case in cases]
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
        print(f"    told: {' '.join(case.get('replies', ()))}")


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
    print_pauses(found)
    print()
    print_curve(cases, Origin[options.origin] if options.origin else None)


if __name__ == "__main__":
    main()
