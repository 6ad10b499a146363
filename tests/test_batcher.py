import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from tests.speech import TEXTS, spoken, wer
from tutor.adapters.settings import Settings
from tutor.adapters.speech.batcher import Batcher
from tutor.adapters.speech.mel import numpy_log_mel, torch_log_mel
from tutor.adapters.speech.recogniser import Decoding, WhisperRecogniser
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.weights import resolve_model
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio.recognition import Kind, Recognition
from tutor.core.audio.samples import to_float

NAMES = ["train.flac", "weather.flac", "market.flac", "question.flac", "two_words.flac"]


class Counting:
    """A recogniser that says how many came together."""

    device = compute_type = "none"

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.first = threading.Event()

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """The length of each audio as text; the first call waits for the others to gather."""
        self.batches.append(len(requests))
        if len(self.batches) == 1:
            self.first.wait(5)
        if any(request.language == "xx" for request in requests):
            raise RuntimeError("no such language")
        return [Recognition(str(len(request.audio)), "en") for request in requests]


def request(samples: int, language: str = "en", kind: Kind = "final") -> Request:
    """A request for so many samples of silence."""
    return Request(np.zeros(samples, np.float32), language, kind)


def test_requests_that_come_during_a_batch_share_the_next_one() -> None:
    """While one call runs the others gather, and each gets its own answer."""
    counting = Counting()
    metrics = WorkerMetrics()
    batcher: Recogniser = Batcher(counting, max_batch=4, stuck_after_s=60, metrics=metrics)
    with ThreadPoolExecutor(9) as threads:
        answers = [threads.submit(batcher.recognise, [request(n)]) for n in range(1, 10)]
        while len(counting.batches) == 0:
            time.sleep(0.01)
        time.sleep(0.3)
        counting.first.set()
        assert [a.result()[0].text for a in answers] == [str(n) for n in range(1, 10)]
    assert sum(counting.batches) == 9
    assert max(counting.batches) == 4
    assert len(counting.batches) <= 4
    told = metrics.registry.get_sample_value
    assert told("tutor_batch_size_count") == len(counting.batches)
    assert told("tutor_batch_size_sum") == 9


def test_a_failure_reaches_those_who_asked_and_nobody_later() -> None:
    """An error of the recogniser is raised in the caller, and the batcher goes on."""
    counting = Counting()
    counting.first.set()
    batcher = Batcher(counting, max_batch=4, stuck_after_s=60)
    with pytest.raises(RuntimeError, match="no such language"):
        batcher.recognise([request(1, "xx")])
    assert batcher.recognise([request(7)])[0].text == "7"


