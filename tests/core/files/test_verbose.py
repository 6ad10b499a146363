import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.audio import TranscriptionSegment, TranscriptionVerbose

from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.files.transcript import Piece, Transcript, assemble
from tutor.core.files.verbose import as_verbose

UNKNOWN = {"no_speech_prob": 0.0, "avg_logprob": 0.0}
"""What may be left out, each with a value of its type."""


def heard(*words: str, confidence: float = 0.5) -> Recognition:
    """A piece of these words, half a second each."""
    said = (RecognisedWord(w, n / 2, (n + 1) / 2, confidence) for n, w in enumerate(words))
    return Recognition(" ".join(words), "en", tuple(said))


def nulls(value: Any) -> bool:
    """Whether there is a null anywhere."""
    if isinstance(value, dict):
        return any(map(nulls, value.values()))
    return any(map(nulls, value)) if isinstance(value, list) else value is None


texts = st.lists(st.sampled_from(["Hello.", "I", "went", "home!", "Zoë"]), max_size=5)
recognitions = st.one_of(
    st.builds(lambda words, sure: heard(*words, confidence=sure), texts, st.floats(0, 1)),
    st.builds(lambda words: Recognition(" ".join(words), "en"), texts),  # without word times
)


@given(st.lists(recognitions, max_size=4), st.sampled_from(["en", "de", "auto"]))
def test_the_types_are_openais(pieces: list[Recognition], language: str) -> None:
    """As their client's classes have them, checked strictly: no null, and a number where there is a
    number, whatever was understood."""
    found = [(Piece(n, n * 48_000, (n + 1) * 48_000), one) for n, one in enumerate(pieces)]
    transcript = assemble(found, language, 3.0 * len(found) + 0.5)
    answer = as_verbose(transcript, ["segment", "word"])
    assert not nulls(answer)
    for segment in answer["segments"]:
        whole = json.dumps(UNKNOWN | segment)
        assert TranscriptionSegment.model_validate_json(whole, strict=True).id == segment["id"]
    answer["segments"] = [UNKNOWN | segment for segment in answer["segments"]]
    told = TranscriptionVerbose.model_validate_json(json.dumps(answer), strict=True)
    assert told.language == {"en": "english", "de": "german", "auto": "unknown"}[language]


def test_what_is_not_known_is_left_out() -> None:
    """How likely it is that nobody spoke; where there are no words, how sure the recogniser was."""
    found = assemble([(Piece(0, 0, 16_000), Recognition("Hello.", "en"))], "en", 1.0)
    (segment,) = as_verbose(found, ["segment"])["segments"]
    assert not segment.keys() & UNKNOWN.keys()
    found = assemble([(Piece(0, 0, 16_000), heard("Hello."))], "en", 1.0)
    (segment,) = as_verbose(found, ["segment"])["segments"]
    assert segment["avg_logprob"] == pytest.approx(-0.6931)


@pytest.mark.parametrize(
    ("asked", "there"), [([], set()), (["word"], {"words"}), (["segment"], {"segments"})]
)
def test_there_is_as_much_as_is_asked_for(asked: list[str], there: set[str]) -> None:
    """Words, segments, both or neither."""
    answer = as_verbose(Transcript("", "en", 1.0), asked)
    assert answer.keys() & {"words", "segments"} == there
