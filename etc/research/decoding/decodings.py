"""Which decoding of learner speech is as good as plain faster-whisper and how much cheaper.

    python etc/research/decoding/decodings.py --data CORPUS --sample 300 \
        --out etc/research/decoding/decodings.json

Every decoding named here hears the same utterances, one after the other with the order rotated,
so that a busy machine slows all alike; the figures to trust are ratios to the plain one. A
guarded decoding is put together from rows already measured: decoding has no chance in it, so its
text is that of the first step that no guard refuses, and its cost is the sum of its steps.

`--rows` keeps every single measurement: a run that was stopped goes on where it was.
DECODINGS.md beside this file says what came out.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Process
from pathlib import Path
from typing import Any

import bench_noise
import bench_partials
import bench_threads
import jiwer
import numpy as np
from bench_audio import Utterance, load_sample, normalise
from bench_decoder import Decoder, Decoding, collapse, set_seed

from tutor.adapters.speech.vad import Vad
from tutor.core.audio import guards

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]
"""By decoding and utterance."""

PLAIN = "plain"

ALL = {
    PLAIN: Decoding(plain=True),
    "12 s": Decoding(floor_s=12, margin_s=1),
    "8 s": Decoding(floor_s=8, margin_s=1),
    "8 s beam 1": Decoding(floor_s=8, margin_s=1, beam=1),
    "8 s beam 2": Decoding(floor_s=8, margin_s=1, beam=2),
    "6 s": Decoding(floor_s=6, margin_s=1),
}
"""Confirmed on the whole sample."""

SOME = {
    "plain, words": Decoding(plain=True, words=True),
    "30 s": Decoding(),
    "12 s, words": Decoding(floor_s=12, margin_s=1, words=True),
    "8 s, words": Decoding(floor_s=8, margin_s=1, words=True),
    "6 s trigram": Decoding(floor_s=6, margin_s=1, ngram=3),
    "8 s trigram": Decoding(floor_s=8, margin_s=1, ngram=3),
    "8 s beam 3": Decoding(floor_s=8, margin_s=1, beam=3),
    "8 s silence": Decoding(floor_s=8, margin_s=1, padding="silence"),
    "8 s minimum": Decoding(floor_s=8, margin_s=1, padding="minimum"),
    "8 s timestamps": Decoding(floor_s=8, margin_s=1, timestamps=True),
    "8 s penalty 1.1": Decoding(floor_s=8, margin_s=1, repetition=1.1),
    "8 s patience 0.4": Decoding(floor_s=8, margin_s=1, patience=0.4),
    "8 s length 0": Decoding(floor_s=8, margin_s=1, length_penalty=0.0),
    "8 s margin 0.5 s": Decoding(floor_s=8, margin_s=0.5),
    "8 s margin 2 s": Decoding(floor_s=8, margin_s=2),
    "8 s margin 3 s": Decoding(floor_s=8, margin_s=3),
    "8 s buckets 2 s": Decoding(floor_s=8, margin_s=1, bucket_s=2),
    "12 s beam 2": Decoding(floor_s=12, margin_s=1, beam=2),
    "10 s": Decoding(floor_s=10, margin_s=1),
    "15 s": Decoding(floor_s=15, margin_s=1),
    "20 s": Decoding(floor_s=20, margin_s=1),
    "4 s": Decoding(floor_s=4, margin_s=1),
    "audio + 1 s": Decoding(floor_s=2, margin_s=1),
    "audio + 2 s": Decoding(floor_s=2, margin_s=2),
    "audio + 1 s, silence": Decoding(floor_s=2, margin_s=1, padding="silence"),
    "audio + 2 s, silence": Decoding(floor_s=2, margin_s=2, padding="silence"),
    "audio + 1 s, kept tail to 30 s": Decoding(floor_s=2, margin_s=1, tail_s=30),
    "audio + 1 s, kept tail to 10 s": Decoding(floor_s=2, margin_s=1, tail_s=10),
}
"""Tried on the first `--some` utterances."""

Guard = Callable[[Row], bool]
GUARDS: dict[str, Guard] = {
    "echo": lambda row: guards.is_echo(row["text"]) or guards.is_loop(row["text"]),
    "doubt": lambda row: bool(row["text"]) and row["lp"] < -1.0,
    "unsure": lambda row: bool(row["text"]) and row["lp"] < -0.5,
    "hesitant": lambda row: bool(row["text"]) and row["lp"] < -0.3,
    "rush": lambda row: len(row["text"].split()) > 2 + 4.5 * (row["seconds"] - 0.9),
    "compression": lambda row: compression(row["text"]) > 1.35,
}


@dataclass(frozen=True)
class Cascade:
    """Decodings one after the other until no guard refuses the text; the last is believed."""

    steps: tuple[str, ...]
    guards: tuple[str, ...] = ("echo",)
    collapse: bool = False
    """Say an echo once instead."""


CASCADES = {
    "8 s → 12 s on echo": Cascade(("8 s", "12 s")),
    "8 s → 12 s on echo, doubt": Cascade(("8 s", "12 s"), ("echo", "doubt")),
    "8 s → 12 s on echo, rush": Cascade(("8 s", "12 s"), ("echo", "rush")),
    "8 s beam 1 → 12 s on echo": Cascade(("8 s beam 1", "12 s")),
    "8 s beam 2 → 12 s on echo": Cascade(("8 s beam 2", "12 s")),
    "8 s beam 1 → beam 5 on echo, lp < -0.5 → 12 s": Cascade(
        ("8 s beam 1", "8 s", "12 s"), ("echo", "unsure")
    ),
    "8 s beam 1 → beam 5 on echo, lp < -0.3 → 12 s": Cascade(
        ("8 s beam 1", "8 s", "12 s"), ("echo", "hesitant")
    ),
    "8 s, echo collapsed": Cascade(("8 s",), collapse=True),
    "6 s → 8 s → 12 s on echo": Cascade(("6 s", "8 s", "12 s")),
    "6 s → 12 s on echo": Cascade(("6 s", "12 s")),
    "6 s, echo collapsed": Cascade(("6 s",), collapse=True),
    "6 s → 12 s on compression": Cascade(("6 s", "12 s"), ("echo", "compression")),
    "audio + 2 s → 12 s on echo": Cascade(("audio + 2 s", "12 s")),
    "audio + 2 s, echo collapsed": Cascade(("audio + 2 s",), collapse=True),
}


def compression(text: str) -> float:
    """How many times zlib shrinks the text."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def main() -> None:
    """Measure, sum up, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--long", type=int, default=30, help="composites")
    parser.add_argument("--some", type=int, default=60, help="utterances for first tries")
    parser.add_argument("--growing", type=int, default=60, help="utterances for partials")
    parser.add_argument("--tried", type=int, default=6, help="utterances for all the partials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=Path, help="folder of single measurements; go on from it")
    parser.add_argument("--parts", default="finals,partials,noise,threads")
    parser.add_argument("--ways", help="measure only these finals, separated by `;`")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/voice-tutor")
    options = parser.parse_args()
    options.rows = options.rows or options.out.with_suffix(".rows")
    options.rows.mkdir(parents=True, exist_ok=True)
    sample = load_sample(options.data, options.sample, options.long, options.seed)
    shards = [
        Process(target=measure, args=(options, sample, shard)) for shard in range(options.processes)
    ]
    for process in shards:
        process.start()
    for process in shards:
        process.join()
    result = sum_up(options, sample)
    if "threads" in options.parts.split(","):
        ways = {"8 s": ALL["8 s"], "4 s beam 1": bench_partials.PARTIALS["4 s"].decoding}
        result["threads"] = bench_threads.compare(options.cache, sample[:24], ways)
    options.out.write_text(json.dumps(result, indent=1) + "\n")
    sys.stdout.write(table(result))


def measure(options: argparse.Namespace, sample: list[Utterance], shard: int) -> None:
    """One process's share of the work."""
    decoder = Decoder(options.cache, options.threads)
    set_seed(options.seed)
    mine = list(range(shard, len(sample), options.processes))
    parts = options.parts.split(",")
    if "finals" in parts:
        _measure_finals(options, decoder, sample, mine)
    if "partials" in parts:
        _measure_partials(options, decoder, sample, mine)
    if "noise" in parts and shard == 0:
        _measure_noise(options, decoder, sample)


