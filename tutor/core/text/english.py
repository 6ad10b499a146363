"""English words made comparable: contractions, spellings, numbers and signs as they are spoken.

Numbers become their digits one by one: so "1999" is "nineteen ninety-nine", "5:30" is "five
thirty" and "2 0 5" is "two oh five".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tutor.core.text.numbers.english import SCALES
from tutor.core.text.numbers.values import composed_at, figures_at, is_ordinal

_CACHED_WORDS = 10_000
"""How many words' keys are cached: each utterance compares the words of its text anew."""

_WHOLE = {
    word: plain.split()
    for word, plain in {
        "won't": "will not",
        "can't": "can not",
        "cannot": "can not",
        "shan't": "shall not",
        "ain't": "ain't",
        "gonna": "going to",
        "wanna": "want to",
        "gotta": "got to",
        "hafta": "have to",
        "kinda": "kind of",
        "sorta": "sort of",
        "lemme": "let me",
        "gimme": "give me",
        "dunno": "do not know",
        "y'all": "you all",
        "c'mon": "come on",
        "'cause": "because",
        "cause": "because",
        "cos": "because",
        "'em": "them",
        "'til": "until",
        "till": "until",
        "o'clock": "oclock",
        "alright": "all right",
        "ok": "okay",
        "mr": "mister",
        "mrs": "missus",
        "dr": "doctor",
        "vs": "versus",
        "etc": "et cetera",
        "&": "and",
        "%": "percent",
    }.items()
}

_ENDINGS = {
    "n't": "not",
    "'re": "are",
    "'ll": "will",
    "'ve": "have",
    "'m": "am",
    "'s": "'s",
    "'d": "'d",
}

SHORT = {"'s": ("is", "has", "us", "s"), "'d": ("would", "had", "did")}
"""Contracted endings, and the words that each may stand for."""

_SPELLINGS = dict(
    pair.split("/")
    for pair in (
        "grey/gray mum/mom mums/moms programme/program programmes/programs tyre/tire tyres/tires "
        "kerb/curb plough/plow cheque/check cheques/checks storey/story storeys/stories "
        "sceptical/skeptical pyjamas/pajamas cosy/cozy jewellery/jewelry moustache/mustache "
        "mould/mold enrol/enroll fulfil/fulfill skilful/skillful wilful/willful odour/odor "
        "odours/odors instalment/installment manoeuvre/maneuver defence/defense offence/offense "
        "licence/license pretence/pretense practise/practice practised/practiced "
        "practising/practicing practises/practices yoghurt/yogurt judgement/judgment "
        "ageing/aging draught/draft gaol/jail artefact/artifact doughnut/donut doughnuts/donuts "
        "axe/ax disc/disk omelette/omelet signalled/signaled totalled/totaled equalled/equaled "
        "rivalled/rivaled paediatric/pediatric encyclopaedia/encyclopedia anaemia/anemia "
        "leukaemia/leukemia foetus/fetus archaeology/archeology aesthetic/esthetic learnt/learned "
        "burnt/burned dreamt/dreamed spelt/spelled leapt/leaped leant/leaned whisky/whiskey "
        "marvellous/marvelous woollen/woolen jeweller/jeweler tonne/ton tonnes/tons "
        "aeroplane/airplane aeroplanes/airplanes"
    ).split()
)

_SPELLING_RULES = tuple(
    (re.compile(pattern), american)
    for pattern, american in (
        # Both sides are rewritten, so "surprize" for "surprise" does no harm; what counts is
        # that no two different words meet ("four" and "for", "filled" and "filed" do not).
        (r"(?<=[a-z]{2})is(?=(e|es|ed|ing|er|ers|ation|ations|able)$)", "iz"),
        (r"(?<=[a-z]{2})ys(?=(e|es|ed|ing|er|ers)$)", "yz"),
        (r"(?<=[a-z]{3})our(?=(s|ed|ing|er|ers|ful|ite|ites|able|hood|hoods|ly|less)?$)", "or"),
        (r"(?<=[a-z]{2}[bt])re(?=s?$)", "er"),
        (r"(?<=[a-z]{2}el)l(?=(ed|ing|er|ers|or|ors)$)", ""),
        (r"(?<=[a-z]{2}og)ue(?=s?$)", ""),
    )
)

_DISTINCT = frozenset("timbre timbres prise prised lettre".split())
"""Words that a spelling rule would turn into another word."""

_CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro", "¢": "cent"}
_MONEY = frozenset(name + "s" for name in _CURRENCIES.values())
_SIGNS = {"%": "percent", "&": "and", "+": "plus", "=": "equals", "°": "degrees", "@": "at"}
_PARTED = re.compile("[\u2012-\u2015/]|--+|\\.{2,}|\u2026")
"""Marks that part words though no space is beside them."""

_Atom = tuple[str, int]
"""A plain lower-case word or a string of digits, and the index of the word that it came from."""


