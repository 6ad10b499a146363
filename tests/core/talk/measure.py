# ruff: noqa: T201 - it prints its figure
"""How many answers of learners are understood.

`python -m tests.core.talk.measure` tells it for the half `measure`, with `build` for the other.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.adapters.coach.scenarios import load_scenarios
from tutor.adapters.coach.word_sounds import WordSounds
from tutor.core.talk.conversation import State, Told, answer, begin
from tutor.core.talk.scenario import Scenario

DATA = Path(__file__).parents[2] / "data" / "talk"
SCENARIOS = load_scenarios(None).scenarios
SOUNDS = WordSounds()


@dataclass(frozen=True)
class Case:
    """An answer at a step, and what it means."""

    scenario: Scenario
    step: str
    heard: str
    kind: str
    slots: dict[str, tuple[str, ...]]
    goals: frozenset[str]
    says: str

    def play(self) -> tuple[State, Told]:
        """Let the conversation be at the step, and answer."""
        state = at_step(self.scenario, self.step)
        return answer(self.scenario, state, self.heard, sounds=SOUNDS)

    def verdict(self) -> str:
        """`right`; `missed`: asked again though it was clear; `wrong`: taken for another thing."""
        state, told = self.play()
        got = told.kind.value, dict(state.slots), frozenset(state.goals)
        if got == (self.kind, self.slots, self.goals) and self.says.lower() in told.reply.lower():
            return "right"
        asks = ("unclear", "near", "help", "again", "silent", "foreign")
        return "missed" if told.kind.value in asks else "wrong"


def at_step(scenario: Scenario, step: str) -> State:
    """The conversation at one of its steps, at whatever level and seed has it."""
    for level in reversed(scenario.levels):
        for seed in range(100):
            plan = [one.id for one in scenario.plan(level, seed)]
            if step in plan:
                state = begin(scenario, level, seed, None)
                return replace(state, step=plan.index(step))
    raise ValueError(f"{scenario.id} has no step {step}")


def cases(half: str) -> Iterator[Case]:
    """The cases of a half."""
    for line in (DATA / f"{half}.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        place, heard, kind, slots, goals, says = (part.strip() for part in line.split("|"))
        scenario, step = place.split(":")
        named = (one.split("=") for one in slots.split(";") if one.strip())
        filled = {name.strip(): tuple(value.split(", ")) for name, value in named}
        yield Case(SCENARIOS[scenario], step, heard, kind, filled, frozenset(goals.split()), says)


def main() -> None:
    """Print the figure of a half, and the cases that were not right."""
    half = sys.argv[1] if len(sys.argv) > 1 else "measure"
    found: Counter[str] = Counter()
    for case in cases(half):
        verdict = case.verdict()
        found[verdict] += 1
        if verdict != "right":
            state, told = case.play()
            print(
                f"{verdict}: {case.scenario.id}:{case.step} | {case.heard} | "
                f"{told.kind.value} | {dict(state.slots)} | {state.goals} | {told.reply}"
            )
    total = found.total()
    print(", ".join(f"{name} {count} of {total}" for name, count in found.items()))


if __name__ == "__main__":
    main()