def _measure_finals(
    options: argparse.Namespace, decoder: Decoder, sample: list[Utterance], mine: list[int]
) -> None:
    done = {(row["utterance"], row["way"]) for row in read_rows(options.rows, "finals")}
    path = options.rows / f"finals-{mine[0]}.jsonl"
    for turn, index in enumerate(mine):
        utterance = sample[index]
        some = index < options.some or 0 <= index - options.sample < options.some // 20
        wanted = options.ways.split(";") if options.ways else [*ALL, *SOME]
        ways = [way for way in (ALL | SOME if some else ALL).items() if way[0] in wanted]
        at = turn % len(ways)
        for name, how in ways[at:] + ways[:at]:
            if (utterance.name, name) in done:
                continue
            heard = decoder.hear(utterance.audio, how)
            row = {
                "utterance": utterance.name,
                "way": name,
                "text": heard.text,
                "tokens": len(heard.tokens),
                "lp": heard.log_probability,
                "ns": heard.no_speech,
                "wall": heard.wall_s,
                "cpu": heard.cpu_s,
                "full": heard.full,
            }
            _write_row(path, row)


def _measure_partials(
    options: argparse.Namespace, decoder: Decoder, sample: list[Utterance], mine: list[int]
) -> None:
    done = {row["utterance"] for row in read_rows(options.rows, "partials")}
    path = options.rows / f"partials-{mine[0]}.jsonl"
    # One in ten is a composite: long utterances are where partials get dear.
    growing = [*range(options.growing * 9 // 10), *range(options.sample, len(sample))]
    for turn, index in enumerate(growing[: options.growing]):
        ways = bench_partials.TRIED if turn < options.tried else bench_partials.PARTIALS
        if index in mine and sample[index].name not in done:
            for row in bench_partials.follow(decoder, sample[index], ways):
                _write_row(path, row)


def _measure_noise(options: argparse.Namespace, decoder: Decoder, sample: list[Utterance]) -> None:
    path = options.rows / "noise.jsonl"
    if path.exists():
        return
    ways = {
        "12 s": ALL["12 s"],
        "8 s": ALL["8 s"],
        "4 s beam 1": bench_partials.PARTIALS["4 s"].decoding,
        "6 s beam 1": bench_partials.PARTIALS["6 s"].decoding,
        PLAIN: ALL[PLAIN],
    }
    vad = Vad()
    for name, audio in bench_noise.clips(options.seed):
        for row in bench_noise.listen(decoder, audio, ways):
            _write_row(path, {"clip": name, "vad": bench_noise.passes_vad(audio, vad), **row})
    del ways[PLAIN]  # dear, and nobody's guard here
    for word in bench_noise.short_words(decoder, sample, 60):
        for row in bench_noise.listen(decoder, word.audio, ways):
            _write_row(path, {"clip": "word", "said": normalise(word.text), "vad": True, **row})


def _write_row(path: Path, row: Row) -> None:
    with path.open("a") as file:
        file.write(json.dumps(row) + "\n")


def read_rows(folder: Path, part: str) -> Iterator[Row]:
    """Every measurement of a part; a last line cut short by a kill is skipped."""
    for path in sorted(folder.glob(f"{part}*.jsonl")):
        for line in path.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)


def sum_up(options: argparse.Namespace, sample: list[Utterance]) -> dict[str, Any]:
    """Everything as numbers."""
    by_name = {utterance.name: utterance for utterance in sample}
    rows: Rows = defaultdict(dict)
    for row in read_rows(options.rows, "finals"):
        if row["utterance"] in by_name:
            row["seconds"] = by_name[row["utterance"]].seconds
            rows[row["way"]][row["utterance"]] = row
    for name, cascade in CASCADES.items():
        rows[name] = dict(run_cascade(cascade, rows))
    finals = [score(name, rows, by_name) for name in [*ALL, *SOME, *CASCADES] if rows[name]]
    partials = list(read_rows(options.rows, "partials"))
    return {
        "sample": options.sample,
        "long": options.long,
        "seed": options.seed,
        "finals": finals,
        "partials": bench_partials.summarise(partials, bench_partials.TRIED) if partials else [],
        "noise": noise_lines(list(read_rows(options.rows, "noise"))),
    }


def run_cascade(cascade: Cascade, rows: Rows) -> Iterator[tuple[str, Row]]:
    """The rows of a cascade from those of its steps."""
    shared = set.intersection(*(set(rows[step]) for step in cascade.steps))
    for utterance in shared:
        steps = []
        for step in cascade.steps:
            steps.append(rows[step][utterance])
            if not any(GUARDS[guard](steps[-1]) for guard in cascade.guards):
                break
        text = collapse(steps[-1]["text"]) if cascade.collapse else steps[-1]["text"]
        costs = {key: sum(step[key] for step in steps) for key in ("cpu", "wall")}
        yield utterance, {**steps[-1], **costs, "text": text, "steps": len(steps)}


def score(name: str, rows: Rows, by_name: dict[str, Utterance]) -> dict[str, Any]:
    """One decoding's figures beside those of the plain one on the same utterances."""
    mine = rows[name]
    shared = sorted(set(mine) & set(rows[PLAIN]))
    own, plain = [mine[u] for u in shared], [rows[PLAIN][u] for u in shared]
    texts = [normalise(by_name[u].text) for u in shared]
    words = jiwer.process_words(texts, [normalise(row["text"]) for row in own])
    total = words.hits + words.substitutions + words.deletions
    base = jiwer.process_words(texts, [normalise(row["text"]) for row in plain])
    low, high = interval(errors(texts, own), errors(texts, plain), [len(t.split()) for t in texts])
    return {
        "way": name,
        "utterances": len(shared),
        "wer": words.wer,
        "substitutions": words.substitutions / total,
        "deletions": words.deletions / total,
        "insertions": words.insertions / total,
        "plain_wer": base.wer,
        "difference_95": [low, high],
        "cpu_s": _mean(row["cpu"] for row in own),
        "wall_s": _mean(row["wall"] for row in own),
        "wall_p95_s": float(np.percentile([row["wall"] for row in own], 95)),
        "cpu_ratio": _mean(r["cpu"] for r in own) / _mean(r["cpu"] for r in plain),
        "wall_ratio": _mean(r["wall"] for r in own) / _mean(r["wall"] for r in plain),
        "echoes": sum(GUARDS["echo"](row) for row in own),
        "fallbacks": _mean(row.get("steps", 1) > 1 for row in own),
    }


def errors(texts: list[str], rows: list[Row]) -> list[int]:
    """Wrong words of each utterance."""
    made = []
    for text, row in zip(texts, rows, strict=True):
        words = jiwer.process_words(text, normalise(row["text"]))
        made.append(words.substitutions + words.deletions + words.insertions)
    return made


def interval(own: list[int], plain: list[int], words: list[int]) -> tuple[float, float]:
    """Bootstrap 95 % interval of the difference in WER, by utterance."""
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(own), (2000, len(own)))
    difference = (np.array(own) - np.array(plain))[picks].sum(1) / np.array(words)[picks].sum(1)
    return float(np.percentile(difference, 2.5)), float(np.percentile(difference, 97.5))


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