def test_a_stuck_call_ends_the_process() -> None:
    """A call that holds even the interpreter's lock is ended after the limit."""
    program = """
import ctypes, numpy, tutor.adapters.speech.batcher as b
from tutor.adapters.speech.recogniser import Request
class Stuck:
    device = compute_type = "none"
    def recognise(self, requests):
        ctypes.PyDLL(None).sleep(60)  # PyDLL keeps the lock
b.Batcher(Stuck(), max_batch=1, stuck_after_s=1).recognise(
    [Request(numpy.zeros(1, numpy.float32), "en", "final")])
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=40)
    assert done.returncode == 1
    assert b"Timeout" in done.stderr
    assert time.monotonic() - began < 30


@pytest.fixture(scope="module")
def whisper() -> WhisperRecogniser:
    """The real model, with short windows."""
    model = resolve_model("base", Settings.load().cache_dir)
    decoding = Decoding(beam=2, floor_s=12, margin_s=1)
    return WhisperRecogniser(model, {"partial": decoding, "final": decoding}, device="cpu")


def test_a_batch_of_real_speech_is_heard_like_each_alone(whisper: WhisperRecogniser) -> None:
    """Utterances of different lengths in one batch give their own words and times."""
    requests = [Request(to_float(spoken(name)), "en", "final") for name in NAMES]
    for name, heard in zip(NAMES, whisper.recognise(requests), strict=True):
        assert wer(TEXTS[name], heard.text) <= 0.15
        assert [word.text for word in heard.words] == heard.text.split()
        assert heard.words[-1].end_s <= len(spoken(name)) / 16_000 + 0.3


def test_mixed_kinds_and_languages_each_get_what_they_asked_for(whisper: WhisperRecogniser) -> None:
    """Partials have no word times, `auto` finds the language, and the order is kept."""
    audio = to_float(spoken("market.flac"))
    asked = [Request(audio, "en", "partial"), Request(audio, "auto", "final")]
    partial, final = whisper.recognise(asked)
    assert partial.words == ()
    assert partial.text
    assert (final.language, len(final.words)) == ("en", 8)


def test_silence_and_noise_give_no_text(whisper: WhisperRecogniser) -> None:
    """What is no speech is not made up into words, even when it reaches the recogniser."""
    rng = np.random.default_rng(3)
    quiet = [np.zeros(16_000, np.float32), np.zeros(64_000, np.float32)]
    noisy = [
        (rng.standard_normal(48_000) * level).astype(np.float32) for level in (0.001, 0.02, 0.2)
    ]
    heard = whisper.recognise([Request(audio, "en", "final") for audio in quiet + noisy])
    assert [recognition.text for recognition in heard] == [""] * 5


def test_log_mel_by_torch_is_log_mel_by_numpy() -> None:
    """The GPU's spectrogram (here run on the CPU) is faster-whisper's to a rounding error."""
    from faster_whisper.feature_extractor import FeatureExtractor

    extractor = FeatureExtractor()
    audios = [to_float(spoken(name)) for name in NAMES]
    ours = np.array(numpy_log_mel(extractor.mel_filters, "cpu")(audios, 600))
    torchs = np.array(torch_log_mel(extractor.mel_filters, "cpu")(audios, 600))
    assert np.abs(ours - torchs).max() < 1e-3
    for row, audio in zip(ours, audios, strict=True):
        expected = extractor(audio)
        assert np.array_equal(row[:, : expected.shape[1]], expected)
        assert not row[:, expected.shape[1] :].any()


def test_a_partial_tells_how_sure_it_is_of_each_word() -> None:
    """Without a beam each word has a probability, high where it is spoken clearly."""
    model = resolve_model("base", Settings.load().cache_dir)
    decoding = Decoding(beam=1, floor_s=6, margin_s=1)
    whisper = WhisperRecogniser(model, {"partial": decoding, "final": decoding}, device="cpu")
    audio = to_float(spoken("market.flac"))
    (whole,) = whisper.recognise([Request(audio, "en", "partial")])
    assert len(whole.confidences) == len(whole.text.split()) == 8
    assert min(whole.confidences) > 0.5


def test_whoever_speaks_now_goes_before_pieces_of_files() -> None:
    """What waits for a full batch: live requests first, then a few pieces of files, in order."""
    counting = Counting()
    heard: list[list[int]] = []
    answer = counting.recognise

    def recording(requests: Sequence[Request]) -> list[Recognition]:
        heard.append([len(request.audio) for request in requests])
        return answer(requests)

    counting.recognise = recording  # type: ignore[method-assign]
    batcher: Recogniser = Batcher(counting, max_batch=8, stuck_after_s=60)
    with ThreadPoolExecutor(9) as threads:
        asked = [threads.submit(batcher.recognise, [request(1)])]
        while not heard:
            time.sleep(0.01)
        for n in (11, 12, 13, 14):
            piece = replace(request(n), batch=True)
            asked.append(threads.submit(batcher.recognise, [piece]))
            time.sleep(0.05)
        asked += [threads.submit(batcher.recognise, [request(n)]) for n in (2, 3)]
        time.sleep(0.3)
        counting.first.set()
        assert all(future.result() for future in asked)
    assert heard[0] == [1]
    assert sorted(heard[1][:2]) == [2, 3]
    assert heard[1][2:] == [11, 12]
    assert heard[2:] == [[13, 14]]
