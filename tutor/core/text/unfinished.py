# ruff: noqa: RUF001 - Russian letters look like Latin ones
"""Whether what was said so far hangs in the air: a sentence that is not over.

Nobody ends a turn with "and", an article or a filler. A recogniser writes a full stop behind almost
everything, so the last word counts first, and the mark only where the word says nothing.
"""

from __future__ import annotations

from tutor.core.text.languages import primary
from tutor.core.text.marks import CLOSING, ends_sentence
from tutor.core.text.normal import normalise
from tutor.core.text.wording import is_filler

_HANGING = {
    "en": """
a an the and but or because if when while although unless until whether since than as of to with
from for into onto at by without between among my your our their its every each such very quite too
rather am are is was were i'm you're we're they're he's she's it's that's there's i've we've
they've i'd we'd they'd i'll you'll he'll she'll we'll they'll who which whose where""",
    "de": """
der die das den dem des ein eine einen einem einer eines kein keine keinen und oder aber denn
sondern weil dass ob wenn als wie obwohl damit bevor nachdem während mit von für bei nach aus ohne
gegen durch um zu zum zur im am beim vom ins mein meine meinen dein deine unser ihr ihre sehr ist
bin sind war waren ich wir man""",
    "es": """
el la los las un una unos unas y e o u pero sino porque que si cuando aunque mientras como donde
de del a al en con sin por para sobre desde hasta entre hacia mi mis tu tus su sus nuestro nuestra
muy tan es son era eran estoy está yo""",
    "fr": """
le la les l' un une des du de d' et ou mais car parce que qu' si quand lorsque comme où puisque à
au aux en avec sans pour par sur sous dans chez vers entre depuis mon ma mes ton ta tes son sa ses
notre nos votre vos leur leurs très est sont suis était je j' c'est il elle nous on""",
    "ru": """
и а но или что чтобы если когда потому поэтому хотя пока где куда который которая которое которые
в во на с со к ко по за из от до у о об обо при про для без над под через между перед мой моя моё
мои твой твоя наш наша ваш ваша свой своя очень как чем не""",
}
"""Words that something must follow: articles, conjunctions, prepositions, possessives, helping
verbs. What may well end a sentence ("in", "that", "you", "haben") is not among them."""

_SETS = {language: frozenset(map(normalise, words.split())) for language, words in _HANGING.items()}

_OPEN_MARKS = (",", ":", ";", "-", "\u2013", "\u2014", "\u2026", "...", "\u3001", "\uff0c")
"""Marks behind which a sentence goes on; three full stops are a voice that trails off."""


def is_unfinished(text: str, language: str) -> bool:
    """Whether a text must go on: its last word hangs, fills a pause, or was broken off.

    `language`: Whisper's code. A question may end with a preposition ("Where are you from?").
    """
    bare = text.strip().rstrip(CLOSING)
    last = bare.split()[-1:] or [""]
    if not last[0] or bare.endswith("?"):
        return False
    word = normalise(last[0])
    hanging = _SETS.get(primary(language), frozenset())
    return bare.endswith(_OPEN_MARKS) or word in hanging or is_filler(last[0], language)


def is_finished(text: str, language: str) -> bool:
    """Whether a text ends as a sentence does: with its mark, and not with a word that hangs."""
    return bool(text.strip()) and ends_sentence(text.strip()) and not is_unfinished(text, language)
