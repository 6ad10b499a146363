from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk.measure import SCENARIOS, SOUNDS, Case, at_step, cases
from tests.support.examples import few
from tutor.core.talk.conversation import (
    MAX_ASKED,
    MAX_MISSES,
    Kind,
    State,
    Told,
    answer,
    begin,
    goals,
    hint,
    open_with,
)
from tutor.core.talk.patterns import Word
from tutor.core.talk.scenario import Scenario
from tutor.core.talk.words import hear

CAFE = SCENARIOS["en-cafe"]

CASES = [*cases("build"), *cases("measure")]
SAID = sorted({case.heard for case in CASES})
"""What learners say: right and wrong things, in five languages."""

FEWEST_RIGHT = 0.95
"""Share of the answers that must be understood as they are meant."""


def talk(*texts: str, scenario: Scenario = CAFE, seed: int = 3) -> tuple[State, list[Told]]:
    """What the tutor says to these answers, from the beginning."""
    state, told = begin(scenario, "A2", seed, None), []
    for text in texts:
        state, one = answer(scenario, state, text, sounds=SOUNDS)
        told.append(one)
    return state, told


@pytest.mark.parametrize("case", list(cases("build")), ids=lambda case: f"{case.step} {case.heard}")
def test_what_learners_say_is_understood_as_it_was_meant(case: Case) -> None:
    """Mistakes, hesitations, denials, corrections, two answers at once, questions back."""
    assert case.verdict() == "right"


def test_the_measured_half_is_understood_as_the_documentation_says() -> None:
    """Few answers of the other half are asked for again, and fewer are taken for something else."""
    found = [case.verdict() for case in cases("measure")]
    assert found.count("right") >= FEWEST_RIGHT * len(found)


def test_an_answer_says_what_was_understood_and_asks_on() -> None:
    """The order is said back with the words that were heard; two answers at once are both taken."""
    _, (told,) = talk("A large coffee with milk please, and how much is it?")
    assert told.reply.startswith("Large coffee with milk, of course. It's four euros fifty.")
    assert set(told.understood) >= {"coffee", "large", "with milk"}
    assert "Anything to eat?" in told.reply


def test_what_was_not_understood_is_said_each_time_with_more_help() -> None:
    """First it is asked again simpler, then with two answers, then with words to say; then the
    tutor goes on."""
    state, told = talk(*["The sky is blue."] * 4)
    assert all("The sky is blue" in one.reply for one in told[:3])
    assert (told[0].options, told[0].hint) == ((), None)
    assert len(told[1].options) == 2
    assert told[2].hint is not None
    assert "go on" in told[3].reply.lower()
    assert state.step == 1


def test_what_sounds_near_is_asked_and_taken_when_affirmed() -> None:
    """ "A copy" may be a coffee: nothing is taken until the learner says yes."""
    state, (told,) = talk("I want a copy.")
    assert told.kind is Kind.NEAR
    assert "coffee" in told.reply
    assert not state.slots
    assert dict(talk("I want a copy.", "Yes.")[0].slots) == {"drink": ("coffee",)}
    assert not talk("I want a copy.", "No.")[0].slots


def test_in_a_long_answer_nothing_is_taken_for_misheard() -> None:
    """Something always sounds near: what was said is not understood, no more."""
    told = talk("I want a copy. " + "The weather is nice in my home town. " * 4)[1][0]
    assert told.kind is Kind.UNCLEAR


def test_what_answers_a_later_question_is_not_asked_again() -> None:
    """Who says at once how they pay is not asked for it."""
    state, told = talk(
        "A small tea, and I pay by card.", "No, thanks.", "To go.", "How much is it?"
    )
    assert state.over
    assert not any("card?" in one.reply for one in told)


def test_a_surprise_comes_with_some_seeds() -> None:
    """The same seed gives the same conversation, another one perhaps a surprise."""
    with_machine = [
        seed for seed in range(40) if "machine" in [one.id for one in CAFE.plan("A2", seed)]
    ]
    assert 5 < len(with_machine) < 30
    assert CAFE.plan("A2", with_machine[0]) == CAFE.plan("A2", with_machine[0])


def test_levels_have_their_own_steps() -> None:
    """A beginner is not asked what a learner of B1 is."""
    assert len(CAFE.plan("A1", 1)) < len(CAFE.plan("B1", 1))
    assert CAFE.nearest("C2") == "B1"
    assert CAFE.nearest(None) == "A1"


