"""How a text was pronounced: Whisper's alignment, a classifier of phones, heads fitted to experts.

Whisper encodes the audio once. Its decoder, given the text, says where each word is and how
probable it was; a small classifier on the encoder's frames says which sounds they hold; heads
trained on speechocean762 turn both into the scores of its experts. Other languages than English
get an untrained score from the probabilities alone, marked as not calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.numpy import load_file

from tutor.adapters.feedback.additions import Additions
from tutor.adapters.feedback.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.feedback.choosing import Chooser, Hearing, Held, Sounds
from tutor.adapters.feedback.listened import Listened
from tutor.adapters.feedback.phones import ASSETS, IPA, English
from tutor.adapters.feedback.trained import Judgement, Trained
from tutor.adapters.feedback.variants import Variants
from tutor.core.audio.samples import RATE, Audio
from tutor.core.feedback.assessment import Phone, PronouncedWord, Pronunciation, Reason
from tutor.core.feedback.pronunciation import judgeable as pronunciation
from tutor.core.feedback.pronunciation.hearing import fitting_paces
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.rivals import Choices, Rival, Verdict, choose, least
from tutor.core.feedback.pronunciation.spans import Span
from tutor.core.text.spoken.ways import said_words

MOST_ASKED = 3
"""Ways of saying what is written in figures that the recogniser is asked for, each in a pass of its
decoder."""

WEIGHTS = "pronunciation.safetensors"
FRAME_MS = 20


@dataclass(frozen=True)
class _Judged:
    judgement: Judgement
    sounds: Sequence[Sounds]
    """The phones of every word of the text, () where a word has none."""
    trusted: list[bool]
    """Whether they stand in a dictionary; a guess at a name's is nothing to correct a sound by."""


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
        if said is None:
            said = said_words(words, language, {})
        bad = pronunciation.bad_input(audio, words, language)
        if bad is not None:
            return _unscored(bad)
        ways = self._asked(words, language, said)
        count = max(sum(len(word) for word in tokens) for tokens in ways)
        if count > TEXT_TOKENS or pronunciation.too_many_tokens(count, len(audio) / RATE):
            return _unscored("text_too_long")
        heard = listened.at()
        sounds = self._sounds(heard, words, said) if language == "en" else []
        if sounds and said:
            said = {n: (self._variants.way(words, said, n, sounds[n]),) for n in said}
            ways = self._asked(words, language, said)
        spans = self._aligner.align_likeliest(heard, ways, language)
        plain = [said[n][0] if n in said else word for n, word in enumerate(words)]
        held = [] if rivals is None else self._chooser.hold(plain, sounds, rivals)
        judged = self._judge(heard, plain, spans, held, sounds)
        other = self._heard_instead(heard, spans, language, judged)
        if other is not None:
            return _unscored(other)
        found = (
            _untrained(words, spans, recognised or {})
            if judged is None
            else _trained(words, spans, judged, Choices({}, {}))
        )
        if not is_worth(found):
            return found
        more = self._additions.find(heard, plain, sounds, spans, added or {}, language)
        if judged is not None:
            first = Hearing(heard, spans, judged.judgement.preferences)
            chosen = self._choose(listened, plain, ways, held, first, sounds)
            found = _trained(words, spans, judged, chosen)
        return replace(found, added=more)

    def listen(self, audio: Audio | Listened) -> Listened:
        """Audio (float32 at 16 kHz) that is asked for several texts."""
        return audio if isinstance(audio, Listened) else Listened(self._aligner, audio)

    def _choose(
        self,
        listened: Listened,
        words: Sequence[str],
        ways: Sequence[Sequence[Sequence[int]]],
        held: Sequence[Held],
        first: Hearing,
        sounds: Sequence[Sounds],
    ) -> Choices:
        """What was said instead of words; where that is in question they are heard again."""
        weighed = self._chooser.weigh(first, words, held)
        open_ones = {(one.at, one.rival) for one in weighed if one.verdict is not Verdict.SAID}
        if open_ones:
            held = [one for one in held if (one.at, one.rival) in open_ones]
            again = self._hear_again(listened, words, ways, held, sounds)
            weighed = least([weighed, *(self._chooser.weigh(one, words, held) for one in again)])
        return choose(weighed)

    def _hear_again(
        self,
        listened: Listened,
        words: Sequence[str],
        ways: Sequence[Sequence[Sequence[int]]],
        held: Sequence[Held],
        sounds: Sequence[Sounds],
    ) -> Iterator[Hearing]:
        """The utterance slower and faster."""
        for pace in fitting_paces(len(listened.audio)):
            heard = listened.at(pace)
            spans = self._aligner.align_likeliest(heard, ways, "en")
            judged = self._judge(heard, words, spans, held, sounds)
            if judged is not None:
                yield Hearing(heard, spans, judged.judgement.preferences)

    def _heard_instead(
        self, heard: Encoded, spans: Sequence[Span], language: str, judged: _Judged | None
    ) -> Reason | None:
        """Why what was heard cannot have been the text; None: it can."""
        if self._is_noise(heard, spans, judged):
            return "no_speech"
        return "other_language" if self._is_foreign(heard, spans, language, judged) else None

    def _is_noise(self, heard: Encoded, spans: Sequence[Span], judged: _Judged | None) -> bool:
        if _was_heard(judged):
            return False
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_doubtful(every) and pronunciation.is_noise(
            self._aligner.no_speech(heard)
        )

    def _is_foreign(
        self, heard: Encoded, spans: Sequence[Span], language: str, judged: _Judged | None
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
    ) -> _Judged | None:
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
        return None if found is None else _Judged(found, sounds, trusted)


