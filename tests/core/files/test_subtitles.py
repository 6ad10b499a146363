from tutor.core.files.subtitles import as_srt, as_vtt
from tutor.core.files.transcript import Segment, Transcript, assemble


def transcript(*segments: Segment) -> Transcript:
    """A transcript of these segments."""
    return Transcript("", "en", 4000.0, segments)


def test_srt() -> None:
    """Numbered cues, hours even under one, a comma before the milliseconds."""
    found = transcript(
        Segment("Good day.", 3661.5, 3662.3), Segment("Bye.", 3700.0, 3700.4), Segment("So.", 5, 6)
    )
    assert as_srt(found) == (
        "1\n01:01:01,500 --> 01:01:02,300\nGood day.\n\n"
        "2\n01:01:40,000 --> 01:01:40,400\nBye.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nSo.\n"
    )


def test_an_arrow_in_the_text_is_none_of_srts() -> None:
    """A cue is one line, in which nothing looks like the times of the next."""
    found = transcript(Segment("a -->\n b", 0, 1))
    assert as_srt(found) == "1\n00:00:00,000 --> 00:00:01,000\na → b\n"


def test_vtt_escapes_what_it_reserves() -> None:
    """WebVTT begins with its name; `<`, `>` and `&` of the text are no markup."""
    found = transcript(Segment("<b> & -->", 0.0, 1.2))
    assert as_vtt(found) == ("WEBVTT\n\n00:00:00.000 --> 00:00:01.200\n&lt;b&gt; &amp; --&gt;\n")


def test_no_speech_makes_empty_subtitles() -> None:
    """A silent file is a valid file of subtitles without cues."""
    silent = assemble([], "auto", 5.0)
    assert as_srt(silent) == ""
    assert as_vtt(silent) == "WEBVTT\n"
