"""Checks of what a client asks a session for; each raises `ProtocolError` with the client's
code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.core.coach.exercises import MAX_ID
from tutor.core.feedback.reading.reading import TextError, check_text
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.limits import (
    MAX_ENDPOINT_SILENCE_MS,
    MAX_HOLD_MS,
    MAX_SAMPLE_RATE,
    MAX_VOCABULARY,
    MAX_VOCABULARY_WORD,
    MIN_ENDPOINT_SILENCE_MS,
    MIN_SAMPLE_RATE,
    SPEECH_RATES,
    Limits,
)
from tutor.core.protocol.messages import Exercise, Speech
from tutor.core.talk.scenario import Scenario
from tutor.core.text.languages import AUTO, primary, whisper_language
from tutor.core.voice.config import SpeakingConfig
from tutor.core.voice.voices import VoiceFacts, find_voice


def require_rate(rate: int) -> int:
    """The sample rate, if it can be resampled.

    Raises:
        ProtocolError: `unsupported_audio`.
    """
    if not MIN_SAMPLE_RATE <= rate <= MAX_SAMPLE_RATE:
        raise ProtocolError(
            "unsupported_audio",
            f"sample_rate must be {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE}, not {rate}",
        )
    return rate


def require_language(tag: str) -> str:
    """Whisper's code for a language tag.

    Raises:
        ProtocolError: `unsupported_language`.
    """
    code = whisper_language(tag)
    if code is None:
        raise ProtocolError("unsupported_language", f"{tag[:40]!r} is not a language we know")
    return code


def require_text(exercise: Exercise, language: str) -> None:
    """Refuse an exercise without the text that it needs, or with one that cannot be read.

    Raises:
        ProtocolError: `bad_message` where there is no text, else `no_text` or `text_too_long`.
    """
    if exercise.type in ("read_aloud", "shadow") and not (exercise.text or "").strip():
        raise ProtocolError("bad_message", f"exercise.text is needed for {exercise.type}")
    if exercise.text:
        try:
            check_text(exercise.text, language)
        except TextError as error:
            raise ProtocolError(error.reason, f"exercise.text: {error}") from error


def require_id(exercise: Exercise) -> None:
    """Refuse the id of an exercise that is longer than any of the library's.

    Raises:
        ProtocolError: `bad_message`.
    """
    if exercise.id is not None and len(exercise.id) > MAX_ID:
        raise ProtocolError("bad_message", f"exercise.id: {MAX_ID} characters at most")


def require_silence(silence_ms: int) -> None:
    """Refuse an endpoint silence outside its limits.

    Raises:
        ProtocolError: `bad_message`.
    """
    if not MIN_ENDPOINT_SILENCE_MS <= silence_ms <= MAX_ENDPOINT_SILENCE_MS:
        raise ProtocolError(
            "bad_message",
            f"endpoint_silence_ms must be {MIN_ENDPOINT_SILENCE_MS} to "
            f"{MAX_ENDPOINT_SILENCE_MS}, not {silence_ms}",
        )


def check_time(limits: Limits, silent_s: float, open_s: float) -> None:
    """Refuse to go on with a client that is silent for too long, or a session that lasts too long.

    Raises:
        ProtocolError: `idle_timeout` or `session_too_long`.
    """
    if silent_s > limits.idle_timeout_s:
        raise ProtocolError("idle_timeout")
    if open_s > limits.max_session_s:
        raise ProtocolError("session_too_long")


def require_scenario(
    exercise: Exercise, language: str, scenarios: Mapping[str, Scenario] | None
) -> None:
    """Refuse a conversation without a scenario that there is in the session's language.

    `language`: Whisper's code, or `auto`.

    Raises:
        ProtocolError: `unknown_scenario`.
    """
    if exercise.type != "conversation":
        return
    if scenarios is None:
        raise ProtocolError("unknown_scenario", "there are no conversations without feedback")
    scenario = scenarios.get(exercise.scenario or "")
    if scenario is None:
        raise ProtocolError("unknown_scenario")
    if language not in ("auto", whisper_language(scenario.language)):
        raise ProtocolError(
            "unknown_scenario", f"{scenario.id} is in {scenario.language}, not in {language}"
        )


def require_vocabulary(words: Sequence[str]) -> tuple[str, ...]:
    """Likely words without blanks around them, each once.

    Raises:
        ProtocolError: `bad_message`, there are too many, or one is empty, too long or no text.
    """
    if len(words) > MAX_VOCABULARY:
        raise ProtocolError("bad_message", f"vocabulary: {MAX_VOCABULARY} words at most")
    found = tuple(dict.fromkeys(" ".join(word.split()) for word in words))
    for word in found:
        if not 0 < len(word) <= MAX_VOCABULARY_WORD or not word.isprintable():
            raise ProtocolError(
                "bad_message",
                f"vocabulary: each is 1 to {MAX_VOCABULARY_WORD} characters, not {word[:20]!r}",
            )
    return found


def require_hold(ms: int) -> int:
    """The length of a hold in milliseconds, if it is within its limits.

    Raises:
        ProtocolError: `bad_message`.
    """
    if not 0 <= ms <= MAX_HOLD_MS:
        raise ProtocolError("bad_message", f"ms must be 0 to {MAX_HOLD_MS}, not {ms}")
    return ms


def require_speech(
    wish: Speech, language: str, voices: Sequence[VoiceFacts], config: SpeakingConfig
) -> VoiceFacts | None:
    """The voice that is to speak as a client wishes; None: none can now.

    `language`: that of the session, Whisper's code or `auto`.

    Raises:
        ProtocolError: `unsupported_speech`, the client asks for what is never to be had.
    """
    if not config.slowest <= wish.rate <= config.fastest:
        detail = f"speech.rate: from {config.slowest:g} to {config.fastest:g}, not {wish.rate}"
        raise ProtocolError("unsupported_speech", detail)
    if wish.sample_rate not in SPEECH_RATES:
        rates = ", ".join(map(str, SPEECH_RATES))
        detail = f"speech.sample_rate: one of {rates}, not {wish.sample_rate}"
        raise ProtocolError("unsupported_speech", detail)
    if not voices:
        return None
    found = find_voice(voices, wish.voice)
    if found is None:
        there = ", ".join(one.id for one in voices)
        detail = f"speech.voice: there is no {wish.voice[:60]!r}; there is {there}"
        raise ProtocolError("unsupported_speech", detail)
    if found.id == wish.voice or language == AUTO:
        return found
    return next((one for one in voices if _speaks(one, language)), None)


def _speaks(voice: VoiceFacts, language: str) -> bool:
    return not voice.language or primary(voice.language) == primary(language)
