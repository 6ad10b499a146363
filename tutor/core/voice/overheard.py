"""What is heard while the tutor speaks: its own voice, a sign that one listens, or the learner."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from tutor.core.text.languages import primary
from tutor.core.text.normal import normalise


class Verdict(StrEnum):
    """What words that were heard while the tutor spoke are."""

    NOTHING = "nothing"
    """No words: noise, a cough."""
    ECHO = "echo"
    """The tutor's own words, out of the loudspeaker."""
    BACKCHANNEL = "backchannel"
    """"Mm-hm": who says so listens and does not want a turn."""
    CALL = "call"
    """A word by which one asks for a turn: "stop", "what?"."""
    SPEECH = "speech"


LIKE_ECHO = ((4, 1.0), (8, 0.75), (16, 0.66), (10_000, 0.6))
"""How alike what was heard and what was being said must be, 0 to 1, to be echo, by the letters that
were heard at most: a short word is like something in many sentences."""

MOST_BACKCHANNELS = 3
"""Words of the longest sign that one listens: "yeah, yeah, okay"."""

_EVERYWHERE = frozenset(
    "hm hmm hmmm mhm mm mmm mmhm mmhmm uhhuh uhuh aha ah oh uh um er eh".split()
)
_BACKCHANNELS = {
    "en": "yeah yes yep ok okay right sure good great nice cool wow really exactly alright",
    "de": "ja jaja ok okay genau gut klar stimmt so achso aha schön echt",
    "es": "sí si ok vale ya claro bueno bien ajá exacto",
    "fr": "oui ouais ok d'accord voilà bon bien",
    "ru": "да ага угу ладно хорошо ок понятно так ясно",  # noqa: RUF001 - Russian
}
_CALLS = {
    "en": "stop wait no what pardon sorry help hello why how again repeat slower louder pause "
    "question",
    "de": "stopp stop halt warte warten nein was bitte wie hilfe hallo warum nochmal langsamer "
    "frage",
    "es": "para espera alto no qué perdón ayuda hola cómo repite despacio pregunta",
    "fr": "stop attends attendez non quoi pardon aide bonjour comment pourquoi répète répétez "
    "question",
    "ru": "стоп стой подожди подождите нет что помогите почему как повтори повторите вопрос",
}
"""Words by which one asks for a turn, however short they are; at the head of what was said, or at
its end."""

_CALL_PHRASES = frozenset(
    {"excuse me", "hang on", "hold on", "say again", "por favor", "un moment", "einen moment"}
)
MOST_CALLS = 3
"""Words of the longest call: "no, no, wait"."""

_PHRASES = frozenset({"i see", "of course", "de acuerdo", "ah bon", "ach so", "na klar"})
"""Signs of several words that are none one by one."""

_CALLS_BY_LANGUAGE = {
    language: frozenset(normalise(word) for word in words.split())
    for language, words in _CALLS.items()
}

_BY_LANGUAGE = {
    language: _EVERYWHERE | {normalise(word) for word in words.split()}
    for language, words in _BACKCHANNELS.items()
}


def judge(heard: str, saying: Sequence[str], language: str) -> Verdict:
    """What words are that were heard while the tutor spoke.

    Args:
        heard: The words, as they were recognised.
        saying: The words that the tutor was saying at about that time.
        language: BCP-47, or Whisper's code.
    """
    words = [normalise(word) for word in heard.replace("-", "").split()]
    words = [word for word in words if any(map(str.isalnum, word))]
    if not words:
        return Verdict.NOTHING
    said = [normalise(word) for word in saying]
    if is_like(" ".join(words), " ".join(said)):
        return Verdict.ECHO
    signs = _BY_LANGUAGE.get(primary(language), _EVERYWHERE)
    if len(words) <= MOST_CALLS and _calls(words, language):
        return Verdict.CALL
    is_sign = " ".join(words) in _PHRASES or all(word in signs for word in words)
    if is_sign and len(words) <= MOST_BACKCHANNELS:
        return Verdict.BACKCHANNEL
    return Verdict.SPEECH


def _calls(words: Sequence[str], language: str) -> bool:
    known = _CALLS_BY_LANGUAGE.get(primary(language), frozenset[str]())
    return " ".join(words) in _CALL_PHRASES or words[0] in known or words[-1] in known


def is_like(heard: str, said: str) -> bool:
    """Whether what was heard is, letter by letter, like some stretch of what was said."""
    letters = len(heard.replace(" ", ""))
    least = next(least for most, least in LIKE_ECHO if letters <= most)
    return likeness(f" {heard} ", f" {said} ") >= least  # whole words: "no" is not in "now"


def likeness(heard: str, said: str) -> float:
    """How alike a text is to the most similar stretch of another one, 0 to 1."""
    if not heard or not said:
        return 0.0
    other = np.frombuffer(said.encode("utf-32-le"), np.uint32)
    steps = np.arange(len(other) + 1)
    row = np.zeros(len(other) + 1, np.int64)  # a stretch may begin anywhere
    for letter in heard:
        changed = row[:-1] + (other != ord(letter))
        best = np.minimum(row[1:] + 1, changed)
        row = np.concatenate([[row[0] + 1], best])
        row = np.minimum.accumulate(row - steps) + steps
    return 1.0 - min(int(row.min()), len(heard)) / len(heard)
