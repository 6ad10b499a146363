"""What became of what a learner said while something failed.

Each sentence has one outcome, by what was told of the utterances in its place. Beside that stand
broken promises of a session as a whole: numbers with a gap, committed words that changed, an end
that did not come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.core.chaos.account import Account, Said, Session, Utterance, sessions, utterances
from tutor.core.chaos.outcome import Outcome
from tutor.core.protocol.errors import NORMAL_CLOSURE
from tutor.core.protocol.messages import (
    Error,
    SessionSummary,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
)
from tutor.core.text.wording import split_words, tokenise

EARLY_MS = 400
"""Milliseconds by which an utterance may begin before a sentence and still be of it: an onset is
set back by the audio that is kept from before it."""

LATE_S = 3.0
"""Seconds after a sentence's last sample from which on its words are late."""

LANGUAGE = "en"


@dataclass(frozen=True)
class Judged:
    """A sentence and what became of it."""

    said: Said
    outcome: Outcome
    text: str
    """Its words as they were told."""
    told_at_s: float | None
    """When its last terminal event came, in seconds of the client's clock."""
    late_s: float | None
    """Seconds from its last sample to that event."""
    is_answered: bool = True
    """Whether its feedback ended as it should, if it was asked for."""
    is_unscored: bool = False
    """Whether that end was an error: there are no scores."""


@dataclass(frozen=True)
class Verdict:
    """What became of all that a learner said."""

    sentences: tuple[Judged, ...]
    broken: tuple[str, ...]
    """Promises of the session that were not kept, in words."""

    def count(self, outcome: Outcome) -> int:
        """How many sentences had this outcome."""
        return sum(one.outcome is outcome for one in self.sentences)

    def recovered_s(self, fault_at_s: float) -> float:
        """Seconds from a fault until the last of the words came that were late because of it; 0:
        none were late.

        Args:
            fault_at_s: When it began, in seconds of the client's clock.
        """
        late = [
            one.told_at_s - fault_at_s
            for one in self.sentences
            if one.told_at_s is not None and one.late_s is not None and one.late_s > LATE_S
        ]
        return max(0.0, *late) if late else 0.0


def judge(account: Account, undisturbed: Mapping[str, frozenset[str]]) -> Verdict:
    """What became of what a learner said.

    Args:
        account: What was said and told.
        undisturbed: The texts of each sentence in runs without a fault, by its name.
    """
    parts = sessions(account.told)
    placed = _placed(account.said, [one for part in parts for one in utterances(part)])
    sentences = tuple(
        _judged(account, said, placed[said], undisturbed.get(said.name, frozenset()))
        for said in account.said
    )
    broken = [fault for part in parts for fault in _broken_numbers(part)]
    broken += [fault for part in parts for fault in _broken_words(part)]
    broken += [fault for part in parts for fault in _broken_order(part)]
    broken += _of_nobody(placed)
    broken += _broken_end(account)
    return Verdict(sentences, tuple(broken))


def words_of(text: str) -> str:
    """A text as comparable words with single spaces between them."""
    tokens = tokenise(split_words(text, LANGUAGE), LANGUAGE)
    return " ".join(token.key for token in tokens)


Placed = dict[Said | None, list[Utterance]]


def _placed(said: Sequence[Said], found: Sequence[Utterance]) -> Placed:
    """Each sentence's utterances, in order; under None those before the first sentence."""
    placed: Placed = {one: [] for one in said} | {None: []}
    for utterance in sorted(found, key=lambda one: one.start_ms):
        begun = [one for one in said if one.start_ms - EARLY_MS <= utterance.start_ms]
        placed[begun[-1] if begun else None].append(utterance)
    return placed


def _of_nobody(placed: Placed) -> Iterator[str]:
    for utterance in placed[None]:
        for _, final in utterance.finals:
            if final.text:
                yield f"words of nobody: {final.text}"
        if utterance.terminals != 1 and not utterance.is_gone:
            yield f"an utterance of nobody has {utterance.terminals} ends"


def _judged(
    account: Account, said: Said, found: Sequence[Utterance], undisturbed: frozenset[str]
) -> Judged:
    text = " ".join(final.text for one in found for _, final in one.finals if final.text)
    ends = [at_s for one in found for at_s, _ in (*one.finals, *one.errors)]
    told_at_s = max(ends, default=None)
    spoken_s = account.began_s + said.end_ms / 1000
    return Judged(
        said,
        _outcome(found, text, undisturbed),
        text,
        told_at_s,
        None if told_at_s is None else told_at_s - spoken_s,
        not account.has_feedback or all(map(_is_answered, found)),
        any(one.is_unscored for one in found),
    )


def _outcome(found: Sequence[Utterance], text: str, undisturbed: frozenset[str]) -> Outcome:
    words, same = words_of(text), {words_of(one) for one in undisturbed}
    if any(one.terminals > 1 for one in found) or _is_twice(words, same):
        return Outcome.DOUBLED
    if not found or any(not one.terminals and not one.is_gone for one in found):
        return Outcome.LOST
    if words in same:
        return Outcome.WHOLE  # also where its beginning was in a session that was lost
    if not all(one.terminals for one in found):
        return Outcome.LOST
    if any(one.errors for one in found):
        return Outcome.FAILED
    return Outcome.DIFFERING


def _is_twice(words: str, undisturbed: set[str]) -> bool:
    if words in undisturbed:
        return False
    return any(one and _padded(words).count(_padded(one)) > 1 for one in undisturbed)


def _padded(words: str) -> str:
    """Words of which each has spaces of its own, so that none is found within another."""
    return "".join(f" {word} " for word in words.split())


def _is_answered(utterance: Utterance) -> bool:
    has_text = any(final.text for _, final in utterance.finals)
    return utterance.answers == 1 if has_text else utterance.answers <= 1


def _broken_numbers(part: Session) -> Iterator[str]:
    """Numbers count from the session's first event on, without a gap and none twice."""
    numbers = [part.first - 1, *(one.seq for one in part.told)]
    for before, after in pairwise(numbers):
        if after != before + 1:
            yield f"event {after} after {before}"


def _broken_words(part: Session) -> Iterator[str]:
    """Committed words stay."""
    for utterance in utterances(part):
        for before, after in pairwise(utterance.committed):
            if not after.startswith(before):
                yield f"committed words changed: {before!r} to {after!r}"


def _broken_order(part: Session) -> Iterator[str]:
    """An utterance begins once, and nothing of its words follows its end."""
    begun: set[str] = set()
    ended: set[str] = set()
    for one in part.told:
        name = getattr(one.event, "utterance", None)
        match one.event:
            case SpeechStarted(utterance):
                if utterance in begun:
                    yield f"{utterance} began twice"
                begun.add(utterance)
            case TranscriptFinal() | Error(code="recognition_failed") if name is not None:
                if name not in begun:
                    yield f"an end of {name}, which never began"
                ended.add(name)
            case TranscriptPartial() | SpeechStopped() if name in ended:
                yield f"{one.event.type} of {name} after its end"


def _broken_end(account: Account) -> Iterator[str]:
    summaries = Counter(isinstance(one.event, SessionSummary) for one in account.told)[True]
    if summaries != 1:
        yield f"{summaries} summaries"
    if account.close_code != NORMAL_CLOSURE:
        yield f"closed with {account.close_code}"
