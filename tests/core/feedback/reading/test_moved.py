"""A word that was said in another place is told once."""

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.feedback.assessment import Passage, ReadWord, WordStatus
from tutor.core.feedback.reading.moved import told_once

STATUSES: tuple[WordStatus, ...] = ("matched", "omitted", "inserted", "substituted", "doubtful")


def passage(*words: tuple[str, WordStatus]) -> Passage:
    """A passage of words and what became of each."""
    return Passage(0, len(words), tuple(ReadWord(text, status) for text, status in words))


def test_a_word_left_out_here_and_added_there_is_moved() -> None:
    """Neither stays, however it is spelled; what else was added does."""
    read = passage(
        ("Always", "omitted"),
        ("I", "matched"),
        ("walk.", "matched"),
        ("always.", "inserted"),
        ("always", "inserted"),
        ("um", "inserted"),
    )
    rest, moved = told_once(read)
    assert moved == ("Always",)
    assert [word.text for word in rest.words] == ["I", "walk.", "always", "um"]


@given(st.lists(st.tuples(st.sampled_from(["a", "A.", "b", "…"]), st.sampled_from(STATUSES))))
def test_nothing_else_is_changed(words: list[tuple[str, WordStatus]]) -> None:
    """Two entries go for each moved word; what was read, or said otherwise, stays as it was."""
    read = passage(*words)
    rest, moved = told_once(read)
    assert len(rest.words) == len(read.words) - 2 * len(moved)
    kept = [word for word in read.words if word.status not in ("omitted", "inserted")]
    assert [word for word in rest.words if word.status not in ("omitted", "inserted")] == kept
    assert told_once(rest) == (rest, ())
