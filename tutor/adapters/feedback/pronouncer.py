"""How a text was pronounced: Whisper's alignment, a classifier of phones, heads fitted to experts.

Whisper encodes the audio once. Its decoder, given the text, says where each word is and how
probable it was; a small classifier on the encoder's frames says which sounds they hold; heads
trained on speechocean762 turn both into the scores of its experts. Other languages than English
get an untrained score from the probabilities alone, marked as not calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.numpy import load_file

from tutor.adapters.feedback.additions import Additions
from tutor.adapters.feedback.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.feedback.choosing import Chooser, Hearing, Held, Sounds
from tutor.adapters.feedback.listened import Listened
from tutor.adapters.feedback.phones import ASSETS, English
from tutor.adapters.feedback.scored import Judged, trained, unscored, untrained
from tutor.adapters.feedback.trained import Trained
from tutor.adapters.feedback.variants import Variants
from tutor.core.audio.samples import RATE, Audio
from tutor.core.feedback.assessment import Pronunciation, Reason
from tutor.core.feedback.pronunciation import judgeable as pronunciation
from tutor.core.feedback.pronunciation.asked import Asked
from tutor.core.feedback.pronunciation.hearing import fitting_paces
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.rivals import (
    Choices,
    Rival,
    Weighed,
    choose,
    least,
)
from tutor.core.feedback.pronunciation.spans import Span
from tutor.core.text.spoken.ways import said_words

MOST_ASKED = 3
"""Ways of saying what is written in figures that the recogniser is asked for, each in a pass of its
decoder."""

WEIGHTS = "pronunciation.safetensors"


@dataclass(frozen=True)
class _Heard:
    """What was heard of the words that an utterance was asked for."""

    asked: Asked
    ways: Sequence[Sequence[Sequence[int]]]
    """The tokens of each spelling of the words."""
    spans: Sequence[Span]
    sounds: Sequence[Sounds]
    held: Sequence[Held]
    judged: Judged | None

    def found(self, chosen: Choices) -> Pronunciation:
        """The scores of all words; `chosen`: what was said instead of them."""
        if self.judged is None:
            return untrained(self.asked.words, self.spans, self.asked.recognised or {})
        return trained(self.asked.words, self.spans, self.judged, chosen)


class Pronouncer:
    """Scores pronunciation on the CPU. Safe to share between threads; they take turns."""

    def __init__(self, aligner: Aligner, english: English, trained: Trained | None) -> None:
        self._aligner = aligner
        self._english = english
        self._trained = trained
        self._chooser = Chooser(aligner, english)
        self._variants = Variants(english)
        self._additions = Additions(aligner, trained.scores if trained else None)

    @classmethod
    def load(cls, model: Path, *, threads: int = 1) -> Pronouncer:
        """Load Whisper (a folder for CTranslate2) and the weights that the package ships."""
        weights = ASSETS / WEIGHTS
        trained = Trained(load_file(weights)) if weights.exists() else None
        return cls(Aligner(model, threads), English.load(), trained)

    def assess(
        self,
        audio: Audio | Listened,
        text: str | Sequence[str],
        language: str,
        rivals: Mapping[int, Sequence[Rival]] | None = None,
        recognised: Mapping[int, float] | None = None,
        added: Mapping[int, Sequence[str]] | None = None,
        said: Mapping[int, Sequence[str]] | None = None,
        is_worth: Callable[[Pronunciation], bool] = lambda _: True,
    ) -> Pronunciation:
        """Score how a text was said.

        Args:
            audio: float32 at 16 kHz, up to 30 s; listened to already, where it is asked again.
            text: What was to be said, or its words; or what was recognised, in free speech.
            language: Whisper's code.
            rivals: What may have been said in place of the text's words, by index. Where it was
                said for certain the text's word has no score, where perhaps a low one. Then every
                word is held against itself without its ending, too; None: against nothing.
            recognised: How sure the recogniser was of words that it heard as the text has them;
                where no head is trained these are worth no less.
            added: What was recognised beside the text, by the index of the word behind it.
            said: In what words those are said that are not said as they are written, by index, the
                likeliest way first. None: as the text alone tells.
            is_worth: Whether to ask, after what the sounds alone tell, what was said instead of
                words and beside them. That costs most; for a text that was not read it is lost.
        """
        listened = self.listen(audio)
        words, audio = pronunciation.reference_words(text), listened.audio
        bad = pronunciation.bad_input(audio, words, language)
        if bad is not None:
            return unscored(bad)
        ways = said_words(words, language, {}) if said is None else said
        heard = self._hear(listened, Asked.of(words, ways, rivals, recognised), language)
        if isinstance(heard, str):
            return unscored(heard)
        found = heard.found(Choices({}, {}))
        if not is_worth(found):
            return found
        more = self._additions.find(
            listened.at(), heard.asked.plain, heard.sounds, heard.spans, added or {}, language
        )
        if more:
            longer = self._hear(listened, heard.asked.with_added(more), language)
            heard = heard if isinstance(longer, str) else longer
        chosen = choose(self._weigh(listened, heard))
        return replace(heard.asked.without_added(heard.found(chosen)), added=tuple(more))

    def _hear(self, listened: Listened, asked: Asked, language: str) -> _Heard | Reason:
        """What was heard of words; or why they cannot have been said."""
        words, said = asked.words, asked.said
        ways = self._asked(words, language, said)
        count = max(sum(len(word) for word in tokens) for tokens in ways)
        seconds = len(listened.audio) / RATE
        if count > TEXT_TOKENS or pronunciation.too_many_tokens(count, seconds):
            return "text_too_long"
        heard = listened.at()
        sounds = self._sounds(heard, words, said) if language == "en" else []
        if sounds and said:
            said = {n: (self._variants.way(words, said, n, sounds[n]),) for n in said}
            asked = replace(asked, said=said)
            ways = self._asked(words, language, said)
        spans = self._aligner.align_likeliest(heard, ways, language)
        is_held = asked.rivals is not None
        held = self._chooser.hold(asked.plain, sounds, asked.rivals or {}) if is_held else []
        judged = self._judge(heard, asked.plain, spans, held, sounds)
        other = self._heard_instead(heard, spans, language, judged)
        return other or _Heard(asked, ways, spans, sounds, held, judged)

    def listen(self, audio: Audio | Listened) -> Listened:
        """Audio (float32 at 16 kHz) that is asked for several texts."""
        return audio if isinstance(audio, Listened) else Listened(self._aligner, audio)

    def _weigh(self, listened: Listened, heard: _Heard) -> list[Weighed]:
        """What was made of all rivals; where that is in question the words are heard again."""
        if heard.judged is None:
            return []
        words, held = heard.asked.plain, heard.held
        first = Hearing(listened.at(), heard.spans, heard.judged.judgement.preferences)
        weighed = [
            replace(one, beside=heard.asked.beside(one.at))
            for one in self._chooser.weigh(first, words, held)
        ]
        open_ones = {(one.at, one.rival) for one in weighed if one.is_open}
        if open_ones:
            held = [one for one in held if (one.at, one.rival) in open_ones]
            again = self._hear_again(listened, heard, held)
            weighed = least([weighed, *(self._chooser.weigh(one, words, held) for one in again)])
        return weighed

    def _hear_again(
        self, listened: Listened, first: _Heard, held: Sequence[Held]
    ) -> Iterator[Hearing]:
        """The utterance slower and faster."""
        for pace in fitting_paces(len(listened.audio)):
            heard = listened.at(pace)
            spans = self._aligner.align_likeliest(heard, first.ways, "en")
            judged = self._judge(heard, first.asked.plain, spans, held, first.sounds)
            if judged is not None:
                yield Hearing(heard, spans, judged.judgement.preferences)

    def _heard_instead(
        self, heard: Encoded, spans: Sequence[Span], language: str, judged: Judged | None
    ) -> Reason | None:
        """Why what was heard cannot have been the text; None: it can."""
        if self._is_noise(heard, spans, judged):
            return "no_speech"
        return "other_language" if self._is_foreign(heard, spans, language, judged) else None

    def _is_noise(self, heard: Encoded, spans: Sequence[Span], judged: Judged | None) -> bool:
        if _was_heard(judged):
            return False
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_doubtful(every) and pronunciation.is_noise(
            self._aligner.no_speech(heard)
        )

    def _is_foreign(
        self, heard: Encoded, spans: Sequence[Span], language: str, judged: Judged | None
    ) -> bool:
        if len(spans) < pronunciation.FEWEST_WORDS or _was_heard(judged):
            return False
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_unlikely(every) and pronunciation.is_foreign(
            language, self._aligner.languages(heard)
        )

    def _asked(
        self, words: Sequence[str], language: str, said: Mapping[int, Sequence[str]]
    ) -> list[list[list[int]]]:
        """The tokens of each spelling that the recogniser is asked for; where words are said in
        several ways, of the likeliest few."""
        depth = min(MOST_ASKED, max((len(ways) for ways in said.values()), default=1))
        asked: list[list[str]] = []
        for n in range(depth):
            way = {at: ways[min(n, len(ways) - 1)] for at, ways in said.items()}
            asked += [one for one in spellings(words, language, way) if one not in asked]
        return [self._aligner.tokens(one, language) for one in asked]

    def _sounds(
        self, heard: Encoded, words: Sequence[str], said: Mapping[int, Sequence[str]]
    ) -> list[tuple[str, ...]]:
        """The phones with which each word was said; nothing where there are no weights."""
        if self._trained is None:
            return []
        variants = self._variants.of(words, said)
        return self._trained.heard_sounds(heard.frames[: heard.count], variants)

    def _judge(
        self,
        heard: Encoded,
        words: Sequence[str],
        spans: Sequence[Span],
        held: Sequence[Held],
        sounds: Sequence[Sounds],
    ) -> Judged | None:
        """Judge the words; None when there are no weights, no sounds, or more sounds than
        frames."""
        spoken = [n for n, phones in enumerate(sounds) if phones]
        if self._trained is None or not spoken:
            return None
        found = self._trained.judge(
            heard.frames[: heard.count],
            [sounds[n] for n in spoken],
            [spans[n] for n in spoken],
            [(spoken.index(one.at), one.sounds) for one in held],
        )
        trusted = [self._english.is_listed(word) for word in words]
        return None if found is None else Judged(found, sounds, trusted)


def _was_heard(judged: Judged | None) -> bool:
    """Whether the text was more likely read than not, by its sounds."""
    return judged is not None and judged.judgement.match > 0
