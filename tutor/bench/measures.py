"""From what was played, what came back, and when, to figures; pure functions.

A sample's time is when it was spoken: the session's start plus its position over the rate. True
beginnings and ends of speech come from Silero's windows on the clean recording, never from the
server. Texts on the screen are compared word by word without case and punctuation.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import TypeVar

from tutor.bench.alignment import align
from tutor.bench.figures import Figures, Spread
from tutor.bench.wording import word_errors
from tutor.core.audio.samples import RATE, WINDOW, to_samples
from tutor.core.protocol.messages import (
    Error,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
)
from tutor.core.text.normal import normalise

EARLY_ONSET = to_samples(250)
"""Samples by which an utterance may begin before a recording and still belong to it."""

# ---------------------------------------------------------------- what went in


@dataclass(frozen=True)
class Played:
    """A recording's place in a session's audio; positions are samples from its start."""

    name: str
    text: str
    start: int
    end: int
    speech: tuple[tuple[int, int], ...]
    """Begin and end of each window that holds speech."""


@dataclass(frozen=True)
class Arrival:
    """An event and when it came, in seconds of the player's clock."""

    at_s: float
    event: ServerEvent


@dataclass(frozen=True)
class SessionLog:
    """One session as its client saw it."""

    began_s: float
    """When the session's first sample was spoken, in seconds of the player's clock."""
    played: tuple[Played, ...]
    arrivals: tuple[Arrival, ...]
    samples: int = 0
    """Samples of audio that were played."""
    late_s: float = 0.0
    """Seconds by which a frame was sent too late, at most: the player's own trouble."""
    faults: tuple[str, ...] = ()
    """What went wrong outside the protocol."""


# ---------------------------------------------------------------- what is between


@dataclass
class Utterance:
    """All events of one utterance."""

    id: str
    onset: int
    """Where the server heard the utterance begin, in samples."""
    stop: int | None = None
    """Where the server heard speech end, in samples."""
    partials: list[tuple[float, TranscriptPartial]] = field(default_factory=list)
    final: tuple[float, TranscriptFinal] | None = None
    assessed_s: float | None = None
    """When the last event of the utterance's assessment came."""
    terminals: int = 0

    def shown(self) -> list[list[str]]:
        """The words on the screen after each partial."""
        return [_normal_words(f"{p.committed} {p.tentative}") for _, p in self.partials]


@dataclass(frozen=True)
class Heard:
    """An utterance in its recording, with its true onset and end (samples) if it has speech."""

    utterance: Utterance
    speech: tuple[int, int] | None
    covered: int = 0
    """Windows of speech that belong to this utterance alone."""


Value = TypeVar("Value")


def measure(logs: Sequence[SessionLog], endpoint_silence_ms: int) -> Figures:
    """The figures of all sessions together."""
    silence = to_samples(endpoint_silence_ms)
    matched = [(log, place_utterances(log, silence)) for log in logs]
    heard = [(log, h) for log, places in matched for hs in places.values() for h in hs]
    finals = [(log, h) for log, h in heard if h.utterance.final is not None]
    latencies = [_final_latency(log, h) for log, h in finals]
    windows = sum(len(played.speech) for log in logs for played in log.played)
    flickers = [flicker(h.utterance) for _, h in heard]
    return Figures(
        recordings=sum(len(log.played) for log in logs),
        utterances=len(heard),
        audio_s=sum(log.samples for log in logs) / RATE,
        speech_s=windows * WINDOW / RATE,
        unheard_s=(windows - sum(h.covered for _, h in heard)) * WINDOW / RATE,
        first_partial=spread(_present(_first_text_latency(log, h) for log, h in heard)),
        without_partial=sum(not _partials_with_text(h.utterance) for _, h in heard),
        word=spread(s for log, h in finals for s in word_latencies(log, h)),
        final=spread(_present(latencies)),
        final_beyond_silence=spread(s - endpoint_silence_ms / 1000 for s in _present(latencies)),
        feedback=spread(_present(_feedback_latency(h.utterance) for _, h in finals)),
        wer=word_errors(pair for _, places in matched for pair in _text_pairs(places)),
        final_words=sum(len(_normal_words(_final_text(h))) for _, h in finals),
        partials=sum(len(h.utterance.partials) for _, h in heard),
        committed_flicker=sum(committed for committed, _, _ in flickers),
        tentative_flicker=sum(tentative for _, tentative, _ in flickers),
        committed_revised=sum(revised for _, _, revised in flickers),
        unsettled=sum(h.utterance.terminals != 1 for _, h in heard),
        errors=dict(sorted(Counter(code for log in logs for code in _errors(log)).items())),
        latest_frame_s=max((log.late_s for log in logs), default=0.0),
    )


