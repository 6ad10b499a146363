"""Measure how readings of native speakers are judged: prompts of the Asterisk telephone exchange.

    apt-get download asterisk-core-sounds-en asterisk-core-sounds-en-g722   # also ru, fr, es, it
    for package in asterisk-*.deb; do dpkg -x $package FOLDER; done
    python etc/research/pronunciation/native.py --sounds FOLDER --language en

One professional speaker a language; 16 kHz; CC BY-SA 3.0, the Russian ones CC BY 3.0. Some texts
differ from what was said ("DNS" for "D N S"): what was flagged is printed, to be read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import wave
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from tutor.adapters.settings import Settings
from tutor.core.audio.samples import RATE
from tutor.core.feedback.pronunciation.judgeable import reference_words
from tutor.shells.cli.assess import assess_manifest

SENTENCE = 3
"""Words of a text that counts as a sentence, at least."""


def texts_of(sounds: Path, language: str) -> dict[str, str]:
    """What each prompt says, by its name; without noises and what a program fills in."""
    listed = next(sounds.rglob(f"core-sounds-{language}.txt.gz"))
    with gzip.open(listed, "rt", encoding="utf-8") as lines:
        pairs = [line.split(":", 1) for line in lines if ":" in line and not line.startswith(";")]
    texts = {name.strip(): " ".join(text.split()) for name, text in pairs}
    return {name: text for name, text in texts.items() if text and not set(text) & set("[](){}<>")}


def convert(source: Path, target: Path) -> None:
    """From G.722 to WAV."""
    with av.open(str(source), format="g722") as container:
        frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.concatenate(frames).astype(np.int16).tobytes())


def assess(sounds: Path, language: str, folder: Path) -> list[dict[str, Any]]:
    """Each prompt's report, as `tutor assess --manifest --transcribe` gives it."""
    found = {
        path.relative_to(root).with_suffix("").as_posix(): path
        for root in sounds.rglob(f"{language}_*")
        if root.is_dir() and not root.is_symlink()
        for path in root.rglob("*.g722")
    }
    lines = []
    for n, (name, text) in enumerate(texts_of(sounds, language).items()):
        if name in found:
            convert(found[name], folder / f"{n}.wav")
            lines.append(json.dumps({"audio": f"{n}.wav", "text": text}))
    manifest, out = folder / "in.jsonl", folder / "out.jsonl"
    manifest.write_text("\n".join(lines))
    assess_manifest(Settings.load(), manifest, out, language, transcribe=True)
    return [json.loads(line) for line in out.read_text().splitlines()]


def wrong_words(found: dict[str, Any]) -> list[str]:
    """Words that count as omitted or substituted."""
    return [word["text"] for word in found.get("words", []) if word["error"] is not None]


def summarise(name: str, reports: list[dict[str, Any]]) -> None:
    """Print how many were blamed, and with what."""
    scored = [found for found in reports if found.get("total") is not None]
    blamed = [found for found in scored if wrong_words(found)]
    words = sum(len(found["words"]) for found in scored)
    flagged = sum(len(wrong_words(found)) for found in scored)
    totals = np.array([found["total"] for found in scored])
    print(f"\n{name}: {len(reports)}, scored {len(scored)}")
    print(f"a word flagged: {len(blamed)} ({len(blamed) / len(scored):.1%})")
    print(f"words: {words}, flagged {flagged} ({flagged / words:.2%})")
    print("total, quantiles .05 .25 .5:", np.quantile(totals, [0.05, 0.25, 0.5]).round(1))
    for found in reports:
        if found.get("total") is None or wrong_words(found):
            why = found.get("error") or ", ".join(wrong_words(found))
            print(f"  {found['text']!r}, heard {found.get('transcript')!r}: {why}")


def main() -> None:
    """Measure one language."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sounds", type=Path, required=True, help="where packages were unpacked")
    parser.add_argument("--language", default="en")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        reports = assess(arguments.sounds, arguments.language, Path(folder))
    long = [len(reference_words(found["text"])) >= SENTENCE for found in reports]
    by_length = list(zip(reports, long, strict=True))
    summarise("sentences", [found for found, is_long in by_length if is_long])
    summarise("one or two words", [found for found, is_long in by_length if not is_long])


if __name__ == "__main__":
    main()
