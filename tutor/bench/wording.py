"""How two texts are made comparable before their words are counted.

Lower case, no punctuation, contractions written out, a few spellings made one, fillers left out,
every number as its digits one by one ("twelve", "12" and "one two" are all `1 2`): learners read
many digit strings, and which way a recogniser writes them is not an error.
"""

from __future__ import annotations

import re

_CONTRACTIONS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bwon't\b", "will not"),
        (r"\b(can't|cannot)\b", "can not"),
        (r"\blet's\b", "let us"),
        (r"\bo'clock\b", "oclock"),
        (r"n't\b", " not"),
        (r"'re\b", " are"),
        (r"'s\b", " is"),
        (r"'d\b", " would"),
        (r"'ll\b", " will"),
        (r"'ve\b", " have"),
        (r"'m\b", " am"),
        (r"\b(hmm|mm|mhm|uh|um|er|ah)\b", " "),
        (r"\bmr\b", "mister"),
        (r"\bmrs\b", "missus"),
        (r"\bdr\b", "doctor"),
        (r"\bok\b", "okay"),
        (r"%", " percent"),
        (r"(?<=\d)[,:.](?=\d)", ""),
        (r"\b1st\b", "first"),
        (r"\b2nd\b", "second"),
        (r"\b3rd\b", "third"),
    )
)

_SPELLINGS = {
    "centre": "center",
    "colour": "color",
    "colours": "colors",
    "favourite": "favorite",
    "grey": "gray",
    "mum": "mom",
    "neighbour": "neighbor",
    "neighbours": "neighbors",
    "programme": "program",
    "theatre": "theater",
    "travelling": "traveling",
}

_UNITS = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DIGITS = (
    {word: [str(value)] for value, word in enumerate(_UNITS)}
    | {word: ["1", str(value)] for value, word in enumerate(_TEENS)}
    | {word: [str(value), "0"] for value, word in enumerate(_TENS, start=2)}
)


def comparable(text: str) -> str:
    """The text as plain words with single spaces between them."""
    text = text.lower().replace("\u2019", "'")
    for pattern, plain in _CONTRACTIONS:
        text = pattern.sub(plain, text)
    words = re.sub(r"[^\w' ]", " ", text).replace("'", "").split()
    following = [*words[1:], ""]
    return " ".join(
        part for word, after in zip(words, following, strict=False) for part in _plain(word, after)
    )


def _plain(word: str, after: str) -> list[str]:
    if word in _TENS and after in _UNITS[1:]:  # "twenty three" is 2 3, not 2 0 3
        return _DIGITS[word][:1]
    if word in _DIGITS:
        return _DIGITS[word]
    if word.isdigit():
        return list(word)
    return [_SPELLINGS.get(word, word)]
