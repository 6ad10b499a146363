"""How often `auto` chooses another language than was spoken, by what it knows beforehand.

    python etc/research/adaptation/chosen.py --out FOLDER

FOLDER: what `clips.py` has kept. Half of the learners choose the prior, on the other half and on
the natives the figures are taken. A native's language is the target only where that is said.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from unittest import mock

from tutor.core.text import expected
from tutor.core.text.expected import Expected

TAUGHT = ("de", "en", "es", "fr", "ru")
NATIVE = "zh"
"""The learners' own language."""

PRIORS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class Clip:
    """A clip, and the probabilities of its languages."""

    speaker: str
    language: str
    found: dict[str, float]


def wrong(clips: Iterable[Clip], known: Expected, prior: float = 0.0) -> float:
    """Percent of clips whose language is not chosen."""
    with mock.patch.object(expected, "PRIOR", prior):
        return 100 * fmean(known.chosen(clip.found) != clip.language for clip in clips)


def main() -> None:
    """Print the figures, a line for each encoder, cut and knowledge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    for path in sorted(asked.out.glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        clips = [Clip(one["speaker"], one["language"], one["found"]) for one in lines]
        learners = [clip for clip in clips if clip.language == "en"]
        speakers = sorted({clip.speaker for clip in learners})
        chooses = [clip for clip in learners if clip.speaker in speakers[::2]]
        measures = [clip for clip in learners if clip.speaker in speakers[1::2]]
        natives = {
            code: [clip for clip in clips if clip.language == code] for code in ("es", "fr", "ru")
        }
        print(
            f"{path.stem}: {len(chooses)} and {len(measures)} clips of learners, "
            + ", ".join(f"{len(own)} {code}" for code, own in natives.items())
        )
        for what, known in {
            "any language": Expected(),
            "taught": Expected(TAUGHT),
            "taught and their own": Expected(TAUGHT).practised("", NATIVE),
        }.items():
            print(f"  {what}: learners {wrong(measures, known):.1f}", end="")
            print("".join(f", {code} {wrong(own, known):.1f}" for code, own in natives.items()))
        for prior in PRIORS:
            own = Expected(TAUGHT).practised("en", NATIVE)
            alone = Expected(TAUGHT, "en")
            figures = [wrong(chooses, own, prior), wrong(measures, own, prior)]
            figures += [wrong(chooses, alone, prior), wrong(measures, alone, prior)]
            print(
                f"  target en, prior {prior}: with their own {figures[0]:.1f} {figures[1]:.1f}, "
                f"without {figures[2]:.1f} {figures[3]:.1f}",
                end="",
            )
            for code, clips_of in natives.items():
                right, other = Expected(TAUGHT, code), Expected(TAUGHT, "en")
                print(
                    f"; {code} as target {wrong(clips_of, right, prior):.1f}, "
                    f"with target en {wrong(clips_of, other, prior):.1f}",
                    end="",
                )
            print()


if __name__ == "__main__":
    main()
