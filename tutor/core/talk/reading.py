"""Scenarios from a teacher's files: every slip is refused with file, key and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tutor.core.coach.phrases import gaps_in
from tutor.core.protocol.messages import Level
from tutor.core.talk.fields import ScenarioError, Table, once
from tutor.core.talk.manners import Manners, slots_of
from tutor.core.talk.patterns import BUILT_IN, Pattern
from tutor.core.talk.scenario import END, LEVELS, Aim, Reply, Scenario, Step
from tutor.core.talk.understanding import slots_in
from tutor.core.text.languages import primary, whisper_language

MAX_ID = 64
MAX_GOALS = 8
MAX_STEPS = 30
MAX_ANYTHING = 12
"""Words that an answer may be asked to have."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z_]*")


def scenario_from(
    data: Mapping[str, object], name: str, manners: Mapping[str, Manners]
) -> Scenario:
    """The scenario of one parsed file.

    `manners`: what is shared by a language's scenarios, by primary subtag.

    Raises:
        ScenarioError: something in it is wrong; `name` is the file's name.
    """
    language = data.get("language")
    if not isinstance(language, str) or whisper_language(language) in (None, "auto"):
        raise ScenarioError(f"{name}, `language`: must be a BCP-47 tag, as en or pt-BR")
    shared = manners.get(primary(language))
    if shared is None:
        raise ScenarioError(f"{name}, `language`: there are no manners for {language}")
    top = Table(data, name, primary(language))
    top.only(
        "id", "language", "topic", "title", "scene", "levels", "goal", "slots", "step",
        "question", "goodbye", "in",
    )  # fmt: skip
    scenario = Scenario(
        _identity(top, "id", MAX_ID),
        language,
        top.text("topic", limit=MAX_ID),
        top.text("title"),
        top.text("scene"),
        _levels(top),
        _goals(top),
        {**shared.slots, **slots_of(top)},
        tuple(_step(table) for table in top.tables("step", 1)),
        tuple(_reply(table, is_question=True) for table in top.tables("question")),
        top.texts("goodbye", 1),
        {language: _translations(table) for language, table in top.named("in")},
        shared,
    )
    _check(scenario, top)
    return scenario


def _identity(table: Table, key: str, limit: int) -> str:
    value = table.text(key, limit=limit)
    if not _ID.fullmatch(value):
        raise table.error(key, f"{value!r} must be small letters, figures and hyphens")
    return value


def _levels(top: Table) -> tuple[Level, ...]:
    named = top.texts("levels", 1, len(LEVELS))
    for name in named:
        if name not in LEVELS:
            raise top.error("levels", f"{name!r} is none of {', '.join(LEVELS)}")
    return tuple(level for level in LEVELS if level in named)


def _level(table: Table, key: str, default: Level) -> Level:
    name = table.text(key, default)
    found = next((level for level in LEVELS if level == name), None)
    if found is None:
        raise table.error(key, f"{name!r} is none of {', '.join(LEVELS)}")
    return found


def _goals(top: Table) -> tuple[Aim, ...]:
    aims = []
    for table in top.tables("goal", 1):
        table.only("id", "text", "slots")
        identity = _identity(table, "id", MAX_ID)
        aims.append(Aim(identity, table.text("text"), table.texts("slots")))
    if len(aims) > MAX_GOALS:
        raise top.error("goal", f"there are {len(aims)}, {MAX_GOALS} at most")
    once([aim.id for aim in aims], top.error, "goal")
    return tuple(aims)


def _translations(table: Table) -> dict[str, str]:
    return {text: table.text(text) for text in table.data}


def _step(table: Table) -> Step:
    table.only(
        "id", "say", "simpler", "options", "hint", "answer", "done_by", "from", "to", "chance"
    )
    step = Step(
        _identity(table, "id", MAX_ID),
        table.texts("say", 1),
        table.text("simpler"),
        table.texts("options", 2, 2),
        table.text("hint"),
        tuple(_reply(one) for one in table.tables("answer", 1)),
        table.texts("done_by"),
        _level(table, "from", LEVELS[0]),
        _level(table, "to", LEVELS[-1]),
        table.number("chance", 1, 0, 1),
    )
    if all(gaps_in(variant) for variant in step.says):
        raise table.error("say", "one of the variants must have no gap")
    return step


def _reply(table: Table, *, is_question: bool = False) -> Reply:
    allowed = ("when", "say", "goal", "also", "example")
    table.only(*allowed, *(() if is_question else ("anything", "next", "early")))
    anything = int(table.number("anything", 0, 0, MAX_ANYTHING))
    reply = Reply(
        table.patterns("when", 0 if anything else 1),
        anything,
        table.texts("say"),
        table.texts("goal"),
        table.texts("also"),
        table.texts("example", 1),
        table.text("next", ""),
        is_question or table.flag("early"),
    )
    for pattern in reply.when:
        if pattern.refused and pattern.slots:
            raise table.error("when", f"{pattern.text!r}: what is refused cannot fill a slot")
    _check_gaps(table, reply)
    return reply


