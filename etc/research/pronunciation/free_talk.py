"""How often free talk scores a word that was not said: learners' recordings, recognised as talk.

    python etc/research/pronunciation/free_talk.py --data FOLDER --cache FILE --seconds 500 --fit

`FOLDER` is speechocean762's training half, whose texts tell what was said. Only speakers count that
the adapted recogniser has not heard (`HELD_OUT`). The evidence on each recognised word is kept in
`FILE`, so that a run goes on where the last one stopped. The weights of
`tutor.core.feedback.free_talk` are fitted to every second of these speakers (`--fit` prints them),
the figures are of the others.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Request
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import to_float
from tutor.core.feedback.assessment import Assessment, PronouncedWord, Pronunciation
from tutor.core.feedback.free_talk import believed, evidence
from tutor.core.text.normal import normalise

HELD_OUT = tuple("0053 0482 1033 1362 2036 2242 2799 3088 5414 7001 9606 9625".split())
"""The speakers on whom the adaptation was measured; `etc/research/adaptation/train.py` has them."""
FITTED = frozenset(HELD_OUT[::2])
"""Those to whom the weights are fitted."""
RIDGE, STEPS = 1.0, 50
"""The penalty of the weights, and Newton's steps."""
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
    """The utterances of held-out speakers in an order by chance that stays the same."""
    with gzip.open(data / "labels.jsonl.gz", "rt") as file:
        rows = [row for row in map(json.loads, file) if row["speaker"] in HELD_OUT]
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
                "speaker": row["speaker"],
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


def fit(rows: Sequence[dict[str, Any]], *, by_sound: bool) -> list[float]:
    """The weights of a logistic regression of whether each word was said."""
    facts, right = [], []
    for row in rows:
        heard = Recognition(row["heard"], "en", tuple(RecognisedWord(*w) for w in row["rec"]))
        sounds = tuple(_pronounced(word) for word in row["words"])
        found = Pronunciation(80, 80, 80, 80, calibrated=by_sound, words=sounds)
        said = _right(row["text"], [word.text for word in sounds])
        for word, known, is_right in zip(sounds, evidence(heard, found), said, strict=True):
            if word.score is not None:  # such a word counts as not said, whatever the weights are
                facts.append(known)
                right.append(is_right)
    x, y = np.array(facts), np.array(right, float)
    weights = np.zeros(x.shape[1])
    penalty = RIDGE * np.diag([*[1.0] * (x.shape[1] - 1), 0.0])
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (y - share) - penalty @ weights
        weights = weights + np.linalg.solve((x.T * (share * (1 - share))) @ x + penalty, slope)
    print(f"fitted to {len(y)} words of {len(rows)} utterances, {1 - y.mean():.0%} misheard")
    return [round(float(weight), 3) for weight in weights]


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
    parser.add_argument("--fit", action="store_true", help="print the weights, too")
    args = parser.parse_args()
    if args.seconds:
        collect(args.data, args.cache, args.seconds)
    kept = read_cache(args.cache)
    if args.fit:
        of_fit = [r for r in kept if r["speaker"] in FITTED and r["reason"] is None and r["words"]]
        print("by sound", fit(of_fit, by_sound=True), "by ear", fit(of_fit, by_sound=False))
    rows = [row for row in kept if row["speaker"] not in FITTED]
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
