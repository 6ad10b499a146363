"""What learners of English often get wrong in speech and grammar checkers miss.

Each rule is a pattern over the transcript that hardly ever meets good English: a learner who is
corrected without need stops listening, so a rule rather misses an error. Nothing here looks at
spelling, capitals or punctuation: the recogniser wrote those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tutor.core.feedback.assessment import Finding
from tutor.core.verbs import BASE_OF, BASE_OF_THIRD, BASES, ING, PAST, THIRD

_Replace = Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Rule:
    """A pattern, what to tell the learner, and what to say instead."""

    name: str
    pattern: re.Pattern[str]
    """Group `x`, where there is one, is the span of the finding; else the whole match is."""
    message: str
    replace: _Replace | None = None


def find(text: str) -> list[Finding]:
    """All that the rules find in an English transcript, in order, without overlaps."""
    plain = text.replace("\u2019", "'")
    found = [_finding(rule, match) for rule in RULES for match in rule.pattern.finditer(plain)]
    return merged(sorted(found, key=lambda finding: finding.start), ())


def merged(first: Sequence[Finding], second: Iterable[Finding]) -> list[Finding]:
    """Findings of two sources in order; where two overlap, the earlier named one stays."""
    kept: list[Finding] = []
    for finding in (*first, *second):
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)


def _finding(rule: Rule, match: re.Match[str]) -> Finding:
    start, end = match.span("x" if "x" in rule.pattern.groupindex else 0)
    replacement = rule.replace(match) if rule.replace else None
    if replacement and match.string[start].isupper():
        replacement = replacement[0].upper() + replacement[1:]
    return Finding(start, end, rule.message, replacement, rule.name)


# ---------------------------------------------------------------- parts of patterns


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


_START = (
    r"(?:(?<=^)|(?<=[.!?;:] )|(?<=\bbut )|(?<=\bbecause )|(?<=\bso )|(?<=\bwhen )|(?<=\bif )"
    r"|(?<=\bthink )|(?<=\bthink that )|(?<=\byesterday )|(?<=\balthough ))"
)
"""Where a clause begins."""

_CLOSED = (
    r"(?=\s*(?:[.,!?;:]|$)|\s+(?:and|but|or|so|because|in|at|on|for|from|with|to|who|that|which"
    r"|when|if|ago|is|are|was|were|have|has|had|about|by|here|there|now|today|yesterday|tomorrow"
    r"|I|you|he|she|we|they|it|my|the|every|then|also|very|too|please)\b)"
)
"""Behind a noun that is no part of a compound ("two year" but not "two year contract")."""

_NUMBER = _any("two three four five six seven eight nine ten eleven twelve twenty thirty".split())

_NOUNS = (
    "brother sister friend cousin uncle aunt son daughter boy girl student teacher book car dog "
    "cat house apple day week month year hour minute time question problem thing country city "
    "language room bag phone computer game movie film song lesson exam exercise word animal "
    "family class child person woman man"
).split()
_PLURALS = {"child": "children", "person": "people", "woman": "women", "man": "men"}

_JOBS = (
    "student teacher doctor engineer nurse lawyer manager programmer designer driver singer "
    "writer cook waiter waitress farmer scientist journalist dentist accountant businessman "
    "housewife artist actor actress"
).split()

_UNCOUNTABLE = (
    "information advice furniture homework luggage baggage equipment knowledge traffic".split()
)

_COMPARATIVES = (
    "better worse easier cheaper bigger smaller faster slower taller shorter longer older younger "
    "stronger higher lower hotter colder warmer nicer cleaner happier harder richer poorer safer "
    "closer nearer prettier funnier busier healthier louder quieter"
).split()
_SUPERLATIVES = (
    "best worst easiest cheapest biggest smallest fastest tallest oldest youngest strongest "
    "highest hottest coldest nicest happiest hardest richest safest prettiest funniest"
).split()

_ADJECTIVES = (
    "expensive difficult big small cold hot tired hungry happy sad old young tall long short "
    "heavy fast slow cheap dangerous beautiful important interesting boring late early busy"
).split()

_PERSON = "(?:I|you|he|she|we|they)"
_BE = "(?: am| are| is| was| were|'m|'re|'s)"
_OBJECTS = {"me": "I", "him": "he", "her": "she", "us": "we", "them": "they", "you": "you"}
_SUBJECTS = {"I": "me", "he": "him", "she": "her", "we": "us", "they": "them", "you": "you"}

_HELPERS = (
    "do does did don't doesn't didn't can can't could couldn't will won't would wouldn't should "
    "shouldn't may might must mustn't shall let make makes made help helps helped see saw hear "
    "heard watch watched have has had hasn't haven't hadn't or nor and that if lest than whether "
    "cannot not never ever"
).split()
"""Behind one of these "he go" may be right: "did he go", "I suggest that he go", "he or she"."""

_NOT_BEHIND_HELPER = "".join(rf"(?<!\b{helper} )" for helper in _HELPERS)

_ACTIONS = [
    base
    for base in PAST
    if base
    not in "be have do know think say see feel believe hope love like want need seem let".split()
]
"""Verbs that tell what happened; "yesterday I think" may be about now."""

_SHIFTED = [base for base in THIRD if base not in ("be", "like", "let", "read", "put", "cost")]

_OTHERS_VERBS = [third for third in BASE_OF_THIRD if third not in ("is", "does")]

_NOT_BASES = _any(
    past for past in PAST.values() if past not in ("was", "found", "fell", "had", *BASES)
)
"""Past forms that are no verb by themselves ("to found a town" is one)."""

_REAL_PASTS = "went came ate bought took gave spoke wrote drank knew did had".split()
"""Past forms that are nothing else."""

_FAMILY_VERBS = [base for base in _SHIFTED if base not in "work love help call want".split()]
"""The others are nouns as well: "my father work"."""

_DAYS = _any("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

_PAST_TIME = (
    r"(?:yesterday|last (?:night|week|month|year|weekend|summer|winter|spring|autumn"
    rf"|{_DAYS}))"
)


_ENDS = r"(?=\s*(?:[.,!?;:]|$)| (?:and|but|with|in|at|on|because|when)\b)"
"""Behind a complement that is complete."""

_PARTICIPLES = {
    "seen": "saw", "gone": "went", "done": "did", "eaten": "ate", "met": "met", "bought": "bought",
    "visited": "visited", "watched": "watched", "made": "made", "written": "wrote",
    "found": "found", "lost": "lost", "come": "came", "spoken": "spoke", "talked": "talked",
    "played": "played", "arrived": "arrived", "started": "started", "finished": "finished",
}  # fmt: skip
"""Of verbs that tell what happened, the past tense."""

_OBJECT = (
    r"(?: (?:him|her|it|them|you|me|us|there|here|home|that|this|(?:an?|the|my|his|this|that)"
    r" [a-z]+))?(?: (?:at|in|to|on|with|from) (?:(?:an?|the|my|his|her) )?[a-z]+)?"
)
"""What a verb may have behind it, short enough to be no clause."""

_THAN_MORE = {
    "old": "older", "young": "younger", "tall": "taller", "big": "bigger", "small": "smaller",
    "cheap": "cheaper", "easy": "easier", "fast": "faster", "hot": "hotter", "short": "shorter",
    "strong": "stronger", "rich": "richer", "heavy": "heavier", "long": "longer",
}  # fmt: skip


def _rule(name: str, pattern: str, message: str, replace: str | _Replace | None = None) -> Rule:
    """`replace`: a template with the groups of the pattern, or a function of the match."""
    template = replace
    if isinstance(template, str):
        return Rule(name, re.compile(pattern, re.IGNORECASE), message, lambda m: m.expand(template))
    return Rule(name, re.compile(pattern, re.IGNORECASE), message, template)


# ---------------------------------------------------------------- what to say instead


def _agree(match: re.Match[str]) -> str:
    who, negative, verb = match["who"], match["no"], match["verb"].lower()
    third = who.lower() in ("he", "she")
    if negative:
        return f"{who} {'does' if third else 'do'}n't {verb}"
    return f"{who} {verb}{'s' if third else ''}"


def _third(match: re.Match[str]) -> str:
    return f"{match['who']} {THIRD[match['verb'].lower()]}"


def _past(match: re.Match[str]) -> str:
    verb = match["x"].lower()
    return PAST[BASE_OF_THIRD.get(verb, verb)]


def _ing(match: re.Match[str]) -> str:
    return f"{match['before']} {ING[match['verb'].lower()]}"


def _told(match: re.Match[str]) -> str:
    forms = {"say": "tell", "says": "tells", "said": "told", "saying": "telling"}
    return f"{forms[match['verb'].lower()]} {match['whom']}"


def _suggested(match: re.Match[str]) -> str:
    return f"{match['verb']} that {_OBJECTS[match['whom'].lower()]} {match['act']}"


def _wanted(match: re.Match[str]) -> str:
    who = "I" if match["who"] == "I" else match["who"].lower()
    return f"{match['verb']} {_SUBJECTS[who]} to"


def _plural_of(noun: str) -> str:
    lowered = noun.lower()
    if lowered in _PLURALS:
        return _PLURALS[lowered]
    if re.search("[^aeiou]y$", lowered):
        return lowered[:-1] + "ies"
    return lowered + ("es" if re.search("(s|sh|ch|x)$", lowered) else "s")


def _plural(match: re.Match[str]) -> str:
    return f"{match['before']} {_plural_of(match['noun'])}"


def _be_many(match: re.Match[str]) -> str:
    return {"is": "are", "was": "were", "has": "have", "does": "do"}[match["x"].lower()]


def _with_article(match: re.Match[str]) -> str:
    noun = match["noun"]
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def _base(match: re.Match[str]) -> str:
    return BASE_OF[match["x"].lower()]


def _did(match: re.Match[str]) -> str:
    return {"make": "do", "makes": "does", "made": "did", "making": "doing"}[match["x"].lower()]


def _took(match: re.Match[str]) -> str:
    return {"make": "take", "makes": "takes", "made": "took", "making": "taking"}[
        match["x"].lower()
    ]


def _happened(match: re.Match[str]) -> str:
    verb = match["verb"].lower()
    if verb == "been":
        return " was" if match["who"].lower() in ("i", "he", "she") else " were"
    return f" {_PARTICIPLES[verb]}"


def _unreal(match: re.Match[str]) -> str:
    verb = match["verb"].lower()
    return "were" if verb == "be" else PAST.get(verb, verb)


def _real(match: re.Match[str]) -> str:
    verb = match["verb"].lower()
    if verb == "be":
        return {"i": "am", "we": "are", "you": "are", "they": "are"}.get(match["who"].lower(), "is")
    return THIRD[verb] if match["who"].lower() in ("he", "she", "it") else verb


def _ed(match: re.Match[str]) -> str:
    return re.sub("ing$", "ed", match["x"].lower())


RULES: tuple[Rule, ...] = (
    _rule(
        "be-agree",
        rf"\b(?P<who>{_PERSON}){_BE}(?P<no> not)? (?P<verb>agree|disagree)\b",
        '"Agree" is a verb: it needs no form of "be" before it.',
        _agree,
    ),
    _rule(
        "are-you-agree",
        r"\bare (?P<who>you|they|we) agree\b",
        'Ask with "do": "agree" is a verb.',
        r"do \g<who> agree",
    ),
    _rule(
        "be-verb",
        r"\b(?P<who>I|we|you)(?: am| are|'m|'re) (?P<verb>want|need|know|think|understand|believe"
        r"|speak|go)\b(?! (?:how|about town)\b)",
        'Leave "am" or "are" out: the verb stands alone.',
        r"\g<who> \g<verb>",
    ),
    _rule(
        "there-is-many",
        r"\bthere (?P<x>is|was)(?= (?:also )?(?:many|several|various)\b(?! an? ))",
        'There is more than one: say "there are" or "there were".',
        _be_many,
    ),
    _rule(
        "there-is-number",
        rf"\bthere (?P<x>is|was)(?= {_NUMBER} "
        rf"(?:{'|'.join(_plural_of(noun) for noun in _NOUNS)})\b)",
        'There is more than one: say "there are" or "there were".',
        _be_many,
    ),
    _rule(
        "is-there-many",
        r"(?:(?<=^)|(?<=[.!?,] )|(?<=\bor )|(?<=\band )|(?<=\bwhy ))(?P<x>is|was)"
        r"(?= there (?:many|several)\b(?! an? ))",
        'You ask about more than one: say "are there" or "were there".',
        _be_many,
    ),
    _rule(
        "past-time",
        rf"(?<!since )(?<!from )(?<!until )(?<!\bof )\b{_PAST_TIME},? (?:I|we|they|he|she) "
        rf"(?P<x>{_any([*_ACTIONS, *(THIRD[base] for base in _ACTIONS)])})\b",
        "This was in the past: use the past tense.",
        _past,
    ),
    _rule(
        "past-time-behind",
        r"(?:(?<=^)|(?<=[.!?,] )|(?<=\band )|(?<=\bbut ))(?:I|we|they|he|she) "
        r"(?P<x>go|goes|come|comes|buy|buys|eat|eats|meet|meets|visit|visits)"
        r"(?= (?!(?:[\w']+ )*?(?:that|who|which|what|did|was|were|had|I|you|he|she|we|they)\b)"
        rf"(?:[\w']+ ){{0,5}}{_PAST_TIME}\b(?!'s))",
        "This was in the past: use the past tense.",
        _past,
    ),
    _rule(
        "look-forward-to",
        r"\b(?P<before>look(?:s|ing|ed)? forward to) (?P<verb>meet|see|hear|have|go|learn|get"
        r"|receive|speak|know|do|be|read|eat|come|find|join)\b(?! (?:and greet|up)\b)",
        'After "look forward to" the verb ends in -ing.',
        _ing,
    ),
    _rule(
        "suggest-to",
        r"\b(?P<verb>suggest(?:s|ed|ing)?) (?P<whom>me|him|her|us|them|you) to "
        r"(?P<act>(?!(?:the|a|an|my|his|her|our|their|your|its|this|that|all|any|some|every"
        r"|people|be)\b)[a-z]+)\b",
        'After "suggest" use "that" and a whole clause.',
        _suggested,
    ),
    _rule(
        "suggest-me",
        r"\b(?P<verb>suggest(?:s|ed)?) (?:me|us) (?P<what>an?|some|the)\b",
        'You suggest something; the person comes later, with "to".',
        r"\g<verb> \g<what>",
    ),
    _rule(
        "people-is",
        rf"{_START}(?:(?:the|many|some|most|these|those|all|young|old|other|rich|poor|a lot of"
        r"|lots of|more|my|our|his|her|their) )?(?:people|children|men|women|kids) "
        r"(?P<x>(?:is|was)(?! (?:an?|the|what|why|how)\b)|has|does)(?:(?=n't)|\b)",
        "They are several people: use the plural.",
        _be_many,
    ),
    _rule(
        "plural-noun",
        rf"(?<!grade )(?<!chapter )(?<!page )(?<!number )(?<!room )(?<!class )(?<!\bor )"
        rf"(?<!\bday )(?<!\band )(?<!\b[a-z]ty )(?<!-)\b(?P<before>{_NUMBER}|many|several) "
        rf"(?P<noun>{'|'.join(_NOUNS)})\b{_CLOSED}",
        "There is more than one: use the plural.",
        _plural,
    ),
    _rule(
        "one-of",
        rf"\b(?P<before>one of (?:my|the|his|her|our|their|your|these|those)(?: best)?) "
        rf"(?P<noun>{'|'.join(noun for noun in _NOUNS if noun not in ('family', 'class'))})"
        rf"\b{_CLOSED}",
        'After "one of" use the plural: it is one of several.',
        _plural,
    ),
    _rule(
        "every-plural",
        r"\bevery (?P<noun>day|week|month|year|student|friend|morning|night|thing|country)s\b(?!')",
        'After "every" use the singular.',
        r"every \g<noun>",
    ),
    _rule(
        "explain-me",
        r"\b(?P<verb>explain(?:s|ed|ing)?) (?P<whom>me|us|him)"
        r"(?= (?:the|this|that|how|why|what|where|it|about|your|please|some|something"
        r"|everything)\b)",
        'You explain something to somebody: put "to" before the person.',
        r"\g<verb> to \g<whom>",
    ),
    _rule(
        "bored-boring",
        rf"\b{_PERSON}{_BE}(?: (?:very|really|so|more|not|always|also|quite|too))* "
        r"(?P<x>interesting(?= in\b(?! (?:that|many|some|person|conversation|real|his|her|its"
        r"|their|ways|a)\b))|exciting(?= about\b)|confusing(?= about\b)|boring(?= of\b)"
        r"|surprising(?= at\b)|disappointing(?= with\b))",
        "How you feel ends in -ed; what makes you feel so ends in -ing.",
        _ed,
    ),
    _rule(
        "said-me",
        r"\b(?P<verb>say|says|said|saying) (?P<whom>(?:me|us)(?! (?:too|neither|either|first)\b)"
        r"|(?:him|her|them)(?= (?:that|about|how|why|hello)\b))(?=\s|[.,!?]|$)",
        "You tell somebody something; you say something to somebody.",
        _told,
    ),
    _rule(
        "third-person",
        rf"{_NOT_BEHIND_HELPER}(?<!\b\w'd )\b(?P<who>he|she) (?P<verb>{_any(_SHIFTED)})\b"
        r"(?<!he better)(?<!she better)",
        'With "he" and "she" the verb ends in -s.',
        _third,
    ),
    _rule(
        "they-goes",
        r"(?<!\bof )(?<!\blike )(?<!\bthan )(?<!\bwith )(?<!\bfor )(?<!\bto )(?<!\band )"
        rf"(?<!\babout )(?<!\bis )\b(?:I|we|they) (?P<x>{_any(_OTHERS_VERBS)})\b",
        'Only "he", "she" and "it" take the verb with -s.',
        _base,
    ),
    _rule(
        "third-person-like",
        rf"{_NOT_BEHIND_HELPER}\b(?P<who>he|she) (?P<verb>like)\b"
        r"(?= (?:to|it|him|them|me|you|music|my|his|her|this|very much)\b)",
        'With "he" and "she" the verb ends in -s.',
        _third,
    ),
    _rule(
        "third-person-family",
        rf"{_START}(?P<who>my (?:brother|sister|mother|father|mom|dad|friend|wife|husband|son"
        rf"|daughter|boss)) (?P<verb>{_any(_FAMILY_VERBS)}"
        r"|(?:work|want|help)(?= (?:in|at|as|for|to|me|us)\b))\b",
        "This is about one person: the verb ends in -s.",
        _third,
    ),
    _rule(
        "he-don't",
        r"(?<!\band )(?<!\bor )(?<!\bnor )\b(?:he|she|it) (?P<x>don't|do not)\b",
        'With "he", "she" and "it" say "doesn\'t".',
        "doesn't",
    ),
    _rule(
        "they-doesn't",
        r"(?<!\bof )(?<!\blike )(?<!\bthan )(?<!\bwith )(?<!\bfor )(?<!\bto )(?<!\band )"
        r"(?<!\babout )(?<!\bis )\b(?:I|you|we|they) (?P<x>doesn't|does not)\b",
        'Only "he", "she" and "it" take "doesn\'t".',
        "don't",
    ),
    _rule(
        "does-goes",
        r"\b(?:(?:does|did) (?:he|she|it|they|you|we)|(?:doesn't|didn't)(?: (?:he|she|it))?)"
        rf" (?P<x>{_any(third for third in BASE_OF_THIRD if third != 'is')})\b",
        'After "do" in any form the verb stays as it is.',
        _base,
    ),
    _rule(
        "more-better",
        r"(?<!\bmany )(?<!\bany )(?<!\bsome )(?<!\bno )(?<!\bfew )(?<!\btwo )(?<!\band )"
        rf"(?P<x>\bmore (?P<word>{_any(_COMPARATIVES)}))\b",
        'One comparison is enough: leave "more" out.',
        r"\g<word>",
    ),
    _rule(
        "most-best",
        rf"\bthe most (?P<word>{_any(_SUPERLATIVES)})\b",
        'One comparison is enough: leave "most" out.',
        r"the \g<word>",
    ),
    _rule(
        "since-duration",
        rf"\bsince (?P<long>(?:(?:{_NUMBER}|many|several|a few|\d+) (?:days|weeks|months|years"
        r"|hours|minutes))|a (?:week|month|year|long time))\b"
        r"(?! (?:ago|is|are|was|were|had|have|has|passed|later|before|earlier|can|after|seems)\b)",
        'Use "for" with a length of time; "since" goes with its beginning.',
        r"for \g<long>",
    ),
    _rule(
        "depend-on",
        r"\b(?P<verb>depend(?:s|ed|ing)?) (?:of(?! course)|from(?! \w+ to ))\b",
        'Say "depend on".',
        r"\g<verb> on",
    ),
    _rule(
        "married-with",
        r"\bmarried with(?= (?:him|her|them|you|me|my (?:husband|wife)|(?:an?|the) (?:man|woman"
        r"|doctor|teacher|guy|girl|engineer|lawyer|nurse|person|foreigner|american|german"
        r"|russian|frenchman)|an? \w+ (?:man|woman|guy|girl))\b)",
        'Say "married to" somebody.',
        "married to",
    ),
    _rule(
        "make-homework",
        r"\b(?P<x>make|makes|made|making) (?:(?:my|your|his|her|our|their|the|some) )?homework"
        rf"{_CLOSED}",
        "You do homework.",
        _did,
    ),
    _rule(
        "make-photo",
        r"\b(?P<x>make|makes|made|making) (?:a|some|many|a lot of) (?:photos?|selfies?)\b"
        r"(?! (?:album|book|collage|frame|exhibition|shoot))",
        "You take photos.",
        _took,
    ),
    _rule(
        "much-many",
        r"(?:(?<=^)|(?<=\bhave )|(?<=\bhas )|(?<=\bhad )|(?<=\bare )|(?<=\bis )|(?<=\bwere )"
        r"|(?<=\btoo )|(?<=\bknow )|(?<=\bwith )|(?<=\bmeet )|(?<=\bsee )|(?<=\bnot so ))"
        r"(?P<x>much)(?= (?:people|friends|children|books|things|cars|countries|students"
        r"|problems|questions|words|places|animals|houses|tourists|cities|languages)\b"
        r"(?! (?:as|than)\b))",
        'You can count them: say "many".',
        "many",
    ),
    _rule(
        "many-much",
        r"(?P<x>\bmany)(?= (?:money|information|advice|furniture|homework|traffic|luggage"
        rf"|knowledge|water|bread|rice|music)\b{_CLOSED})",
        'You cannot count it: say "much" or "a lot of".',
        "much",
    ),
    _rule(
        "uncountable-plural",
        rf"\b(?P<noun>{_any(_UNCOUNTABLE)})s\b(?!')",
        "This word has no plural.",
        r"\g<noun>",
    ),
    _rule(
        "uncountable-article",
        rf"\b(?:an|a) (?P<noun>{_any(_UNCOUNTABLE)})\b{_CLOSED}",
        'This word takes no "a": say "some", or "a piece of".',
        r"some \g<noun>",
    ),
    _rule(
        "have-age",
        rf"(?P<x>\b(?P<who>I|he|she) ha(?:ve|s) (?P<age>\d+|{_NUMBER}(?:[ -]\w+)?) years"
        r"(?: old\b|(?=\s*(?:[.!?]|$))))",
        'In English you are so many years old; you do not "have" years.',
        lambda m: f"{m['who']} {'am' if m['who'] == 'I' else 'is'} {m['age']} years old",
    ),
    _rule(
        "job-article",
        rf"\b(?:I am|I'm|he is|he's|she is|she's|my (?:father|mother|brother|sister|wife|husband"
        rf"|son|daughter|friend) is) (?P<x>(?P<noun>{_any(_JOBS)}))\b{_CLOSED}",
        'Before a job put "a" or "an".',
        _with_article,
    ),
    _rule(
        "was-child",
        r"(?:when|since) I was (?P<x>(?P<noun>child|kid|teenager|student))\b"
        r"(?=\s*(?:[.,!?]|$)| I )",
        'Before one person put "a".',
        _with_article,
    ),
    _rule(
        "modal-to",
        rf"\b(?P<modal>must|should|might) to (?P<verb>{_any(BASES)})\b",
        'After "must", "should" and "might" comes the verb, without "to".',
        r"\g<modal> \g<verb>",
    ),
    _rule(
        "can-to",
        rf"(?:(?<=^)|(?<=[.!?,] )|(?<=\bbut )|(?<=\bbecause )|(?<=\bso )|(?<=\bthink ))"
        rf"(?P<modal>{_PERSON} (?:can|can't|cannot|could)) to (?P<verb>{_any(BASES)})\b",
        'After "can" comes the verb, without "to".',
        r"\g<modal> \g<verb>",
    ),
    _rule(
        "modal-verb",
        rf"\b(?:he|she|it|they|we|you|I) (?:could|will|would|should|must|might|can)(?:n't| not)? "
        rf"(?P<x>{_any(third for third in BASE_OF_THIRD if third not in ('is', 'does', 'has'))}"
        rf"|{_NOT_BASES})\b",
        "After a helping verb comes the plain form of the verb.",
        _base,
    ),
    _rule(
        "enjoy-to",
        rf"\b(?P<before>enjoy(?:s|ed)?|avoid(?:s|ed)?|dislikes?) to (?P<verb>{_any(BASES)})\b",
        "After this verb the next one ends in -ing.",
        _ing,
    ),
    _rule(
        "want-that",
        r"(?<!\bwhat I )\b(?P<verb>want|wants|wanted) that (?P<who>I|you|he|she|we|they)"
        rf"(?= (?:{'|'.join(set(BASES) - {'be', 'have'})})\b)",
        "You want somebody to do something.",
        _wanted,
    ),
    _rule(
        "listen-to",
        r"\b(?P<verb>listen|listens|listening|listened) (?P<what>music|the radio|the music|songs"
        r"|a song|podcasts?|me|him|her)\b",
        "You listen to something.",
        r"\g<verb> to \g<what>",
    ),
    _rule(
        "to-home",
        r"\b(?P<verb>go|goes|going|went|come|comes|coming|came|return|returned) to "
        rf"(?P<where>home|here|there|abroad|upstairs|downstairs)\b{_CLOSED}",
        'No "to" before this word.',
        r"\g<verb> \g<where>",
    ),
    _rule(
        "go-shopping",
        r"\b(?P<verb>go|goes|going|went) to (?P<what>shopping|swimming|fishing|dancing|skiing"
        rf"|jogging|camping|hiking)\b{_CLOSED}",
        'You "go shopping", without "to".',
        r"\g<verb> \g<what>",
    ),
    _rule(
        "very-like",
        rf"\b(?P<who>{_PERSON}) very (?P<verb>likes?|loves?|wants?|enjoys?|hopes?|needs?|miss)\b",
        '"Very" does not go before a verb; "really" does.',
        r"\g<who> really \g<verb>",
    ),
    _rule(
        "too-much-adjective",
        rf"\btoo much (?P<word>{_any(_ADJECTIVES)})\b{_CLOSED}",
        'Before an adjective say "too", without "much".',
        r"too \g<word>",
    ),
    _rule(
        "how-call",
        r"\bhow (?P<do>do|does|did) (?P<who>you|we|they|I) call (?P<it>this|that|it)\b"
        r"(?=\s*(?:[.,!?]|$)| in )",
        'Ask for a name with "what", not "how".',
        r"what \g<do> \g<who> call \g<it>",
    ),
    _rule(
        "what-means",
        r"(?:(?<=^)|(?<=[.!?] ))what means (?:this|that|the word|it)\b",
        'Ask "what does ... mean?".',
    ),
    _rule(
        "according-to-me",
        r"\baccording to me\b(?! (?:and|or)\b)",
        'For what you think yourself, say "in my opinion".',
        "in my opinion",
    ),
    _rule(
        "in-other-hand",
        r"\bin the other hand\b(?=,)",
        'Say "on the other hand".',
        "on the other hand",
    ),
    _rule(
        "my-point-of-view",
        r"\b(?:in|on) my point of view\b",
        'Say "from my point of view", or "in my view".',
        "from my point of view",
    ),
    _rule(
        "in-day",
        rf"(?<!\bin )\bin (?P<day>{_DAYS})\b(?!'){_CLOSED}",
        'With a day of the week say "on".',
        r"on \g<day>",
    ),
    _rule(
        "perfect-past",
        rf"{_NOT_BEHIND_HELPER}\b(?P<who>{_PERSON})(?P<x>(?:'ve| have| has)"
        rf" (?P<verb>been|{_any(_PARTICIPLES)}))(?={_OBJECT} {_PAST_TIME}{_ENDS})",
        "That time is over: use the past tense.",
        _happened,
    ),
    _rule(
        "if-would",
        r"(?:(?<=^)|(?<=[.!?] ))if (?P<who>I|he|she|we|they) (?P<x>would (?P<verb>be(?! so\b)|know"
        r"|win|have(?= (?:known|been|had|seen|gone|done|more|enough|money|time|the money|a car"
        rf"|a million)\b)))(?= [^.,!?]*, {_PERSON}(?: would|'d| could)\b)",
        'No "would" behind "if": use the past tense.',
        _unreal,
    ),
    _rule(
        "if-will",
        r"(?:(?<=^)|(?<=[.!?] ))if (?P<who>I|he|she|we|they) (?P<x>will (?P<verb>be|know|win|find"
        rf"|need|feel|have(?! me| us)))(?= [^.,!?]*, {_PERSON}(?: will|'ll)\b)",
        'No "will" behind "if": use the present tense.',
        _real,
    ),
    _rule(
        "question-order",
        r"(?:(?<=^)|(?<=[.!?] ))(?P<what>where|why|how) (?P<x>(?P<who>you|he|she|they|we)"
        r" (?P<be>are|is|were|was))(?=(?: (?!(?:is|are|was|were|do|does|did|can|will|has|have)\b)"
        r"[a-z]+){0,4}\?)",
        "In a question the verb comes first.",
        lambda m: f"{m['be'].lower()} {m['who'].lower()}",
    ),
    _rule(
        "made-to",
        r"\b(?P<before>(?:make|makes|made) (?:me|him|her|us|them)) to (?P<verb>laugh|cry|feel|think"
        r"|wait|smile|believe|study|understand|stay|clean|wash|repeat)\b",
        'After "make" somebody the verb stands without "to".',
        r"\g<before> \g<verb>",
    ),
    _rule(
        "more-old",
        rf"(?<!\bmany )(?<!\bno )(?<=\w )more (?P<word>{_any(_THAN_MORE)})"
        r"(?= than (?:me|you|him|us|them|my (?:brother|sister|mother|father|friend)|mine|yours)\b)",
        "A short adjective takes -er.",
        lambda m: _THAN_MORE[m["word"].lower()],
    ),
    _rule(
        "how-many-money",
        r"\bhow (?P<x>many)(?= (?:money|information|water|milk|bread|rice|music|homework)"
        r" (?:do|does|did|is|are|can|will) )",
        'You cannot count it: say "how much".',
        "much",
    ),
    _rule(
        "how-much-people",
        r"\bhow (?P<x>much)(?= (?:people|friends|children|books|students|languages|brothers"
        r"|sisters|countries) (?:are there|were there|do you (?:have|know|speak|see))\b)",
        'You can count them: say "how many".',
        "many",
    ),
    _rule(
        "not-no",
        r"\b(?:don't|doesn't|didn't|haven't|hasn't) (?:have|see|need|eat|buy|hear|understand|got)"
        r" (?P<x>no(?= (?:money|time|idea|friends|brothers|sisters|car|problems?|work|job)\b)"
        r"|nothing|nobody)\b",
        "One negative word is enough.",
        lambda m: re.sub("no", "any", m["x"].lower(), count=1),
    ),
    _rule(
        "in-year",
        r"\bin (?P<year>\d{4}) year(?=\s*(?:[.,!?]|$))",
        'Leave "year" out.',
        r"in \g<year>",
    ),
    _rule(
        "waiting-you",
        r"\b(?P<verb>wait|waits|waiting|waited) (?P<whom>me|him|us|them|you)"
        r"(?=\s*[.!?]| (?:at|in front|near) )",
        'You wait "for" somebody.',
        r"\g<verb> for \g<whom>",
    ),
    _rule(
        "parents-is",
        rf"{_START}my (?:parents|grandparents|friends|brothers|sisters|classmates|colleagues)"
        r" (?P<x>is|was|has|does)(?:(?=n't)|\b)",
        "They are several people: use the plural.",
        _be_many,
    ),
    _rule(
        "want-go",
        rf"{_START}(?P<before>(?:I|we|they) (?:want|wanted)|(?:he|she) (?:wants|wanted))"
        r" (?P<verb>go|buy|see|learn|know|be|become|speak|eat|find|tell|ask)\b(?!-)",
        'After "want" the verb takes "to".',
        r"\g<before> to \g<verb>",
    ),
    _rule(
        "to-past",
        r"\b(?P<before>(?:have|has|had|want|wants|wanted|need|needs|needed) to)"
        rf" (?P<verb>{_any(_REAL_PASTS)})\b",
        'After "to" comes the plain form of the verb.',
        lambda m: f"{m['before']} {BASE_OF[m['verb'].lower()]}",
    ),
    _rule(
        "lets-to",
        rf"\blet's to (?P<verb>{_any(BASES)})\b",
        'After "let\'s" the verb stands without "to".',
        r"let's \g<verb>",
    ),
    _rule(
        "told-that",
        rf"{_START}(?P<who>he|she|I|they|we) told (?=that (?:he|she|I|we|they|it)\b)",
        'You tell somebody something; without the person, use "say".',
        r"\g<who> said ",
    ),
    _rule(
        "in-o'clock",
        rf"\bin (?P<hour>\d+|one|{_NUMBER}) o'clock\b",
        'With the time of the clock say "at".',
        r"at \g<hour> o'clock",
    ),
)
