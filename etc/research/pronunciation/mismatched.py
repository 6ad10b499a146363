"""Hold readings against texts that were not read, and half-read ones: what is the learner told?

    python etc/research/pronunciation/mismatched.py --keep FOLDER --recordings RECORDINGS
    python etc/research/pronunciation/mismatched.py --keep FOLDER --sounds SOUNDS --language es
    python etc/research/pronunciation/mismatched.py --keep FOLDER --data CORPUS

The recordings are those of `evidence.py`, whose memory serves here (FOLDER): only texts are new, so
hundreds of pairs cost a minute. Each reading is held against another text of the same source that
is as long (a word more or less), and against one of any length; both share less than a third of
the shorter one's words with what was read. In a session and as an upload. Two readings of a source
that follow each other make a half-read text: the first one's text with another one's behind it,
of which only the first half was read. `--half` counts those alone that thresholds did not look at.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from caught import percent
from evidence import Bench, Case, learners, natives, said_wrong
from listen import labels
from native import SENTENCE, texts_of
from said_wrong import HERE, LARGE, sentences
from wrong_texts import LITTLE_SHARED, NEAR_POINTS, completeness, is_other, shared, show

from tutor.adapters.feedback.assessor import assess_reading
from tutor.adapters.speech.cutter import Cutter, cut_reading
from tutor.adapters.speech.vad import Vad
from tutor.core.audio.samples import Audio, Samples, to_float
from tutor.core.feedback.assessment import Assessment
from tutor.core.feedback.pronunciation.judgeable import reference_words
from tutor.core.feedback.reading.reading import Window
from tutor.core.text.wording import split_words

Reading = tuple[Case, Audio]


def readings(cases: Iterable[tuple[Case, Samples]]) -> Iterator[Reading]:
    """Right readings that are one utterance, as `evidence.py` heard them; each recording once."""
    vad, done = Vad(), set[str]()
    for case, audio in cases:
        name = case.name.split(" / ")[0]
        if case.kind != "right" or name in done:
            continue
        done.add(name)
        parts = list(cut_reading([audio], Cutter(vad))) if case.is_cut else [(0, audio)]
        if len(parts) == 1:
            yield case, to_float(parts[0][1])


def others(text: str, texts: list[str], chance: Random) -> dict[str, str]:
    """Texts that were not read: one as long, and one of any length."""
    strange = [t for t in texts if shared(t, text) < LITTLE_SHARED]
    size = len(text.split())
    near = [t for t in strange if abs(len(t.split()) - size) <= 1]
    return {
        "another text as long": chance.choice(near or strange),
        "another text": chance.choice(strange),
    }


class Judge:
    """Judges readings of any text by what `evidence.py` keeps."""

    def __init__(self, bench: Bench, language: str) -> None:
        self._bench = bench
        self._language = language
        bench.pronouncer.told = []

    def judge(self, audio: Audio, text: str, *, is_all: bool) -> Assessment:
        """What the product says of a reading."""
        heard = self._bench.recogniser.hear(audio, self._language)
        window = Window(split_words(text, self._language), 0)
        return assess_reading(self._bench.pronouncer, audio, heard, window, (), is_all=is_all)

    def tell(self, row: str, case: Case, found: Assessment, audio: Audio, text: str) -> None:
        """Print a case that is to be read."""
        heard = self._bench.recogniser.hear(audio, self._language).text
        print(f"  {row}: {case.name}, read {case.text!r}: {show(found, text, heard)}")


MODES = {"session": False, "upload": True}


class Count:
    """How many cases of a row there are, and how many are told rightly."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._counts: Counter[tuple[str, bool]] = Counter()

    def other(self, case: Case, audio: Audio, row: str, text: str) -> None:
        """Hold a reading against a text that was not read."""
        for mode, is_all in MODES.items():
            found = self._judge.judge(audio, text, is_all=is_all)
            self._add(f"{row}, {mode}", case, found, audio, text, good=is_other(found))

    def half(self, case: Case, audio: Audio, unread: str) -> None:
        """Hold a reading against its text and another one, before it and behind it."""
        read, more = (text.rstrip(".!?") + "." for text in (case.text, unread))
        truth = 100 * len(read.split()) / len(f"{read} {more}".split())
        for row, text in (("first", f"{read} {more}"), ("second", f"{more} {read}")):
            found = self._judge.judge(audio, text, is_all=True)
            near = abs(completeness(found, text) - truth) <= NEAR_POINTS
            self._add(f"half read, the {row} one", case, found, audio, text, good=near)

    def _add(
        self, row: str, case: Case, found: Assessment, audio: Audio, text: str, *, good: bool
    ) -> None:
        self._counts[row, True] += good
        self._counts[row, False] += not good
        if not good:
            self._judge.tell(row, case, found, audio, text)

    def print(self) -> None:
        """The table."""
        print("| held against | cases | told as another text; or completeness within 10 points |")
        print("| --- | --- | --- |")
        for row in dict.fromkeys(row for row, _ in self._counts):
            good = self._counts[row, True]
            n = good + self._counts[row, False]
            print(f"| {row} | {n} | {good} ({percent(good, n)}) |")


def measure(judge: Judge, cases: Iterable[Reading], texts: list[str], until: float) -> None:
    """Try every reading, and print the table."""
    count = Count(judge)
    for case, audio in cases:
        if time.monotonic() > until:
            break
        other = others(case.text, texts, Random(case.name))  # noqa: S311 - reproducible
        for row, text in other.items():
            count.other(case, audio, row, text)
        count.half(case, audio, other["another text as long"])
    count.print()


def main() -> None:
    """Measure one source."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--recordings", type=Path, help="what say.py made of the large list")
    source.add_argument("--sounds", type=Path, help="where packages of prompts were unpacked")
    source.add_argument("--data", type=Path, help="folder of speechocean762")
    parser.add_argument("--language", default="en", help="of the prompts")
    parser.add_argument("--keep", type=Path, required=True, help="what evidence.py filled")
    parser.add_argument("--half", choices=("choose", "measure"), default="measure")
    parser.add_argument("--every", type=int, default=4, help="as evidence.py was told")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    if options.recordings:
        path = HERE / f"{LARGE}.txt"
        cases, texts = said_wrong(options.recordings, path), {one.text for one in sentences(path)}
    elif options.sounds:
        listed = texts_of(options.sounds, options.language).values()
        cases = natives(options.sounds, options.language)
        texts = {text for text in listed if len(reference_words(text)) >= SENTENCE}
    else:
        cases, texts = (
            learners(options.data, options.every),
            {row["text"] for row in labels(options.data)},
        )
    chosen = (pair for pair in cases if pair[0].half == options.half)
    language = options.language if options.sounds else "en"
    judge = Judge(Bench(options.keep, as_shipped=True), language)
    measure(judge, readings(chosen), sorted(texts), time.monotonic() + options.seconds)


if __name__ == "__main__":
    main()
