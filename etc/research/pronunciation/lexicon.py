"""Build what `tutor/adapters/feedback/phones.py` looks words up in.

The corpus's own lexicon comes out of its labels on every training. CMUdict (`cmudict.dict` of
cmusphinx/cmudict) and g2p-en's network change rarely; to rebuild them:

    python etc/research/pronunciation/lexicon.py \
        cmudict.dict checkpoint20.npz tutor/assets/pronunciation
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

CORRECTED = Path(__file__).with_name("corrections.txt")
"""Pronunciations that stand for what the transcriptions have of a word, where that is a slip."""

INSERTED = re.compile(r"\[[^\]]*\]")
MARKS = re.compile(r"[(){}\[\]]")


def canonical(marked: str) -> tuple[str, ...]:
    """An expert's transcription without marks, stress and what was inserted."""
    sounds = MARKS.sub(" ", INSERTED.sub(" ", marked)).split()
    return tuple(sound.rstrip("012") for sound in sounds)


def corpus_lexicon(
    utterances: Iterable[dict[str, Any]], corrected: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, tuple[str, ...]]:
    """Each word's commonest sounds in the transcriptions; of the words in `corrections.txt`,
    or in `corrected`, those that stand there."""
    counts: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for utterance in utterances:
        for word in utterance["words"]:
            counts[word["text"].lower()].update(canonical(marked) for marked in word["phones"])
    found = {word: counted.most_common(1)[0][0] for word, counted in counts.items()}
    return dict(sorted((found | (corrections() if corrected is None else corrected)).items()))


def corrections(path: Path = CORRECTED) -> dict[str, tuple[str, ...]]:
    """The entries of the file of corrections: a word and its sounds on each line."""
    lines = (line.split() for line in path.read_text("utf-8").splitlines() if line[:1] != "#")
    return {word: tuple(sounds) for word, *sounds in lines}


def write_lexicon(lexicon: dict[str, tuple[str, ...]], path: Path) -> None:
    """A word and its sounds on each line."""
    path.write_text("".join(f"{word} {' '.join(s)}\n" for word, s in lexicon.items()), "utf-8")


def plain_cmudict(source: str) -> bytes:
    """CMUdict's pronunciations of each word of letters, sorted by bytes.

    The first one stands under the word, the second one under "word(2)", and so on.
    """
    found = (line.split(" #")[0].split() for line in source.splitlines())
    lines = [
        f"{word} {' '.join(sounds)}".encode()
        for word, *sounds in found
        if re.fullmatch(r"[a-z]+('[a-z]+)*(\(\d\))?", word)
    ]
    return b"\n".join(sorted(lines))


def main() -> None:
    """Write `cmudict.txt.gz` and `g2p.safetensors`."""
    cmudict, checkpoint, out = map(Path, sys.argv[1:])
    packed = gzip.compress(plain_cmudict(cmudict.read_text("utf-8")), 9, mtime=0)
    (out / "cmudict.txt.gz").write_bytes(packed)
    with np.load(checkpoint, allow_pickle=False) as arrays:
        half = {name: arrays[name].astype(np.float16) for name in arrays.files}
    save_file(half, out / "g2p.safetensors")


if __name__ == "__main__":
    main()
