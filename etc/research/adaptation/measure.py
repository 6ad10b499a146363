"""What a recogniser writes for speakers that the adaptation never heard, as the product asks it.

    python etc/research/adaptation/measure.py --data CORPUS --sounds FOLDER \
        --cache build/adaptation --model base --model adapted

Every figure is of the product's recogniser by its default settings (int8, its beams and windows).
Two words are the same when the product's comparison of texts says so ("two", "2").
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any

import jiwer
import numpy as np
from examples import speech_of
from marks import is_question
from noises import NOISE_S, noise
from prepare import Example, audio_of, labels, prompt_texts, prompts_of, stored
from train import HELD_OUT, is_held_out

from tutor.adapters.coach.exercises import load_library
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.models.adapted import ENGLISH, adapt
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.resampler import resample
from tutor.adapters.speech.whisper.recogniser import WhisperRecogniser
from tutor.adapters.voice.catalogue import Catalogue
from tutor.core.audio.recognition import Kind
from tutor.core.audio.samples import RATE, Audio, to_float
from tutor.core.text.wording import tokenise
from tutor.core.voice.spoken import said

TOGETHER = 8
"""Recordings that are heard in one call."""

EDGES_S = (0.0, 1.0)
"""Seconds of silence or faint noise before and behind the speech, in all pairs."""

FAINT_DB = -50.0
"""Level of faint noise, of full scale."""

WELL, WRONG = 8.0, 5.0
"""Experts' mean accuracy of a word that was said well, and under which it was wrong."""


@dataclass(frozen=True)
class Recording:
    """A held-out recording and its text."""

    audio: Audio
    words: list[str]
    accuracy: list[float]
    """Experts' mean of each word, 0 to 10."""
    ends: list[int]
    """Samples at which the words of `said` end, by the unadapted model's alignment."""
    said: list[str]


def _silence(seconds: float, level_db: float = -120.0) -> Audio:
    noise = np.random.default_rng(5).standard_normal(round(seconds * RATE), np.float32)
    return (noise * 10 ** (level_db / 20)).astype(np.float32)


def _around(before_s: float, after_s: float, level_db: float = -120.0) -> Callable[[Audio], Audio]:
    def padded(audio: Audio) -> Audio:
        begin, end = speech_of(audio)
        return np.concatenate(
            [_silence(before_s, level_db), audio[begin:end], _silence(after_s, level_db)]
        )

    return padded


def _as_segmented(audio: Audio) -> Audio:
    begin, end = speech_of(audio)
    return audio[max(0, begin - round(0.3 * RATE)) : end + round(0.1 * RATE)]


PADDINGS: dict[str, Callable[[Audio], Audio]] = {
    "a second of faint noise in front": _around(1.0, 0.1, FAINT_DB),
    "whole recording": lambda audio: audio,
} | {
    f"{before} s in front and {after} s behind of {what}": _around(before, after, level_db)
    for what, level_db in (("silence", -120.0), ("faint noise", FAINT_DB))
    for before in EDGES_S
    for after in EDGES_S
}


def keys(text: str) -> str:
    """A text as the product compares it."""
    return " ".join(token.key for token in tokenise(text.split(), "en"))


class Measured:
    """One model, asked as the product asks it. What it wrote is kept: a run that was stopped goes
    on where it ended."""

    def __init__(self, name: str, cache: Path, threads: int) -> None:
        settings = Settings(asr_threads=threads, cache_dir=cache)
        self._recogniser: Recogniser
        if name == "adapted":  # as it is deployed: believed where nobody speaks
            model = adapt(ENGLISH, cache)
            self._recogniser = load_recogniser(settings, resolve_model("base", cache))
            window_s = settings.adapted_window_s
        else:
            model = resolve_model(name, cache)
            self._recogniser = WhisperRecogniser.load(settings, model)
            window_s = settings.final_window_s
        self._path = cache / f"heard-{model.name}-{window_s:g}.jsonl"
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        self._heard = dict(json.loads(line) for line in lines)

    def write(self, audios: Sequence[Audio], kind: Kind, language: str = "en") -> list[str]:
        """What the model writes for each."""
        names = [f"{kind} {language} {sha256(audio.tobytes()).hexdigest()}" for audio in audios]
        new = {n: a for n, a in zip(names, audios, strict=True) if n not in self._heard}
        asked = sorted(new, key=lambda name: len(new[name]))
        for at in range(0, len(asked), TOGETHER):
            self._ask(asked[at : at + TOGETHER], new, kind, language)
        return [self._heard[name] for name in names]

    def _ask(self, names: list[str], audios: dict[str, Audio], kind: Kind, language: str) -> None:
        found = self._recogniser.recognise([Request(audios[n], language, kind) for n in names])
        texts = {name: one.text for name, one in zip(names, found, strict=True)}
        self._heard |= texts
        with self._path.open("a") as file:
            file.writelines(json.dumps(pair) + "\n" for pair in texts.items())