def spread(values: Iterable[float]) -> Spread:
    """The percentiles of some values."""
    ordered = sorted(values)
    if not ordered:
        return Spread()
    p50, p95, p99 = (percentile(ordered, share) for share in (0.5, 0.95, 0.99))
    return Spread(len(ordered), p50, p95, p99, ordered[-1])


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, between two if need be."""
    at = (len(ordered) - 1) * share
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


# ---------------------------------------------------------------- utterances and recordings


def gather_utterances(log: SessionLog) -> list[Utterance]:
    """The utterances of a session in order, each with its events."""
    found: dict[str, Utterance] = {}
    for arrival in log.arrivals:
        _sort_arrival(found, arrival)
    return list(found.values())


def _sort_arrival(found: dict[str, Utterance], arrival: Arrival) -> None:
    match arrival.event:
        case SpeechStarted(utterance=name, at_ms=at_ms):
            found[name] = Utterance(name, to_samples(at_ms))
        case SpeechStopped(utterance=name, at_ms=at_ms) if name in found:
            found[name].stop = to_samples(at_ms)
        case TranscriptPartial(utterance=name) if name in found:
            found[name].partials.append((arrival.at_s, arrival.event))
        case TranscriptFinal(utterance=name):
            begun = found.setdefault(name, Utterance(name, to_samples(arrival.event.start_ms)))
            begun.final = begun.final or (arrival.at_s, arrival.event)
            begun.terminals += 1
        case Error(code="recognition_failed", utterance=str(name)) if name in found:
            found[name].terminals += 1
        case FeedbackPronunciation() | FeedbackFluency() | FeedbackGrammar():
            found[arrival.event.utterance].assessed_s = arrival.at_s


def place_utterances(log: SessionLog, silence: int) -> dict[Played, list[Heard]]:
    """Each recording's utterances, and of each the speech that belongs to it.

    Of several in a recording, each has the speech up to the middle of the pause after it; the last
    has what came before its endpoint, `silence` samples after the server's end of speech.
    """
    by_recording: dict[Played, list[Utterance]] = defaultdict(list)
    for utterance in gather_utterances(log):
        by_recording[_recording_of(log, utterance)].append(utterance)
    return {played: _divide(played, by_recording[played], silence) for played in log.played}


def _recording_of(log: SessionLog, utterance: Utterance) -> Played:
    begun = [p for p in log.played if p.start - EARLY_ONSET <= utterance.onset]
    return begun[-1] if begun else log.played[0]


def _divide(played: Played, utterances: list[Utterance], silence: int) -> list[Heard]:
    heard, begin = [], 0
    for utterance, following in zip_longest(utterances, utterances[1:]):
        stop = played.end if utterance.stop is None else utterance.stop
        end = stop + silence if following is None else (stop + following.onset) // 2
        own = [window for window in played.speech if begin <= window[0] < end]
        heard.append(Heard(utterance, (own[0][0], own[-1][1]) if own else None, len(own)))
        begin = end
    return heard


def _errors(log: SessionLog) -> list[str]:
    codes = [arrival.event.code for arrival in log.arrivals if isinstance(arrival.event, Error)]
    return [*codes, *log.faults]


# ---------------------------------------------------------------- latencies


def _first_text_latency(log: SessionLog, heard: Heard) -> float | None:
    """Seconds from the onset to the first text on the screen: the final's, where no partial
    came."""
    at_s = _first_text_at(heard.utterance)
    return None if at_s is None or heard.speech is None else at_s - _spoken_at(log, heard.speech[0])


def _first_text_at(utterance: Utterance) -> float | None:
    if shown := _partials_with_text(utterance):
        return shown[0]
    if utterance.final is not None and utterance.final[1].text.strip():
        return utterance.final[0]
    return None


def _partials_with_text(utterance: Utterance) -> list[float]:
    return [at_s for at_s, p in utterance.partials if f"{p.committed}{p.tentative}".strip()]


def _final_latency(log: SessionLog, heard: Heard) -> float | None:
    if heard.utterance.final is None or heard.speech is None:
        return None
    return heard.utterance.final[0] - _spoken_at(log, heard.speech[1])


def _feedback_latency(utterance: Utterance) -> float | None:
    if utterance.final is None or utterance.assessed_s is None:
        return None
    return utterance.assessed_s - utterance.final[0]


def word_latencies(log: SessionLog, heard: Heard) -> list[float]:
    """For each word of the final, the seconds from its spoken end to its lasting appearance.

    A word appears with the first partial from which on every later one has it; with the final if
    there is none. Its end is the final's `end_ms`, but not after the true end of speech: Whisper's
    alignment lets a last word reach into the silence. A word that was guessed before its end was
    spoken has a negative latency.
    """
    if heard.utterance.final is None:
        return []
    final_at_s, final = heard.utterance.final
    seen = appearances(heard.utterance, [normalise(word.text) for word in final.words])
    last = heard.speech[1] if heard.speech else math.inf
    return [
        (final_at_s if at_s is None else at_s)
        - (log.began_s + min(word.end_ms * RATE // 1000, last) / RATE)
        for word, at_s in zip(final.words, seen, strict=True)
    ]


def appearances(utterance: Utterance, words: list[str]) -> list[float | None]:
    """When each word appeared to stay; None where the last partial does not have it."""
    seen: list[float | None] = [None] * len(words)
    staying = set(range(len(words)))
    for (at_s, _), shown in zip(
        reversed(utterance.partials), reversed(utterance.shown()), strict=True
    ):
        staying &= set(align(shown, words).values())
        for index in staying:
            seen[index] = at_s
    return seen


def _spoken_at(log: SessionLog, sample: int) -> float:
    return log.began_s + sample / RATE


# ---------------------------------------------------------------- words


def flicker(utterance: Utterance) -> tuple[int, int, int]:
    """Words that went away: committed ones, tentative ones, committed ones in the final."""
    partials = [partial for _, partial in utterance.partials]
    screens = utterance.shown()
    committed = sum(
        _not_kept(a.committed.split(), b.committed.split()) for a, b in pairwise(partials)
    )
    if utterance.final is not None:
        screens.append(_normal_words(utterance.final[1].text))
    tentative = revised = 0
    for index, (partial, (before, after)) in enumerate(
        zip(partials, pairwise(screens), strict=False)
    ):
        fixed = len(_normal_words(partial.committed))
        lost = set(range(len(before))) - set(align(before, after))
        tentative += sum(at >= fixed for at in lost)
        if index == len(partials) - 1:
            revised = sum(at < fixed for at in lost)
    return committed, tentative, revised


def _not_kept(before: list[str], after: list[str]) -> int:
    """How many words of `before` do not begin `after`, to the letter."""
    kept = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        kept += 1
    return len(before) - kept


def _text_pairs(places: dict[Played, list[Heard]]) -> list[tuple[str, str]]:
    return [
        (played.text, " ".join(_final_text(h) for h in heard)) for played, heard in places.items()
    ]


def _final_text(heard: Heard) -> str:
    return heard.utterance.final[1].text if heard.utterance.final else ""


def _normal_words(text: str) -> list[str]:
    return [normalise(unit) for unit in text.split()]


def _present(values: Iterable[Value | None]) -> list[Value]:
    return [value for value in values if value is not None]
