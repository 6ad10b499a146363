"""The built-in coach: a short reply made from what was measured, and from nothing else.

It does not understand the learner and does not pretend to. It praises one thing that the numbers
show, names the one thing most worth trying, and goes on with the next prompt. What it quotes as
heard is the recogniser's text; about a sound it says at most that it was off.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.core.coach.pace import has_pace
from tutor.core.coach.phrases import Phrases, bare
from tutor.core.coach.standing_out import (
    FEW_WORDS,
    GOOD,
    LONG_WORD,
    best_word,
    has_figures,
    is_clear,
    runs_added,
    weakest_sound,
    weakest_word,
    with_status,
    written_otherwise,
)
from tutor.core.feedback.assessment import (
    Assessment,
    Finding,
    Fluency,
    Passage,
    Pronunciation,
    Reason,
)
from tutor.core.feedback.reading.moved import told_once
from tutor.core.protocol.messages import Exercise
from tutor.core.text.languages import primary

FALLBACK = "en"
"""The language the coach replies in where it has no phrases in the learner's own."""

SLOW_WPM, FAST_WPM = 70, 200
"""The bounds of an ordinary pace, in words per minute; readers aloud of English do about 180
(Brysbaert 2019)."""

NEAR_MS = 200
"""Milliseconds within which a word's end and a pause's begin count as one place."""

QUOTED = 80
"""The most characters that are quoted of what was heard."""

HEARD_BESIDE = 1
"""The most words that may have been recognised beside a text that was read "just as it stands", or
too few."""

OTHERWISE = 1
"""The most words that the sounds alone bear out, since the recogniser wrote others, where there is
nothing to correct: of "Lord Tannis" for "good at tennis" nobody is sure."""

LISTED = 3
"""The most words named at once."""

NO_TEXT_TO_BLAME: frozenset[Reason] = frozenset({"no_text", "text_too_long", "too_long"})
"""Reasons for a missing score that still let the coach speak of grammar and pace."""

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")


def coach(
    assessment: Assessment,
    said: str,
    *,
    exercise: Exercise,
    native_language: str | None,
    next_prompt: str | None,
    practise: Sequence[str],
    phrases: Mapping[str, Phrases],
    is_read: bool = False,
) -> str:
    """Reply to an utterance: praise, one thing to try, the next prompt.

    `said` is what was recognised, `practise` the words to come back to, `phrases` the coach's
    phrases by the learner's language; `is_read`: the text had been read to its end before. Parts of
    the assessment that are None are passed over.
    """
    book = _phrases_for(phrases, native_language)
    if book is None:
        return next_prompt or ""
    reply = _Reply(book, assessment, said.strip(), exercise, tuple(practise), is_read)
    parts = [*reply.comment(), *reply.introduce(next_prompt)]
    return " ".join(parts)


def _phrases_for(phrases: Mapping[str, Phrases], language: str | None) -> Phrases | None:
    return phrases.get(primary(language or FALLBACK)) or phrases.get(FALLBACK)


