"""Walks through a scenario by its own examples: it must come to its end, with every goal."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.core.protocol.messages import Level
from tutor.core.talk.conversation import Kind, State, answer, begin
from tutor.core.talk.fields import ScenarioError
from tutor.core.talk.scenario import Scenario, Step
from tutor.core.talk.understanding import Listener, Meant

SEEDS = 6
"""Seeds with which each level is walked: with and without surprises."""

MOST_TURNS = 100
"""Turns after which a walk has lost its way."""


def check(scenario: Scenario, name: str) -> None:
    """Walk a scenario at each of its levels, and try each example where it stands.

    Raises:
        ScenarioError: an example, hint or option is not understood where it stands, or a walk does
            not reach every goal; `name` is the file's name.
    """
    for fault in faults(scenario):
        raise ScenarioError(f"{name}, {fault}")


def faults(scenario: Scenario) -> Iterator[str]:
    """What is wrong with a scenario's examples, hints, options, goals: key and reason of each."""
    for step in scenario.steps:
        yield from _step_faults(scenario, step)
    for reply in scenario.questions:
        for text in reply.examples:
            asked = [one.reply for one in Listener(scenario, text).questions(frozenset())]
            if reply not in asked:
                yield f"question, `example`: {text!r} is not understood"
    for level in scenario.levels:
        for seed in range(SEEDS):
            state = walk(scenario, level, seed)
            lost = [aim.id for aim in scenario.goals if aim.id not in state.goals]
            if lost or not state.over:
                yield f"`goal`: the examples of level {level} do not reach " + (
                    ", ".join(lost) or "the end"
                )


def _step_faults(scenario: Scenario, step: Step) -> Iterator[str]:
    for reply in step.answers:
        for text in reply.examples:
            meant = _heard(scenario, step, text)
            if meant is None or meant.reply is not reply:
                as_what = "not understood" if meant is None else "taken for another answer"
                yield f"step {step.id}, `example`: {text!r} is {as_what}"
    for key, texts in (("hint", (step.hint,)), ("options", step.options)):
        for text in texts:
            if _heard(scenario, step, text) is None:
                yield f"step {step.id}, `{key}`: {text!r} is not understood"


def _heard(scenario: Scenario, step: Step, text: str) -> Meant | None:
    return Listener(scenario, text).answer(step)


def walk(scenario: Scenario, level: Level, seed: int, turn: int = 0) -> State:
    """The state at the end of a conversation whose learner answers with the examples.

    Questions come first, one a turn, so that each goal can be reached; `turn`: which of the
    examples is taken.
    """
    state = begin(scenario, level, seed, None)
    asked = [reply.examples[0] for reply in scenario.questions if reply.goals]
    while not state.over and state.turn < MOST_TURNS:
        step = scenario.plan(state.level, state.seed)[state.step]
        text = asked.pop(0) if asked else _example(step, scenario, state, turn)
        state, told = answer(scenario, state, text)
        if told.kind not in (Kind.UNDERSTOOD, Kind.QUESTION, Kind.EARLY):
            break
    return state


def _example(step: Step, scenario: Scenario, state: State, turn: int) -> str:
    """An example of the answer that reaches most goals of those that are open."""
    open_goals = {aim.id for aim in scenario.goals} - set(state.goals)
    best = max(step.answers, key=lambda reply: len(open_goals & set(reply.goals)))
    return best.examples[turn % len(best.examples)]
