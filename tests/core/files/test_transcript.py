import re

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import RATE
from tutor.core.files.subtitles import as_srt
from tutor.core.files.transcript import Piece, Transcript, assemble


def heard(
    text: str, *, word_s: float = 0.4, pause_s: dict[int, float] | None = None
) -> Recognition:
    """Words said one after the other, each `word_s` long, with pauses behind some."""
    words, at = [], 0.0
    for n, word in enumerate(text.split()):
        words.append(RecognisedWord(word, at, at + word_s, 0.9))
        at += word_s + (pause_s or {}).get(n, 0.0)
    return Recognition(text, "en", tuple(words))


def piece(index: int, start_s: float, end_s: float) -> Piece:
    """A piece by its seconds."""
    return Piece(index, round(start_s * RATE), round(end_s * RATE))


def transcript(*pieces: tuple[Piece, Recognition]) -> Transcript:
    """What the pieces make together."""
    return assemble(pieces, "en", pieces[-1][0].end / RATE)


def test_times_are_on_the_recordings_clock() -> None:
    """A word of the second piece is where it is in the file, not in the piece."""
    found = transcript((piece(0, 1, 3), heard("one two")), (piece(1, 10, 12), heard("three four")))
    assert found.text == "one two three four"
    assert [(word.text, word.start_s) for word in found.words] == [
        ("one", 1.0),
        ("two", 1.4),
        ("three", 10.0),
        ("four", 10.4),
    ]


def test_a_word_never_leaves_its_piece() -> None:
    """A time behind the piece's end, as alignment sometimes gives, ends with the piece."""
    found = transcript((piece(0, 0, 1), heard("one two three", word_s=0.5)))
    assert found.words[-1].end_s == 1.0
    assert found.words[-1].start_s == 1.0


def test_segments_end_with_sentences_and_pauses() -> None:
    """A full stop ends a segment, a closing quote after it too, and a pause of 0.8 s."""
    text = 'He said "stop." Then he went home. And so on'
    found = transcript((piece(0, 0, 30), heard(text, pause_s={7: 1.0})))
    assert [segment.text for segment in found.segments] == [
        'He said "stop."',
        "Then he went home.",
        "And",
        "so on",
    ]


def test_a_segment_is_no_longer_than_two_lines_of_subtitles() -> None:
    """A sentence of many words is cut at a word after 84 characters at most."""
    found = transcript((piece(0, 0, 30), heard(" ".join(["word"] * 60))))
    assert max(len(segment.text) for segment in found.segments) <= 84
    assert " ".join(segment.text for segment in found.segments) == found.text


def test_scripts_without_spaces_get_none() -> None:
    """Words of Chinese text are put together as the text has them."""
    words = tuple(RecognisedWord(w, n * 0.3, n * 0.3 + 0.3, 0.9) for n, w in enumerate("今天天气"))
    found = transcript((piece(0, 0, 5), Recognition("今天天气", "zh", words)))
    assert [segment.text for segment in found.segments] == ["今天天气"]


def test_silence_leaves_nothing() -> None:
    """Pieces in which nothing was understood add neither text nor segments."""
    found = transcript((piece(0, 0, 2), Recognition("", "en")), (piece(1, 5, 6), heard("yes")))
    assert found.text == "yes"
    assert len(found.segments) == 1


def test_text_without_word_times_is_one_segment() -> None:
    """A recogniser that gives no words still gives subtitles, a piece each."""
    found = transcript((piece(0, 2, 4), Recognition("as it is", "en")))
    (segment,) = found.segments
    assert (segment.text, segment.start_s, segment.end_s) == ("as it is", 2.0, 4.0)


WORDS = st.lists(st.from_regex(r"[a-z]{1,12}[.,?!]?", fullmatch=True), min_size=1, max_size=60)


@few(50)
@given(st.lists(WORDS, min_size=1, max_size=5))
def test_no_word_is_lost_or_doubled_by_segments(pieces: list[list[str]]) -> None:
    """The segments' words are the pieces' words in order, and their texts the whole text."""
    found = transcript(
        *((piece(n, n * 30, n * 30 + 29), heard(" ".join(words))) for n, words in enumerate(pieces))
    )
    assert [word.text for word in found.words] == [word for words in pieces for word in words]
    assert " ".join(segment.text for segment in found.segments) == found.text
    times = [time for s in found.segments for time in (s.start_s, s.end_s)]
    assert times == sorted(times)
    assert len(re.findall("-->", as_srt(found))) == len(found.segments)
