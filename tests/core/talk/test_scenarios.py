import tomllib
from pathlib import Path

import pytest

from tutor.adapters.coach.scenarios import FOLDER, load_scenarios, read_folder, read_manners
from tutor.core.talk.fields import ScenarioError
from tutor.core.talk.reading import scenario_from, translatable
from tutor.core.talk.scenario import Scenario
from tutor.core.talk.walking import check, faults, walk

SHIPPED = load_scenarios(None)
MANNERS = read_manners(FOLDER)
CAFE = (FOLDER / "en" / "cafe.toml").read_text("utf-8")


@pytest.mark.parametrize("scenario", SHIPPED.scenarios.values(), ids=lambda one: one.id)
def test_every_scenario_can_be_walked_to_its_end_by_its_own_examples(scenario: Scenario) -> None:
    """Each example, hint and option is understood where it stands, and each level's walk reaches
    every goal."""
    assert list(faults(scenario)) == []


@pytest.mark.parametrize("scenario", SHIPPED.scenarios.values(), ids=lambda one: one.id)
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_any_of_the_examples_leads_to_the_end(scenario: Scenario, turn: int) -> None:
    """A learner who answers with the first, second or third example of each answer comes to the
    end."""
    for level in scenario.levels:
        assert walk(scenario, level, seed=turn, turn=turn).over


def test_english_has_six_topics_and_the_other_taught_languages_a_cafe() -> None:
    """There is something to talk about in each language that is taught, from A1 on."""
    english = {one.topic for one in SHIPPED.find("en-GB")}
    assert english == {
        "cafe", "directions", "doctor", "job-interview", "phone-call", "small-talk",
    }  # fmt: skip
    for language in ("de", "es", "fr", "ru"):
        assert "cafe" in {one.topic for one in SHIPPED.find(language)}
    assert {level for one in SHIPPED.find("en") for level in one.levels} == {
        "A1", "A2", "B1", "B2",
    }  # fmt: skip


def test_titles_scenes_and_goals_are_told_in_russian() -> None:
    """A learner who reads Russian understands what an English scenario is about."""
    for scenario in SHIPPED.find("en"):
        shown = [scenario.title, scenario.scene, *(aim.text for aim in scenario.goals)]
        assert [text for text in shown if scenario.translated(text, "ru") is None] == []
        assert scenario.translations["ru"].keys() <= set(translatable(scenario))


def wrong(text: str) -> str:
    """What is said of a scenario's text that is wrong."""
    with pytest.raises(ScenarioError) as caught:
        check(scenario_from(tomllib.loads(text), "cafe.toml", MANNERS), "cafe.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "en-cafe"', 'id = "En Café"', "`id`: 'En Café' must be small letters"),
        ('language = "en"', 'language = "xx"', "`language`: must be a BCP-47 tag"),
        ('levels = ["A1"', 'levels = ["A9"', "`levels`: 'A9' is none of"),
        ('topic = "cafe"', 'topik = "cafe"', "`topik`: means nothing here"),
        ('title = "At a café"', "title = 3", "`title`: must be a text"),
        ('goal = ["drink"]', 'goal = ["dring"]', "`goal`: there is no 'dring'"),
        ('when = ["{size}"]', 'when = ["{size}", "{sise} {size}"]', "`when`: there is no 'sise'"),
        ('next = "drink-too"', 'next = "order"', "`next`: 'order' is no later step"),
        ('"{drink}, of course."]', '"{food}, of course."]', "`say`: one variant must need no slot"),
        ('when = ["@no", "!question*"]', 'when = ["@noo"]', "`when`: there is no 'noo'"),
        ('done_by = ["food"]', 'done_by = ["foot"]', "`done_by`: there is no 'foot'"),
        ('hint = "The cake, please."', 'hint = "Hm."', "`hint`: 'Hm.' is not understood"),
        ('"Order a drink" = ', '"Order a dring" = ', "`in.ru`: 'Order a dring' is no title"),
        ("chance = 0.35", "chance = 35", "`chance`: must be 0 to 1"),
        ('from = "A2"', 'from = "A0"', "`from`: 'A0' is none of"),
        ('when = ["{means}"]', 'when = ["{means"]', "`when`: '{means' '{means' is no word"),
        ("early = true", 'early = "yes"', "`early`: must be true or false"),
        ('when = ["@no", "only|just food"]', 'when = ["!{food}"]', "cannot fill a slot"),
        ('id = "pay"\ntext', 'id = "tip"\ntext', "there is no 'pay'"),
        ('"A tea, please."]\nhint', '"Bla."]\nhint', "`options`: 'Bla.' is not understood"),
        ('options = ["A coffee, please.", ', "options = [", "`options`: must be a list of 2 to 2"),
    ],
)
def test_a_slip_is_refused_with_file_key_and_reason(old: str, new: str, told: str) -> None:
    """One line says where the file is wrong and why."""
    assert old in CAFE
    message = wrong(CAFE.replace(old, new, 1))
    assert message.startswith("cafe.toml")
    assert told in message
    assert "\n" not in message


def test_a_goal_that_nothing_reaches_is_refused() -> None:
    """A goal that no answer names could never be ticked."""
    assert "nothing reaches 'tip'" in wrong(
        CAFE.replace("[[step]]", '[[goal]]\nid = "tip"\ntext = "Give a tip"\n\n[[step]]', 1)
    )


def test_a_teachers_scenario_takes_the_place_of_ours(tmp_path: Path) -> None:
    """A file with an id of ours replaces it; one with another id comes beside."""
    (tmp_path / "ours.toml").write_text(CAFE.replace("At a café", "At our café"), "utf-8")
    (tmp_path / "more.toml").write_text(CAFE.replace("en-cafe", "our-bar"), "utf-8")
    library = load_scenarios(tmp_path)
    assert library.scenarios["en-cafe"].title == "At our café"
    assert "our-bar" in library.scenarios
    assert len(library.scenarios) == len(SHIPPED.scenarios) + 1


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a.toml": CAFE, "b.toml": CAFE}, "`id`: 'en-cafe' is in a.toml too"),
        ({"a.toml": "id = "}, "a.toml: "),
        ({"a.toml": CAFE.replace('"I\'ll pay cash."', '"I will think."')}, "is not understood"),
        ({"x/manners.toml": 'language = "it"'}, "manners.toml"),
    ],
)
def test_a_wrong_file_of_a_teachers_names_itself(
    tmp_path: Path, files: dict[str, str], told: str
) -> None:
    """The start ends with the file, the key and the reason."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=r"\.toml") as caught:
        load_scenarios(tmp_path)
    assert told in str(caught.value)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """The setting that names it is told."""
    with pytest.raises(ScenarioError, match="TUTOR_SCENARIOS_DIR"):
        load_scenarios(tmp_path / "nowhere")


def test_the_folders_of_the_package_hold_no_twins() -> None:
    """Ids are unique among all languages."""
    assert len(read_folder(FOLDER, MANNERS)) == len(SHIPPED.scenarios)
