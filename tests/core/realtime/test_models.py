from typing import get_args

import pytest
from openai.types import AudioModel
from openai.types.audio import SpeechModel

from tutor.core.realtime.models import CONVERSING, SPEAKERS, TRANSCRIBERS, is_one_of, transcribers


def test_what_openais_clients_name_is_there() -> None:
    """Each model of the official client's types, but the one that tells speakers apart."""
    audio = set(get_args(AudioModel)) - {"gpt-4o-transcribe-diarize"}
    assert all(is_one_of(name, TRANSCRIBERS) for name in audio)
    assert all(is_one_of(name, SPEAKERS) for name in get_args(SpeechModel))


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("gpt-4o-mini-transcribe-2025-12-15", TRANSCRIBERS),
        ("gpt-4o-transcribe-latest", TRANSCRIBERS),
        ("tts-1-1106", SPEAKERS),
        ("tts-1-hd-1106", SPEAKERS),
        ("gpt-realtime-2025-08-28", CONVERSING),
        ("gpt-realtime-1.5", CONVERSING),
        ("gpt-realtime-2.1-mini", CONVERSING),
        ("gpt-4o-realtime-preview-2024-12-17", CONVERSING),
    ],
)
def test_a_version_is_the_same_model(name: str, models: tuple[str, ...]) -> None:
    """A day, a month and a day, or a number in the name."""
    assert is_one_of(name, models)
    assert sum(is_one_of(name, kind) for kind in (TRANSCRIBERS, SPEAKERS, CONVERSING)) == 1


@pytest.mark.parametrize(
    "name",
    [
        *("", "gpt-4o", "gpt-4o-transcribe-diarize", "whisper-2", "whisper", "whisper-1-x", "tts"),
        *("WHISPER-1", "gpt-realtime-maxi", "base", "-2025-12-15", "1" * 10_000),
    ],
)
def test_another_name_is_no_model(name: str) -> None:
    """What nobody has, and what only looks like one of them."""
    assert not any(is_one_of(name, kind) for kind in (TRANSCRIBERS, SPEAKERS, CONVERSING))


def test_the_recogniser_has_a_name_of_its_own() -> None:
    """Beside OpenAI's, which comes first."""
    assert transcribers("base")[:2] == ("whisper-1", "base")
    assert set(transcribers("")) == set(TRANSCRIBERS)
