import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.adapters.feedback.grammar import HARPER_RULES, GrammarChecker
from tutor.core.feedback.assessment import Finding, Grammar
from tutor.core.grammar import RULES, find, merged
from tutor.core.verbs import BASE_OF, ING, PAST, THIRD

Sentences = tuple[tuple[str, str], ...]

WRONG: dict[str, Sentences] = {
    "be-agree": (
        ("I am agree with you.", "I agree with you."),
        ("She's agree.", "She agrees."),
        ("I'm not agree.", "I don't agree."),
    ),
    "are-you-agree": (("Are you agree?", "Do you agree?"),),
    "be-verb": (("I am want to go.", "I want to go."), ("I'm need help.", "I need help.")),
    "there-is-many": (
        ("There is many people.", "There are many people."),
        ("There was several reasons.", "There were several reasons."),
    ),
    "there-is-number": (("There is two books.", "There are two books."),),
    "is-there-many": (("Is there many shops?", "Are there many shops?"),),
    "past-time": (
        ("Yesterday I go to school.", "Yesterday I went to school."),
        ("Last week, she buys a car.", "Last week, she bought a car."),
    ),
    "past-time-behind": (
        ("I go to the shop yesterday.", "I went to the shop yesterday."),
        ("He comes here last year.", "He came here last year."),
    ),
    "look-forward-to": (
        ("I look forward to meet you.", "I look forward to meeting you."),
        ("We're looking forward to see it.", "We're looking forward to seeing it."),
    ),
    "suggest-to": (
        ("He suggested me to go.", "He suggested that I go."),
        ("I suggest him to wait.", "I suggest that he wait."),
    ),
    "suggest-me": (("Can you suggest me a book?", "Can you suggest a book?"),),
    "people-is": (
        ("People is nice.", "People are nice."),
        ("I think most people has a phone.", "I think most people have a phone."),
        ("My children doesn't sleep.", "My children don't sleep."),
    ),
    "plural-noun": (
        ("I have two brother.", "I have two brothers."),
        ("We saw many child in the park.", "We saw many children in the park."),
        ("He lived there three month.", "He lived there three months."),
    ),
    "one-of": (("She is one of my best friend.", "She is one of my best friends."),),
    "every-plural": (("I run every days.", "I run every day."),),
    "explain-me": (("Can you explain me this?", "Can you explain to me this?"),),
    "bored-boring": (
        ("I am interesting in music.", "I am interested in music."),
        ("We're very exciting about it.", "We're very excited about it."),
    ),
    "said-me": (
        ("He said me that it was late.", "He told me that it was late."),
        ("She said us.", "She told us."),
    ),
    "third-person": (
        ("He go to school.", "He goes to school."),
        ("I know she want a dog.", "I know she wants a dog."),
        ("She have a cat.", "She has a cat."),
    ),
    "they-goes": (("I wants it.", "I want it."), ("They has a car.", "They have a car.")),
    "third-person-like": (("She like to swim.", "She likes to swim."),),
    "third-person-family": (("My brother go to school.", "My brother goes to school."),),
    "he-don't": (("She don't like it.", "She doesn't like it."),),
    "they-doesn't": (("They doesn't know.", "They don't know."),),
    "does-goes": (
        ("Does she likes it?", "Does she like it?"),
        ("He doesn't has time.", "He doesn't have time."),
    ),
    "more-better": (("This is more better.", "This is better."),),
    "most-best": (("It is the most biggest city.", "It is the biggest city."),),
    "since-duration": (
        ("I am here since two years.", "I am here for two years."),
        ("I learn it since a long time.", "I learn it for a long time."),
    ),
    "depend-on": (("It depends of you.", "It depends on you."),),
    "married-with": (("I am married with a doctor.", "I am married to a doctor."),),
    "make-homework": (("I make my homework.", "I do my homework."),),
    "make-photo": (("We made many photos.", "We took many photos."),),
    "much-many": (("There are much people.", "There are many people."),),
    "many-much": (("I don't have many money.", "I don't have much money."),),
    "uncountable-plural": (("I need some informations.", "I need some information."),),
    "uncountable-article": (("He gave me an advice.", "He gave me some advice."),),
    "have-age": (("I have 20 years.", "I am 20 years old."),),
    "job-article": (
        ("I am student.", "I am a student."),
        ("She's engineer.", "She's an engineer."),
    ),
    "was-child": (("When I was child, I sang.", "When I was a child, I sang."),),
    "modal-to": (("I must to go.", "I must go."),),
    "can-to": (("I can to swim.", "I can swim."),),
    "modal-verb": (("He can speaks English.", "He can speak English."),),
    "enjoy-to": (("I enjoy to swim.", "I enjoy swimming."),),
    "want-that": (("I want that you come.", "I want you to come."),),
    "listen-to": (("I listen music.", "I listen to music."),),
    "to-home": (("I am going to home.", "I am going home."),),
    "go-shopping": (("We went to shopping.", "We went shopping."),),
    "very-like": (("I very like it.", "I really like it."),),
    "too-much-adjective": (("It is too much expensive.", "It is too expensive."),),
    "how-call": (("How do you call this?", "What do you call this?"),),
    "what-means": (("What means this word?", ""),),
    "according-to-me": (("According to me it is good.", "In my opinion it is good."),),
    "in-other-hand": (("In the other hand, it rains.", "On the other hand, it rains."),),
    "my-point-of-view": (("In my point of view it is.", "From my point of view it is."),),
    "in-day": (("See you in Monday.", "See you on Monday."),),
    "perfect-past": (
        ("I have seen him yesterday.", "I saw him yesterday."),
        ("We've been in Rome last summer.", "We were in Rome last summer."),
        ("She has bought a car last week.", "She bought a car last week."),
    ),
    "if-would": (
        ("If I would be rich, I would travel.", "If I were rich, I would travel."),
        ("If she would have known it, she would go.", "If she had known it, she would go."),
    ),
    "if-will": (
        ("If I will have time, I will come.", "If I have time, I will come."),
        ("If he will be late, we'll wait.", "If he is late, we'll wait."),
        ("If she will need help, I'll come.", "If she needs help, I'll come."),
    ),
    "question-order": (
        ("Where you are going?", "Where are you going?"),
        ("Why she was so late?", "Why was she so late?"),
    ),
    "made-to": (("He made me to laugh.", "He made me laugh."),),
    "more-old": (("He is more old than me.", "He is older than me."),),
    "how-many-money": (("How many money do you have?", "How much money do you have?"),),
    "how-much-people": (
        ("How much people are there?", "How many people are there?"),
        ("How much languages do you speak?", "How many languages do you speak?"),
    ),
    "not-no": (
        ("I don't have no money.", "I don't have any money."),
        ("We didn't see nobody.", "We didn't see anybody."),
    ),
    "in-year": (("I was born in 1990 year.", "I was born in 1990."),),
    "waiting-you": (("I'm waiting you.", "I'm waiting for you."),),
    "parents-is": (("My parents is old.", "My parents are old."),),
    "want-go": (
        ("I want go home.", "I want to go home."),
        ("She wants be a doctor.", "She wants to be a doctor."),
    ),
    "to-past": (("I have to went home.", "I have to go home."),),
    "lets-to": (("Let's to go.", "Let's go."),),
    "told-that": (("He told that he was ill.", "He said that he was ill."),),
    "in-o'clock": (("I wake up in 7 o'clock.", "I wake up at 7 o'clock."),),
}
"""By rule: what a learner says, and what it becomes ("" where there is no one answer)."""

