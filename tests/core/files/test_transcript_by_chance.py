"""Transcripts of whatever a recogniser may give: words that its text lacks, times out of place."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import RATE
from tutor.core.files.subtitles import as_srt, as_vtt
from tutor.core.files.transcript import SEGMENT_CHARS, Piece, Segment, Transcript, assemble

PIECE_S = 30
"""Length of every piece; they lie side by side."""

TEXTS = st.text(st.sampled_from("ab 今天.?! 。”\n"), max_size=80).map(str.strip)

TIMES = st.floats(0, 40)


@st.composite
def words(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> tuple[RecognisedWord, ...]:
    """Words whose times follow each other, some of them behind their piece."""
    found = draw(st.lists(texts, max_size=20))
    times = iter(sorted(draw(st.lists(TIMES, min_size=2 * len(found), max_size=2 * len(found)))))
    return tuple(RecognisedWord(text, next(times), next(times), 0.9) for text in found)


@st.composite
def recognitions(draw: st.DrawFn) -> Recognition:
    """A text, and words that may or may not be its own."""
    text = draw(TEXTS)
    own = st.sampled_from(text.split() or ["b"])
    return Recognition(text, "en", draw(words(own | st.sampled_from(["zz", "a.", "今"]))))


def transcript(*heard: Recognition, damage: str | None = None) -> Transcript:
    """What the pieces make together."""
    pieces = [Piece(n, n * PIECE_S * RATE, (n + 1) * PIECE_S * RATE) for n in range(len(heard))]
    return assemble(list(zip(pieces, heard, strict=True)), "en", len(heard) * PIECE_S, damage)


def bare(text: str) -> str:
    """A text without its spaces and line ends."""
    return "".join(text.split())


RECORDINGS = st.lists(recognitions(), max_size=4)


@few(50)
@given(RECORDINGS)
def test_the_segments_have_every_character_of_the_text_once(heard: list[Recognition]) -> None:
    """Even where words and text do not match, nothing is lost, doubled or moved."""
    found = transcript(*heard)
    assert bare("".join(segment.text for segment in found.segments)) == bare(found.text)


@few(50)
@given(RECORDINGS)
def test_no_segment_leaves_its_piece(heard: list[Recognition]) -> None:
    """Times go from the piece's begin to its end at most, whatever the alignment says."""
    for segment in transcript(*heard).segments:
        assert segment.piece_s % PIECE_S == 0
        assert segment.piece_s <= segment.start_s <= segment.end_s <= segment.piece_s + PIECE_S


@few(50)
@given(RECORDINGS)
def test_segments_follow_each_other(heard: list[Recognition]) -> None:
    """A player that goes through the cues in order never has to go back."""
    times = [time for each in transcript(*heard).segments for time in (each.start_s, each.end_s)]
    assert times == sorted(times)


@few(50)
@given(RECORDINGS)
def test_words_are_those_of_the_segments(heard: list[Recognition]) -> None:
    """Each word of a piece with text is in one segment, with its text and confidence."""
    expected = [word.text for one in heard if one.text for word in one.words]
    assert [word.text for word in transcript(*heard).words] == expected


@few(50)
@given(RECORDINGS)
def test_a_segment_has_the_times_of_its_words(heard: list[Recognition]) -> None:
    """It begins with the first word and ends with the last, where there are words."""
    for segment in transcript(*heard).segments:
        if segment.words:
            assert segment.start_s == segment.words[0].start_s
            assert segment.end_s == segment.words[-1].end_s


@few(50)
@given(RECORDINGS, RECORDINGS)
def test_what_comes_later_changes_nothing_before(
    heard: list[Recognition], later: list[Recognition]
) -> None:
    """A transcript of the first pieces is the beginning of that of all."""
    early, whole = transcript(*heard), transcript(*heard, *later)
    assert whole.segments[: len(early.segments)] == early.segments
    assert whole.text.startswith(early.text)


@few(50)
@given(RECORDINGS, st.integers(0, 4))
def test_silence_between_pieces_moves_only_what_follows(heard: list[Recognition], at: int) -> None:
    """A silent piece adds no text and no segment, but its length."""
    silent = Recognition("", "en")
    plain, spread = transcript(*heard), transcript(*heard[:at], silent, *heard[at:])
    assert spread.text == plain.text
    assert [each.text for each in spread.segments] == [each.text for each in plain.segments]
    assert spread.segments[: len(transcript(*heard[:at]).segments)] == (
        transcript(*heard[:at]).segments
    )


@few(50)
@given(st.lists(st.from_regex(r"[a-z]{1,20}", fullmatch=True), min_size=1, max_size=60))
def test_a_segment_is_short_and_not_shorter_than_it_need_be(said: list[str]) -> None:
    """Words without a full stop or a pause fill two lines of a subtitle before the next begins."""
    spoken = tuple(RecognisedWord(word, n * 0.4, n * 0.4 + 0.4, 0.9) for n, word in enumerate(said))
    segments = transcript(Recognition(" ".join(said), "en", spoken)).segments
    assert all(len(segment.text) <= SEGMENT_CHARS for segment in segments)
    for segment, following in pairwise(segments):
        assert len(segment.text) + 1 + len(following.words[0].text) > SEGMENT_CHARS


def test_a_word_that_the_text_spells_otherwise_stays_with_its_neighbours() -> None:
    """The text is shown as it is, the times are those of the words that were aligned."""
    spoken = tuple(
        RecognisedWord(word, n * 0.5, n * 0.5 + 0.4, 0.9)
        for n, word in enumerate(["I", "paid", "twenty", "pounds."])
    )
    (segment,) = transcript(Recognition("I paid £20.", "en", spoken)).segments
    assert segment.text == "I paid £20."
    assert (segment.start_s, segment.end_s) == (0.0, 1.9)


# ---------------------------------------------------------------- subtitles of it


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(0, 90_000)), max_size=8))
def test_subtitles_have_a_cue_for_each_segment_whatever_its_text(
    cues: list[tuple[str, float]],
) -> None:
    """No text, be it line ends, arrows or markup, looks like a cue or hides one."""
    segments = tuple(Segment(text, at, at + 1) for text, at in cues)
    found = Transcript("", "en", 90_001.0, segments)
    assert as_srt(found).count("-->") == as_vtt(found).count("-->") == len(cues)
    assert as_srt(found).count("\n") == max(0, 4 * len(cues) - 1)
    assert "<" not in as_vtt(found)