def _check_gaps(table: Table, reply: Reply) -> None:
    """Refuse a reply that could have nothing to say, or say what was not heard."""
    sure = frozenset() if reply.anything else slots_in(reply.when)
    if reply.says and not any(gaps_in(variant) <= sure for variant in reply.says):
        raise table.error("say", "one variant must need no slot but those that each `when` fills")


def _check(scenario: Scenario, top: Table) -> None:
    steps = [step.id for step in scenario.steps]
    once(steps, top.error, "step")
    if len(steps) > MAX_STEPS:
        raise top.error("step", f"there are {len(steps)}, {MAX_STEPS} at most")
    if all(gaps_in(variant) for variant in scenario.goodbye):
        raise top.error("goodbye", "one of the variants must have no gap")
    _check_slots(scenario, top)
    _check_steps(scenario, top, steps)
    for reply in scenario.questions:
        _check_reply(scenario, reply, Table({}, f"{top.place}, question"))
    known = {aim.id for aim in scenario.goals}
    replies = (*(one for step in scenario.steps for one in step.answers), *scenario.questions)
    fillable = {slot for reply in replies for slot in reply.slots}
    by_slot = {aim.id for aim in scenario.goals if fillable & set(aim.slots)}
    for aim in scenario.goals:
        _known(Table({}, f"{top.place}, goal {aim.id}"), "slots", aim.slots, scenario.slots)
    reached = {goal for reply in replies for goal in reply.goals}
    for lost in sorted(known - by_slot - reached):
        raise top.error("goal", f"nothing reaches {lost!r}")
    _check_translations(scenario, top)


def _check_steps(scenario: Scenario, top: Table, steps: Sequence[str]) -> None:
    known = {aim.id for aim in scenario.goals}
    for n, step in enumerate(scenario.steps):
        place = Table({}, f"{top.place}, step {step.id}")
        for text in step.says:
            _known(place, "say", gaps_in(text), scenario.slots)
        _known(place, "done_by", step.done_by, {*known, *scenario.slots})
        for reply in step.answers:
            _check_reply(scenario, reply, place)
            if reply.next and reply.next not in (*steps[n + 1 :], END):
                raise place.error("next", f"{reply.next!r} is no later step")


def _check_slots(scenario: Scenario, top: Table) -> None:
    for name, values in scenario.slots.items():
        if not _NAME.fullmatch(name) or name in BUILT_IN:
            raise top.error(f"slots.{name}", "must be a name of small letters, none built in")
        for pattern in (one for value in values for one in value.patterns):
            if set(pattern.slots) - BUILT_IN:
                raise top.error(f"slots.{name}", f"{pattern.text!r}: only built-in slots fit here")
            _known_classes(scenario, top, f"slots.{name}", pattern)
        for value in values:
            sure = slots_in(value.patterns)
            _known(top, f"slots.{name}", sorted(gaps_in(value.text)), sure & {"number"})


def _check_reply(scenario: Scenario, reply: Reply, place: Table) -> None:
    slots = {*scenario.slots, *BUILT_IN}
    _known(place, "when", [slot for one in reply.when for slot in one.slots], slots)
    _known(place, "also", reply.also, scenario.slots)
    _known(place, "goal", reply.goals, {aim.id for aim in scenario.goals})
    _known(place, "say", [gap for text in reply.says for gap in sorted(gaps_in(text))], slots)
    for pattern in reply.when:
        _known_classes(scenario, place, "when", pattern)


def _known_classes(scenario: Scenario, place: Table, key: str, pattern: Pattern) -> None:
    _known(place, key, pattern.classes, scenario.manners.classes)


def _known(place: Table, key: str, names: Sequence[str] | frozenset[str], known: object) -> None:
    for name in names:
        if name not in known:  # type: ignore[operator]
            raise place.error(key, f"there is no {name!r}")


def _check_translations(scenario: Scenario, top: Table) -> None:
    texts = set(translatable(scenario))
    for language, translated in scenario.translations.items():
        for text in sorted(translated.keys() - texts):
            raise top.error(f"in.{language}", f"{text!r} is no title, scene, goal or hint")


def translatable(scenario: Scenario) -> Iterator[str]:
    """The texts of a scenario that are shown in a learner's own language where it is known."""
    yield from (scenario.title, scenario.scene)
    yield from (aim.text for aim in scenario.goals)
    yield from (step.hint for step in scenario.steps)
