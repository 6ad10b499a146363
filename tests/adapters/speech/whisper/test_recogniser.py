from typing import get_args

import numpy as np
import pytest

from tests.support.places import DATA
from tests.support.speech import TEXTS, plain, spoken, wer
from tutor.adapters.settings import Settings
from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.resampler import resample
from tutor.adapters.speech.whisper.confidence import Rating
from tutor.adapters.speech.whisper.recogniser import WhisperRecogniser
from tutor.adapters.speech.whisper.windows import Decoding
from tutor.adapters.voice.catalogue import Catalogue
from tutor.core.audio.samples import RATE, to_float

pytestmark = pytest.mark.heavy

NAMES = ["train.flac", "weather.flac", "market.flac", "question.flac", "two_words.flac"]


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


def test_languages_share_a_call_and_hear_what_each_hears_alone() -> None:
    """Token for token, time for time: Latin and other scripts, `auto` and prompts in one bucket."""
    model = resolve_model("base", Settings.load().cache_dir)
    final, partial = Decoding(2, 8, 1, meets=True), Decoding(1, 4, 0.5, meets=True)
    whisper = WhisperRecogniser(model, {"final": final, "partial": partial}, device="cpu")
    said = [to_float(spoken(name)) for name in ("market.flac", "train.flac", "two_words.flac")]
    languages = ["en", "es", "auto", "ru", "de", "zh"]
    asked = [
        Request(said[n % 3], language, "final" if n < 4 else "partial")
        for n, language in enumerate(languages)
    ]
    together = whisper.recognise(asked)
    assert [one.language for one in together] == ["en", "es", "en", "ru", "de", "zh"]
    for heard, request in zip(together, asked, strict=True):
        (alone,) = whisper.recognise([request])
        times = [(word.text, word.start_s, word.end_s) for word in heard.words]
        assert (heard.text, times) == (
            alone.text,
            [(word.text, word.start_s, word.end_s) for word in alone.words],
        )
        sure = [word.confidence for word in alone.words] + list(alone.confidences)
        assert [w.confidence for w in heard.words] + list(heard.confidences) == pytest.approx(
            sure, abs=1e-3
        )
    calls = {whisper.begin(one).bucket for one in asked}
    assert len(calls) < len(asked) - 1


def test_silence_and_noise_give_no_text(whisper: WhisperRecogniser) -> None:
    """What is no speech is not made up into words, even when it reaches the recogniser."""
    rng = np.random.default_rng(3)
    quiet = [np.zeros(16_000, np.float32), np.zeros(64_000, np.float32)]
    noisy = [
        (rng.standard_normal(48_000) * level).astype(np.float32) for level in (0.001, 0.02, 0.2)
    ]
    heard = whisper.recognise([Request(audio, "en", "final") for audio in quiet + noisy])
    assert [recognition.text for recognition in heard] == [""] * 5


def test_a_partial_tells_how_sure_it_is_of_each_word() -> None:
    """Without a beam each word has a probability, high where it is spoken clearly: the same by the
    way of a GPU, a pass over the text, as by a CPU's, the steps' logits. Silence has none."""
    model = resolve_model("base", Settings.load().cache_dir)
    decoding = Decoding(beam=1, floor_s=6, margin_s=1)
    asked = [to_float(spoken("market.flac")), np.zeros(RATE, np.float32)]
    rated = []
    for rating in get_args(Rating):
        whisper = WhisperRecogniser(
            model, {"partial": decoding, "final": decoding}, device="cpu", rating=rating
        )
        heard, silence = whisper.recognise([Request(audio, "en", "partial") for audio in asked])
        assert len(heard.confidences) == len(heard.text.split()) == 8
        assert silence.confidences == ()
        rated.append(heard.confidences)
    assert min(rated[0]) > 0.5
    # Tokens that may not be written take their share of the probability in a pass over the text.
    assert rated[0] == pytest.approx(rated[1], abs=0.1)


@pytest.fixture(scope="module")
def live() -> WhisperRecogniser:
    """The real model, as a live session uses it."""
    return WhisperRecogniser.load(Settings.load(), resolve_model("base", Settings.load().cache_dir))


@pytest.mark.parametrize(
    ("name", "language", "end"),
    [
        ("hurried", "en", "with my brother"),
        ("please", "en", "to London please"),
        ("hurried", "auto", "with my brother"),
    ],
)
@pytest.mark.parametrize("silence_ms", [0, 100, 600])
def test_a_final_has_the_words_up_to_the_end_of_speech(
    live: WhisperRecogniser, name: str, language: str, end: str, silence_ms: int
) -> None:
    """Nothing is missing though the window is short, whatever silence the audio ends with."""
    speech = to_float(read_audio_file(DATA / "endings" / f"{name}.flac"))
    audio = np.pad(speech, (0, silence_ms * 16))
    request = Request(audio, language, "final", speech_s=len(speech) / 16_000)
    (heard,) = live.recognise([request])
    assert plain(heard.text).endswith(plain(end))
    assert " ".join(word.text for word in heard.words) == heard.text
    assert heard.words == tuple(sorted(heard.words, key=lambda word: word.start_s))


def test_what_was_really_repeated_stays(live: WhisperRecogniser) -> None:
    """Four zeros that take their time are no loop; the recogniser may hear one more."""
    speech = to_float(read_audio_file(DATA / "endings" / "zeros.flac"))
    partial, final = live.recognise(
        [Request(speech, "en", "partial"), Request(speech, "en", "final")]
    )
    assert len(partial.text.split()) >= 3
    assert len(final.text.split()) in (4, 5)


def test_a_prompt_is_not_heard_in_silence(live: WhisperRecogniser) -> None:
    """Three seconds of zeros hold nothing, whatever is likely to come."""
    silence = np.zeros(48_000, np.float32)
    prompt = "The assistant is called Jarvix."
    (heard,) = live.recognise([Request(silence, "en", "final", prompt=prompt)])
    assert heard.text == ""


def test_a_name_is_heard_where_it_is_said_and_an_expected_word_is_not_made(
    live: WhisperRecogniser,
) -> None:
    """By the voice: without its name the recogniser writes another; who says "leave" has not said
    "live", though it was named. Each word keeps its time."""
    voice = Catalogue(Settings.load()).load()[0]

    def final(text: str, *vocabulary: str) -> str:
        audio = resample(voice.say(text, 1.0).audio, voice.sample_rate, RATE)
        request = Request(to_float(audio), "en", "final", vocabulary=vocabulary)
        (heard,) = live.recognise([request])
        assert [word.text for word in heard.words] == heard.text.split()
        return heard.text

    assert "Kowalczyk" not in final("I want to visit Kowalczyk next summer.")
    told = final("I want to visit Kowalczyk next summer.", "Kowalczyk", "Brno")
    assert told == "I want to visit Kowalczyk next summer."
    assert final("They leave in London.", "live", "Brno") == "They leave in London."
