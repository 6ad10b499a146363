"""Words of a text that were said in another place: left out here and added there are one fault."""

from __future__ import annotations

from dataclasses import replace

from tutor.core.feedback.assessment import Passage
from tutor.core.text.normal import normalise


def told_once(passage: Passage) -> tuple[Passage, tuple[str, ...]]:
    """The passage without the words that were left out in one place and added in another one, and
    these words as the text has them."""
    added: dict[str, list[int]] = {}
    for n, word in enumerate(passage.words):
        if word.status == "inserted" and (key := normalise(word.text)):
            added.setdefault(key, []).append(n)
    moved: dict[int, int] = {}
    for n, word in enumerate(passage.words):
        if word.status == "omitted" and (there := added.get(normalise(word.text))):
            moved[n] = there.pop(0)
    told_twice = {*moved, *moved.values()}
    kept = tuple(word for n, word in enumerate(passage.words) if n not in told_twice)
    return replace(passage, words=kept), tuple(passage.words[n].text for n in moved)
