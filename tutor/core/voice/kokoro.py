"""IPA as Kokoro's voices were taught to read it: a sign for each diphthong and affricate."""

from __future__ import annotations

_SIGNS = (("tʃ", "ʧ"), ("dʒ", "ʤ"), ("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("ɔɪ", "Y"))

_AMERICAN = (("oʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("ː", ""))
"""What English has beside them: R-coloured vowels in two signs, no length."""


def kokoro_symbols(ipa: str, *, is_english: bool = False) -> str:
    """IPA in the spelling of espeak-ng, as the symbols of the model."""
    for written, sign in (*_SIGNS, *(_AMERICAN if is_english else ())):
        ipa = ipa.replace(written, sign)
    return ipa
