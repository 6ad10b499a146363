"""How often free talk scores a word that was not said: learners' recordings, recognised as talk.

    python etc/research/pronunciation/free_talk.py --data FOLDER --cache FILE --seconds 500

`FOLDER` is speechocean762's training half, whose texts tell what was said. The evidence on each
recognised word is kept in `FILE`, so that a run goes on where the last one stopped. The weights of
`tutor.core.feedback.free_talk` were fitted to the first 165 utterances in this order; the figures
are of the others, of which some have the same speakers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from typing import Any

from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Request
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import to_float
from tutor.core.feedback.assessment import Assessment, PronouncedWord, Pronunciation
from tutor.core.feedback.free_talk import believed
from tutor.core.text.normal import normalise

FITTED = 165
GREEN = 80
"""The score from which on the page shows a word as good."""


@dataclass(frozen=True)
class Word:
    """A recognised word."""

    right: bool
    """Whether it was said."""
    before: float | None
    """Its score by its sounds alone."""
    after: float | None
    """Its score in free talk."""


def labels(data: Path) -> list[dict[str, Any]]:
    """The utterances in an order by chance that stays the same."""
    with gzip.open(data / "labels.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    Random(7).shuffle(rows)  # noqa: S311 - reproducible, no secret
    return rows


def collect(data: Path, cache: Path, seconds: float) -> None:
    """Add the evidence of more utterances to the cache."""
    done = {row["id"] for row in read_cache(cache)} if cache.exists() else set()
    settings = Settings.load().model_copy(update={"asr_threads": 1})
    model = resolve_model("base", settings.cache_dir)
    recogniser, pronouncer = load_recogniser(settings, model), Pronouncer.load(model)
    until = time.monotonic() + seconds
    with cache.open("a") as file:
        for row in labels(data):
            if time.monotonic() > until:
                return
            if row["utterance"] in done:
                continue
            audio = to_float(read_audio_file(data / "flac" / f"{row['utterance']}.flac"))
            heard = recogniser.recognise([Request(audio, "en", "final")])[0]
            found = pronouncer.assess(audio, heard.text, "en")
            entry = {
                "id": row["utterance"],
                "text": row["text"],
                "heard": heard.text,
                "rec": [(w.text, w.start_s, w.end_s, w.confidence) for w in heard.words],
                "reason": found.reason,
                "words": [asdict(word) for word in found.words],
            }
            file.write(json.dumps(entry) + "\n")


def read_cache(cache: Path) -> list[dict[str, Any]]:
    """The evidence by now."""
    return [json.loads(line) for line in cache.read_text("utf-8").splitlines()]


def words_of(row: dict[str, Any]) -> tuple[bool, float, list[Word]]:
    """Whether an utterance was understood, the share of its words that is right, and the words."""
    rec = tuple(RecognisedWord(*word) for word in row["rec"])
    heard = Recognition(row["heard"], "en", rec)
    sounds = tuple(_pronounced(word) for word in row["words"])
    pronunciation = Pronunciation(80, 80, 80, 80, calibrated=True, words=sounds)
    told = believed(heard, Assessment(pronunciation=pronunciation)).pronunciation
    assert told is not None
    right = list(_right(row["text"], [word.text for word in sounds]))
    after = [word.score for word in told.words] or [None] * len(sounds)
    words = [
        Word(is_right, sound.score, score)
        for is_right, sound, score in zip(right, sounds, after, strict=True)
    ]
    return told.reason is None, sum(right) / max(1, len(right)), words


def _pronounced(word: dict[str, Any] | list[Any]) -> PronouncedWord:
    if isinstance(word, list):
        return PronouncedWord(word[0], 0, 1, word[1], word[2])
    return PronouncedWord(**{**word, "phones": ()})


def _right(text: str, heard: list[str]) -> Iterator[bool]:
    said = [normalise(word) for word in text.split()]
    keys = [normalise(word) for word in heard]
    blocks = SequenceMatcher(None, said, keys, autojunk=False).get_matching_blocks()
    matched = {block.b + n for block in blocks for n in range(block.size)}
    return (n in matched for n in range(len(keys)))


def main() -> None:
    """Collect evidence, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=500)
    args = parser.parse_args()
    if args.seconds:
        collect(args.data, args.cache, args.seconds)
    fitted = {row["utterance"] for row in labels(args.data)[:FITTED]}
    rows = [row for row in read_cache(args.cache) if row["id"] not in fitted]
    found = [words_of(row) for row in rows if row["reason"] is None and row["words"]]
    words = [word for *_, each in found for word in each]
    print(f"{len(found)} utterances, {len(words)} words")
    for name, which in (("misheard", False), ("right", True)):
        group = [word for word in words if word.right is which]
        before = sum((word.before or 0) >= GREEN for word in group) / len(group)
        after = sum((word.after or 0) >= GREEN for word in group) / len(group)
        print(f"{name}: {len(group)}; green {before:.1%} by sounds alone, {after:.1%} in free talk")
    for name, low, high in (("under half of the words right", 0, 0.5), ("80 % or more", 0.8, 1.01)):
        answers = [understood for understood, share, _ in found if low <= share < high]
        refused = sum(not understood for understood in answers)
        print(f"{name}: {len(answers)} utterances; not understood {refused}")


if __name__ == "__main__":
    main()
