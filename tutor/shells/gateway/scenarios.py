"""`/v1/scenarios`: the conversations that a server has."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, TypeAdapter

from tutor.adapters.coach.scenarios import open_scenarios
from tutor.adapters.settings import Settings
from tutor.core.protocol.messages import Level
from tutor.core.talk.scenario import Scenario
from tutor.core.text.languages import primary
from tutor.shells.gateway.page import Packed
from tutor.shells.http.security_headers import NO_STORE


class ScenarioGoal(BaseModel):
    """Something to be done in a conversation."""

    id: str
    text: str = Field(description="In the learner's own language where the scenario has it.")


class ScenarioMeaning(BaseModel):
    """What a conversation is about, in the learner's own language."""

    title: str
    scene: str


class ScenarioFacts(BaseModel):
    """A conversation that a session may have: `exercise.scenario` is its `id`."""

    id: str = Field(examples=["en-cafe"])
    language: str = Field(examples=["en"])
    topic: str = Field(description="The same for such scenarios of all languages.")
    levels: tuple[Level, ...]
    title: str
    scene: str = Field(description="Where the learner is, and who the tutor is.")
    meaning: ScenarioMeaning | None = Field(
        None, description="Title and scene in the learner's language, where both are known."
    )
    goals: tuple[ScenarioGoal, ...]


def add_scenarios(app: FastAPI, settings: Settings) -> None:
    """Give an application the route of its scenarios."""
    library = open_scenarios(settings.scenarios_dir)
    listed = TypeAdapter(list[ScenarioFacts])

    @app.get(
        "/v1/scenarios",
        summary="Conversations to begin a session with",
        tags=["practice"],
        response_model=list[ScenarioFacts],
    )
    async def scenarios(
        request: Request, language: str = "en", level: Level | None = None, native: str = ""
    ) -> Response:
        """The conversations of a language, of one level where it is given; what they are about is
        told in the learner's `native` language, too, where it is known."""
        own = primary(native)
        found = [
            _facts(one, own)
            for one in library.find(language)
            if level is None or level in one.levels
        ]
        packed = Packed.of(listed.dump_json(found).decode())
        return packed.answer(request, "application/json", NO_STORE)


def _facts(scenario: Scenario, native: str) -> ScenarioFacts:
    return ScenarioFacts(
        id=scenario.id,
        language=scenario.language,
        topic=scenario.topic,
        levels=scenario.levels,
        title=scenario.title,
        scene=scenario.scene,
        meaning=_meaning(scenario, native),
        goals=tuple(
            ScenarioGoal(id=aim.id, text=scenario.translated(aim.text, native) or aim.text)
            for aim in scenario.goals
        ),
    )


def _meaning(scenario: Scenario, native: str) -> ScenarioMeaning | None:
    title = scenario.translated(scenario.title, native)
    scene = scenario.translated(scenario.scene, native)
    return ScenarioMeaning(title=title, scene=scene) if title and scene else None
