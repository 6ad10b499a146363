from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.coach.exercises import (
    load_library,
)
from tutor.core.coach.exercises import (
    MAX_LINE,
    MAX_TEXT,
    WORDS_AT_ONCE,
    ExerciseError,
    Item,
    items_from,
    next_prompt,
    pairs_with,
    words_in,
)
from tutor.core.text.normal import normalise

SHIPPED = load_library(None)

READ = {"id": "r", "type": "read_aloud", "level": "A1", "text": "Good morning."}

PAIR = {"id": "p", "type": "minimal_pair", "level": "A1", "words": ["a", "b"], "text": "A b."}

TALK = {"id": "d", "type": "dialogue", "level": "B1", "lines": ["Hello!", "Hi!", "How are you?"]}

FREE = {"id": "f", "type": "free", "level": "C2", "question": "Why?"}


def items(*tables: dict[str, Any], language: str = "en") -> tuple[Item, ...]:
    """The exercises of a file with these tables."""
    return items_from({"language": language, "item": list(tables)}, "own.toml")


def test_the_minimal_pairs_of_a_text() -> None:
    """Those of which a word is in it, however it is written; other items have none."""
    english = SHIPPED.find("en")
    assert pairs_with(english, ["The", "Sheep,", "slept."]) == (("ship", "sheep"),)
    assert pairs_with(english, ["think", "tin!"]) == (("think", "sink"), ("thin", "tin", "fin"))
    assert pairs_with(english, ["Good", "morning."]) == ()


# ---------------------------------------------------------------- a teacher's file


def test_each_type_knows_what_is_shown_and_what_is_said() -> None:
    """Prompts are for the learner's eyes, the spoken text is what a session compares with."""
    read, pair, talk, free = items(READ, PAIR, TALK, FREE)
    assert (read.prompt, read.spoken) == ("Good morning.", "Good morning.")
    assert (pair.prompt, pair.spoken) == ("a, b. A b.", "a, b. A b.")
    assert (talk.prompt, talk.spoken) == ("Hello!", "Hi!")
    assert (free.prompt, free.spoken) == ("Why?", "")
    assert [item.exercise.type for item in (read, pair, talk, free)] == [
        "read_aloud",
        "read_aloud",
        "dialogue",
        "free",
    ]
    assert free.exercise.text is None


def without(table: dict[str, Any], field: str) -> dict[str, Any]:
    """The table without a field."""
    return {name: value for name, value in table.items() if name != field}


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (without(READ, "id"), ["item 1", "`id`"]),
        (READ | {"id": " "}, ["item 1", "`id`"]),
        (READ | {"type": "song"}, ["item 1 (r)", "`type`", "read_aloud"]),
        (READ | {"type": ["free"]}, ["item 1 (r)", "`type`"]),
        (READ | {"level": "A7"}, ["(r)", "`level`", "C2"]),
        (without(READ, "level"), ["(r)", "`level`"]),
        (without(READ, "text"), ["(r)", "a read_aloud needs `text`"]),
        (READ | {"question": "Why?"}, ["(r)", "a read_aloud has no `question`"]),
        (READ | {"txet": "x"}, ["(r)", "has no `txet`"]),
        (READ | {"text": 5}, ["(r)", "`text` must be a text"]),
        (READ | {"text": "x" * (MAX_TEXT + 1)}, ["(r)", "`text`", str(MAX_TEXT)]),
        (READ | {"focus": ""}, ["(r)", "`focus`"]),
        (PAIR | {"words": ["one"]}, ["(p)", "`words`", "2 to 4"]),
        (PAIR | {"words": "one two"}, ["(p)", "`words`"]),
        (PAIR | {"words": ["one", 2]}, ["(p)", "`words`"]),
        (TALK | {"lines": []}, ["(d)", "`lines`"]),
        (TALK | {"lines": ["Hi!"] * 13}, ["(d)", "`lines`"]),
        (TALK | {"lines": ["Hi!", "x" * (MAX_LINE + 1)]}, ["(d)", "`lines`", str(MAX_LINE)]),
        (without(FREE, "question"), ["(f)", "`question`"]),
        ("no table", ["item 1"]),
    ],
)
def test_a_wrong_item_is_named_with_its_field(table: Any, names: list[str]) -> None:
    """A teacher reads which file, which item and which field to mend."""
    with pytest.raises(ExerciseError) as caught:
        items(table)
    for name in ["own.toml", *names]:
        assert name in str(caught.value)


@pytest.mark.parametrize("language", [None, "", "auto", "klingon", 5])
def test_a_file_names_its_language(language: object) -> None:
    """Without a language nobody would find the items."""
    with pytest.raises(ExerciseError, match=r"own\.toml: `language`"):
        items_from({"language": language, "item": [READ]}, "own.toml")


@pytest.mark.parametrize("tables", [None, [], {}, "x"])
def test_a_file_has_items(tables: object) -> None:
    """A file without any exercise is a mistake."""
    with pytest.raises(ExerciseError, match=r"own.toml: there is no \[\[item\]\]"):
        items_from({"language": "en", "item": tables}, "own.toml")


