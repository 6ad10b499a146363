"""Makes `talk/*.flac`: what a learner says at the café, in another voice than the tutor's.

python tests/data/make_talk.py
"""

from pathlib import Path

import numpy as np

from tutor.adapters.settings import Settings
from tutor.adapters.speech.resampler import resample
from tutor.adapters.voice.catalogue import Catalogue
from tutor.adapters.voice.encoder import Encoder
from tutor.core.audio.samples import RATE

VOICE = "af_heart"
SENTENCES = {
    "coffee": "A large coffee with milk, please.",
    "price": "How much is it?",
    "wait": "Wait a moment, please, I want some cake, too.",
}
AROUND = np.zeros(RATE // 10, np.int16)


def main() -> None:
    """Make every file."""
    known = Catalogue(Settings.load(kokoro=True)).known()
    voice = next(one for one in known if one.facts.id == VOICE).load()
    for name, text in SENTENCES.items():
        said = resample(voice.say(text, 0.95).audio, voice.sample_rate, RATE)
        encoder = Encoder("flac", RATE)
        flac = encoder.feed(np.concatenate([AROUND, said, AROUND]).tobytes()) + encoder.end()
        (Path(__file__).parent / "talk" / f"{name}.flac").write_bytes(flac)


if __name__ == "__main__":
    main()
