"""What learners of English often get wrong in speech and grammar checkers miss.

A rule hardly ever meets good English: a learner who is corrected without need stops listening, so a
rule rather misses an error. No rule looks at spelling, capitals or punctuation: the recogniser
wrote those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tutor.core.feedback.assessment import Finding
from tutor.core.feedback.grammar.rules import Rule


def find(text: str, rules: Iterable[Rule]) -> list[Finding]:
    """All that the rules find in an English transcript, in order, without overlaps.

    Of two rules that find an error at the same place, the earlier one keeps it.
    """
    plain = text.replace("\u2019", "'")
    found = [_finding(rule, match) for rule in rules for match in rule.pattern.finditer(plain)]
    return merged(sorted(found, key=lambda finding: finding.start), ())


def merged(first: Sequence[Finding], second: Iterable[Finding]) -> list[Finding]:
    """The findings of two sources in order; where two overlap, the first source's stays."""
    kept: list[Finding] = []
    for finding in (*first, *second):
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)


def _finding(rule: Rule, match: re.Match[str]) -> Finding:
    start, end = match.span("x" if "x" in rule.pattern.groupindex else 0)
    replacement = rule.replace(match) if rule.replace else None
    if replacement and match.string[start].isupper():
        replacement = replacement[0].upper() + replacement[1:]
    return Finding(start, end, rule.message, replacement, rule.id)