@dataclass(frozen=True)
class _Reply:
    """The making of one reply."""

    book: Phrases
    found: Assessment
    said: str
    exercise: Exercise
    practise: tuple[str, ...]
    is_read: bool

    def comment(self) -> list[str]:
        """The sentences about the utterance."""
        reason = self.found.pronunciation and self.found.pronunciation.reason
        if reason == "other_text" and self.is_read:
            return [self._say("reason.after_the_text")]
        if reason and (reason not in NO_TEXT_TO_BLAME or not self.said):
            return [self._say(f"reason.{reason}")]
        if not self.said:
            return [self._say("heard_nothing")]
        if self._read_something_else():
            return [self._say("reason.other_text")]
        if reason:
            return [self._say(f"reason.{reason}"), *self._at_most_one(self._tries())]
        return self._praise_and_try()

    def introduce(self, prompt: str | None) -> list[str]:
        """The sentence that brings the next prompt, if there is one."""
        return [self._say(f"next.{self.exercise.type}", prompt=prompt)] if prompt else []

    def _praise_and_try(self) -> list[str]:
        praises = list(self._praises())
        tries = self._at_most_one(self._corrections())
        if praises and not tries and self._doubtful:
            tries = [self._say("try.did_you_say", list=self._quoted_list(self._doubtful))]
        tries = tries or self._at_most_one(self._tries())
        if praises and not tries:
            tries = [self._heard() if self._heard_beside else self._say("nothing_to_correct")]
        praise = praises[zlib.crc32(self.said.encode()) % len(praises)] if praises else None
        spoken = [praise] if praise else []
        return [*spoken, *tries] or [self._heard()]

    def _say(self, name: str, **gaps: str) -> str:
        return self.book.say(name, self.said, **gaps)

    def _at_most_one(self, sentences: Iterator[str]) -> list[str]:
        return [sentence for sentence, _ in zip(sentences, range(1), strict=False)]

    def _heard(self) -> str:
        return self._say("heard", said=_clip(self.said))

    @property
    def _reads(self) -> bool:
        """Whether the learner read given words, so that only their sound is in question."""
        return self.found.passage is not None

    def _read_something_else(self) -> bool:
        passage = self.found.passage
        if passage is None or with_status(passage, "matched") + with_status(passage, "doubtful"):
            return False
        return passage.start == passage.end or len(passage.words) > FEW_WORDS

    @property
    def _doubtful(self) -> tuple[str, ...]:
        """Words of free talk that were perhaps not said."""
        heard = self.found.pronunciation
        if self._reads or heard is None:
            return ()
        return tuple(word.text for word in heard.words if word.score is None)

    @property
    def _heard_beside(self) -> bool:
        """Whether more was recognised than the text that was read, or less, or something else where
        no sounds are known: nobody is sure that it was said so, but that nothing is to be corrected
        nobody is, either."""
        passage = self.found.passage
        if passage is None or has_figures(self.said):
            return False
        heard = self.found.pronunciation
        if len(self._otherwise) > (0 if heard and not heard.calibrated else OTHERWISE):
            return True
        read = len(passage.words) - len(with_status(passage, "omitted"))
        return abs(len(self.said.split()) - read) > HEARD_BESIDE

    @property
    def _otherwise(self) -> frozenset[int]:
        """The words that count as read and were recognised as other ones, or not at all."""
        passage = self.found.passage
        return written_otherwise(passage) if passage and not has_figures(self.said) else frozenset()

    # ------------------------------------------------------------ what was good

    def _praises(self) -> Iterator[str]:
        if self.found.passage is not None:
            yield from self._completeness(self.found.passage)
        if self.found.pronunciation is not None:
            yield from self._good_sounds(self.found.pronunciation)
        if self.found.fluency is not None:
            yield from self._good_flow(self.found.fluency)
        yield from self._good_level()

    def _completeness(self, passage: Passage) -> Iterator[str]:
        matched = len(with_status(passage, "matched"))
        heard = self.found.pronunciation
        if heard is not None and any(word.score is None for word in heard.words):
            return  # what the sounds did not find was perhaps not read
        if self._heard_beside or self._otherwise:
            return  # perhaps more was said than the text, or less
        if matched == len(passage.words) >= FEW_WORDS:
            yield self._say("praise.complete", words=self.book.count("words", matched))

    def _good_sounds(self, heard: Pronunciation) -> Iterator[str]:
        word = best_word(heard, self._otherwise)
        if word is not None:
            name = "praise.word" if heard.calibrated else "praise.word_rank"
            yield self._say(name, word=bare(word.text))
        is_good = heard.calibrated and (heard.accuracy or 0) >= GOOD
        if is_good and all(map(is_clear, heard.words)) and not self._heard_beside:
            yield self._say("praise.sounds")

    def _good_flow(self, fluency: Fluency) -> Iterator[str]:
        words = self._words_said()
        if words < FEW_WORDS or list(self._flow_tries(fluency)):
            return
        if fluency.all_pause_count == 0 and words > LONG_WORD:
            yield self._say("praise.run", words=self.book.count("words", words))
        elif fluency.score >= GOOD:
            yield self._say("praise.fluent")

    def _words_said(self) -> int:
        """How many words were said, as far as a text that was read tells."""
        passage = self.found.passage
        if passage is None:
            return len(self.said.split())
        return len(with_status(passage, "matched") + with_status(passage, "doubtful"))

    def _good_level(self) -> Iterator[str]:
        level = self.found.grammar and self.found.grammar.level
        aim = self.exercise.level
        if self._doubtful:
            return  # the words that are so advanced were perhaps not said
        if level and aim and not self._reads and LEVELS.index(level) > LEVELS.index(aim):
            yield self._say("praise.level", level=level)

    # ------------------------------------------------------------ what to try, the best first

    def _tries(self) -> Iterator[str]:
        yield from self._corrections()
        if self.practise:
            yield self._say("try.practise", list=self._quoted_list(self.practise))

    def _corrections(self) -> Iterator[str]:
        if self.found.passage is not None:
            yield from self._reading_tries(self.found.passage)
        if self.found.pronunciation is not None:
            yield from self._sound_tries(self.found.pronunciation)
        if self.found.grammar is not None:
            yield from map(self._grammar_try, self.found.grammar.findings)
        if self.found.fluency is not None:
            yield from self._flow_tries(self.found.fluency)

    def _reading_tries(self, passage: Passage) -> Iterator[str]:
        passage, moved = told_once(passage)
        omitted = [bare(word.text) for word in with_status(passage, "omitted")]
        if len(omitted) == 1:
            yield self._say("try.omitted", word=omitted[0])
        elif omitted:
            yield self._say("try.omitted_many", list=self._quoted_list(omitted))
        for text in moved:
            yield self._say("try.moved", word=bare(text))
        for word in with_status(passage, "substituted"):
            if word.heard is None:
                yield self._say("try.other_word", word=bare(word.text))
                continue
            heard = _clip(bare(word.heard))
            yield self._say("try.substituted", word=bare(word.text), heard=heard)
        for word in with_status(passage, "doubtful"):
            yield self._say("try.doubtful", word=bare(word.text))
        for words in runs_added(passage):
            yield self._say("try.inserted", heard=_clip(bare(" ".join(words))))

    def _sound_tries(self, heard: Pronunciation) -> Iterator[str]:
        word = weakest_word(heard)
        if word is None:
            return
        text, ipa = bare(word.text), weakest_sound(word)
        suffix = "" if self._reads else "_heard"
        if not heard.calibrated:
            yield self._say("try.word_rank", word=text)
        elif ipa is None:
            yield self._say(f"try.word{suffix}", word=text)
        else:
            yield self._say(f"try.sound{suffix}", word=text, ipa=ipa)

    def _grammar_try(self, finding: Finding) -> str:
        span = _clip(self.said[finding.start : finding.end].strip())
        if finding.replacement is None:
            return self._say("try.grammar_open", span=span)
        if not finding.replacement.strip():
            return self._say("try.grammar_drop", span=span)
        return self._say("try.grammar", span=span, better=_clip(finding.replacement.strip()))

    def _flow_tries(self, fluency: Fluency) -> Iterator[str]:
        yield from self._pause_tries(fluency)
        for filler, count in Counter(bare(word).lower() for word in fluency.fillers).most_common(1):
            if count > 1:
                yield self._say("try.filler", filler=filler)
        for phrase in fluency.repetitions[:1]:
            yield self._say("try.repetition", phrase=_clip(phrase))
        yield from self._pace_tries(fluency)

    def _pause_tries(self, fluency: Fluency) -> Iterator[str]:
        pauses = [pause for pause in fluency.all_pause_list if not pause.expected]
        if not pauses:
            return
        count = self.book.count("pauses", len(pauses))
        longest = max(pauses, key=lambda pause: pause.end_ms - pause.start_ms)
        if word := self._word_before(longest.start_ms):
            yield self._say("try.pause_after", pauses=count, word=word)
        else:
            yield self._say("try.pauses", pauses=count)

    def _pace_tries(self, fluency: Fluency) -> Iterator[str]:
        if not has_pace(fluency.words_per_minute, self.said, len(fluency.fillers)):
            return
        words = self.book.count("words", round(fluency.words_per_minute))
        if fluency.words_per_minute < SLOW_WPM and self.exercise.level not in ("A1", "A2"):
            yield self._say("try.slow", words=words)
        elif fluency.words_per_minute > FAST_WPM:
            yield self._say("try.fast", words=words)

    def _word_before(self, start_ms: int) -> str | None:
        """The word that ends where a pause begins; None if none ends near it."""
        words = self.found.pronunciation.words if self.found.pronunciation else ()
        ends = [
            (abs(word.end_ms - start_ms), word.text) for word in words if word.score is not None
        ]
        distance, text = min(ends, default=(NEAR_MS, ""))
        return bare(text) if distance < NEAR_MS else None

    def _quoted_list(self, words: Sequence[str]) -> str:
        """The first of some words, each quoted as the language quotes."""
        return ", ".join(self.book.say("quoted", "", word=bare(word)) for word in words[:LISTED])


def _clip(text: str) -> str:
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rsplit(" ", 1)[0] + "…"