RIGHT = """
I have seen nothing of him since last week. | Should I have gone yesterday?
What would you have done last night? | I have met the man from last night.
I have read the email that came yesterday. | I've been ill since last year.
If he would be so kind, I would be grateful. | If you will follow me, I'll show you.
If she will have me, I will marry her. | I asked if he would be there.
If it will be easier for you, I'll come to you. | Where you are going is no secret.
Why you are here is a mystery, isn't it? | He had it made to measure.
The cake he made us to take home was good. | There are no more old ones than before.
It shows how much people love him. | How much people like it!
I don't say no to cake. | You can't do nothing all day.
She wants live music. | They want see-through curtains.
The school she was going to gave her a place. | The food I'm used to had more salt.
The story he told that we all liked was short. | Wait, you forgot this.
One of my friends is a pilot. | Talking to my parents is easy.
What you want is to go home. | All they want is peace.
We all agree with you. | I am agreed. | They agreed to disagree.
There is many a slip between cup and lip. | There is two-thirds of the cake left.
There is one problem and two solutions. | Is there a reason? | There is much to do.
Yesterday I put the book on the table. | Yesterday I read a book. | Yesterday I had lunch.
I know what you did yesterday. | They play the team that won yesterday.
Since yesterday I feel sick. | We go there since they opened last year.
I look forward to work. | I look forward to our next meeting. | I look forward to the visit.
She suggested me to the board. | He suggested to go. | She suggested that he go.
People is a magazine. | The number of people is growing. | One of the people is here.
Raising children is hard. | The people are nice. | What people has he met?
A two year contract is fine. | It is a ten minute walk. | My three year old son sleeps.
Chapter two book in hand. | Many a friend came. | The two brothers met. | one of the family
I have one or two friends. | He is twenty-two years old. | Day two in the house.
Nothing would explain her absence. | Explain them please. | They explained to me how.
It is interesting in many ways. | He is interesting in conversation. | The film was exciting.
She said her name. | "Me too," said her brother. | Say them aloud. | He said to me that it was so.
Did he go home? | Will she like it? | Does he or she go? | I saw him and she saw me.
I suggest that he go now. | Let it go. | Make it work. | She'd like to go. | Why should he want it?
Where did she live? | If he were here. | No sooner had he come than she left. | God bless you.
What did you and he do? | Not only does he sing. | Had he known, he would have come.
Should she need help, call me. | Rarely does she go out. | The best he can do is wait.
He read the letter. | She put it down. | He cut his hand. | It cost a lot. | He might have gone.
My father works. | Does my father work? | I saw my mother walk. | Let my son go.
You and I don't know. | He and I don't know. | Someone like you doesn't know.
One of you doesn't know. | The person in front of us doesn't move. | What he does helps people.
many more better options | There are no more older people. | It is better and better.
Since a year has passed, I am well. | since Monday | Since two years ago it is closed.
It depends of course on you. | It depends from person to person. | I depend on you.
I am married with two kids. | He is married to a doctor. | He got married with no money.
Make homework fun. | We made a photo album. | Do your homework.
It is not so much people as places. | How much people earn! | How many people live here?
How much money do you have? | There are many water bottles. | many information systems
an information desk | a homework assignment | a furniture store | The advice is good.
I have 20 years of experience. | I have ten years left. | I am nine years old.
I am student number five. | She is doctor Brown. | He is a teacher. | I am the manager.
When I was a child I sang. | When I was student president. | the will to live
I do all I can to help. | He did what he could to help. | You should try to go. | Must he go?
Who will he see? | They can have it. | We would found a town. | The can works.
I enjoy it to the full. | I enjoy swimming. | I want that dress. | I want that so much.
Listen, music is playing. | He listens to music. | I go to home base.
go to swimming lessons | We went swimming. | the very like of it | I like it very much.
too much difficult homework | It is too much. | How do you call a taxi? | By what means is it done?
According to my teacher it is good. | According to me and him. | in Sunday school
in Friday's paper | on Monday | It will end in one hour. | in the other hand he held a book
We want you to come. | What do you want? | I think he knows that I know. | He knows I want it.
Everyone has their own opinion. | Neither of them knows. | What time does the train leave?
There's a lot of people here. | Ten dollars is enough. | The news is good. | My family are well.
She made me do it. | I'd rather stay at home. | She asked me to wait. | Long live the king.
A university is a big school. | He's an honest man. | An hour ago. | I used a knife.
I have been there before. | We were there yesterday. | I'm sure you know.
I'm afraid he will be late. | Their house is over there. | It's time to rest. | I am like my father.
You are everything to me. | She is like a sister to me.
i like it, but dad doesnt | THE TRAIN LEAVES AT FIVE | Ive been too ill to go their
"""
"""Good English that looks like an error, and what only its spelling is wrong with."""


