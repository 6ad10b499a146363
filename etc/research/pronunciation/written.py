"""Measure whether how a text is written stands in its reader's way.

    python etc/research/pronunciation/written.py

Every line of `written_forms.txt` is a text and the words in which somebody reads it. Held against
them as if a recogniser had written them so, every word of the text has to match, and none may be
added. A share of the words must not match when something else is said (`--swap`: the next line's
words of the same language), which shows that not anything goes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.passages import locate
from tutor.core.feedback.reading.reading import whole
from tutor.core.text.wording import split_words

FORMS = Path(__file__).with_name("written_forms.txt")


@dataclass(frozen=True)
class Form:
    """A text, and what is said when it is read."""

    language: str
    written: str
    said: str


def forms(path: Path = FORMS) -> Iterator[Form]:
    """All lines; a text may go on over several of them, up to its second bar."""
    pending = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        pending += f"\n{line}" if pending else line
        if pending.count("|") == 2:
            yield Form(*pending.split("|"))
            pending = ""


def held(form: Form, said: str) -> Passage:
    """A text as it is held against what was recognised."""
    words = split_words(form.written, form.language)
    heard = [
        RecognisedWord(word, 0.4 * n, 0.4 * n + 0.39, 0.9) for n, word in enumerate(said.split())
    ]
    return whole(locate(words, 0, heard, form.language), words)


def wrong(passage: Passage) -> list[tuple[str, str, str | None]]:
    """The words that do not match, and those that were added."""
    return [(w.text, w.status, w.heard) for w in passage.words if w.status != "matched"]


def main() -> None:
    """Print what does not match, and how many do, by language."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--forms", type=Path, default=FORMS)
    parser.add_argument(
        "--swap", action="store_true", help="hold each against the next one's words"
    )
    options = parser.parse_args()
    every = list(forms(options.forms))
    counts: Counter[tuple[str, str]] = Counter()
    for n, form in enumerate(every):
        others = [one for one in every[n + 1 :] + every[:n] if one.language == form.language]
        other = next(one for one in others if one.written != form.written)
        found = wrong(held(form, other.said if options.swap else form.said))
        counts[form.language, "n"] += 1
        counts[form.language, "read"] += not found
        if bool(found) is not options.swap:
            print(f"{form.language} {form.written!r}, said {form.said!r}: {found}")
    print("| language | written forms | read as written |")
    print("| --- | --- | --- |")
    for language in dict.fromkeys(form.language for form in every):
        n, read = counts[language, "n"], counts[language, "read"]
        print(f"| {language} | {n} | {read} ({100 * read / n:.1f} %) |")


if __name__ == "__main__":
    main()
