"""The forced choice between a text's words and their rivals, by sounds that a classifier knows."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.adapters.feedback.aligner import Aligner, Encoded
from tutor.adapters.feedback.phones import ASSETS, English, with_flap
from tutor.core.feedback.pronunciation.apart import is_one_apart
from tutor.core.feedback.pronunciation.bounds import Origin
from tutor.core.feedback.pronunciation.endings import is_lost_before, without_ending
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.rivals import (
    MOST_RIVALS,
    Rival,
    Weighed,
    is_contracted,
    is_worth_asking,
    likelihood_ratio,
    with_rival,
)
from tutor.core.feedback.pronunciation.spans import Span
from tutor.core.text.marks import closing_mark
from tutor.core.text.normal import normalise

Sounds = tuple[str, ...]


def load_confused(path: Path = ASSETS / "confused.txt") -> dict[str, list[str]]:
    """What learners say for words, by the words."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        group = [] if line.startswith("#") else line.split()
        for word in group:
            others = found.setdefault(normalise(word), [])
            others += [one for one in group if one != word and one not in others]
    return found


@dataclass(frozen=True)
class Held:
    """A word of the text that is held against a rival."""

    at: int
    """The word's index."""
    rival: Rival
    sounds: Sounds
    """The rival's."""


@dataclass(frozen=True)
class Hearing:
    """An utterance as it was heard once, with its text."""

    heard: Encoded
    spans: Sequence[Span]
    """Where the recogniser found the text's words."""
    preferences: Sequence[float]
    """How much likelier the frames are with each rival, natural logarithms."""


class Chooser:
    """Holds words against what may have been said instead. Safe to share between threads."""

    def __init__(self, aligner: Aligner, english: English) -> None:
        self._aligner = aligner
        self._english = english
        self._confused = load_confused()

    def hold(
        self, words: Sequence[str], sounds: Sequence[Sounds], rivals: Mapping[int, Sequence[Rival]]
    ) -> list[Held]:
        """All that a text's words are held against: the named rivals, and words without endings.

        Args:
            words: The text's words.
            sounds: The sounds of each; words without sounds are held against nothing.
            rivals: Of some of the words, by index.
        """
        found: dict[tuple[int, str], list[Held]] = {}
        for n, own in enumerate(sounds):
            if own:
                behind = sounds[n + 1] if n + 1 < len(sounds) else ()
                heard = {normalise(r.text) for r in rivals.get(n, ()) if r.origin is Origin.HEARD}
                bare = self._bare(n, words[n], own, behind, heard)
                named = (*rivals.get(n, ()), *self._common(words[n]))
                for held in (*bare, *self._named(n, words[n], own, named)):
                    ways = [replace(held, sounds=way) for way in self._ways(held, own)]
                    found.setdefault((n, normalise(held.rival.text)), ways)
        return [held for ways in found.values() for held in ways]

    def _ways(self, held: Held, own: Sounds) -> list[Sounds]:
        """The sounds of a rival as they may be said: as dictionaries have it, and with a flap."""
        if held.rival.origin in (Origin.ENDING, Origin.BARE) or not held.sounds:
            return [held.sounds]  # these differ from the text's word by their ending alone
        others = self._english.others(normalise(held.rival.text))
        every = [way for one in (held.sounds, *others) for way in (one, with_flap(one))]
        return [way for way in dict.fromkeys(every) if way and way not in (own, with_flap(own))]

    def _common(self, word: str) -> list[Rival]:
        """What learners often say for a word."""
        return [Rival(other, Origin.COMMON) for other in self._confused.get(normalise(word), ())]

    def _bare(
        self, at: int, word: str, own: Sounds, behind: Sounds, heard: Container[str]
    ) -> Iterator[Held]:
        """A word without its ending, unless the ending gets lost in the next word."""
        stems, short = without_ending(word, own, self._english.is_word)
        if is_lost_before(own, short, behind):
            return
        for stem in stems:
            origin = Origin.BARE if stem in heard else Origin.ENDING
            yield Held(at, Rival(stem, origin), short)

    def _named(self, at: int, word: str, own: Sounds, rivals: Sequence[Rival]) -> Iterator[Held]:
        """The rivals of a word that sound otherwise; what was recognised by how far it is.

        What was recognised is no rival of a word that no dictionary has, nor is what no dictionary
        has a rival: a name, or a misprint, of whose sounds nothing is known.
        """
        is_guess = not self._english.is_listed(word)
        stems, _ = without_ending(word, own, self._english.is_word)
        for rival in rivals:
            ways = self._english.both_ways(word, rival.text)
            sounds = ways[0][1]
            if bool(sounds) != bool(rival.text) or any(one == other for one, other in ways):
                continue
            if rival.origin is Origin.HEARD and (is_guess or not self._is_known(rival.text)):
                continue
            is_other = normalise(rival.text) not in stems and not is_contracted(word, rival.text)
            is_near = is_other and any(is_one_apart(*way) for way in ways)
            is_far = rival.origin is Origin.HEARD and not is_near
            yield Held(at, replace(rival, origin=Origin.FAR) if is_far else rival, sounds)

    def _is_known(self, text: str) -> bool:
        return all(map(self._english.is_listed, text.split()))

    def weigh(self, hearing: Hearing, words: Sequence[str], held: Sequence[Held]) -> list[Weighed]:
        """What frames and recogniser make of the rivals that the frames do not rule out.

        Args:
            hearing: What was heard, with the preferences for all that is held.
            words: The text's, as they are said.
            held: What they are held against.
        """
        return [
            Weighed(one.at, one.rival, preference, self._ratio(hearing, words, one))
            for one, preference in self._worth_asking(held, hearing.preferences)
        ]

    def _ratio(self, hearing: Hearing, words: Sequence[str], one: Held) -> float:
        """How much likelier a rival is than the word to the recogniser.

        What stands behind a word tells the most of its ending; behind the last one that is the end
        of the sentence, asked for by its mark: "forward" is how "forwarded" begins.
        """
        others = with_rival(words, one.at, one.rival)
        if one.at < len(words) - 1:
            return likelihood_ratio(hearing.spans, self._align(hearing.heard, others), one.at)
        end = self._aligner.mark_tokens(closing_mark(words))
        own, tried = (self._align(hearing.heard, said, end) for said in (words, others))
        return likelihood_ratio(own, tried, one.at)

    def _worth_asking(
        self, held: Sequence[Held], preferences: Sequence[float]
    ) -> list[tuple[Held, float]]:
        """The rivals that the frames speak for most."""
        pairs = zip(held, preferences, strict=True)
        asked = [(one, ratio) for one, ratio in pairs if is_worth_asking(ratio, one.rival.origin)]
        clearest: dict[tuple[int, Rival], tuple[Held, float]] = {}
        for one, ratio in sorted(asked, key=lambda pair: -pair[1]):
            clearest.setdefault((one.at, one.rival), (one, ratio))
        return list(clearest.values())[:MOST_RIVALS]

    def _align(self, heard: Encoded, words: Sequence[str], end: Sequence[int] = ()) -> list[Span]:
        """Words in the audio, and the mark behind them, where its tokens are given."""
        last = [list(end)] if end else []
        if not words and not last:
            return []
        said = spellings(words, "en") if words else [[]]
        ways = [[*self._aligner.tokens(way, "en"), *last] for way in said]
        return self._aligner.align_likeliest(heard, ways, "en")