def english_keys(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The comparable keys of English words, each with `start` and `end` of the words it came
    from."""
    atoms = _money_after_scale(
        [(atom, at) for at, word in enumerate(words) for atom in _english_atoms(word)]
    )
    plain = [atom for atom, _ in atoms]
    at = 0
    while at < len(atoms):
        value, end = composed_at(plain, at)
        if value is None:
            atom, word = atoms[at]
            keys = figures_at(plain, at) or (list(atom) if atom.isdigit() else [_spelling(atom)])
            yield from ((key, word, word + 1) for key in keys)
        else:
            first, last = atoms[at][1], atoms[end - 1][1]
            yield from ((digit, first, last + 1) for digit in str(value))
        at = end


def _money_after_scale(atoms: list[_Atom]) -> list[_Atom]:
    """The atoms with a currency moved after its scale: "$5 million" is spoken "five million
    dollars"."""
    for n, (atom, _) in enumerate(atoms[:-1]):
        scale, word = atoms[n + 1]
        if atom in _MONEY and scale in SCALES:
            atoms[n : n + 2] = [(scale, word), (atom, word)]
    return atoms


@lru_cache(maxsize=_CACHED_WORDS)
def _spelling(word: str) -> str:
    """The American spelling of a word, as far as the table and the rules reach."""
    if word in _DISTINCT:
        return word
    word = _SPELLINGS.get(word, word)
    for pattern, american in _SPELLING_RULES:
        word = pattern.sub(american, word)
    return word


@lru_cache(maxsize=_CACHED_WORDS)
def _english_atoms(word: str) -> tuple[str, ...]:
    """The plain words inside one written word, with its signs spelled out."""
    text = unicodedata.normalize("NFKC", plain_apostrophes(word)).casefold()
    text = _read_signs(_PARTED.sub(" ", text))
    return tuple(atom for piece in text.split() for atom in _atoms_of_part(piece))


def plain_apostrophes(text: str) -> str:
    """A text in which every apostrophe, whatever a word processor made of it, is the plain one."""
    return re.sub("[\u2019\u2018\u02bc`\u00b4\u2032]", "'", text)


def _read_signs(text: str) -> str:
    """A text with money, per cent, clock times and decimal points as they are spoken."""
    for sign, name in _CURRENCIES.items():
        if sign in text:
            text = re.sub(rf"{re.escape(sign)}\s*1(?![\d.,]*\d)", f"1 {name} ", text)
            text = re.sub(rf"{re.escape(sign)}\s*(\d[\d,.]*)", rf"\1 {name}s ", text)
            text = re.sub(rf"(?<![^\W\d]){re.escape(sign)}(?!\w)", f" {name}s ", text)
    for sign, name in _SIGNS.items():
        text = text.replace(sign, f" {name} ")
    text = re.sub(r"\b(\d{1,2}):00\b", r"\1 oclock ", text)
    text = re.sub(r"(?<=\d),(?=\d{3})|(?<=\d):(?=\d)", "", text)
    return re.sub(r"(?<=\d)\.(?=\d)", " point ", text)


def _atoms_of_part(piece: str) -> list[str]:
    bare = "".join(c for c in piece if c.isalnum() or c in "'-.\u2010\u2011" or _is_mark(c))
    bare = _without_edges(re.sub("[\u2010\u2011]", "-", bare))
    if "." in bare:  # "p.m." is "pm"; "end.Next" is two words
        letters = bare.replace(".", "")
        short = all(len(part) <= 1 for part in bare.split("."))
        if short:
            return _expand(letters)
        return [atom for part in bare.split(".") for atom in _atoms_of_part(part)]
    if "-" in bare:
        return [atom for part in bare.split("-") for atom in _atoms_of_part(part)]
    return _expand(bare)


def _without_edges(bare: str) -> str:
    """A word without quotation marks and full stops around it; "'em" keeps its own, "goin'" is
    "going"."""
    stripped = bare.strip(".-")
    inner = stripped.strip("'")
    if f"'{inner}" in _WHOLE and stripped.startswith("'"):
        return f"'{inner}"
    if stripped.endswith("in'") and len(stripped) > 4:
        return inner[:-2] + "ing"
    return inner


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _expand(word: str) -> list[str]:
    if word in _WHOLE:
        return _WHOLE[word]
    for ending, plain in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return [*_expand(word[: -len(ending)]), plain]
    return _letters_and_digits(word.replace("'", ""))


def _letters_and_digits(word: str) -> list[str]:
    """The letters and the digits of a word as words of their own: "5pm" is two, but "3rd" is
    one."""
    if not word or is_ordinal(word) or word.isalpha():
        return [word] if word else []
    ascii_digits = "".join(str(unicodedata.digit(c, c)) for c in word)
    return [part for part in re.split(r"(?<=\d)(?=\D)|(?<=\D)(?=\d)", ascii_digits) if part]