def _unscored(reason: Reason) -> Pronunciation:
    return Pronunciation(None, None, None, None, calibrated=False, reason=reason)


def _was_heard(judged: _Judged | None) -> bool:
    """Whether the text was more likely read than not, by its sounds."""
    return judged is not None and judged.judgement.match > 0


def _untrained(
    words: Sequence[str], spans: Sequence[Span], recognised: Mapping[int, float]
) -> Pronunciation:
    """Scores from the probabilities alone; those that need a trained head are None."""
    logs = [_log_probabilities(span, recognised.get(n)) for n, span in enumerate(spans)]
    alone = len(words) == 1
    scored = tuple(
        _untrained_word(word, span, sum(log) / len(log), alone=alone)
        for word, span, log in zip(words, spans, logs, strict=True)
    )
    score = pronunciation.untrained_score([x for word in logs for x in word])
    if alone:
        score = scored[0].score or 0.0
    return Pronunciation(score, None, None, score, calibrated=False, words=scored)


def _log_probabilities(span: Span, recognised: float | None) -> Sequence[float]:
    """Log-probabilities of a word's tokens: as they were asked for, or as the recogniser heard
    them."""
    if recognised is None or recognised <= math.exp(span.mean):
        return span.log_probabilities
    return [math.log(recognised)] * len(span.log_probabilities)


def _trained(
    words: Sequence[str], spans: Sequence[Span], judged: _Judged, chosen: Choices
) -> Pronunciation:
    """Scores by the trained head, lowered by what was chosen instead of words."""
    found = judged.judgement
    accuracy, fluency, prosodic, total = (
        pronunciation.believed(10 * float(score), found.match) for score in found.scores.sentence
    )
    most = pronunciation.most_for(1 - len(chosen.replaced) / len(words))
    scored, phone, known = [], 0, 0
    for n, (word, span, sounds) in enumerate(zip(words, spans, judged.sounds, strict=True)):
        if sounds:
            one = _trained_word(word, span, sounds, found, phone, known)
            one = one if judged.trusted[n] else replace(one, phones=())
            scored.append(_chosen(one, n, chosen))
            known += 1
        else:
            scored.append(_untrained_word(word, span, span.mean))
        phone += len(sounds)
    return Pronunciation(
        min(accuracy, most),
        fluency,
        prosodic,
        min(total, most),
        calibrated=True,
        words=tuple(scored),
        replaced=tuple(chosen.replaced.items()),
        doubtful=tuple(
            (n, other) for n, other in chosen.doubtful.items() if scored[n].score is not None
        ),
        match=found.match,
    )


def _chosen(word: PronouncedWord, at: int, chosen: Choices) -> PronouncedWord:
    """A word without a score where something else was said, with a low one where perhaps."""
    if at in chosen.replaced:
        return replace(word, score=None)
    if at in chosen.doubtful and word.score is not None:
        return replace(word, score=min(word.score, pronunciation.DOUBTED))
    return word


def _untrained_word(text: str, span: Span, mean: float, *, alone: bool = False) -> PronouncedWord:
    """A word without sounds; `mean`: of its tokens' log-probabilities; `alone`: it is the whole
    text."""
    was_said = pronunciation.was_said(mean, None, alone=alone)
    return PronouncedWord(
        text,
        span.start * FRAME_MS,
        span.end * FRAME_MS,
        pronunciation.untrained_word_score(mean, alone=alone) if was_said else None,
        math.exp(mean),
    )


def _trained_word(
    text: str, span: Span, sounds: Sequence[str], found: Judgement, phone: int, word: int
) -> PronouncedWord:
    """A word with sounds; `phone`, `word`: the index of its first phone, and its own, among those
    judged."""
    end = phone + len(sounds)
    mean = span.mean
    said = pronunciation.was_said(mean, float(found.heard[word]))
    return PronouncedWord(
        text,
        int(found.segments.starts[phone]) * FRAME_MS,
        int(found.segments.ends[end - 1]) * FRAME_MS,
        pronunciation.hundred(10 * float(found.scores.words[word])) if said else None,
        math.exp(mean),
        tuple(
            Phone(IPA[sound], pronunciation.hundred(50 * float(score)))
            for sound, score in zip(sounds, found.scores.phones[phone:end], strict=True)
        ),
    )
