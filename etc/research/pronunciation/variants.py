"""Try other judges beside the shipped recipe, on folds of speakers that they have not heard.

    python etc/research/pronunciation/variants.py --data CORPUS --cache FOLDER

`describing.py` says what they learn from: of the scored fold it has heard sounds, never scores.
`VARIANTS` (`fits.py`) are fitted one by one and kept in the cache: a run that is ended
(`--seconds`) goes on where it was. Each row of the table: Pearson, Spearman and the root mean
square error, and F1 of mispronounced phones; others say what the speaker's earlier sentences add.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import agreement
import numpy as np
import torch
from corpus import SENTENCE
from describing import Item, described, say
from fits import Fit, Judged, of_head, of_sentences, of_trees

from tutor.core.feedback.pronunciation.judges import TREES_SHARE
from tutor.core.feedback.pronunciation.networks import Scores

VARIANTS: dict[str, Fit] = {
    "trees": of_trees(set()),
    "trees free": of_trees({"free"}),
    "trees shares": of_trees({"between", "shares"}),
    "sentences": of_sentences,
    "head 0": of_head(set(), 0),
    "trees free shares": of_trees({"free", "between", "shares"}),
    "trees between": of_trees({"between"}),
    "trees free shares agreed": of_trees({"free", "between", "shares", "agreed"}),
    "trees free shares long": of_trees({"free", "between", "shares", "long"}),
    "head 1": of_head(set(), 1),
    "head between": of_head({"between"}, 0),
    "head voiceless": of_head({"voiceless"}, 0),
    "head centred": of_head({"centred"}, 0),
    "head free": of_head({"free"}, 0),
    "head 2": of_head(set(), 2),
    "head 3": of_head(set(), 3),
    "head long": of_head({"long"}, 0),
}


def scored(options: argparse.Namespace, items: list[Item], name: str) -> Judged | None:
    """What a variant says of all chosen folds; None: there was no time."""
    found: Judged = {}
    for fold in options.folds:
        kept = options.cache / f"{name}.{fold}.pkl"
        if not kept.exists():
            if options.is_over():
                return None
            kept.write_bytes(pickle.dumps(VARIANTS[name](items, fold)))
        found |= pickle.loads(kept.read_bytes())  # noqa: S301 - this script's own
    return found


MIXES = {
    "one head": (("head 0",), "trees", ""),
    "as shipped": (("head 0", "head 1"), "trees", ""),
    "trees with free bounds": (("head 0",), "trees free", ""),
    "trees of shares": (("head 0",), "trees shares", ""),
    "both": (("head 0",), "trees free shares", ""),
    "both, two heads, trees for sentences, too": (
        ("head 0", "head 1"),
        "trees free shares",
        "sentences",
    ),
    "trees for sentences, too": (("head 0",), "trees", "sentences"),
    "four heads": (("head 0", "head 1", "head 2", "head 3"), "trees", ""),
}
"""Heads, trees for phones and words, trees for sentences, which count a half."""


MEANS = (("trees", "trees shares"), ("trees free", "trees shares"))
"""Trees whose mean is looked at, without heads."""

KNOWN = 5
"""Earlier sentences of a speaker from which on the later ones are looked at by themselves."""


def mean_of(several: Sequence[Judged]) -> Judged:
    """The mean of trees for phones and words."""
    return {
        n: Scores(
            np.mean([one[n].phones for one in several], 0),
            np.mean([one[n].words for one in several], 0),
            first.sentence,
        )
        for n, first in several[0].items()
    }


def mixed(heads: Sequence[Judged], trees: Judged, sentences: Judged | None) -> Judged:
    """The mean of heads, and trees with their share."""
    found = {}
    for n, grown in trees.items():
        phones = np.mean([one[n].phones for one in heads], 0)
        words = np.mean([one[n].words for one in heads], 0)
        sentence = np.mean([one[n].sentence for one in heads], 0)
        found[n] = Scores(
            (1 - TREES_SHARE) * phones + TREES_SHARE * grown.phones,
            (1 - TREES_SHARE) * words + TREES_SHARE * grown.words,
            (sentence + sentences[n].sentence) / 2 if sentences else sentence,
        )
    return found


def rows_of(items: list[Item], found: Judged) -> list[dict[str, Any]]:
    """As `train.py --scores` writes them and `agreement.py` reads them."""
    rows = []
    for n, said in sorted(found.items()):
        u = items[n].utterance
        own = {name: said.sentence[[k]] for k, name in enumerate(SENTENCE) if len(said.sentence)}
        given = {name: u.sentence_scores[[k]] for k, name in enumerate(SENTENCE)}
        own |= {"word": said.words, "phone": said.phones}
        given |= {"word": u.word_scores, "phone": u.phone_scores}
        given["phone mean"] = items[n].phone_means
        rows.append({"speaker": u.speaker, "fold": u.fold, "scores": own, "experts": given})
    return rows


def report(name: str, items: list[Item], found: Judged) -> None:
    """A row: Pearson, Spearman and the error of each kind of score, and F1 of wrong phones."""
    rows, cells = rows_of(items, found), []
    for kind in (*SENTENCE, "word", "phone"):
        is_judged = len(rows[0]["scores"].get(kind, ()))
        cells.append("/".join(agreement.measured(rows, kind)) if is_judged else "")
    has_others = len({row["fold"] for row in rows}) > 1  # F1's bound comes from other folds
    wrong = f"{agreement.mispronounced(rows):.3f}" if cells[-1] and has_others else ""
    say(f"| {name} | {' | '.join(cells)} | {wrong} |")


def report_speakers(name: str, items: list[Item], found: Judged) -> None:
    """Rows of sentences' scores that know the speaker's earlier ones: of all, and of later ones
    beside what each of these has by itself."""
    rows = rows_of(items, found)
    table: defaultdict[str, list[str]] = defaultdict(list)
    for kind in SENTENCE:
        own, given = agreement.pairs_of(rows, kind)
        late = np.array([count for _, count in agreement.before(rows, kind)]) >= KNOWN
        for how, scores in (
            ("by itself", own),
            ("with the speaker's earlier ones", agreement.with_speaker(rows, kind)),
        ):
            table[how].append(_measured(scores, given))
            table[f"{how}, after {KNOWN} or more"].append(_measured(scores[late], given[late]))
    for how, cells in table.items():
        say(f"| {name}, {how} | {' | '.join(cells)} |")


def _measured(own: agreement.Floats, given: agreement.Floats) -> str:
    measures = agreement.pearson, agreement.spearman, agreement.rmse
    return "/".join(f"{measure(own, given):.3f}" for measure in measures)


_began = time.monotonic()


def main() -> None:
    """Describe, fit variants while there is time, print the table."""
    home = Path.home() / ".cache" / "voice-tutor"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--whisper", type=Path, default=home)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--folds", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--only", nargs="*", help="names of variants")
    options = parser.parse_args()
    options.is_over = lambda: time.monotonic() - _began > options.seconds
    torch.set_num_threads(1)
    items = described(options)
    judged = {}
    for name in options.only or VARIANTS:
        found = scored(options, items, name)
        if found is not None:
            judged[name] = found
            report(name, items, found)
    for names in MEANS:
        if set(names) <= set(judged):
            report(f"mean of {', '.join(names)}", items, mean_of([judged[one] for one in names]))
    if "sentences" in judged:
        report_speakers("sentences", items, judged["sentences"])
    for name, (heads, trees, sentences) in MIXES.items():
        if {*heads, trees, sentences} - {""} <= set(judged):
            all_heads = [judged[one] for one in heads]
            found = mixed(all_heads, judged[trees], judged.get(sentences))
            report(name, items, found)
            report_speakers(name, items, found)


if __name__ == "__main__":
    main()
