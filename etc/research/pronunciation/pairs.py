"""Measure what becomes of a word when a similar one was said: caught, or praised.

    python etc/research/pronunciation/pairs.py --data CORPUS

Recordings of well-said words are held against texts in which a word one sound apart stands in their
place. The product's own code decides, its classifier trained without the speaker's fold; the first
alignment, that of the shipped classifier, all folds share.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import alone
import classifier
import numpy as np
import torch
from confusable import Confusable
from corpus import FOLDS, Floats, Utterance, load
from listen import audio_of, labels, listen
from safetensors.numpy import load_file

from tutor.adapters.feedback.aligner import Aligner, Encoded
from tutor.adapters.feedback.phones import ASSETS, English
from tutor.adapters.feedback.pronouncer import WEIGHTS, Pronouncer
from tutor.adapters.feedback.rivals import rivals_in
from tutor.adapters.feedback.trained import Trained
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Recogniser, Request
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.feedback.pronunciation.judgeable import reference_words
from tutor.core.feedback.pronunciation.judges import part
from tutor.core.feedback.pronunciation.laying import PRIOR_WEIGHT, lay_phones
from tutor.core.feedback.pronunciation.networks import classify
from tutor.core.feedback.reading.confirming import confirmed
from tutor.core.feedback.reading.passages import locate
from tutor.core.feedback.reading.reading import whole

CHANGED = 2
"""Words of an utterance that are held against a similar one, at most."""

WELL_READ = (8, 9, 9.5)


class Once(Aligner):
    """Encodes a recording only once in a row."""

    _last: tuple[Floats, Encoded] | None = None

    def encode(self, audio: Floats) -> Encoded:
        """Encode, or remember."""
        if self._last is None or self._last[0] is not audio:
            self._last = audio, super().encode(audio)
        return self._last[1]


@dataclass
class Bench:
    """What judges, and what came of it."""

    pronouncers: Sequence[Pronouncer]
    """One for each fold, which has not heard it."""
    recogniser: Recogniser
    cache: Path
    confusable: Confusable
    counts: Counter[tuple[str, str]]
    chance: Random

    def hear(self, name: str, audio: Floats) -> list[RecognisedWord]:
        """What the recogniser makes of a recording, from the cache if it is there."""
        path = self.cache / f"{name}.json"
        if not path.exists():
            heard = self.recogniser.recognise([Request(audio, "en", "final")])[0]
            words = [(w.text, w.start_s, w.end_s, w.confidence) for w in heard.words]
            path.write_text(json.dumps([heard.text, words]), "utf-8")
        return [RecognisedWord(*word) for word in json.loads(path.read_text("utf-8"))[1]]

    def wrong(
        self, fold: int, audio: Floats, heard: Sequence[RecognisedWord], words: Sequence[str],
        *pairs: Sequence[str], heeds: bool = True,
    ) -> set[int]:  # fmt: skip
        """The words that are not right, or doubtful; `heeds`: with a forced choice."""
        passage = whole(locate(words, 0, heard, "en"), words)
        told = Recognition(" ".join(w.text for w in heard), "en", tuple(heard))
        rivals = rivals_in(passage, words, told, pairs) if heeds else None
        found = self.pronouncers[fold].assess(audio, " ".join(words), "en", rivals)
        read = [w for w in confirmed(passage, found, heard).words if w.status != "inserted"]
        return {n for n, word in enumerate(read) if word.status != "matched"}

    def count(self, row: str, **flags: bool) -> None:
        """Count one case, and the columns in which it is flagged."""
        self.counts[row, "n"] += 1
        self.counts.update({(row, column): int(flag) for column, flag in flags.items()})


def main() -> None:
    """Print how many similar words are caught, and how many words falsely flagged."""
    options = _options()
    torch.set_num_threads(1)
    for folder in ("encoded", "heard"):
        (options.cache / folder).mkdir(parents=True, exist_ok=True)
    settings = Settings.load().model_copy(update={"asr_threads": 1, "adaptation": "off"})
    model = resolve_model("base", settings.cache_dir)
    aligner, english = Once(model, 1), English.load()
    corpus = labels(options.data)[: options.limit]
    for label in corpus:
        listen(options.data, options.cache / "encoded", aligner, label["utterance"])
    utterances = load(corpus, options.cache / "encoded")
    shipped = load_file(ASSETS / WEIGHTS)
    targets = [_targets(u, shipped) for u in utterances]
    bench = Bench(
        [Pronouncer(aligner, english, t) for t in _held_out(utterances, targets, shipped)],
        load_recogniser(settings, model), options.cache / "heard", Confusable(english),
        Counter(), Random(5),  # noqa: S311 - reproducible, no secret
    )  # fmt: skip
    for n, word, start, end in alone.words_alone(utterances, targets):
        audio = alone.cut_out(audio_of(options.data, utterances[n].name), start, end)
        name = f"{utterances[n].name}-{word}"
        said = utterances[n].text.split()[word]
        _measure(bench, utterances[n].fold, name, audio, [said], [0], "alone, ")
    for u in utterances[:: options.every]:
        well = [n for n, score in enumerate(u.word_scores) if score >= alone.WELL_SAID]
        audio = audio_of(options.data, u.name)
        right = _measure(bench, u.fold, u.name, audio, reference_words(u.text), well, "")
        for least in (least for least in WELL_READ if u.sentence_scores[0] >= least):
            bench.count(f"sentence {least} or more", **{c: bool(n) for c, n in right.items()})
    _print(bench.counts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of speechocean762")
    home = Path.home() / ".cache" / "voice-tutor"
    parser.add_argument("--cache", type=Path, default=home / "pronunciation")
    parser.add_argument("--limit", type=int, help="only so many utterances")
    parser.add_argument("--every", type=int, default=4, help="one utterance in so many is tried")
    return parser.parse_args()


def _targets(utterance: Utterance, shipped: dict[str, Floats]) -> Any:
    logs = classify(utterance.frames, part(shipped, "classifier."))
    scores = logs - np.float32(PRIOR_WEIGHT) * shipped["prior"]
    return classifier.laid(utterance, lay_phones(scores, utterance.words))


def _held_out(
    utterances: Sequence[Utterance], targets: Sequence[Any], shipped: dict[str, Floats]
) -> Iterator[Trained]:
    """For each fold the shipped judges with a classifier that has not heard it."""
    others = {name: a for name, a in shipped.items() if not name.startswith("classifier.")}
    for fold in range(FOLDS):
        known = [n for n, u in enumerate(utterances) if u.fold != fold]
        chosen = [utterances[n] for n in known], [targets[n] for n in known]
        state = classifier.train(*chosen, epochs=4, seed=10 + fold).state_dict()
        yield Trained(others | {f"classifier.{name}": t.numpy() for name, t in state.items()})


def _measure(
    bench: Bench,
    fold: int,
    name: str,
    audio: Floats,
    words: list[str],
    well: list[int],
    place: str,
) -> dict[str, set[int]]:
    """Hold a recording against its text and against changed ones; what is flagged of the right.

    `well`: the words that were said well; `place`: begins the names of the rows.
    """
    heard = bench.hear(name, audio)
    right = {
        "before": bench.wrong(fold, audio, heard, words, heeds=False),
        "now": bench.wrong(fold, audio, heard, words),
    }
    for n in well:
        bench.count(f"{place}well said", **{column: n in flags for column, flags in right.items()})
    for n in bench.chance.sample(well, min(CHANGED, len(well))):
        similar = bench.confusable.of(words[n])
        if not similar:
            continue
        kind = bench.chance.choice(list(similar))
        other = bench.chance.choice(similar[kind])
        pair = (words[n].lower(), other)
        changed = [*words[:n], other.upper(), *words[n + 1 :]]
        bench.count(
            f"{place}{kind}",
            before=n in bench.wrong(fold, audio, heard, changed, heeds=False),
            now=n in bench.wrong(fold, audio, heard, changed),
            pair=n in bench.wrong(fold, audio, heard, changed, pair),
        )
        bench.count(
            f"{place}well said, beside a pair",
            **{column: n in flags for column, flags in right.items()},
            pair=n in bench.wrong(fold, audio, heard, words, pair),
        )
    return right


def _print(counts: Counter[tuple[str, str]]) -> None:
    print("| what | cases | before | with what was heard | with the pair |")
    for row in sorted({row for row, _ in counts}):
        n = counts[row, "n"]
        shares = (
            f"{100 * counts[row, column] / n:.2f} %" if (row, column) in counts else ""
            for column in ("before", "now", "pair")
        )
        print(f"| {row} | {n} |", " | ".join(shares), "|")


if __name__ == "__main__":
    main()
