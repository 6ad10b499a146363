"""What likely words do to a final: where they are said, and where something else is.

    python etc/research/decoding/bench_likely.py                 # by the voice
    python etc/research/decoding/bench_likely.py --data CORPUS   # learners who say no name

The product's recogniser hears everything three times: as it is, with the words as Whisper's own
prompt, and as `vocabulary`. Names: sentences in each of which one of twelve named names is said.
Others: sentences with a word that is easily taken for the named one; that must not come out.
Mistakes: sentences whose right form is named; it must not come out. With `--data`, recordings of
the held-out speakers with the names of one sentence: all words must stay.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import jiwer
import numpy as np

from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.resampler import resample
from tutor.adapters.voice.catalogue import Catalogue
from tutor.core.audio.samples import RATE, Audio, to_float
from tutor.core.text.wording import tokenise
from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.spoken import said

HELD_OUT = "0053 0482 1033 1362 2036 2242 2799 3088 5414 7001 9606 9625".split()
"""The speakers of speechocean762's training half that no weights of ours were trained on."""

NAMES = (
    "Siobhan Kowalczyk Okonkwo Tamsin Ljubljana Marlow Braxton Yusuf Anneliese Quito Zagreb "
    "Priyanka Xiaoming Guadalupe Bjorn Katarzyna Tallinn Nguyen Oluwaseun Brno Eilidh Mbappe "
    "Reykjavik Szymon Fernanda Kaunas Tbilisi Ruaridh Zanele Vilnius"
).split()

CARRIERS = (
    "My friend {} is coming on Friday.",
    "I want to visit {} next summer.",
    "Have you ever met {} before?",
    "The teacher asked {} about the homework.",
    "We talked about {} for an hour.",
)

OTHERS = (
    ("I saw Thompson in the park.", "Tamsin"),
    ("The marlin is a large fish.", "Marlow"),
    ("We bought a sheep at the market.", "ship"),
    ("He is sixty years old.", "sixteen"),
    ("They leave in London.", "live"),
    ("I walk in an office.", "work"),
    ("I had a bed dream last night.", "bad"),
    ("The coast of the ticket is high.", "cost"),
    ("There are tree people here.", "three"),
    ("Please pool the door.", "pull"),
    ("She ate the desert after lunch.", "dessert"),
    ("I like to reed books.", "read"),
    ("We fell very happy.", "feel"),
    ("My hat is in the kitchen.", "heart"),
    ("He has a beard in a cage.", "bird"),
    ("I tink it is late.", "think"),
    ("The whether is nice today.", "weather"),
    ("I would like a glass of vine.", "wine"),
    ("It is a berry good idea.", "very"),
    ("Close your ice, please.", "eyes"),
    ("I need a new pear of shoes.", "pair"),
    ("The boat is on the see.", "sea"),
    ("I put it on the desk top.", "disk"),
    ("My uncle lives in Tallin street.", "Tallinn"),
    ("We met Marla at the station.", "Marlow"),
    ("Her name is Anna Lisa.", "Anneliese"),
    ("He comes from Quebec.", "Quito"),
    ("Joseph is my best friend.", "Yusuf"),
    ("The breakfast was good.", "Braxton"),
    ("I read about the zebra.", "Zagreb"),
)

MISTAKES = (
    ("I goes to school by bus.", "I go to school by bus."),
    ("She don't like coffee.", "She doesn't like coffee."),
    ("He have two brother.", "He has two brothers."),
    ("Yesterday I go to the cinema.", "Yesterday I went to the cinema."),
    ("There is many people here.", "There are many people here."),
    ("I am agree with you.", "I agree with you."),
    ("She can sings very well.", "She can sing very well."),
    ("I have seen him yesterday.", "I saw him yesterday."),
    ("He is more taller than me.", "He is taller than me."),
    ("We was at home.", "We were at home."),
    ("I want go home.", "I want to go home."),
    ("They plays football every day.", "They play football every day."),
    ("Where you live?", "Where do you live?"),
    ("I didn't went there.", "I didn't go there."),
    ("It depends of the weather.", "It depends on the weather."),
    ("I have twenty years.", "I am twenty years old."),
    ("He said me the truth.", "He told me the truth."),
    ("I look forward to see you.", "I look forward to seeing you."),
    ("She is married with a doctor.", "She is married to a doctor."),
    ("I like very much this song.", "I like this song very much."),
    ("I would like a tickets to London.", "I would like a ticket to London."),
    ("Can I have two coffee, please?", "Can I have two coffees, please?"),
    ("I am here since Monday.", "I have been here since Monday."),
    ("My sister work in a bank.", "My sister works in a bank."),
)
"""Sentences with a mistake of grammar, and how they should be: its words are named."""

