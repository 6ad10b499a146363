import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.accounts.addresses import canonical, is_deceptive


@pytest.mark.parametrize(
    "written",
    [
        "anna@school.example",
        "ANNA@School.Example",
        "\uff41\uff4e\uff4e\uff41@school.example",
        "anna@\uff53chool.example",
        "\u1d43nna@school.example",
        "\U0001d41a\U0001d427\U0001d427\U0001d41a@school.example",
    ],
)
def test_an_address_has_one_form(written: str) -> None:
    """Capitals and compatibility forms are the same address."""
    assert canonical(written) == "anna@school.example"


@given(st.text(max_size=40))
def test_the_form_is_stable(written: str) -> None:
    """Of the form of an address the form is itself: it is kept and looked up by it."""
    assert canonical(canonical(written)) == canonical(written)


@pytest.mark.parametrize(
    "email",
    [
        "аnna@school.example",
        "annа@school.example",
        "αnna@school.example",
        "ann.а@school.example",
        "anna@schооl.example",
        "сосо@school.example",
        "орхус1@school.example",
        "ոսո@school.example",
        "анна.smith@school.example",
    ],
)
def test_what_could_be_taken_for_another_address_is_deceptive(email: str) -> None:
    """Alphabets mixed in one part, or a name of Latin's doubles alone at a Latin domain."""
    assert is_deceptive(canonical(email))


@pytest.mark.parametrize(
    "email",
    [
        "anna@school.example",
        "jose\u0301@school.example",
        "josé.müller-łódź+x@bücher.example",
        "борис@school.example",
        "борис@почта.рф",
        "сосо@почта.рф",
        "γιώργος@school.example",
        "たなか田中タナカ1@school.example",
        "tanaka田中@school.example",
        "김철수@school.example",
        "王小明@school.example",
        "محمد@school.example",
        "12345@school.example",
        "o'neil_1!#$%@school.example",
        "नमस्ते@school.example",
        "สมชาย@school.example",
    ],
)
def test_honest_names_of_all_scripts_are_taken(email: str) -> None:
    """One script, or those that are written together."""
    assert not is_deceptive(canonical(email))
