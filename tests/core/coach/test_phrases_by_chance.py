"""Files of phrases: what is read can always be said, and what is wrong is named."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.core.coach.phrases import (
    COUNTED,
    PLURALS,
    SENTENCES,
    Phrases,
    PhrasesError,
    bare,
    phrases_from,
    plural_form,
)


def data(plural: str = "one", **changed: object) -> dict[str, object]:
    """The tables of a file in which each sentence is its gaps; `changed`: other variants."""
    sentences: dict[str, object] = {
        name: [" ".join(f"{{{gap}}}" for gap in sorted(gaps))] for name, gaps in SENTENCES.items()
    }
    forms = {form: f"{{n}} {form}" for form in PLURALS[plural]}
    counted = {name: dict(forms) for name in COUNTED}
    return {"plural": plural, "sentences": sentences | changed, "counted": counted}


def say_all(book: Phrases) -> None:
    """Say each sentence, often enough for all its variants, and count each thing."""
    for name, gaps in SENTENCES.items():
        for seed in range(8):
            book.say(name, f"{seed}", **dict.fromkeys(gaps, "x"))
    for name in COUNTED:
        for number in range(30):
            assert str(number) in book.count(name, number)


@pytest.mark.parametrize("plural", sorted(PLURALS))
def test_a_file_that_is_read_can_say_everything(plural: str) -> None:
    """No sentence and no number fails later, in a learner's session."""
    say_all(phrases_from(data(plural), "own.toml"))


@given(st.text(st.sampled_from("{}!:r0.[]w"), max_size=6), st.integers(0, 9))
@example("{w:{w}}", 0)
@example("{w!x}", 0)
@example("{w:d}", 0)
def test_a_variant_is_refused_or_can_be_said(pattern: str, seed: int) -> None:
    """Whatever braces an editor types, a bad one is found when the file is read."""
    variant = pattern.replace("w", "word")
    try:
        book = phrases_from(data(quoted=[variant]), "own.toml")
    except PhrasesError:
        return
    assert "tea" in book.say("quoted", str(seed), word="tea")


@pytest.mark.parametrize("forms", [5, None, ["one", "other"], "one"])
def test_a_counted_thing_is_a_table(forms: object) -> None:
    """A form that is no table is named like any other fault of the file."""
    tables = data() | {"counted": {"words": forms, "pauses": {"one": "{n}", "other": "{n}"}}}
    with pytest.raises(PhrasesError, match=r"own\.toml, counted\.words"):
        phrases_from(tables, "own.toml")


@pytest.mark.parametrize("table", ["sentences", "counted"])
@pytest.mark.parametrize("value", [None, [], "x"])
def test_a_file_without_a_table_is_named(table: str, value: object) -> None:
    """The message says which of the two tables there is not."""
    with pytest.raises(PhrasesError, match=f"own.toml: there is no table `{table}`"):
        phrases_from(data() | {table: value}, "own.toml")


def test_tables_in_tables_are_names_with_dots() -> None:
    """An editor may write `[sentences.praise]` or the whole name: both are one sentence."""
    nested: dict[str, object] = {}
    for name, gaps in SENTENCES.items():
        variants = [" ".join(f"{{{gap}}}" for gap in sorted(gaps))]
        table, _, inner = name.rpartition(".")
        if table:
            group = nested.setdefault(table, {})
            assert isinstance(group, dict)
            group[inner] = variants
        else:
            nested[name] = variants
    assert phrases_from(data() | {"sentences": nested}, "x") == phrases_from(data(), "x")


@given(st.text(max_size=12), st.text(max_size=12))
def test_one_seed_always_says_the_same(seed: str, other: str) -> None:
    """A reply is the same whoever makes it again; every variant is one of the file's."""
    variants = [f"{{word}} {n}" for n in range(4)]
    book = phrases_from(data(quoted=variants), "own.toml")
    assert book.say("quoted", seed, word="a") == book.say("quoted", seed, word="a")
    assert book.say("quoted", other, word="a") in {one.format(word="a") for one in variants}


@given(st.sampled_from(sorted(PLURALS)), st.integers(0, 10**6))
def test_every_number_has_a_form_that_the_file_has(plural: str, number: int) -> None:
    """No number asks for a form that a file of its family need not have."""
    assert plural_form(plural, number) in PLURALS[plural]


@given(st.integers(0, 10**6))
def test_slavic_numbers_go_by_their_last_two_digits(number: int) -> None:
    """Hundreds change no form: 21 is counted as 121 is, and 11 as 111."""
    assert plural_form("slavic", number) == plural_form("slavic", number + 100)


@given(st.text(max_size=15))
def test_a_bare_word_stays_bare(word: str) -> None:
    """Quoting a quotation strips nothing more, and never adds anything."""
    assert bare(bare(word)) == bare(word)
    assert bare(word) in word


@pytest.mark.parametrize(
    ("word", "kept"),
    [("“morning,”", "morning"), ("don’t!", "don’t"), ("¿qué?", "qué"), ("…", "…"), ("", "")],
)
def test_only_the_signs_around_a_word_are_dropped(word: str, kept: str) -> None:
    """What stands inside a word belongs to it, and what is nothing but signs stays whole."""
    assert bare(word) == kept
