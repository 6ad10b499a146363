"""How two texts are made comparable before their words are counted.

They are compared as a reader's words are with a text (`tutor.core.text.wording`), fillers left out:
which way a recogniser writes numbers, contractions and spelling variants is not an error.
"""

from __future__ import annotations

from collections.abc import Iterable

import jiwer

from tutor.bench.figures import WordErrors
from tutor.core.text.wording import is_filler, split_words, tokenise

_LANGUAGE = "en"
_LONG = {"'s": "is", "'d": "would"}


def comparable(text: str) -> str:
    """A text as plain words with single spaces between them."""
    words = [word for word in split_words(text, _LANGUAGE) if not is_filler(word, _LANGUAGE)]
    return " ".join(_LONG.get(token.key, token.key) for token in tokenise(words, _LANGUAGE))


def word_errors(texts: Iterable[tuple[str, str]]) -> WordErrors:
    """The word errors of pairs of texts: what was to be said, and what was heard."""
    pairs = [(comparable(said), comparable(heard)) for said, heard in texts]
    pairs = [(said, heard) for said, heard in pairs if said]
    if not pairs:
        return WordErrors()
    counted = jiwer.process_words([said for said, _ in pairs], [heard for _, heard in pairs])
    return WordErrors(
        counted.hits + counted.substitutions + counted.deletions,
        counted.substitutions,
        counted.deletions,
        counted.insertions,
    )
