"""The ways in which written words can be said: one way for most, several for 7:30 or "St."

Everything that is compared with speech, laid along it or spoken goes through here, so that all
agree on what was to be said. `ways_of` finds the spans of a text that can be said otherwise than
letter by letter; `say` is the likeliest way of a whole text, for a voice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tutor.core.text.english import plain_apostrophes
from tutor.core.text.languages import primary
from tutor.core.text.normal import without_invisible
from tutor.core.text.pasted import LABEL
from tutor.core.text.spoken import english, french, german, russian, spanish
from tutor.core.text.spoken.figures import LONGEST, day_and_month, figure_ways, mixed_ways
from tutor.core.text.spoken.letters import letter_ways
from tutor.core.text.spoken.pack import Context, Pack, product
from tutor.core.text.spoken.tidying import AROUND, BEHIND, DASHES, tidy
from tutor.core.text.spoken.together import phone_ways, phone_words, together

PACKS: dict[str, Pack] = {
    "de": german.PACK,
    "en": english.PACK,
    "es": spanish.PACK,
    "fr": french.PACK,
    "ru": russian.PACK,
}
"""The languages that have rules, by primary subtag."""

MOST_WAYS = 60
"""The most ways of one span: what has more is read in none of the rarest."""

LONGEST_WORD = 80
"""Characters of the longest word that rules are tried on: what is longer nobody reads aloud."""

_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_LISTED = re.compile(rf"\(?(\d{{1,2}}|[a-z])[.)] (.+)|({LABEL}): (.+)")
_FIGURES = re.compile(rf"[0-9]{{1,{LONGEST}}}")


@dataclass(frozen=True)
class Said:
    """Written words, and the ways in which they are said."""

    start: int
    end: int
    """The words are `words[start:end]` of the text."""
    ways: tuple[tuple[str, ...], ...]
    """The likeliest way first. Each has a text for each of the words in turn; or one text for all
    of them together, where they are said in another order."""


def ways_of(words: Sequence[str], language: str) -> tuple[Said, ...]:
    """The spans of written words that can be said in several ways, or not as they are written.

    Words between them are plain. `language`: a BCP-47 tag; one without rules has no spans.
    """
    pack = PACKS.get(primary(language))
    if pack is None:
        return ()
    contexts = _contexts(words)
    phones = phone_words(contexts)
    spans: list[Said] = []
    at = 0
    while at < len(words):
        found: Said | None
        if at in phones:
            found = _phone_at(contexts, at, pack)
        else:
            found = _pair_at(contexts, at, pack) or _alone_at(contexts, at, pack)
        if found:
            spans.append(found)
        at = found.end if found else at + 1
    return tuple(spans)


MOST_HELD = 8
"""Ways of a word that its sounds are asked for, at most."""


def said_words(
    words: Sequence[str], language: str, chosen: Mapping[int, int]
) -> dict[int, tuple[str, ...]]:
    """In what words each word is said that is not said as it is written, by index.

    The way that was chosen for its span comes first (`chosen`: an index by the span's first word),
    then the others. Where a span is said in another order than it is written, its words share what
    is said in turn, so that each of them has sounds, in the order of speech.
    """
    found: dict[int, tuple[str, ...]] = {}
    for span in ways_of(words, language):
        best = chosen.get(span.start, 0)
        ways = [span.ways[best], *span.ways[:best], *span.ways[best + 1 :]]
        pieces = [_shared(way, span.end - span.start) for way in ways[:MOST_HELD]]
        for n in range(span.end - span.start):
            texts = [spell(piece[n], language) for piece in pieces if piece and piece[n]]
            if texts:
                found[span.start + n] = tuple(dict.fromkeys(texts))
    return found


def _shared(way: tuple[str, ...], count: int) -> tuple[str, ...]:
    """A way with one text for each written word; () if it has too few words for that."""
    if len(way) == count:
        return way
    parts = way[0].split()
    if len(parts) < count:
        return ()
    return (*parts[: count - 1], " ".join(parts[count - 1 :]))


def say(words: Sequence[str], language: str) -> list[str]:
    """The words of a text as they are most likely said; figures, signs and short forms in words.

    The marks of the sentence stay.
    """
    spans = {span.start: span for span in ways_of(words, language)}
    said: list[str] = []
    at = 0
    while at < len(words):
        span = spans.get(at)
        end = span.end if span else at + 1
        if span:
            said += [spell(way, language) for way in span.ways[0]]
            said[-1] += _mark(words, end - 1, language)
        else:
            said.append(_plainly(words[at], language))
        at = end
    return said


def _plainly(word: str, language: str) -> str:
    """A word that is said as it is written, without what only a page needs."""
    plain = without_invisible(plain_apostrophes(word))
    return spell(DASHES.sub("-", re.sub(f"{DASHES.pattern}+$", ",", plain)).lstrip("-"), language)


def _mark(words: Sequence[str], n: int, language: str) -> str:
    """The mark of the sentence that stands behind a word; a short form's full stop is none."""
    last = words[n].rstrip(AROUND.replace("…", "") + "\"'")[-1:]
    if last == ".":
        return "." if _ends(words, n) and not _has_own_stop(words, n, language) else ""
    return last if last and last in BEHIND + "…" else ""


def _has_own_stop(words: Sequence[str], n: int, language: str) -> bool:
    """Whether the full stop behind a word is that of a short form."""
    pack, stem = PACKS[primary(language)], tidy(words[n]).rstrip(".").casefold()
    if n + 1 == len(words) and _INITIALS.fullmatch(stem):
        return True
    return stem in pack.short or stem in pack.titled


def spell(way: str, language: str) -> str:
    """A way with its last figures in words: some languages' ways keep those up to 999."""
    pack = PACKS.get(primary(language))
    if pack is None:
        return way
    return _FIGURES.sub(lambda found: pack.words(int(found[0])), way)


def _of_list(mark: str, context: Context, pack: Pack) -> list[str]:
    """The ways of a word with its list's number, or a speaker's name, before it: that may be left
    out."""
    words = word_ways(context, pack) or [context.word]
    if mark[:1].isupper():
        return product([mark, ""], words)
    count = list(pack.cardinals(int(mark)))[:1] if mark.isdigit() else [mark.upper()]
    points = pack.points(int(mark)) if mark.isdigit() and int(mark) else ()
    return product([*count, "", f"{pack.number[0]} {count[0]}", *points], words)


def _behind_a_dash(context: Context, pack: Pack) -> list[str]:
    """The ways of the second of two numbers with a dash between: "10 - 15", "5 - 3 = 2"."""
    dash = (*pack.to, *pack.negative, "")
    if context.after.startswith("="):
        dash = (*pack.negative, *pack.to, "")
    return product(dash, word_ways(context, pack) or [context.word])


def _star(context: Context, pack: Pack) -> list[str]:
    """The ways of a star that stands between no numbers: its name, or nothing."""
    between = context.before[-1:].isdigit() and context.after[:1].isdigit()
    return [*pack.signs["*"][::-1], ""] if context.word == "*" and not between else []


def _divided(context: Context, pack: Pack) -> list[str]:
    """The ways of a number behind another one and a slash: "12 / 4 = 3"."""
    signs = (*pack.signs.get("÷", ()), *pack.signs.get("/", ()), "")
    return product(signs, word_ways(context, pack) or [context.word])


def _contexts(words: Sequence[str]) -> list[Context]:
    tidied = [_tidied(word) for word in words]
    letters = [c for word in tidied for c in word if c.isalpha()]
    loud = len(letters) > 12 and sum(map(str.isupper, letters)) > 0.7 * len(letters)
    return [
        Context(
            word,
            tidied[n - 1] if n else "",
            tidied[n + 1] if n + 1 < len(tidied) else "",
            _ends(words, n),
            loud,
        )
        for n, word in enumerate(tidied)
    ]


_tidied = lru_cache(maxsize=4096)(tidy)


def _ends(words: Sequence[str], n: int) -> bool:
    if n + 1 == len(words):
        return True
    following = words[n + 1].lstrip(AROUND + "\"'")
    return words[n].rstrip(AROUND + "\"'").endswith((".", "!", "?")) and following[:1].isupper()


def _pair_at(contexts: Sequence[Context], at: int, pack: Pack) -> Said | None:
    if at + 1 == len(contexts):
        return None
    first, second = contexts[at : at + 2]
    three = _three_at(contexts[at : at + 3], pack) if at + 2 < len(contexts) else ()
    if three:
        return Said(at, at + 3, tuple((way,) for way in dict.fromkeys(three))[:MOST_WAYS])
    ways = list(pack.pair(first, second)) or together(first, second, pack)
    return Said(at, at + 2, tuple(dict.fromkeys(ways))[:MOST_WAYS]) if ways else None


def _three_at(contexts: Sequence[Context], pack: Pack) -> Sequence[str]:
    first, second, third = contexts
    figures = f"{first.word} {second.word} {third.word.rstrip('.')}"
    if " " in pack.groups and re.fullmatch(r"[1-9]\d{0,2} \d{3} \d{3}", figures):
        return figure_ways(figures, pack)
    return pack.triple(first, second, third)


def _phone_at(contexts: Sequence[Context], at: int, pack: Pack) -> Said:
    ways = phone_ways(contexts[at].word.rstrip("."), pack)
    return Said(at, at + 1, tuple((way,) for way in ways)[:MOST_WAYS])


def _alone_at(contexts: Sequence[Context], at: int, pack: Pack) -> Said | None:
    ways = [way for way in _cached_ways(contexts[at], pack.code) if way]
    word = contexts[at].word
    if not ways or (ways == [word.casefold()] and not any(map(str.isdigit, word))):
        return None
    return Said(at, at + 1, tuple((way,) for way in dict.fromkeys(ways))[:MOST_WAYS])


@lru_cache(maxsize=8192)
def _cached_ways(context: Context, language: str) -> tuple[str, ...]:
    return tuple(word_ways(context, PACKS[language]))


def word_ways(context: Context, pack: Pack) -> list[str]:
    """The ways of saying one word in its place; empty where it is plain."""
    word = context.word
    if not word or len(word) > LONGEST_WORD:
        return []
    if word.endswith("-") and context.after.rstrip(".").casefold() in pack.short:
        return product(_short_alone(replace(context, word=word[:-1], ends=False), pack), pack.to)
    bare = replace(context, word=word.rstrip(".")) if word.endswith(".") else context
    found = _by_language(context, bare, pack)
    if found:
        return found
    if " " in word:
        return _several(context, pack)
    if not any(map(str.isdigit, word)) or word.casefold() in pack.short:
        return letter_ways(context, pack)
    for text in (word, word.rstrip("."), word.strip("\"'").rstrip(".")):
        ways = figure_ways(text, pack)
        if ways:
            return ways
    return letter_ways(context, pack) or mixed_ways(word.strip("\"'").rstrip("."), pack)


def _by_language(context: Context, bare: Context, pack: Pack) -> list[str]:
    """The ways that the language's own rules have; `bare`: without a full stop."""
    found = list(pack.own(context)) or list(pack.own(bare)) or _unit_apart(context, pack)
    found = found or _short_span(context.word, pack)
    if not found and context.before.casefold() in pack.dating:
        found = day_and_month(context.word, pack)
    return found


def _short_span(word: str, pack: Pack) -> list[str]:
    """The ways of two short forms with a dash between: "Mon-Fri"."""
    sides = [side.rstrip(".").casefold() for side in word.split("-")]
    if len(sides) != 2 or not all(side in pack.short for side in sides):
        return []
    first, last = word.split("-")
    contexts = Context(first, after=last), Context(last, first)
    ways = [pack.own(one) or pack.short[side] for one, side in zip(contexts, sides, strict=True)]
    return product(ways[0], (*pack.to, ""), ways[1])


def _short_alone(context: Context, pack: Pack) -> list[str]:
    """The ways of a short form with a dash behind it: "Mon.-Fri."."""
    return letter_ways(context, pack) or [context.word]


def _unit_apart(context: Context, pack: Pack) -> list[str]:
    """The names of a unit that stands behind its number, as a word of its own."""
    sign = context.word if context.word in pack.units else context.word.rstrip(".")
    if sign not in pack.units:
        return []
    number = re.fullmatch(rf"[-+~]?({pack.whole})([.,]\d+)?", context.before)
    if re.fullmatch(r"(?:\d+ )?\d+/\d+", context.before):
        return pack.units[sign].after(context.before.split("/")[0], None)
    if number is None:
        lone = "/" in sign or (len(sign) == 2 and sign.islower() and sign != "in")
        return list(pack.units[sign].after("2", None)) if lone else []
    return pack.units[sign].after(re.sub(r"\D", "", number[1]), number[2])


def _several(context: Context, pack: Pack) -> list[str]:
    """The ways of what counts as one word though spaces are in it: 1 000, "20 %", "& pepper"."""
    listed = _LISTED.fullmatch(context.word)
    if listed:
        mark, word = listed.group(1, 2) if listed[1] else listed.group(3, 4)
        return _of_list(mark, replace(context, word=word, before=""), pack)
    if context.word.startswith(("- ", "/ ")) and context.before[-1:].isdigit():
        sign, word = context.word.split(" ", 1)
        behind = replace(context, word=word)
        return _behind_a_dash(behind, pack) if sign == "-" else _divided(behind, pack)
    joined = figure_ways(context.word.rstrip("."), pack) or figure_ways(
        context.word.replace(" ", "").rstrip("."), pack
    )
    if joined:
        return joined
    parts = context.word.split()
    found = [""]
    for n, part in enumerate(parts):
        before = parts[n - 1] if n else context.before
        alone = Context(part, before, parts[n + 1] if n + 1 < len(parts) else context.after)
        ways = _star(alone, pack) or word_ways(alone, pack) or [part]
        found = [f"{said} {way}".strip() for said in found for way in ways][:MOST_WAYS]
    return found
