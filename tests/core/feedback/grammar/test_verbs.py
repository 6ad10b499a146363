from tutor.core.feedback.grammar.verbs import (
    BASE_OF,
    ING,
    PAST,
    THIRD,
    base_of,
    ing,
    past,
    shaped_like,
    third,
)


def test_forms_of_verbs() -> None:
    """The tables that the rules correct with."""
    assert [THIRD[verb] for verb in ("go", "try", "watch", "play", "have")] == [
        "goes",
        "tries",
        "watches",
        "plays",
        "has",
    ]
    assert [PAST[verb] for verb in ("stop", "try", "use", "play")] == [
        "stopped",
        "tried",
        "used",
        "played",
    ]
    assert [ING[verb] for verb in ("swim", "use", "agree", "stop")] == [
        "swimming",
        "using",
        "agreeing",
        "stopping",
    ]
    assert (BASE_OF["went"], BASE_OF["tries"]) == ("go", "try")
    assert "read" not in PAST


def test_any_form_leads_to_any_other() -> None:
    """From whatever a learner said."""
    assert {base_of(word) for word in ("go", "goes", "went", "going")} == {"go"}
    assert {past(word) for word in ("go", "goes", "went", "going")} == {"went"}
    assert (third("went"), ing("goes"), past("put"), past("is")) == ("goes", "going", "put", "was")


def test_an_unknown_verb_is_regular() -> None:
    """A teacher's rule may meet a verb that is in no table."""
    assert (base_of("google"), third("google"), past("google")) == ("google", "googles", "googled")
    assert ing("google") == "googling"


def test_a_verb_takes_the_shape_of_another() -> None:
    """As "said me" becomes "told me"; a word that is no form of a verb gives the plain form."""
    assert [shaped_like(word, "tell") for word in ("say", "says", "said", "saying")] == [
        "tell",
        "tells",
        "told",
        "telling",
    ]
    assert shaped_like("zorble", "tell") == "tell"
