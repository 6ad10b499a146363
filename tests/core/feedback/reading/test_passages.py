from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.readers import DISTINCT, PETS, read, said
from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.passages import confidences, locate, pair_words
from tutor.core.feedback.reading.reading import accuracy
from tutor.core.text.wording import split_words


def shown(passage: Passage) -> str:
    """A passage in one line: `-omitted`, `+inserted`, `right/wrong`."""
    forms = {
        "matched": "{0.text}",
        "omitted": "-{0.text}",
        "inserted": "+{0.text}",
        "substituted": "{0.text}/{0.heard}",
    }
    return " ".join(forms[word.status].format(word) for word in passage.words)


@pytest.mark.parametrize(
    ("position", "heard", "start", "end", "words"),
    [
        (0, "I like cats", 0, 3, "I like cats."),
        (3, "i LIKE dogs!", 3, 6, "I like dogs."),
        (0, "I like bats", 0, 3, "I like cats./bats"),
        (0, "I cats", 0, 3, "I -like cats."),
        (0, "I like big cats", 0, 3, "I like +big cats."),
        (6, "my sister does not like birds", 6, 11, "My sister doesn't like birds,"),
        (12, "she has 25 fish", 12, 16, "she has twenty-five fish."),
        (12, "she has 26 fish", 12, 16, "she has twenty-five/26 fish."),
        (16, "they do go to school", 16, 21, "They don't/do go to school."),
        (16, "they don't go school", 16, 21, "They don't go -to school."),
    ],
)
def test_words_are_matched_omitted_inserted_and_substituted(
    position: int, heard: str, start: int, end: int, words: str
) -> None:
    """Each word between the first and the last one read has one status."""
    passage = read(PETS, position, heard)
    assert (passage.start, passage.end, shown(passage)) == (start, end, words)


@pytest.mark.parametrize(
    ("text", "heard", "words"),
    [
        ("Tea & coffee are here.", "tea and coffee are here", "Tea & coffee are here."),
        ("Tea & coffee are here.", "tea or coffee are here", "Tea & coffee/or coffee are here."),
        ("About 50 % of us", "about 50 percent of us", "About 50 % of us"),
        ("about 50 % of us", "about 50% of us", "about 50 % of us"),
        ("Two + two = four", "two plus two equals four", "Two + two = four"),
        ("It is $ 5 - or 4 €.", "it is five dollars or four euros", "It is $ 5 or 4 €."),
        ("It is 100 %", "it is a hundred percent", "It is 100 %"),
    ],
)
def test_a_sign_alone_is_read_aloud(text: str, heard: str, words: str) -> None:
    """Who says "and" for "&" adds no word to the text."""
    assert shown(read(text, 0, heard)) == words


@pytest.mark.parametrize(
    ("position", "heard", "start", "end"),
    [
        (6, "I like cats. I like dogs", 0, 6),  # from the beginning again
        (3, "I like cats", 0, 3),  # the sentence just read
        (3, "I like dogs", 3, 6),  # not the one before, which begins alike
        (0, "I like dogs", 3, 6),
        (3, "my sister doesn't like birds", 6, 11),  # a sentence skipped
        (0, "They don't go to school", 16, 21),
        (6, "sister doesn't like", 7, 10),  # a word forgotten at the beginning
    ],
)
def test_a_reader_may_begin_anywhere(position: int, heard: str, start: int, end: int) -> None:
    """Going back, skipping and repeating are found; of equal places the reader's own wins."""
    passage = read(PETS, position, heard)
    assert (passage.start, passage.end, accuracy(passage)) == (start, end, 100)


def test_a_sentence_skipped_inside_an_utterance_is_omitted() -> None:
    """Words between two that were read were left out."""
    passage = read(PETS, 0, "I like cats my sister doesn't like birds")
    assert shown(passage).startswith("I like cats. -I -like -dogs. My sister")


def test_chance_matches_move_nobody() -> None:
    """Other speech is laid over the words at the reader's place, not over the whole text."""
    passage = read(PETS, 6, "what does this word mean")
    assert passage.start in (6, 7)
    assert accuracy(passage) < 30


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("um I like uh cats", "I like cats."),
        ("I I like like cats", "I like cats."),
        ("I like I like cats", "I like cats."),
        ("I lick I like cats I like dogs", "I like cats. I like dogs."),
        ("I like cats I like cats I like cats", "I like cats."),
        ("I like cats um yes", "I like cats. +yes"),
        ("okay I like cats", "+okay I like cats."),
    ],
)
def test_hesitation_is_no_insertion(heard: str, words: str) -> None:
    """Fillers and words said twice are a matter of fluency; other words are insertions."""
    assert shown(read(PETS, 0, heard)) == words