@pytest.fixture(scope="module")
def checker() -> GrammarChecker:
    """One checker, as a worker has; Harper takes a second to load."""
    return GrammarChecker()


def corrected(text: str, findings: tuple[Finding, ...] | list[Finding]) -> str:
    """The text with each replacement in its place."""
    for finding in sorted(findings, key=lambda finding: -finding.start):
        text = text[: finding.start] + (finding.replacement or "") + text[finding.end :]
    return text


def good_english() -> list[str]:
    """The sentences of `RIGHT`."""
    return [part.strip() for line in RIGHT.strip().splitlines() for part in line.split(" | ")]


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [(rule, *pair) for rule, pairs in WRONG.items() for pair in pairs],
    ids=[pair[0] for pairs in WRONG.values() for pair in pairs],
)
def test_what_learners_get_wrong_is_found(rule: str, wrong: str, right: str) -> None:
    """Each rule finds its error and says what to say instead."""
    findings = find(wrong)
    assert [finding.rule for finding in findings] == [rule]
    assert findings[0].message
    if right:
        assert corrected(wrong, findings) == right
        assert find(right) == []
    else:
        assert findings[0].replacement is None


def test_every_rule_has_its_examples() -> None:
    """No rule goes untested, and no two have one name."""
    assert [rule.name for rule in RULES] == list(dict.fromkeys(rule.name for rule in RULES))
    assert {rule.name for rule in RULES} == set(WRONG)


