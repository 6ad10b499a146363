"""How often `auto` chooses another language than was spoken, by what it knows beforehand.

    python etc/research/adaptation/chosen.py --out FOLDER

FOLDER: what `clips.py` has kept. `FAMILIAR`, `PRIOR` and `ACCENT` of `tutor/core/text/expected.py`
were chosen on every second of the learners (first figure); the second figure is of the others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean
from unittest import mock

from tutor.core.text import expected
from tutor.core.text.expected import Expected

TAUGHT = Expected(("de", "en", "es", "fr", "ru"))
NATIVE = "zh"
"""The learners' own language."""


@dataclass(frozen=True)
class Clip:
    """A clip, and the probabilities of its languages."""

    speaker: str
    language: str
    found: dict[str, float]


KNOWLEDGE = {
    "nothing": (Expected(), False),
    "what is taught": (TAUGHT, False),
    "what is taught, and the learners' own": (TAUGHT.practised("", NATIVE), False),
    "what is practised": (TAUGHT, True),
    "what is practised, and the learners' own": (TAUGHT.practised("", NATIVE), True),
}
"""What is expected, and whether the language that is spoken is known to be practised."""


def kept(path: Path) -> list[Clip]:
    """The clips of a file, each once."""
    lines = {one["name"]: one for one in map(json.loads, path.read_text().splitlines())}
    return [Clip(one["speaker"], one["language"], one["found"]) for one in lines.values()]


def halves(clips: list[Clip]) -> Iterator[tuple[str, list[Clip]]]:
    """The learners who choose, the others, and the natives by language."""
    speakers = sorted({clip.speaker for clip in clips if clip.language == "en"})
    for name, some in (("en, chosen on", speakers[::2]), ("en", speakers[1::2])):
        yield name, [clip for clip in clips if clip.speaker in some]
    for language in sorted({clip.language for clip in clips} - {"en"}):
        yield language, [clip for clip in clips if clip.language == language]


def wrong(clips: list[Clip], known: Expected, is_practised: bool, encoded_for: str) -> float:
    """Percent of clips whose language is not chosen."""
    chosen = [
        known.after(clip.language if is_practised else "").chosen(clip.found, encoded_for)
        for clip in clips
    ]
    return 100 * fmean(one != clip.language for one, clip in zip(chosen, clips, strict=True))


def main() -> None:
    """Print the figures of each encoder and cut."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--choose", action="store_true", help="by other constants, too")
    asked = parser.parse_args()
    for path in sorted(asked.out.glob("*.jsonl")):
        ear = "en" if path.stem.startswith("adapted") else ""
        parts = dict(halves(kept(path)))
        print(f"{path.stem}:", ", ".join(f"{len(some)} {name}" for name, some in parts.items()))
        for what, known in KNOWLEDGE.items():
            figures = [f"{name} {wrong(some, *known, ear):.1f}" for name, some in parts.items()]
            print(f"  knows {what}: {', '.join(figures)}")
        for familiar, prior, accent in product((1, 1.5, 2), (0.5, 1, 2), (2, 3, 4)):
            if asked.choose:
                values = {"FAMILIAR": familiar, "PRIOR": prior, "ACCENT": accent}
                with ExitStack() as stack:
                    for name, value in values.items():
                        stack.enter_context(mock.patch.object(expected, name, value))
                    own = [wrong(parts["en, chosen on"], *one, ear) for one in KNOWLEDGE.values()]
                print(f"  {values}: {' '.join(f'{figure:.1f}' for figure in own)}")


if __name__ == "__main__":
    main()
