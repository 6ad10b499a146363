"""What the benchmark compares with."""

import pytest

from tests.support.speech import TEXTS, plain, spoken
from tutor.adapters.settings import Settings
from tutor.adapters.speech.baselines import PlainRecogniser
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Request
from tutor.core.audio.samples import to_float

pytestmark = pytest.mark.heavy


def test_faster_whisper_as_it_comes_hears_a_sentence() -> None:
    """A final has the sentence's words with their times, a partial its words."""
    settings = Settings.load()
    recogniser = PlainRecogniser(settings, resolve_model("base", settings.cache_dir))
    audio = to_float(spoken("market.flac"))
    final, partial = recogniser.recognise(
        [Request(audio, "en", "final"), Request(audio, "en", "partial")]
    )
    assert plain(final.text) == plain(partial.text) == plain(TEXTS["market.flac"])
    assert len(final.words) == len(final.text.split())
    assert partial.words == ()
