"""How often grammar feedback is right: learners' errors and good English, one sentence a line.

    cd tests/data/grammar; python ../../../etc/research/grammar/corrections.py wrong.tsv right.txt

Of the first file each line has a level, what a learner said, and the right ways to put it. A
correction is right if the sentence with it is one of them. Of the second file nothing is to be
found.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.adapters.feedback.grammar import GrammarChecker
from tutor.core.feedback.assessment import Finding


@dataclass(frozen=True)
class Learner:
    """What a learner said, and the right ways to put it."""

    level: str
    said: str
    right: tuple[str, ...]


def read_learners(path: Path) -> list[Learner]:
    """The lines of a file of errors."""
    rows = [line.split("\t") for line in read_sentences(path)]
    return [
        Learner(level, said, tuple(way.strip() for way in right.split(" | ")))
        for level, said, right in rows
    ]


def read_sentences(path: Path) -> list[str]:
    """The lines of a file, without its comments."""
    lines = path.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def corrected(text: str, findings: Sequence[Finding]) -> str:
    """The text with every correction that was offered."""
    for finding in sorted(findings, key=lambda finding: -finding.start):
        if finding.replacement is not None:
            text = text[: finding.start] + finding.replacement + text[finding.end :]
    return " ".join(text.split())


def main(wrong: Path, right: Path) -> None:
    """Print what was corrected wrongly, what was found in good English, and how often."""
    checker = GrammarChecker()
    counts = {"right": 0, "wrong": 0, "found, no correction": 0, "missed": 0}
    for one in read_learners(wrong):
        findings = checker.check(one.said, "en").findings
        better = corrected(one.said, findings)
        if not findings:
            counts["missed"] += 1
        elif all(finding.replacement is None for finding in findings):
            counts["found, no correction"] += 1
        elif better.lower() in map(str.lower, one.right):
            counts["right"] += 1
        else:
            counts["wrong"] += 1
            print(f"wrong: {one.said} -> {better} {[finding.rule for finding in findings]}")
    print(f"corrections: {counts}")
    good = read_sentences(right)
    flagged = [text for text in good if checker.check(text, "en").findings]
    for text in flagged:
        print(f"found in good English: {text}")
    print(f"good English: {len(flagged)} of {len(good)} flagged")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
