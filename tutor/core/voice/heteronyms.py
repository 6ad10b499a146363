"""English words that are spelled alike and said in two ways: which way, by the words before.

CMUdict's first entry is often the rarer one ("read" as in "I have read").
"""

from __future__ import annotations

from collections.abc import Sequence

_NOUN_AFTER = frozenset(
    "a an the this that these those my your his her its our their no some any each every one new "
    "old first second last good bad big small same of in for with".split()
)
_PAST_AFTER = frozenset("have has had having was were been be is are already just".split())
_PAST_AFTER |= frozenset("i've you've we've they've he's she's haven't hasn't hadn't".split())

_VERBS_AND_NOUNS = {
    word: (verb.split(), noun.split())
    for word, verb, noun in (
        ("record", "R AH0 K AO1 R D", "R EH1 K ER0 D"),
        ("records", "R AH0 K AO1 R D Z", "R EH1 K ER0 D Z"),
        ("present", "P R IH0 Z EH1 N T", "P R EH1 Z AH0 N T"),
        ("object", "AH0 B JH EH1 K T", "AA1 B JH EH0 K T"),
        ("project", "P R AH0 JH EH1 K T", "P R AA1 JH EH0 K T"),
        ("increase", "IH0 N K R IY1 S", "IH1 N K R IY2 S"),
        ("decrease", "D IH0 K R IY1 S", "D IY1 K R IY2 S"),
        ("permit", "P ER0 M IH1 T", "P ER1 M IH2 T"),
        ("produce", "P R AH0 D UW1 S", "P R OW1 D UW0 S"),
        ("export", "IH0 K S P AO1 R T", "EH1 K S P AO0 R T"),
        ("import", "IH0 M P AO1 R T", "IH1 M P AO0 R T"),
        ("contract", "K AH0 N T R AE1 K T", "K AA1 N T R AE2 K T"),
        ("conflict", "K AH0 N F L IH1 K T", "K AA1 N F L IH0 K T"),
        ("protest", "P R AH0 T EH1 S T", "P R OW1 T EH2 S T"),
        ("use", "Y UW1 Z", "Y UW1 S"),
        ("house", "HH AW1 Z", "HH AW1 S"),
        ("excuse", "IH0 K S K Y UW1 Z", "IH0 K S K Y UW1 S"),
        ("abuse", "AH0 B Y UW1 Z", "AH0 B Y UW1 S"),
        ("minute", "M AY0 N UW1 T", "M IH1 N AH0 T"),
        ("wind", "W AY1 N D", "W IH1 N D"),
        ("lead", "L IY1 D", "L IY1 D"),
        ("tear", "T EH1 R", "T IH1 R"),
        ("live", "L IH1 V", "L IH1 V"),
        ("close", "K L OW1 Z", "K L OW1 S"),
        ("estimate", "EH1 S T AH0 M EY2 T", "EH1 S T AH0 M AH0 T"),
        ("separate", "S EH1 P ER0 EY2 T", "S EH1 P ER0 AH0 T"),
    )
}

_VERB_AFTER = frozenset(
    "to will would can could shall should may might must do does did don't doesn't didn't won't "
    "can't couldn't i you we they not please let's and who".split()
)

_OBJECTS = frozenset("the a an my your his her its our their it them him me us this that".split())
"""Words before which one of these is a verb: "close the door"."""

_MOSTLY_NOUNS = frozenset("minute wind tear house record records present object project".split())
"""Words that are nouns unless something says that they are verbs."""

_MOSTLY_NOUNS |= {"close", "separate", "contract", "conflict", "protest", "permit"}

_READ, _HAVE_READ = ["R", "IY1", "D"], ["R", "EH1", "D"]


def heteronym(words: Sequence[str], at: int) -> list[str] | None:
    """CMUdict's sounds of the word at an index, if it is said in two ways; else None.

    `words`: the words of a clause, in lower case.
    """
    word = words[at]
    before = words[max(0, at - 2) : at]
    if word == "read":
        return _HAVE_READ if _PAST_AFTER & set(before) else _READ
    if word not in _VERBS_AND_NOUNS:
        return None
    verb, noun = _VERBS_AND_NOUNS[word]
    last = before[-1] if before else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    if last in _NOUN_AFTER:
        return noun
    if last in _VERB_AFTER or following in _OBJECTS:
        return verb
    return noun if word in _MOSTLY_NOUNS else verb