NO_SPEECH_TRIES = (0.3, 0.45, 0.6)
LOG_PROBABILITY_TRIES = (-0.8, -1.0, -1.4)


def noise_lines(rows: list[Row]) -> list[dict[str, Any]]:
    """Per decoding and guard: clips with text, and true short words lost."""
    lines = []
    for way in dict.fromkeys(row["way"] for row in rows):
        clips = [row for row in rows if row["way"] == way and row["clip"] != "word"]
        words = [row for row in rows if row["way"] == way and row["clip"] == "word"]
        tries: dict[str, Guard] = {
            "none": lambda _row: False,
            "guards.is_silence": lambda r: guards.is_silence(r["no_speech"], r["log_probability"]),
        }
        for no_speech in NO_SPEECH_TRIES:
            for low in LOG_PROBABILITY_TRIES:
                tries[f"no speech > {no_speech} and log p < {low}"] = _silence(no_speech, low)
        for low in LOG_PROBABILITY_TRIES:
            tries[f"log p < {low}"] = _silence(-1.0, low)
        for name, guard in tries.items():
            lines.append(
                {
                    "way": way,
                    "guard": name,
                    "clips": len(clips),
                    "clips_with_text": sum(bool(r["text"]) and not guard(r) for r in clips),
                    "and_past_vad": sum(
                        bool(r["text"]) and r["vad"] and not guard(r) for r in clips
                    ),
                    "words": len(words),
                    "words_lost": sum(bool(r["text"]) and guard(r) for r in words),
                    "right_words_lost": sum(r["text"] == r["said"] and guard(r) for r in words),
                    "right_words": sum(r["text"] == r["said"] for r in words),
                }
            )
    return lines


def _silence(no_speech: float, low: float) -> Guard:
    return lambda row: row["no_speech"] > no_speech and row["log_probability"] < low


def table(result: dict[str, Any]) -> str:
    """Everything as Markdown."""
    text = ""
    for part in ("finals", "partials", "noise", "threads"):
        lines: list[dict[str, Any]] = result.get(part, [])
        if lines:
            text += f"\n## {part}\n\n| " + " | ".join(lines[0]) + " |\n"
            text += "| " + " | ".join("---" for _ in lines[0]) + " |\n"
        for line in lines:
            text += "| " + " | ".join(_shown(value) for value in line.values()) + " |\n"
    return text


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return " … ".join(f"{item:+.3f}" for item in value)
    return str(value)


if __name__ == "__main__":
    main()