def test_a_filler_of_the_text_is_a_word() -> None:
    """What the text has is compared, whatever it is."""
    assert shown(read("Um, well, I see.", 0, "um I see")) == "Um, -well, I see."


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("The bookshelf is full.", "the book shelf is full"),
        ("The ice cream is cold.", "the icecream is cold"),
        ("It costs $5 million.", "it costs five million dollars"),
        ("She's my neighbour.", "she is my neighbor"),
        ("She's gone.", "she has gone"),
        ("In 1999 I was one hundred and five.", "in nineteen ninety nine I was 105"),
    ],
)
def test_spelling_is_not_judged(text: str, heard: str) -> None:
    """What is said alike is matched, each word of the text once."""
    passage = read(text, 0, heard)
    assert [word.status for word in passage.words] == ["matched"] * len(text.split())


@pytest.mark.parametrize(
    ("text", "heard", "words"),
    [
        ("I do it.", "I don't it", "I do/don't it."),
        ("I have 19 cats.", "I have 1999 cats", "I have 19/1999 cats."),
        ("I have 25.", "I have twenty", "I have 25./twenty"),
    ],
)
def test_a_word_is_matched_whole(text: str, heard: str, words: str) -> None:
    """ "Don't" is no "do", though "do" is in it; nor is "twenty" 25."""
    assert shown(read(text, 0, heard)) == words


@pytest.mark.parametrize(
    ("language", "text", "heard", "words"),
    [
        ("ru", "Я люблю ёлку. Это кот.", "я люблю елку это кит", "Я люблю ёлку. Это кот./кит"),
        ("de", "Die Straße ist schön.", "die STRASSE ist", "Die Straße ist"),
        ("fr", "L'école est fermée.", "l\u2019école fermée", "L'école -est fermée."),
        ("zh", "今天天气很好。", "今天 天很好", "今 天 天 -气 很 好。"),
        ("es", "¿Qué hora es?", "que hora es", "¿Qué/que hora es?"),
    ],
)
def test_other_languages(language: str, text: str, heard: str, words: str) -> None:
    """Any script is read; where no spaces are written, a word is a character."""
    assert shown(read(text, 0, heard, language)) == words


def test_times_come_from_what_was_heard() -> None:
    """A word has the times of what was heard in its place, an omitted one has none."""
    words = read("I can't swim fast.", 0, "I can not fast").words
    assert [(word.start_ms, word.end_ms) for word in words] == [
        (0, 300),
        (300, 900),
        (None, None),
        (900, 1200),
    ]
    assert [word.heard for word in words] == ["I", "can not", None, "fast"]


def test_what_was_heard_as_the_text_has_it_is_that_sure() -> None:
    """The least sure of the words that were heard for one; nothing of those that were not."""
    heard = [
        RecognisedWord(word, n, n + 1, confidence)
        for n, (word, confidence) in enumerate(
            [("I", 0.9), ("hike", 0.8), ("cats", 0.7), ("twenty", 0.6), ("five", 0.5)]
        )
    ]
    text = split_words("You see: I like cats, 25.", "en")
    passage = locate(text, 2, heard, "en")
    assert confidences(passage, heard) == {2: 0.9, 4: 0.7, 5: 0.5}


def test_a_character_has_its_part_of_the_words_time() -> None:
    """The time of a recognised word is divided among its characters."""
    words = locate(("你", "好"), 0, [RecognisedWord("你好", 1.0, 1.4, 0.9)], "zh").words
    assert [(word.start_ms, word.end_ms) for word in words] == [(1000, 1200), (1200, 1400)]


@pytest.mark.parametrize(("text", "heard"), [("I like cats.", ""), ("", "hello"), ("I.", "...")])
def test_nothing_to_compare_is_an_empty_passage(text: str, heard: str) -> None:
    """Without a text, or without words, nothing was read and nothing is judged."""
    assert read(text, 0, heard) == Passage(0, 0)


def test_the_search_is_bounded() -> None:
    """A sentence some hundred words ahead is not looked for."""
    text = " ".join(["one fish two fish red fish blue fish"] * 30 + ["the quick brown fox jumps"])
    words = split_words(text, "en")
    heard = said("the quick brown fox jumps")
    assert accuracy(locate(words, 0, heard, "en")) < 30
    assert locate(words, 200, heard, "en").start == 240


def test_words_are_paired_with_the_texts() -> None:
    """Each heard word is known by the text's word that it ends."""
    text = split_words(PETS, "en")
    heard = said("I like cats um my sister does not like birds")
    pairs = pair_words(text, heard, "en")
    assert {heard[n].text: text[at] for n, at in pairs.items()} == {
        "I": "I",
        "like": "like",
        "cats": "cats.",
        "my": "My",
        "sister": "sister",
        "does": "doesn't",
        "not": "doesn't",
        "birds": "birds,",
    }


