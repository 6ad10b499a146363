"""What the audio proves of a passage: a transcript alone makes no word wrong, and is not quoted."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Passage, Pronunciation, ReadWord
from tutor.core.feedback.pronunciation.rivals import WRITTEN_SURELY
from tutor.core.feedback.reading.passages import confidences
from tutor.core.feedback.reading.reading import heard_instead
from tutor.core.text.normal import normalise


def confirmed(
    passage: Passage, pronunciation: Pronunciation, heard: Sequence[RecognisedWord]
) -> Passage:
    """The passage with only those words wrong that the audio proves wrong.

    Where sounds are known only what they bear out is told as heard, elsewhere what the recogniser
    wrote surely.
    """
    if pronunciation.reason is not None:
        return unasked(passage)
    words = enumerate(pronunciation.words, passage.start)
    return confirm(
        passage,
        {n: word.score is not None for n, word in words},
        {passage.start + n: other for n, other in pronunciation.replaced},
        {passage.start + n: other for n, other in pronunciation.doubtful},
        {passage.start + n for n in pronunciation.added},
        _borne_out(passage, pronunciation, heard),
    )


def _borne_out(
    passage: Passage, found: Pronunciation, heard: Sequence[RecognisedWord]
) -> frozenset[int]:
    """The words in whose place the recogniser is believed what it wrote: by their sounds, or where
    these are not known, where it was sure."""
    written = heard_instead(passage, passage.start)
    if not found.calibrated:
        sure = confidences(passage, heard, "substituted")
        return frozenset(
            n
            for n, share in sure.items()
            if share >= WRITTEN_SURELY and not _has_figures(written.get(n, ""))
        )
    likely = {passage.start + n: other for n, other in found.doubtful}
    return frozenset(
        n for n, text in written.items() if normalise(text) == normalise(likely.get(n, ""))
    )


def _has_figures(text: str) -> bool:
    """Whether figures were written, as for what was not understood ("19th" for "nature")."""
    return any(map(str.isdigit, text))


def confirm(
    passage: Passage,
    said: Mapping[int, bool],
    replaced: Mapping[int, str | None] | None = None,
    doubtful: Mapping[int, str] | None = None,
    added: Container[int] | None = None,
    heard: Container[int] | None = None,
) -> Passage:
    """The passage with only those words wrong that the audio proves wrong.

    `said`: whether the audio holds words of the text, by index in the text. A word stays omitted or
    substituted only when it does not; one of which nothing is known gets the benefit of the doubt.
    `replaced`: what was said for certain in place of words, whatever was recognised; "" where a
    word was left out, None where it is not sure what was said. `doubtful`: what was perhaps said in
    place of words. `added`: the words before which others were added for certain; what was
    recognised beside the text elsewhere was not said. None: nobody asked. `heard`: the words in
    whose place the recogniser is believed what it wrote; of others that were not said nothing is
    quoted. None: it is always believed.
    """
    proven, perhaps = replaced or {}, doubtful or {}
    words, index = [], passage.start
    for word in passage.words:
        if word.status == "inserted":
            if added is None or index in added:
                words.append(word)
            continue
        if index in proven:
            words.append(_replaced(word, proven[index]))
        elif not said.get(index, True):
            words.append(word if heard is None or index in heard else replace(word, heard=None))
        else:
            words.append(replace(word, status="doubtful" if index in perhaps else "matched"))
        index += 1
    return replace(passage, words=tuple(words))


def unasked(passage: Passage) -> Passage:
    """A passage that the audio was not asked for: what was not recognised is doubtful, not wrong,
    and nothing counts as added."""
    return replace(
        passage,
        words=tuple(
            word if word.status == "matched" else replace(word, status="doubtful")
            for word in passage.words
            if word.status != "inserted"
        ),
    )


def _replaced(word: ReadWord, other: str | None) -> ReadWord:
    """A word in whose place another was said, or none."""
    if other != "":
        return replace(word, status="substituted", heard=other)
    return ReadWord(word.text, "omitted")
