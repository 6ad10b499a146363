"""Grammar of what was said: our own rules for learners' English, and Harper's."""

from __future__ import annotations

import threading
from functools import cached_property

import harper

from tutor.adapters.feedback.grammar_rules import load_rules
from tutor.adapters.feedback.vocabulary import Vocabulary
from tutor.core.feedback.assessment import Finding, Grammar
from tutor.core.feedback.grammar.find import find, merged
from tutor.core.text.languages import primary

HARPER_RULES = frozenset(
    (
        "AccuseOf ALittleOfPractice AfterLater AllowTo AnA AnAnother "
        "AnotherAn AnotherOnes AnotherThings AsIfThough AsMuchAs AskNoPreposition "
        "AspireTo AtTheEndOfTheDay AwaitFor AwareOf BeAllowed BeConcerned BeShocked BeWorried "
        "BestOfAllTime ByOnesOwn ComfortableWith ComplainAsNoun ComprisesOf CraveFor CuriousAbout "
        "DespiteOf DidPast Discuss DoIAdjective DoMistake DontCan "
        "DoubleNegative EverySingleOneOf ExceptOf FewUnitsOfTimeAgo ForALongTime ForAWhile "
        "FriendOfMe GetUsedTo GoToSleep HaveAHardTime HavePronoun HelpedPast "
        "HowDoesCompared IAmAgreement IDo Impressed InAHurry InAWhile InDetail "
        "InTheFirstPlace InspiredBy IsBeenAuxSequence JealousOf LastNight LaughOfAt "
        "LessWorse LetToDo LikeAsIf LongTimeAgo MakeItSeem "
        "MakeSense MeansALotTo MostOfTheTimes NotOnlyInversion OnTopOf "
        "OpenTheLight PayForPrice PronounInflectionBe "
        "QuantifierNeedsOf QuiteMany ReasonForDoing "
        "RegularIrregulars ResponsibleFor SameAs SimilarLike SimplePastToPastParticiple "
        "SuchShame SupposedTo TakeALookTo TakeCareOf TakePrideIn "
        "ThanksALot TheAnother TheDifferenceBetween TheLastDays TheMy "
        "ToSomeDegree ToWorryAbout UnderneathOf Unless "
        "WillGonna WishCould WorseOrWorst WorthToDo"
    ).split()
)
"""Harper's rules about what is heard: verbs, prepositions, articles, word order. Its others judge
spelling, capitals, hyphens and punctuation, which the recogniser wrote, or style, or mix up words
that sound the same; or they met good English too often, or what they put in its place was not
right ("arrive to London" becomes "at": our own rules know towns from stations)."""

BEST_SUGGESTION = {
    "ALittleOfPractice": 0,
    "AfterLater": 1,
    "AnotherOnes": 2,
    "AnotherThings": 1,
    "AsIfThough": 0,
    "AwaitFor": 1,
    "ByOnesOwn": 0,
    "ComprisesOf": 0,
    "DespiteOf": 0,
    "DontCan": 0,
    "Impressed": 0,
    "LikeAsIf": 1,
    "OpenTheLight": 0,
    "TheMy": 0,
    "UnderneathOf": 0,
    "Unless": 0,
}
"""Which of several suggestions of a rule of Harper's is right in whatever sentence the rule finds
something, by index. Where another rule has several, which is right depends on the sentence ("he
runned" is "ran", and Harper's first is "run"): the learner hears the message, and no correction."""


class GrammarChecker:
    """Checks English; safe to share between threads. Harper loads with the first English text.

    Raises:
        RuleError: a data file of rules is wrong.
    """

    def __init__(self) -> None:
        self._rules = load_rules()
        self._turns = threading.Lock()  # Harper allows one call at a time
        self._vocabulary = Vocabulary()

    def check(self, text: str, language: str) -> Grammar:
        """What could be put better in a transcript, and the level of its words."""
        if primary(language) != "en":
            return Grammar(checked=False)
        findings = merged(find(text, self._rules), self._harper(text))
        return Grammar(tuple(findings), level=self._vocabulary.level(text))

    def _harper(self, text: str) -> list[Finding]:
        with self._turns:
            return [
                _finding(rule, lint)
                for rule, lints in self._linter.organized_lints(
                    text, language=harper.Language.PLAINTEXT
                ).items()
                for lint in lints
            ]

    @cached_property
    def _linter(self) -> harper.Linter:
        linter = harper.Linter()
        known = linter.get_lint_config()
        missing = HARPER_RULES - set(known)
        assert not missing, f"Harper has no rules {sorted(missing)}"
        linter.set_lint_config({rule: rule in HARPER_RULES for rule in known})
        return linter


def _finding(rule: str, lint: harper.Lint) -> Finding:
    return Finding(
        lint.span.start,
        lint.span.end,
        _plain(lint.message),
        _replacement(rule, lint),
        f"harper-{rule}",
    )


def _plain(message: str) -> str:
    """A message of Harper's, which is Markdown, as plain text."""
    return message.replace("`", '"')


def _replacement(rule: str, lint: harper.Lint) -> str | None:
    """What to say instead of the span; None if there is nothing, or no one way that is right."""
    best = BEST_SUGGESTION.get(rule, 0)
    if len(lint.suggestions) <= best or (len(lint.suggestions) > 1 and rule not in BEST_SUGGESTION):
        return None
    suggestion = lint.suggestions[best]
    if suggestion.kind == harper.SuggestionKind.INSERT_AFTER:
        return str(lint.problem_text + suggestion.replacement_text)
    if suggestion.kind == harper.SuggestionKind.REMOVE:
        return ""
    return str(suggestion.replacement_text)
