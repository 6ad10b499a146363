"""The forms of verbs that learners of English use most."""

from __future__ import annotations

import re

_IRREGULAR = (
    "be/is/was/being have/has/had/having do/does/did/doing go/goes/went/going "
    "come/comes/came/coming see/sees/saw/seeing eat/eats/ate/eating drink/drinks/drank/drinking "
    "speak/speaks/spoke/speaking say/says/said/saying make/makes/made/making "
    "take/takes/took/taking give/gives/gave/giving get/gets/got/getting know/knows/knew/knowing "
    "think/thinks/thought/thinking buy/buys/bought/buying sell/sells/sold/selling "
    "write/writes/wrote/writing bring/brings/brought/bringing pay/pays/paid/paying "
    "meet/meets/met/meeting drive/drives/drove/driving sleep/sleeps/slept/sleeping "
    "wake/wakes/woke/waking understand/understands/understood/understanding "
    "forget/forgets/forgot/forgetting leave/leaves/left/leaving sing/sings/sang/singing "
    "swim/swims/swam/swimming run/runs/ran/running teach/teaches/taught/teaching "
    "tell/tells/told/telling feel/feels/felt/feeling find/finds/found/finding "
    "lose/loses/lost/losing win/wins/won/winning send/sends/sent/sending "
    "spend/spends/spent/spending stand/stands/stood/standing sit/sits/sat/sitting "
    "begin/begins/began/beginning break/breaks/broke/breaking fall/falls/fell/falling "
    "fly/flies/flew/flying grow/grows/grew/growing hear/hears/heard/hearing "
    "keep/keeps/kept/keeping wear/wears/wore/wearing choose/chooses/chose/choosing "
    "catch/catches/caught/catching build/builds/built/building ride/rides/rode/riding "
    "become/becomes/became/becoming lead/leads/led/leading lend/lends/lent/lending "
    "mean/means/meant/meaning steal/steals/stole/stealing throw/throws/threw/throwing "
    "read/reads/read/reading put/puts/put/putting cost/costs/cost/costing let/lets/let/letting"
)

_REGULAR = (
    "want need like love live work play study learn help call try use watch start finish stop "
    "look seem ask visit travel cook walk believe remember stay dance talk listen arrive wait "
    "enjoy hate prefer open close clean wash move change happen explain answer agree return "
    "smoke worry cry laugh smile turn show join receive miss hope decide plan "
    "add appear carry contain continue create cross depend describe develop die drop exist expect "
    "follow include jump kill knock laugh manage mention notice offer order own pick practise "
    "prepare produce promise protect provide pull push raise reach remain remind rent repair "
    "repeat reply require save serve shop shout smell sound suggest support suppose touch treat "
    "wonder"
)

_DOUBLED = frozenset(("stop", "plan", "prefer", "drop", "shop"))


def _regular(base: str) -> tuple[str, str, str]:
    """The third person, past and -ing form of a regular verb."""
    stem = base + base[-1] if base in _DOUBLED else base
    if re.search("[^aeiou]y$", base):
        return base[:-1] + "ies", base[:-1] + "ied", base + "ing"
    third = base + ("es" if re.search("(s|sh|ch|x|o)$", base) else "s")
    if base.endswith("e"):
        return third, base + "d", (base if base.endswith("ee") else base[:-1]) + "ing"
    return third, stem + "ed", stem + "ing"


_FORMS: dict[str, tuple[str, str, str]] = {base: _regular(base) for base in _REGULAR.split()}
for _entry in _IRREGULAR.split():
    _base, _third, _past, _ing = _entry.split("/")
    _FORMS[_base] = (_third, _past, _ing)

BASES = tuple(_FORMS)
THIRD = {base: forms[0] for base, forms in _FORMS.items()}
"""The third person of each verb, as "he" and "she" take it: "go" is "goes"."""
PAST = {base: forms[1] for base, forms in _FORMS.items() if forms[1] != base}
"""The past tense of each verb whose past tense looks different."""
ING = {base: forms[2] for base, forms in _FORMS.items()}
BASE_OF_THIRD = {third: base for base, third in THIRD.items()}
"""The plain form of each third person: "goes" is "go"."""
BASE_OF = {past: base for base, past in PAST.items()} | BASE_OF_THIRD
"""The plain form of each third person and past: "goes" and "went" are "go"."""
_BASE_OF_ING = {form: base for base, form in ING.items()}


def base_of(word: str) -> str:
    """The plain form of a verb: "goes", "went" and "going" are "go"; an unknown word stays."""
    if word in _FORMS:
        return word
    return BASE_OF.get(word) or _BASE_OF_ING.get(word, word)


def third(word: str) -> str:
    """The third person of a verb, as "he" and "she" take it: "goes"; an unknown verb is regular."""
    return _forms(word)[0]


def past(word: str) -> str:
    """The past tense of a verb: "went"; an unknown verb is regular."""
    return _forms(word)[1]


def ing(word: str) -> str:
    """The -ing form of a verb: "going"; an unknown verb is regular."""
    return _forms(word)[2]


def shaped_like(word: str, verb: str) -> str:
    """A verb in the form that a word has: "tell" shaped like "said" is "told"."""
    base = base_of(word)
    if word == base:
        return verb
    return next(
        other for form, other in zip(_forms(base), _forms(verb), strict=True) if form == word
    )


def _forms(word: str) -> tuple[str, str, str]:
    base = base_of(word)
    return _FORMS.get(base) or _regular(base)
