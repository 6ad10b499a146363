"""The mean of two trainings, one of which went on from the other (Wortsman et al. 2022, WiSE-FT).

    python etc/research/adaptation/mean.py --cache build/adaptation --out FILE BEFORE.pt AFTER.pt

What the second has learned is there at half the way, and what it has forgotten is not forgotten.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from train import RANK
from whisper import AdaptedWhisper

from tutor.adapters.speech.models.adaptation import save_update
from tutor.adapters.speech.models.ctranslate2_file import read_model
from tutor.adapters.speech.models.weights import WHISPER_BASE, join_model


def main() -> None:
    """Write the mean's update."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("checkpoints", type=Path, nargs=2)
    asked = parser.parse_args()
    whisper = AdaptedWhisper(read_model(join_model(WHISPER_BASE, asked.cache) / "model.bin"), RANK)
    trained = [parameter for parameter in whisper.parameters() if parameter.requires_grad]
    kept = [torch.load(path, weights_only=True)["parameters"] for path in asked.checkpoints]
    with torch.no_grad():
        for parameter, before, after in zip(trained, *kept, strict=True):
            parameter.copy_((before + after) / 2)
    save_update(dict(whisper.factors()), asked.out)


if __name__ == "__main__":
    main()