# ---------------------------------------------------------------- for any text


@given(DISTINCT, st.sets(st.integers(1, 23), max_size=3))
def test_words_left_out_are_omissions(words: list[str], places: set[int]) -> None:
    """Of distinct words just those are omitted that were not said."""
    dropped = {n for n in places if n < len(words) - 1}
    heard = [word for n, word in enumerate(words) if n not in dropped]
    if len(heard) * 2 < len(words):
        return
    passage = locate(words, 0, said(" ".join(heard)), "en")
    omitted = [word.text for word in passage.words if word.status == "omitted"]
    assert omitted == [words[n] for n in sorted(dropped)]
    assert all(word.status in ("matched", "omitted") for word in passage.words)


def check_partition(passage: Passage, reference: Sequence[str]) -> None:
    """Each word of the passage has just one entry, in order."""
    own = [word.text for word in passage.words if word.status != "inserted"]
    assert own == list(reference[passage.start : passage.end])
    for word in passage.words:
        assert (word.heard is None) == (word.start_ms is None)
        if word.status == "omitted":
            assert word.heard is None


@given(
    st.text("ab c.'5-да你 ", max_size=40),
    st.text("ab c.'5-да你 ", max_size=40),
    st.integers(0, 12),
    st.sampled_from(["en", "ru", "zh"]),
)
def test_statuses_partition_the_passage(
    text: str, heard: str, position: int, language: str
) -> None:
    """Whatever was said, each word from the first to the last has one status."""
    reference = split_words(text, language)
    check_partition(locate(reference, position, said(heard), language), reference)


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["en", "th", "ar"]))
def test_any_unicode_is_taken(text: str, heard: str, language: str) -> None:
    """No text and no transcript breaks the alignment."""
    reference = split_words(text, language)
    check_partition(locate(reference, 0, said(heard), language), reference)


def paused(*phrases: str, pause_s: float = 1.0) -> list[RecognisedWord]:
    """Words as a recogniser gives them, a pause between the phrases."""
    words: list[RecognisedWord] = []
    for phrase in phrases:
        by_s = words[-1].end_s + pause_s if words else 0.0
        words += [
            replace(word, start_s=word.start_s + by_s, end_s=word.end_s + by_s)
            for word in said(phrase)
        ]
    return words


TICKET = split_words("I would like a ticket to London.", "en")


@pytest.mark.parametrize(
    ("phrases", "words"),
    [
        (("I would like a ticket", "I take it to London"), "I would like a ticket to London."),
        (("I would like a ticket", "a ticket to London"), "I would like a ticket to London."),
        (
            ("I would like a ticket", "really to London"),
            "I would like a ticket +really to London.",
        ),
        (("I would like a tick", "ticket to London"), "I would like a ticket to London."),
        (("I would like a ticket I take it", "to London"), None),
        (("I would like a ticket", "I take it"), "I would like a ticket"),
    ],
)
def test_a_misheard_restart_after_a_pause_accuses_nobody(
    phrases: tuple[str, ...], words: str | None
) -> None:
    """What sounds like the words before the pause says them again; another word, or one without a
    pause before it, is an insertion."""
    found = shown(locate(TICKET, 0, paused(*phrases), "en"))
    assert found == (words or "I would like a ticket +I +take +it to London.")


SENTENCES = {
    "There are thirty students in the class.": "en",
    "On Monday we went to the zoo, and the children saw an elephant.": "en",
    "Could you tell me where the bank is?": "en",
    "Mi hermana vive en una casa grande cerca del mar.": "es",
    "Je voudrais un café et un croissant, s'il vous plaît.": "fr",
    "Wir haben gestern ein neues Auto gekauft.": "de",
    "Мы вчера ходили в театр с друзьями.": "ru",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_a_reading_that_is_cut_and_begun_again_is_right(text: str) -> None:
    """Wherever the pause comes, however many words are said again after it, and if the last one
    before it was broken off."""
    reference = split_words(text, SENTENCES[text])
    words = [word.strip(".,?") for word in reference]
    for cut in range(1, len(words)):
        for back in range(min(3, cut) + 1):
            rest = " ".join(words[cut - back :])
            broken = [*words[: cut - 1], words[cut - 1][:3]]
            for before in (words[:cut], *([broken] if back == 1 else [])):
                found = locate(reference, 0, paused(" ".join(before), rest), SENTENCES[text])
                assert (found.start, found.end) == (0, len(reference))
                assert {word.status for word in found.words} == {"matched"}, (before, rest)
