"""Exercises of whatever file: read or refused, and then proposed in a fair order."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.core.coach.exercises import (
    LEVELS,
    MAX_ID,
    MAX_TEXT,
    NEAR_LEVELS,
    WORDS_AT_ONCE,
    ExerciseError,
    Item,
    items_from,
    next_prompt,
    pairs_with,
    words_in,
)
from tutor.core.protocol.messages import ExerciseType, Level

READ = {"id": "r", "type": "read_aloud", "level": "A1", "text": "Good morning."}
TALK = {"id": "d", "type": "dialogue", "level": "B1", "lines": ["Hello!", "Hi!", "How are you?"]}


def items(*tables: object, language: object = "en") -> tuple[Item, ...]:
    """The exercises of a file with these tables."""
    return items_from({"language": language, "item": list(tables)}, "own.toml")


def texts(*levels: Level, language: str = "en") -> tuple[Item, ...]:
    """One text of each level, named by its number."""
    return items(
        *(READ | {"id": f"t{n}", "level": level} for n, level in enumerate(levels)),
        language=language,
    )


# ---------------------------------------------------------------- a teacher's file

toml_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
changes = st.dictionaries(
    st.sampled_from(["id", "type", "level", "text", "words", "lines", "question", "focus", "x"]),
    toml_values | st.sampled_from(["free", "dialogue", "minimal_pair", "C2", ["a", "b"]]),
    max_size=4,
)


@given(st.sampled_from([READ, TALK]), changes)
@example(READ, {"id": ["r"]})
@example(TALK, {"lines": {"a": "b"}})
def test_a_changed_item_is_an_exercise_or_a_named_error(
    table: dict[str, object], change: dict[str, object]
) -> None:
    """Nothing that TOML can hold breaks the reader, or gives an item that cannot be practised."""
    item = item_or_message(table | change)
    if isinstance(item, str):
        assert item.startswith("own.toml, item 1")
        return
    assert item.prompt
    assert 0 < len(item.id) <= MAX_ID
    assert (item.exercise.text is None) == (item.type == "free")


def item_or_message(table: dict[str, object]) -> Item | str:
    """The exercise of a table, or why there is none."""
    try:
        return items(table)[0]
    except ExerciseError as error:
        return str(error)


def test_spaces_around_a_text_are_not_part_of_it() -> None:
    """What an editor leaves at a line's end is neither shown nor compared."""
    (item,) = items(READ | {"id": " r ", "text": "Good morning.\n"})
    assert (item.id, item.spoken) == ("r", "Good morning.")


@pytest.mark.parametrize("length", [MAX_TEXT, MAX_TEXT + 1])
def test_the_longest_text_is_still_read(length: int) -> None:
    """A text at the limit is an exercise, one sign more is too much."""
    table = READ | {"text": "x" * length}
    if length <= MAX_TEXT:
        assert items(table)[0].text == "x" * length
    else:
        with pytest.raises(ExerciseError, match=f"`text` has {length} characters"):
            items(table)


@pytest.mark.parametrize(
    ("lines", "spoken"),
    [(["Hi!", "Yes?"], "Yes?"), (["Hi!", "Yes?", "No."], "Yes?"), (list("abcd"), "b d")],
)
def test_the_learner_has_every_second_line(lines: list[str], spoken: str) -> None:
    """The tutor opens a dialogue, so that the learner always has somebody to answer."""
    (item,) = items(TALK | {"lines": lines})
    assert (item.prompt, item.spoken) == (lines[0], spoken)


@pytest.mark.parametrize("language", ["zh", "zh-TW", "ZH", "cmn", "yue", "ja-JP"])
def test_a_tag_however_written_finds_words_without_spaces(language: str) -> None:
    """Case, region and older codes of a tag do not change how its language is written."""
    (item,) = items(READ | {"text": "今天天气很好。"}, language=language)
    assert words_in(item, ("天气", "昨天")) == ("天气",)


@given(st.lists(st.sampled_from(["Ship!", "sheep", "SHIP", "tea"]), max_size=4))
def test_a_pair_is_found_by_either_word(words: list[str]) -> None:
    """Any word of a minimal pair brings all of it, once, however it is written."""
    pair: dict[str, Any] = {"id": "p", "type": "minimal_pair", "level": "A1", "text": "A ship."}
    own = items(READ, pair | {"words": ["ship", "sheep"]})
    is_there = any(word.lower().strip("!") in ("ship", "sheep") for word in words)
    assert pairs_with(own, words) == ((("ship", "sheep"),) if is_there else ())


# ---------------------------------------------------------------- what comes next


@given(
    st.lists(st.sampled_from(LEVELS), min_size=1, max_size=6),
    st.sampled_from(LEVELS),
    st.integers(0, 12),
)
def test_texts_of_a_level_take_turns(levels: list[Level], level: Level, rounds: int) -> None:
    """Every text of the level or beside it comes once before any comes again, the nearest first."""
    own = texts(*levels)
    above = {item.id: LEVELS.index(item.level) - LEVELS.index(level) for item in own}
    nearest = max(NEAR_LEVELS, min(map(abs, above.values())))
    near = [name for name in above if abs(above[name]) <= nearest]
    near.sort(key=lambda name: (abs(above[name]), -above[name]))
    done: list[str] = []
    for _ in range(rounds):
        prompt = next_prompt(own, type="read_aloud", level=level, done=done)
        assert prompt is not None
        done.append(str(prompt.item))
    assert done == [near[n % len(near)] for n in range(rounds)]


def test_without_a_level_the_files_order_holds() -> None:
    """A learner who has told no level gets what the teacher has put first."""
    prompt = next_prompt(texts("C2", "A1"), type="shadow")
    assert prompt is not None
    assert (prompt.item, prompt.exercise.type, prompt.exercise.level) == ("t0", "shadow", "C2")


kinds = st.sampled_from(["read_aloud", "shadow", "dialogue", "free"])
due_words = st.lists(st.sampled_from(["good", "Morning", "tea", "hi"]), max_size=5, unique=True)


@given(kinds, due_words, st.lists(st.sampled_from(["r", "d", "gone"]), max_size=3))
def test_a_prompt_is_of_the_kind_that_is_practised(
    kind: ExerciseType, due: list[str], done: list[str]
) -> None:
    """A session goes on as it began, whatever is due and whatever was done, or not at all."""
    prompt = next_prompt(items(READ, TALK), type=kind, due=due, done=done)
    if prompt is None:
        assert kind == "free", "only of these there is none"
        return
    assert prompt.exercise.type == kind
    assert prompt.text
    assert prompt.words == tuple(word for word in due if word in prompt.words), "in their order"
    assert prompt.item is not None or len(prompt.words) <= WORDS_AT_ONCE


@given(due_words.filter(bool))
def test_the_word_that_waited_longest_is_always_in_the_prompt(due: list[str]) -> None:
    """A text with many due words is no excuse to put off the first one."""
    prompt = next_prompt(items(READ), type="read_aloud", due=due)
    assert prompt is not None
    assert prompt.words[0] == due[0]
