"""How well voices are understood, and how fast they are: the recogniser hears them again.

    python etc/bench/voice.py                             # the voices that the settings name
    python etc/bench/voice.py --voice ef_dora             # one of them
    python etc/bench/voice.py --url http://127.0.0.1:8000  # a running server's: latency alone

In this process: word errors over the sentences of `tests/data/voice` in the voice's language (the
tutor's own final recognition, beam 5; numbers count as they are spoken), and how long a core works
for a second of speech and for the first clause (as long as one waits for it where the core is
idle). Of a running server: seconds from the request until the first byte of sound is there, and
until the last. Compare runs only on the same, quiet machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.resampler import resample
from tutor.adapters.voice.catalogue import Catalogue
from tutor.adapters.voice.voice import Voice
from tutor.bench.wording import word_errors
from tutor.core.audio.samples import RATE, Samples, to_float
from tutor.core.text.languages import primary
from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.spoken import said, spoken_form

SENTENCES = Path(__file__).parents[2] / "tests" / "data" / "voice"
PCM_BYTES_A_SECOND = 48_000

AROUND_S = 0.3
"""Seconds of silence around what is heard, as around a session's utterances."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--url", help="a running server, whose latency is measured")
    parser.add_argument("--voice", default="", help="only this one")
    parser.add_argument("--first", type=int, default=0, help="only so many sentences; 0: all")
    parser.add_argument("--skip", type=int, default=0, help="none of so many at the head")
    parser.add_argument("--show", action="store_true", help="print what was heard otherwise")
    options = parser.parse_args()
    some = slice(options.skip, options.skip + options.first if options.first else None)
    if options.url:
        of_server(options.url, sentences_in("en")[some])
    else:
        of_voices(options.voice, some, show=options.show)


def sentences_in(language: str) -> list[str]:
    """The sentences of a language; none where there is no file of them."""
    path = SENTENCES / ("sentences.txt" if language == "en" else f"sentences.{language}.txt")
    return path.read_text("utf-8").split("\n")[:-1] if path.exists() else []


def of_voices(only: str, some: slice, *, show: bool) -> None:
    """Word errors, real-time factor and first clause of each voice."""
    settings = Settings.load()
    recogniser = load_recogniser(settings, resolve_model(settings.model, settings.cache_dir))
    for known in Catalogue(settings).known():
        language = primary(known.facts.language or "en")
        sentences = sentences_in(language)[some]
        if not sentences or only not in ("", known.facts.id):
            continue
        voice = known.load()
        voice.say("a", 1.0)  # what is loaded late is loaded now
        first, work, pairs, seconds = [], 0.0, [], 0.0
        for sentence in sentences:
            spent = time.process_time()
            parts: list[Samples] = []
            for part in spoken(voice, sentence):
                if not parts:
                    first.append(time.process_time() - spent)
                parts.append(part)
            work += time.process_time() - spent
            audio = np.concatenate(parts)
            seconds += len(audio) / voice.sample_rate
            around = np.zeros(round(AROUND_S * voice.sample_rate), np.int16)
            padded = np.concatenate([around, audio, around])
            at_16k = to_float(resample(padded, voice.sample_rate, RATE))
            (heard,) = recogniser.recognise([Request(at_16k, language, "final")])
            pairs.append((comparable(sentence, language), comparable(heard.text, language)))
            if show and word_errors(pairs[-1:]).rate:
                print(f"  {sentence}\n  {heard.text}\n", file=sys.stderr)
        errors = word_errors(pairs)
        print(
            f"{voice.facts.id}: {len(sentences)} sentences, {seconds:.0f} s of speech; "
            f"WER {100 * (errors.rate or 0):.1f} % of {errors.words} words; "
            f"{work / seconds:.3f} s of a core for a second; first clause p50 "
            f"{statistics.median(first):.3f} s, p95 {statistics.quantiles(first, n=20)[-1]:.3f} s"
        )


def comparable(text: str, language: str) -> str:
    """A text whose numbers are in words, and whose ligatures are two letters."""
    return spoken_form(text, language).replace("œ", "oe").replace("-", " ")


def spoken(voice: Voice, text: str) -> Iterator[Samples]:
    """A text clause by clause, as a speech worker makes it."""
    for clause in split_clauses(text):
        yield voice.say(said(clause.text, voice.facts.language), 1.0).audio


def of_server(url: str, sentences: Sequence[str]) -> None:
    """Seconds to the first byte of a text's sound, and to the last."""
    firsts, lasts, seconds = [], [], 0.0
    for sentence in sentences:
        body = {"input": sentence, "model": "tts-1", "response_format": "pcm"}
        request = urllib.request.Request(
            f"{url}/v1/audio/speech",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        began = time.perf_counter()
        with urllib.request.urlopen(request) as answer:
            size = len(answer.read(1))
            firsts.append(time.perf_counter() - began)
            size += len(answer.read())
        lasts.append(time.perf_counter() - began)
        seconds += size / PCM_BYTES_A_SECOND
    print(
        f"{len(sentences)} texts, {seconds:.0f} s of speech; first sound p50 "
        f"{statistics.median(firsts):.3f} s, p95 {statistics.quantiles(firsts, n=20)[-1]:.3f} s; "
        f"{sum(lasts) / seconds:.3f} s for a second of speech, one text after the other"
    )


if __name__ == "__main__":
    main()