@pytest.mark.parametrize("text", good_english())
def test_good_english_is_left_alone(checker: GrammarChecker, text: str) -> None:
    """Neither our rules nor Harper's object to it, nor to spelling, capitals and punctuation."""
    assert checker.check(text, "en").findings == ()


@pytest.mark.parametrize(
    ("text", "rule", "replacement"),
    [
        ("I have a apple.", "harper-AnA", "an"),
        ("I didn't went there.", "harper-DidPast", "go"),
        ("We discussed about it.", "harper-Discuss", "discussed"),
        ("We was happy.", "harper-PronounInflectionBe", "were"),
        ("He is good in sports.", "harper-GoodAt", "at"),
    ],
)
def test_harper_finds_the_rest(
    checker: GrammarChecker, text: str, rule: str, replacement: str
) -> None:
    """Articles, forms of "be", prepositions and more come from Harper's own rules."""
    (finding,) = checker.check(text, "en-GB").findings
    assert (finding.rule, finding.replacement) == (rule, replacement)
    assert "`" not in finding.message


def test_findings_are_in_order_and_have_spans(checker: GrammarChecker) -> None:
    """Several errors of one utterance, each with the characters that it is about."""
    text = "Yesterday I go to school and I have a apple. He don't like it."
    findings = checker.check(text, "en").findings
    assert [text[f.start : f.end] for f in findings] == ["go", "a", "don't"]


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    """Spans count characters of the text as it is."""
    (finding,) = find("She don\u2019t know.")
    assert (finding.start, finding.end) == (4, 9)


def test_of_overlapping_findings_the_first_stays() -> None:
    """What our rules say about a span goes before what others say."""

    def finding(start: int, end: int, rule: str) -> Finding:
        return Finding(start, end, "", None, rule)

    ours = [finding(5, 9, "ours")]
    others = [finding(8, 12, "overlaps"), finding(0, 5, "before"), finding(9, 11, "behind")]
    assert [f.rule for f in merged(ours, others)] == ["before", "ours", "behind"]


@pytest.mark.parametrize("language", ["de", "ru", "zh", "auto"])
def test_other_languages_are_not_checked(checker: GrammarChecker, language: str) -> None:
    """There are rules for English alone, and the answer says so."""
    assert checker.check("I am agree", language) == Grammar(checked=False)


def test_the_level_comes_with_it(checker: GrammarChecker) -> None:
    """The words' level stands beside the findings."""
    grammar = checker.check("My mother likes big dogs and small cats.", "en")
    assert (grammar.level, grammar.checked) == ("A1", True)


def test_a_checker_serves_several_threads(checker: GrammarChecker) -> None:
    """Workers share one; their texts don't get mixed up."""
    found: dict[int, tuple[Finding, ...]] = {}

    def check(n: int) -> None:
        found[n] = checker.check(f"{'x' * n} I have a apple.", "en").findings

    threads = [threading.Thread(target=check, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: [f.start for f in f] for n, f in found.items()} == {n: [n + 8] for n in range(8)}


def test_harper_is_asked_for_what_is_heard() -> None:
    """Its rules on spelling, capitals, commas and homophones stay off."""
    muted = {"SpellCheck", "SentenceCapitalization", "ThereToTheir", "ItsPossessive", "ToTwoToo"}
    assert not HARPER_RULES & (muted | {"RepeatedWords", "LongSentences", "CompoundNouns"})


def test_forms_of_verbs() -> None:
    """The tables that the rules correct with."""
    assert [THIRD[verb] for verb in ("go", "try", "watch", "play", "have")] == [
        "goes",
        "tries",
        "watches",
        "plays",
        "has",
    ]
    assert [PAST[verb] for verb in ("stop", "try", "use", "play")] == [
        "stopped",
        "tried",
        "used",
        "played",
    ]
    assert [ING[verb] for verb in ("swim", "use", "agree", "stop")] == [
        "swimming",
        "using",
        "agreeing",
        "stopping",
    ]
    assert (BASE_OF["went"], BASE_OF["tries"]) == ("go", "try")
    assert "read" not in PAST


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_taken(checker: GrammarChecker, text: str) -> None:
    """Spans lie inside the text, in order, without overlaps."""
    ends = 0
    for finding in checker.check(text, "en").findings:
        assert ends <= finding.start <= finding.end <= len(text)
        ends = finding.end
