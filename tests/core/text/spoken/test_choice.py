from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.text.edits import next_row
from tutor.core.text.spoken.choice import MOST_STEPS, Choice, choose

KEYS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple)
SEGMENTS = st.lists(st.lists(KEYS, min_size=1, max_size=3), min_size=1, max_size=3)


def same(left: str, right: str) -> bool:
    """Two keys that are equal are the same word."""
    return left == right


def one(text: str) -> list[list[tuple[str, ...]]]:
    """A text of plain words as segments."""
    return [[(word,)] for word in text.split()]


def ways(*texts: str) -> list[tuple[str, ...]]:
    """A segment of several ways."""
    return [tuple(text.split()) for text in texts]


def test_the_way_that_was_heard_is_chosen() -> None:
    """On either side, and on both together."""
    clock = ways("seven thirty", "half past seven")
    heard = one("at half past seven today")
    assert choose([*one("at"), clock, *one("today")], heard, same).left == [0, 1, 0]
    assert choose(heard, [*one("at"), clock, *one("today")], same).right == [0, 1, 0]
    both = choose([clock], [ways("7 30", "half past seven")], same)
    assert (both.left, both.right) == ([1], [1])


def test_of_equal_ways_the_likeliest_is_chosen() -> None:
    """Where nothing fits, too."""
    assert choose([ways("a b", "a c", "a b")], one("a b"), same).left == [0]
    assert choose([ways("a", "b")], one("x"), same).left == [0]


def test_an_open_end_leaves_out_whole_segments_alone() -> None:
    """What was not read is free, but half of a way is none."""
    clock = ways("ten oclock", "ten")
    assert choose([clock, *one("and then we left")], one("ten"), same, open_end=True).left[0] == 1
    assert choose([*one("then we left at"), clock], one("ten"), same, open_start=True).left[-1] == 1


def test_a_way_may_have_no_words() -> None:
    """As a list's number that is left out."""
    assert choose([[("1",), ()], *one("go")], one("go"), same).left == [1, 0]


@few(50)
@given(SEGMENTS, SEGMENTS)
def test_no_other_choice_fits_better(
    left: list[list[tuple[str, ...]]], right: list[list[tuple[str, ...]]]
) -> None:
    """The texts of the chosen ways have as few edits as any others, a change for one and a half."""
    found = choose(left, right, same)

    def distance(a: list[int], b: list[int]) -> float:
        ours = [key for segment, way in zip(left, a, strict=True) for key in segment[way]]
        theirs = [key for segment, way in zip(right, b, strict=True) for key in segment[way]]
        row = [float(n) for n in range(len(theirs) + 1)]
        for key in ours:
            above, row = row, [row[0] + 1]
            for j, other in enumerate(theirs, start=1):
                change = 0 if key == other else 1.5
                row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + change))
        return row[-1]

    def choices(segments: list[list[tuple[str, ...]]]) -> list[list[int]]:
        every: list[list[int]] = [[]]
        for segment in segments:
            every = [[*before, way] for before in every for way in range(len(segment))]
        return every

    best = min(distance(a, b) for a in choices(left) for b in choices(right))
    assert distance(found.left, found.right) == best


def test_the_rarest_ways_are_left_out_where_there_are_too_many() -> None:
    """A choice has a bound: the likeliest ways are still compared."""
    many = [[tuple(f"w{way} {n}".split()) for way in range(60)] for n in range(20)]
    size = sum(len(keys) for segment in many for keys in segment)
    assert size**2 > MOST_STEPS
    found = choose(many, many, same)
    assert found.left == found.right == [0] * 20
    assert 0 < found.steps <= MOST_STEPS == 20_000
    used_up = choose(many, many, same, most_steps=10)
    assert (used_up.left, used_up.steps) == ([0] * 20, 0)


def test_levenshtein_is_a_choice_without_choices() -> None:
    """Texts of one way each have nothing to choose."""
    assert next_row([0, 1], ["a"], "a") == [1, 0]
    assert choose(one("a"), one("b c"), same) == Choice([0], [0, 0], 0)
