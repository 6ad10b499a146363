"""What a GPU is worth, for a machine that has one and no network: two calls of five minutes.

    python etc/bench/gpu_check.py facts      # A: what there is, cold starts, sweep, processes
    python etc/bench/gpu_check.py equality   # B: the same words as on the CPU, the spectrogram
    python etc/bench/gpu_check.py product    # B: the product with `base`, 16 to 256 sessions
    python etc/bench/gpu_check.py facts equality --dry    # on a CPU, a tiny model: does it run?

Each measurement is a line of JSON on stdout, flushed at once: what was measured stays when the
machine is taken away. The sweep takes random weights of turbo's shape and a fixed number of tokens;
each line says which (`weights`). Nothing here was run on a GPU yet.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from random_whisper import SHAPES, make_random_whisper

from tutor.adapters.settings import Settings
from tutor.adapters.speech.cuda import read_cuda, seen_by_recogniser
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.probe import probe_audio
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.whisper.loading import load_whisper
from tutor.adapters.speech.whisper.mel import FRAMES_PER_SECOND, numpy_log_mel, torch_log_mel
from tutor.adapters.speech.whisper.recogniser import WhisperRecogniser
from tutor.adapters.speech.whisper.windows import Decoding
from tutor.core.audio.samples import RATE, Audio, from_pcm16, to_float

TOKENS = 24
"""Written in each call of the sweep: of six seconds of speech."""

PRODUCT_MODEL = "base"
"""What the product hears with: the weights in the package, for there is no network."""

_EOT = 50257


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    device: str
    shape: str
    compute_type: str
    batches: tuple[int, ...]
    windows_s: tuple[int, ...]
    beams: tuple[int, ...]
    processes: tuple[int, ...]
    sessions: tuple[int, ...]
    rounds: int
    tokens: int


GPU = Plan(
    "cuda",
    "turbo",
    "float16",
    (1, 4, 16, 32, 64),
    (4, 8, 12, 30),
    (1, 5),
    (1, 2, 4, 8),
    (16, 64, 128, 256),
    5,
    TOKENS,
)

DRY = Plan("cpu", "tiny-random", "float32", (1, 2), (4,), (1,), (1,), (), 1, 4)
"""Whether it runs at all."""


def tell(measured: str, **figures: object) -> None:
    """Write one measurement."""
    sys.stdout.write(json.dumps({"measured": measured, **figures}) + "\n")
    sys.stdout.flush()


# ------------------------------------------------------------ A: facts, starts, sweep, processes


def facts(plan: Plan, folder: Path) -> None:
    """What there is; how long a start takes; what calls cost; what processes add."""
    gpus, types = seen_by_recogniser(plan.device)
    tell("machine", seen_gpus=gpus, compute_types=sorted(types), cuda=asdict(read_cuda()))
    model = folder / plan.shape
    dtype = "float16" if plan.device == "cuda" else "float32"
    make_random_whisper(model, SHAPES[plan.shape], dtype=dtype)
    cache = folder / "compiled"
    for name in ("cold", "with the compile cache"):
        started = time.monotonic()
        if plan is DRY:  # one process is enough to see that it runs
            _start(plan, model, cache)
        else:
            _in_new_process(_start, plan, model, cache)
        tell("start", how=name, weights=f"random {plan.shape}", seconds=_since(started))
    for line in _sweep(plan, model):
        tell("call", weights=f"random {plan.shape}", tokens=plan.tokens, **line)
    for count in plan.processes:
        tell("processes", count=count, **_side_by_side(plan, model, count))


def _in_new_process(do: Callable[..., None], *arguments: object) -> None:
    process = get_context("spawn").Process(target=do, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{do.__name__} ended with {process.exitcode}")


def _start(plan: Plan, model: Path, cache: Path) -> None:
    os.environ["CUDA_CACHE_PATH"] = str(cache)
    _Caller(plan, model).call(4, 1, 1)


class _Caller:
    """A model, and calls of it that cost what real ones cost: fixed tokens, no end."""

    def __init__(self, plan: Plan, model: Path) -> None:
        self._plan = plan
        self._whisper = load_whisper(model, plan.device, plan.compute_type, 1)
        make = torch_log_mel if plan.device == "cuda" else numpy_log_mel
        self._log_mel = make(self._whisper.feature_extractor.mel_filters, plan.device)
        noise = np.random.default_rng(0).standard_normal(30 * RATE) / 10
        self._noise: Audio = noise.astype(np.float32)

    def call(self, window_s: float, members: int, beam: int) -> dict[str, float]:
        """Seconds of the spectrogram, the encoder, the decoder."""
        audios = [self._noise[: round((window_s - 0.5) * RATE)]] * members
        began = time.perf_counter()
        mel = self._log_mel(audios, round(window_s * FRAMES_PER_SECOND))
        at_mel = time.perf_counter()
        encoded = self._whisper.model.encode(mel, to_cpu=False)
        if self._plan.device == "cuda":
            self._whisper.model.detect_language(encoded)  # waits for the encoder, a step more
        at_encoder = time.perf_counter()
        prompt = [50258, 50259, 50359, 50363]
        self._whisper.model.generate(
            encoded,
            [prompt] * members,
            beam_size=beam,
            max_length=len(prompt) + self._plan.tokens,
            suppress_tokens=[_EOT],
        )
        ended = time.perf_counter()
        times = (at_mel - began, at_encoder - at_mel, ended - at_encoder)
        return dict(zip(("mel_s", "encode_s", "decode_s"), times, strict=True))


def _sweep(plan: Plan, model: Path) -> Iterator[dict[str, object]]:
    caller = _Caller(plan, model)
    for window in plan.windows_s:
        for beam in plan.beams:
            for members in plan.batches:
                caller.call(window, members, beam)
                found = [caller.call(window, members, beam) for _ in range(plan.rounds)]
                middle = {
                    name: round(float(np.median([one[name] for one in found])), 5)
                    for name in found[0]
                }
                yield {"window_s": window, "beam": beam, "members": members, **middle}


def _side_by_side(plan: Plan, model: Path, count: int) -> dict[str, object]:
    """How many utterances so many processes recognise in a second, on one device."""
    context = get_context("spawn")
    ready, go = context.Barrier(count + 1), 4.0 if plan is not DRY else 0.2
    done = context.Queue()
    workers = [
        context.Process(target=_work, args=(plan, model, ready, go, done)) for _ in range(count)
    ]
    for worker in workers:
        worker.start()
    ready.wait(120)
    members = [done.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    return {"seconds": go, "utterances_per_s": round(sum(members) / go, 1), "window_s": 8}


def _work(plan: Plan, model: Path, ready: Any, seconds: float, done: Any) -> None:
    caller, members, heard = _Caller(plan, model), plan.batches[-1], 0
    caller.call(8, members, 1)
    ready.wait(120)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        caller.call(8, members, 1)
        heard += members
    done.put(heard)


# ------------------------------------------------------------ B: equality, the product


def equality(plan: Plan, folder: Path) -> None:
    """Whether the device hears what the CPU hears, with the real base model."""
    model, weights = resolve_model("base", Settings.load().cache_dir), "base"
    if plan is DRY:
        model, weights = folder / "equal", f"random {plan.shape}"
        make_random_whisper(model, SHAPES[plan.shape])
    audios = list(_recordings(1 if plan is DRY else 20))
    texts = {}
    for device in ("cpu", plan.device):
        decoding = Decoding(1 if plan is DRY else 5, 8, 1)
        whisper = WhisperRecogniser(
            model, {"partial": decoding, "final": decoding}, device=device, threads=1
        )
        began = time.monotonic()
        texts[device] = [
            whisper.recognise([Request(audio, "en", "final")])[0].text for audio in audios
        ]
        tell("recognition", device=device, weights=weights, seconds=_since(began))
    pairs = list(zip(texts["cpu"], texts[plan.device], strict=True))
    tell("equality", recordings=len(pairs), equal=sum(a == b for a, b in pairs))
    _compare_spectrograms(plan, audios)


def _recordings(most: int) -> Iterator[Any]:
    yield to_float(from_pcm16(probe_audio()))
    from tutor.adapters.speech.media import read_audio_file

    folder = Path(__file__).parents[2] / "tests" / "data" / "speech"
    for path in sorted(folder.glob("*.flac"))[: most - 1]:
        yield to_float(read_audio_file(path))[: 28 * RATE]


def _compare_spectrograms(plan: Plan, audios: Sequence[Any]) -> None:
    """Ours on the device beside numpy's, and beside torchaudio's where it can be imported."""
    from faster_whisper.feature_extractor import FeatureExtractor

    filters = FeatureExtractor(feature_size=SHAPES[plan.shape].mels).mel_filters
    batch = [audio[: 6 * RATE] for audio in audios]
    ours = torch_log_mel(filters, plan.device)
    for _ in range(2):
        began = time.perf_counter()
        ours(batch, 800)
    tell("spectrogram", by="torch_log_mel", members=len(batch), seconds=time.perf_counter() - began)
    try:
        import torch
        import torchaudio
    except (ImportError, OSError) as error:
        tell("spectrogram", by="torchaudio", fault=type(error).__name__)
        return
    mel = torchaudio.transforms.MelSpectrogram(
        RATE, 400, hop_length=160, n_mels=len(filters), norm="slaney", mel_scale="slaney"
    ).to(plan.device)
    longest = max(map(len, batch))
    padded = torch.from_numpy(np.stack([np.pad(a, (0, longest - len(a))) for a in batch]))
    for _ in range(2):
        began = time.perf_counter()
        mel(padded.to(plan.device)).clamp(min=1e-10).log10().cpu()
    tell("spectrogram", by="torchaudio", members=len(batch), seconds=time.perf_counter() - began)


def product(plan: Plan, folder: Path) -> None:
    """Final latency of the product itself, at more and more sessions."""
    settings = {
        "device": plan.device,
        "model": PRODUCT_MODEL,
        "max_sessions": "400",  # the defaults, and a guest's, end below the most sessions
        "guest_sockets": "0",
    }
    for sessions in plan.sessions:
        report = folder / f"bench-{sessions}.json"
        command = [sys.executable, "-m", "tutor", "bench", "--sessions", str(sessions)]
        command += ["--utterances", "4", "--json", str(report)]
        for name, value in settings.items():
            command += ["--set", f"{name}={value}"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            fault = done.stderr.strip()[-300:]
            tell("product", model=PRODUCT_MODEL, sessions=sessions, fault=fault)
            return
        run = json.loads(report.read_text())["runs"][0]
        tell("product", model=PRODUCT_MODEL, sessions=sessions, report=run)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


PARTS = {"facts": facts, "equality": equality, "product": product}


def main() -> None:
    """Measure the parts that are named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="+", choices=sorted(PARTS))
    parser.add_argument("--dry", action="store_true", help="on the CPU, with a tiny model")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for part in asked.parts:
            PARTS[part](DRY if asked.dry else GPU, Path(name))


if __name__ == "__main__":
    main()