def error_rate(texts: Iterable[str], heard: Iterable[str]) -> float:
    """Percent of the texts' words that are wrong."""
    pairs = [(keys(a), keys(b)) for a, b in zip(texts, heard, strict=True) if keys(a)]
    return 100 * float(jiwer.wer([a for a, _ in pairs], [b for _, b in pairs]))


def recognised(recording: Recording, heard: str) -> list[bool]:
    """Of each word of the text, whether it was recognised as the text has it."""
    text = keys(" ".join(recording.words)).split()
    if len(text) != len(recording.words):
        return []
    chunks = jiwer.process_words([" ".join(text)], [keys(heard) or "-"]).alignments[0]
    found = [False] * len(text)
    for chunk in chunks:
        if chunk.type == "equal":
            found[chunk.ref_start_idx : chunk.ref_end_idx] = [True] * (
                chunk.ref_end_idx - chunk.ref_start_idx
            )
    return found


def beginnings(recordings: Sequence[Recording], measured: Measured) -> float:
    """Percent of the words shown halfway that are wrong, asked as a partial."""
    known = [one for one in recordings if one.ends]  # prepared: when its words end is known
    halves = [sum(speech_of(one.audio)) // 2 for one in known]
    cut = [
        one.audio[max(0, speech_of(one.audio)[0] - 4800) : half]
        for one, half in zip(known, halves, strict=True)
    ]
    wrong = shown = 0
    for one, half, heard in zip(known, halves, measured.write(cut, "partial"), strict=True):
        # A word that is cut may be shown or not.
        whole = [word for word, end in zip(one.said, one.ends, strict=True) if end <= half]
        texts = (whole, one.said[: len(whole) + 1])
        wrong += min(_mistakes(" ".join(text), heard) for text in texts)
        shown += len(keys(heard).split())
    return 100 * wrong / max(shown, 1)


def _mistakes(text: str, heard: str) -> int:
    """Words of `heard` that are not of the text."""
    if not keys(text):
        return len(keys(heard).split())
    counted = jiwer.process_words([keys(text)], [keys(heard)])
    return int(counted.substitutions + counted.insertions)


def measure(
    measured: Measured,
    recordings: Sequence[Recording],
    prompts: list[tuple[Audio, str]],
    said_texts: list[tuple[Audio, str]],
    *,
    has_paddings: bool,
) -> Iterator[tuple[str, float]]:
    """The figures of a model, one after the other; those of all paddings if they are asked for."""
    texts = [" ".join(recording.words) for recording in recordings]
    heard = measured.write([_as_segmented(one.audio) for one in recordings], "final")
    yield "WER, as the segmenter cuts", error_rate(texts, heard)
    yield from _by_experts(recordings, heard).items()
    asking = [is_question(text.lower().split()) for text in texts]  # the corpus has no marks
    yield from _marks(asking, heard).items()
    yield "wrong of the words shown halfway", beginnings(recordings, measured)
    heard = measured.write([audio for audio, _ in prompts], "final")
    yield "WER, native prompts", error_rate([text for _, text in prompts], heard)
    heard = measured.write([audio for audio, _ in said_texts], "final")
    yield "WER, texts that the product's voice says", error_rate((t for _, t in said_texts), heard)
    for what, figure in _marks([text.endswith("?") for _, text in said_texts], heard).items():
        yield f"{what}, the product's voice", figure
    yield "commas that these texts have", sum(text.count(",") for _, text in said_texts)
    heard = measured.write(list(noise()), "final")
    yield f"of {NOISE_S:.0f} s of noise, pieces heard as words", sum(map(bool, heard))
    for padding, cut in PADDINGS.items() if has_paddings else ():
        heard = measured.write([cut(recording.audio) for recording in recordings], "final")
        yield f"WER, {padding}", error_rate(texts, heard)


def _by_experts(recordings: Sequence[Recording], heard: Sequence[str]) -> dict[str, float]:
    found = [
        (accuracy, is_found)
        for recording, text in zip(recordings, heard, strict=True)
        for accuracy, is_found in zip(recording.accuracy, recognised(recording, text), strict=False)
    ]
    well = [is_found for accuracy, is_found in found if accuracy >= WELL]
    wrong = [is_found for accuracy, is_found in found if accuracy < WRONG]
    return {
        f"recognised of words scored {WELL:g} or more": 100 * fmean(well),
        f"recognised as the text of words scored under {WRONG:g}": 100 * fmean(wrong),
    }


def _marks(asking: Sequence[bool], heard: Sequence[str]) -> dict[str, float]:
    """How often what asks ends with a question mark, and what does not."""
    pairs = [(asks, text.rstrip()[-1:]) for asks, text in zip(asking, heard, strict=True)]
    asked = [mark for asks, mark in pairs if asks]
    said = [mark for asks, mark in pairs if not asks]
    return {
        f"question mark behind questions ({len(asked)})": _share(asked, "?"),
        f"question mark behind others ({len(said)})": _share(said, "?"),
        f"full stop behind others ({len(said)})": _share(said, "."),
        "commas": sum(text.count(",") for text in heard),
    }


def _share(marks: Sequence[str], mark: str) -> float:
    return 100 * fmean(one == mark for one in marks)


def spoken(cache: Path) -> list[tuple[Audio, str]]:
    """Texts of the library's English exercises, said by the product's voice; kept."""
    items = load_library(None).find("en")
    texts = [item.prompt for item in items if item.type in ("read_aloud", "free")][::2]
    folder = cache / "spoken"
    folder.mkdir(parents=True, exist_ok=True)
    voice, *_ = Catalogue(Settings(cache_dir=cache)).load()
    for text in texts:
        if not (path := folder / f"{sha256(text.encode()).hexdigest()[:16]}.npy").exists():
            sound = voice.say(said(text, voice.facts.language), 1.0).audio
            np.save(path, to_float(resample(sound, voice.sample_rate, RATE)))
    names = [sha256(text.encode()).hexdigest()[:16] for text in texts]
    return [
        (np.load(folder / f"{name}.npy"), text) for name, text in zip(names, texts, strict=True)
    ]


def held_out(data: Path, cache: Path, every: int) -> list[Recording]:
    """Recordings of the speakers that were not trained on."""
    examples = {example.utterance: example for example in stored(cache / "examples.jsonl")}
    kept = [label for label in labels(data) if label["speaker"] in HELD_OUT][::every]
    return [_recording(data, label, examples.get(label["utterance"])) for label in kept]


def _recording(data: Path, label: dict[str, Any], example: Example | None) -> Recording:
    return Recording(
        audio_of(data / "flac" / f"{label['utterance']}.flac"),
        [word["text"] for word in label["words"]],
        [fmean(word["accuracy"]) for word in label["words"]],
        example.ends if example else [],
        example.words if example else [],
    )


def held_out_prompts(sounds: Path, cache: Path, texts: dict[str, str]) -> list[tuple[Audio, str]]:
    """Native prompts of three words or more that were not rehearsed."""
    examples = stored(cache / "native.jsonl")
    return [
        (audio_of(prompts_of(sounds) / example.utterance), text)
        for example in examples
        if is_held_out(example)
        and len((text := texts.get(example.utterance.removesuffix(".g722"), "")).split()) >= 3
    ]


def main() -> None:
    """Print the figures of each model, a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th recording")
    parser.add_argument("--paddings", action="store_true", help="with those of all paddings")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    recordings = held_out(asked.data, asked.cache, asked.every)
    prompts = held_out_prompts(asked.sounds, asked.cache, prompt_texts(asked.sounds))
    said_texts = spoken(asked.cache)
    print(f"{len(recordings)} recordings, {len(prompts)} native prompts", flush=True)
    for name in asked.model:
        measured = Measured(name, asked.cache, asked.threads)
        for what, figure in measure(
            measured, recordings, prompts, said_texts, has_paddings=asked.paddings
        ):
            print(f"{name}: {what}: {figure:.1f}", flush=True)


if __name__ == "__main__":
    main()