def test_an_id_may_be_there_once() -> None:
    """Two items with one id are one too many."""
    with pytest.raises(ExerciseError, match=r"own\.toml, r: this id is there twice"):
        items(READ, READ)


# ---------------------------------------------------------------- what comes next


ENGLISH = SHIPPED.find("en")


def test_the_next_text_is_of_the_learners_level() -> None:
    """The first new item of the level comes, then the others."""
    done: list[str] = []
    for _ in SHIPPED.find("en", "B1", "read_aloud") + SHIPPED.find("en", "B1", "minimal_pair"):
        prompt = next_prompt(ENGLISH, type="read_aloud", level="B1", done=done)
        assert prompt is not None
        assert prompt.exercise.level == "B1"
        assert prompt.item not in done
        done.append(str(prompt.item))


def test_when_all_is_done_it_begins_again_with_the_oldest() -> None:
    """What is used up starts over in the order in which it was practised."""
    free = [item.id for item in SHIPPED.find("en", type="free")]
    prompt = next_prompt(ENGLISH, type="free", level="A1", done=[*reversed(free)])
    assert prompt is not None
    assert prompt.item == SHIPPED.find("en", "A2", "free")[-1].id


def test_a_level_without_items_takes_the_nearest() -> None:
    """A C2 learner of German gets B2."""
    prompt = next_prompt(SHIPPED.find("de"), type="read_aloud", level="C2")
    assert prompt is not None
    assert prompt.exercise.level == "B2"


def test_an_empty_library_has_no_prompt() -> None:
    """Where there is nothing of the kind, nothing is made up."""
    assert next_prompt((), type="free", level="A1") is None


def test_due_words_come_back_in_a_sentence() -> None:
    """A text that holds the word is better than the word alone."""
    prompt = next_prompt(ENGLISH, type="read_aloud", level="A1", due=("Weather", "unheardof"))
    assert prompt is not None
    assert "weather" in prompt.text
    assert prompt.words == ("Weather",)
    assert prompt.exercise.text == prompt.text


def test_the_text_with_most_due_words_comes() -> None:
    """Two words in one sentence are better than one."""
    texts = ("Two cats.", "Two cats and a sister.", "A sister and a banana.")
    own = items(*(READ | {"id": f"{n}", "text": text} for n, text in enumerate(texts)))
    prompt = next_prompt(own, type="read_aloud", due=("two", "sister", "banana"))
    assert prompt is not None
    assert prompt.text == "Two cats and a sister."


def test_due_words_without_a_sentence_come_alone() -> None:
    """The longest waiting word decides; not too many at once."""
    prompt = next_prompt(
        ENGLISH, type="shadow", level="B1", due=("xylophone", "weather", "banana", "coffee")
    )
    assert prompt is not None
    assert prompt.text == "xylophone, weather, banana"
    assert len(prompt.words) == WORDS_AT_ONCE
    assert prompt.item is None
    assert prompt.exercise.type == "shadow"


def test_the_text_just_read_does_not_come_again_at_once() -> None:
    """Its words come alone instead."""
    (item,) = (item for item in ENGLISH if "banana" in item.text)
    prompt = next_prompt(ENGLISH, type="read_aloud", due=("banana",), done=(item.id,))
    assert prompt is not None
    assert prompt.text == "banana"


def test_free_talk_goes_on_whatever_is_due() -> None:
    """A question is no place for single words."""
    prompt = next_prompt(ENGLISH, type="free", level="A1", due=("weather",))
    assert prompt is not None
    assert prompt.text.endswith("?")
    assert prompt.words == ()


def test_words_without_spaces_are_found() -> None:
    """Chinese is written without spaces: a word is found inside the text."""
    (item,) = items(READ | {"text": "今天天气很好。"}, language="zh")
    assert words_in(item, ("天气", "昨天")) == ("天气",)


def test_a_word_inside_another_is_not_found() -> None:
    """`art` is not said in `party`."""
    (item,) = items(READ | {"text": "The party is over."})
    assert words_in(item, ("art", "over")) == ("over",)


@given(
    st.sampled_from(["read_aloud", "shadow"]),
    st.lists(st.sampled_from(["ship", "the", "Tea", "nowhere", "café"]), unique=True),
    st.lists(st.sampled_from([item.id for item in ENGLISH]), unique=True, max_size=8),
)
def test_what_is_promised_is_in_the_prompt(kind: Any, due: list[str], done: list[str]) -> None:
    """Words that are said to come back are in the text to read; the same call gives the same."""
    prompt = next_prompt(ENGLISH, type=kind, level="A2", due=due, done=done)
    assert prompt is not None
    assert prompt == next_prompt(ENGLISH, type=kind, level="A2", due=due, done=done)
    spoken = {normalise(word) for word in str(prompt.exercise.text).split()}
    assert {normalise(word) for word in prompt.words} <= spoken
    assert bool(due) == bool(prompt.words)
    assert prompt.exercise.type == kind