BESIDE = ("station", "holiday", "Margaret", "breakfast", "kitchen")
"""Words that are named with the one that is not said."""


class Ears:
    """The recogniser, asked in three ways."""

    def __init__(self) -> None:
        settings = Settings.load(asr_threads=1)
        model = resolve_model(settings.model, settings.cache_dir)
        self._recogniser: Recogniser = load_recogniser(settings, model)
        self._voice = Catalogue(settings).load()[0]
        self._random = np.random.default_rng(0)

    def say(self, text: str) -> Audio:
        """A sentence by the packaged voice, in faint noise, as the segmenter cuts it."""
        parts = [self._voice.say(said(one.text, "en"), 1.0).audio for one in split_clauses(text)]
        loud = resample(np.concatenate(parts), self._voice.sample_rate, RATE)
        pcm = np.concatenate([np.zeros(RATE * 3 // 10), loud, np.zeros(RATE // 10)])
        return to_float((pcm + self._random.normal(0, 6, len(pcm))).astype(np.int16))

    def hear(self, audio: Audio, words: Sequence[str]) -> dict[str, str]:
        """What is written, by the way of asking."""
        plain = Request(audio, "en", "final")
        asked = {
            "as it is": plain,
            "prompt": Request(audio, "en", "final", prompt=f"{', '.join(words)}."),
            "vocabulary": Request(audio, "en", "final", vocabulary=tuple(words)),
        }
        return {way: self._recogniser.recognise([one])[0].text for way, one in asked.items()}


def keys(text: str) -> str:
    """A text as the product compares it."""
    return " ".join(token.key for token in tokenise(text.split(), "en"))


def synthetic(ears: Ears, first: int, show: bool) -> None:
    """How often the named word is written: where it is said, and where it is not."""
    told: dict[str, list[tuple[list[str], str, str]]] = {"names": [], "others": [], "mistakes": []}
    for number, name in enumerate(NAMES):
        words = sorted({NAMES[(number + 7 * n) % len(NAMES)] for n in range(12)})
        told["names"].append((words, CARRIERS[number % len(CARRIERS)].format(name), name))
    for text, name in OTHERS:
        told["others"].append((sorted({name, *BESIDE}), text, name))
    for text, right in MISTAKES:
        told["mistakes"].append((sorted(set(right.lower().strip(".?").split())), text, right))
    for kind, asked in told.items():
        written: dict[str, int] = {}
        for words, text, name in asked[: first or None]:
            heard = ears.hear(ears.say(text), words)
            for way, one in heard.items():
                is_there = _is_written(name, one)
                written[way] = written.get(way, 0) + is_there
            if show:
                print(f"  {text}  {heard}")
        print(
            f"{kind}: {len(asked[: first or None])} sentences, the named word is written: {written}"
        )


def _is_written(name: str, heard: str) -> bool:
    """Whether a name is there as it is to be written, or a whole sentence by its words."""
    if " " in name:
        return keys(name) == keys(heard)
    return name in "".join(c if c.isalnum() else " " for c in heard).split()


def learners(ears: Ears, corpus: Path, first: int) -> None:
    """The word error rate of learners who say none of the names."""
    with gzip.open(corpus / "labels.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    rows = sorted(
        (row for row in rows if row["speaker"] in HELD_OUT),
        key=lambda row: (row["utterance"][-3:], row["speaker"]),
    )[: first or None]
    texts: dict[str, list[str]] = {}
    for row in rows:
        audio = to_float(read_audio_file(corpus / "flac" / f"{row['utterance']}.flac"))
        for way, text in ears.hear(audio, NAMES[:10]).items():
            texts.setdefault(way, []).append(keys(text))
    wanted = [keys(row["text"]) for row in rows]
    rates = {way: round(100 * jiwer.wer(wanted, heard), 1) for way, heard in texts.items()}
    print(f"learners: {len(rows)} recordings, WER: {rates}")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the corpus's folder: learners, no voice then")
    parser.add_argument("--first", type=int, default=0, help="only so many; 0: all")
    parser.add_argument("--show", action="store_true", help="print what is written")
    options = parser.parse_args()
    ears = Ears()
    if options.data:
        learners(ears, options.data, options.first)
    else:
        synthetic(ears, options.first, options.show)


if __name__ == "__main__":
    main()