def test_goals_and_hints_come_in_the_learners_language() -> None:
    """A Russian learner reads what to do in Russian; without a translation it stays as it is."""
    state = begin(CAFE, "A1", 1, "ru")
    assert goals(CAFE, state)[0].text == "Заказать напиток"
    shown = hint(CAFE, state)
    assert shown is not None
    assert shown.meaning == "Мне кофе, пожалуйста."
    assert goals(CAFE, replace(state, native="hu"))[0].text == "Order a drink"


def test_who_leaves_may_leave() -> None:
    """ "Goodbye" ends the conversation; what comes later is answered with a goodbye."""
    state, _ = talk("Goodbye!")
    assert state.over
    again, told = answer(CAFE, state, "A coffee.")
    assert again == state
    assert told.kind is Kind.LEFT


def test_another_language_is_told_so() -> None:
    """What was recognised in another language, or written in another script, is not guessed."""
    _, told = answer(CAFE, begin(CAFE, "A1", 1, None), "Un café, por favor", is_foreign=True)
    assert told.kind is Kind.FOREIGN
    assert talk("我要咖啡")[1][0].kind is Kind.FOREIGN


texts = st.sampled_from(SAID) | st.text(max_size=60)
seeds = st.integers(0, 50)
names = st.sampled_from(sorted(SCENARIOS))


@few(50)
@given(names, seeds, st.lists(texts, max_size=30), st.sampled_from(["A1", "B1", "C2"]))
def test_whatever_is_said_the_conversation_goes_on_and_goals_stay(
    name: str, seed: int, said: list[str], level: str
) -> None:
    """Each answer has a reply that says something, steps only go forward, no goal is lost."""
    scenario = SCENARIOS[name]
    state = begin(scenario, level, seed, None)  # type: ignore[arg-type]
    assert open_with(scenario, state).reply
    for text in said:
        after, told = answer(scenario, state, text, sounds=SOUNDS)
        assert told.reply.strip()
        assert "{" not in told.reply or "{" in text or "{" in state.pending
        assert after.step >= state.step
        assert set(after.goals) >= set(state.goals)
        state = after


@few(40)
@given(names, seeds, texts)
def test_whatever_is_said_over_and_over_comes_to_the_end(name: str, seed: int, text: str) -> None:
    """No answer keeps the tutor at a step for ever: there is no dead end."""
    scenario = SCENARIOS[name]
    state = begin(scenario, "B2", seed, None)
    for _ in range(len(scenario.steps) * MAX_ASKED + 1):
        state, _ = answer(scenario, state, text, sounds=SOUNDS)
        assert state.misses <= MAX_MISSES
    assert state.over


@few(50)
@given(names, seeds, st.lists(texts, min_size=1, max_size=6))
def test_no_slot_is_filled_with_what_was_not_said(name: str, seed: int, said: list[str]) -> None:
    """Each value has a pattern whose words were in an answer, or were asked for and affirmed."""
    scenario = SCENARIOS[name]
    state = begin(scenario, "B1", seed, None)
    heard: set[str] = set()
    for text in said:
        asked = state.pending
        state, told = answer(scenario, state, text, sounds=SOUNDS)
        heard |= {token.key for token in hear(f"{text} {asked}", scenario.language).tokens}
        if told.kind is Kind.NEAR:
            assert told.understood == ()
        for slot, values in state.slots.items():
            for value in scenario.slots.get(slot, ()):
                if value.text in values and "{" not in value.text:
                    assert any(is_borne_out(one.words, heard, scenario) for one in value.patterns)


def is_borne_out(words: tuple[Word, ...], heard: set[str], scenario: Scenario) -> bool:
    """Whether all words of a pattern are among those heard, or sound the same."""
    language = scenario.manners.language
    return all(
        any(
            word.fits(key)
            or any(
                SOUNDS(key, language) == SOUNDS(one, language) for one in (*word.keys, *word.begins)
            )
            for key in heard
        )
        for word in words
    )


def test_every_case_stands_at_a_step_that_there_is() -> None:
    """The set has two halves of a hundred answers and more, from all scenarios, without twins."""
    for half in ("build", "measure"):
        assert sum(1 for _ in cases(half)) >= 100
    assert {case.scenario.id for case in CASES} == set(SCENARIOS)
    assert all(at_step(case.scenario, case.step) for case in CASES)
    keys = [(case.scenario.id, case.step, case.heard) for case in CASES]
    assert len(keys) == len(set(keys))
