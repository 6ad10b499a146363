"""Let voices say the sentences of `said_wrong.txt`, right and wrong, for `caught.py`.

    python etc/research/pronunciation/say.py --kokoro package/voices --out RECORDINGS

`voices.py` says what has to be installed. What is there already is kept, so that the command may
be stopped and run again; `--seconds` stops it by itself. About 25 minutes of one core in all.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import monotonic

import numpy as np
from said_wrong import FIRST, JOE, shuffled, trials
from voices import Voices


def main() -> None:
    """Make what is missing, the fast voice first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kokoro", type=Path, required=True, help="folder of Kokoro's voices")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--list", type=Path, default=FIRST, help="of sentences")
    parser.add_argument("--half", choices=("choose", "measure"), help="only this half")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    voices, until = Voices(options.kokoro), monotonic() + options.seconds
    wanted = {
        trial.recording.name: trial.recording
        for trial in trials(options.list)
        if options.half in (None, trial.half)
    }
    missing = [r for name, r in wanted.items() if not (options.out / f"{name}.npy").exists()]
    for recording in sorted(shuffled(missing, lambda r: r.name), key=lambda r: r.voice != JOE):
        if monotonic() > until:
            break
        sound = voices.speak(recording.said, recording.voice, recording.pace)
        np.save(options.out / recording.name, (sound * 32767).round().astype(np.int16))
        missing.remove(recording)
    print(f"{len(missing)} of {len(wanted)} recordings are still to be made")


if __name__ == "__main__":
    main()
