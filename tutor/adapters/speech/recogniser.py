"""Whisper by faster-whisper and CTranslate2, behind one small protocol class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tutor.adapters.settings import RecognitionSettings, comma_list
from tutor.adapters.speech.confidence import Rating, by_alignment, by_logits, rating_on
from tutor.adapters.speech.device import choose_device
from tutor.adapters.speech.loading import load_whisper
from tutor.adapters.speech.mel import FRAMES_PER_SECOND, LogMel, numpy_log_mel, torch_log_mel
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.vocabulary import Scripts
from tutor.adapters.speech.whole_words import whole_words
from tutor.adapters.speech.windows import Decoding, wider_window
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio import endings, guards
from tutor.core.audio.recognition import Kind, RecognisedWord, Recognition
from tutor.core.audio.samples import Audio
from tutor.core.text.languages import AUTO
from tutor.core.text.normal import UNSPACED, joint

CONTEXT = 448
"""Tokens of Whisper's context: a prompt and the text after it."""

PROMPT_TOKENS = 200
"""The most tokens of a prompt: Whisper's context has 448, and the text needs the rest."""

MOST_RESTS = 3
"""How often what a final lacks at its end is listened for: a recogniser that stops after a few
words each time must not hold up the others."""

_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - full-width marks are meant
"""Punctuation that belongs to the next or the previous word (faster-whisper's own lists)."""


@dataclass(frozen=True)
class _Hypothesis:
    tokens: list[int]
    text: str
    log_probability: float
    """Mean log-probability of the tokens."""
    no_speech: float
    """Probability that nobody speaks."""
    probabilities: list[float] = field(default_factory=list)
    """Probabilities of the tokens; only of partials decoded without a beam."""


class WhisperRecogniser:
    """One loaded Whisper model with an encoder window fitted to the audio.

    Whisper's encoder costs the same for 30 s whatever was said. Here log-mel is made of just the
    audio, padded to a window that fits it, and encoded once; the encoder's output then serves
    language detection, decoding and word alignment. A language that has a specialist is heard by
    it; where that language had to be found, the specialist encodes the audio once more. A final
    that a guard doubts is decoded again in a wider window; a partial is cut instead, the next one
    comes soon. Not safe to share between threads.
    """

    def __init__(
        self,
        model: Path,
        decodings: dict[Kind, Decoding],
        *,
        device: str = "auto",
        compute_type: str = "auto",
        threads: int = 0,
        auto_languages: frozenset[str] = frozenset(),
        rating: Rating | None = None,
        metrics: WorkerMetrics | None = None,
        specialists: Mapping[str, WhisperRecogniser] | None = None,
    ) -> None:
        # Imported here: it takes a second and only a worker needs it.
        from faster_whisper.transcribe import get_suppressed_tokens

        self.device, self.compute_type = choose_device(device, compute_type)
        self._whisper = load_whisper(model, self.device, self.compute_type, threads)
        make = torch_log_mel if self.device == "cuda" else numpy_log_mel
        self._log_mel: LogMel = make(self._whisper.feature_extractor.mel_filters, self.device)
        self._decodings = decodings
        self._rating = rating or rating_on(self.device)
        self._auto_languages = auto_languages
        self._metrics = metrics or WorkerMetrics()
        self._specialists = specialists or {}
        self._tokenizers: dict[str, Any] = {}
        self._scripts = Scripts(self._tokenizer("en"))
        self._signs = list(get_suppressed_tokens(self._tokenizer("en"), [-1]))
        self._suppressed: dict[str, list[int]] = {}

    @classmethod
    def load(
        cls,
        settings: RecognitionSettings,
        model: Path,
        metrics: WorkerMetrics | None = None,
        specialists: Mapping[str, WhisperRecogniser] | None = None,
    ) -> WhisperRecogniser:
        """Load the model as the settings say."""
        return cls(
            model,
            {
                "partial": Decoding(
                    settings.partial_beam, settings.partial_window_s, settings.partial_margin_s
                ),
                "final": Decoding(
                    settings.final_beam, settings.final_window_s, settings.final_margin_s
                ),
            },
            device=settings.device,
            compute_type=settings.compute_type,
            threads=settings.threads,
            auto_languages=comma_list(settings.auto_languages),
            metrics=metrics,
            specialists=specialists,
        )

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise utterances; those with the same window and language go together."""
        groups = defaultdict[tuple[Any, ...], list[int]](list)
        for at, request in enumerate(requests):
            window_s = self._decodings[request.kind].window_s(request.seconds)
            # Languages that have yet to be found are found one by one.
            alone = at if request.language == AUTO else None
            key = (
                request.kind,
                window_s,
                request.language,
                request.prompt,
                request.has_times,
                alone,
            )
            groups[key].append(at)
        found: dict[int, Recognition] = {}
        for (_, window_s, language, *_), members in groups.items():
            specialist = self._specialists.get(language)
            alike = [requests[at] for at in members]
            heard = (specialist or self)._recognise_alike(alike, window_s)
            if specialist:
                heard = [replace(one, is_adapted=True) for one in heard]
            found.update(zip(members, heard, strict=True))
        return [found[at] for at in range(len(requests))]

    def _recognise_alike(self, requests: list[Request], window_s: float) -> list[Recognition]:
        """Recognise requests of one kind, language and prompt in one window, all with times of
        words or none."""
        self._metrics.receive_window(requests[0].kind, window_s, len(requests))
        encoded = self._encode([request.audio for request in requests], window_s)
        language = requests[0].language
        if language == AUTO:
            language = self._detect(encoded)
            if language in self._specialists:
                return self.recognise([replace(one, language=language) for one in requests])
        heard = self._generate(encoded, requests, language)
        words = self._align(encoded, requests, heard, language)
        return [
            self._judge(request, window_s, language, hypothesis, aligned)
            for request, hypothesis, aligned in zip(requests, heard, words, strict=True)
        ]

    def _judge(
        self,
        request: Request,
        window_s: float,
        language: str,
        heard: _Hypothesis,
        words: list[RecognisedWord],
    ) -> Recognition:
        """Believe a hypothesis, or listen again in a wider window, or drop what was made up."""
        is_silent = not request.audio.any()  # with a prompt Whisper would write down its words
        if is_silent or guards.is_silence(heard.no_speech, heard.log_probability):
            self._metrics.receive_guard(request.kind, "silence")
            return Recognition("", language)
        if request.kind == "partial":
            text = guards.cut_restart(guards.cut_echo(heard.text))
            text = guards.cut_loop(text, request.seconds)
            if text != heard.text:
                self._metrics.receive_guard(request.kind, "cut")
            size = len(text.split())
            sure = self._confidences(heard, language)[:size]
            kept = words if text == heard.text else words[:size]
            return Recognition(text, language, tuple(kept), sure)
        loops = guards.is_loop(heard.text, words)
        is_full = guards.is_too_long(len(heard.tokens), request.seconds, language)
        doubted = loops or is_full
        wider = wider_window(request, window_s, doubted=doubted, echoes=guards.is_echo(heard.text))
        if wider is not None:
            self._metrics.receive_guard(request.kind, "wider")
            return self._recognise_alike([request], wider)[0]
        if loops:
            self._metrics.receive_guard(request.kind, "cut")
            text = guards.cut_loop(heard.text)
            return Recognition(text, language, tuple(words[: len(text.split())]))
        found = Recognition(heard.text, language, tuple(words))
        return self._completed(request, found, is_full=is_full)

    def _completed(self, request: Request, found: Recognition, *, is_full: bool) -> Recognition:
        """What was found, and what it lacks at its end.

        `is_full`: it reached the limit of one window, whatever is behind it.
        """
        known_s = request.speech_s
        end_s = endings.sound_end(request.audio) if known_s is None else known_s
        words = endings.without_silent_tail(found.words, known_s or None)
        for _ in range(0 if request.is_rest else MOST_RESTS):
            if not endings.lacks_end(words, request.seconds if is_full else end_s):
                break
            if (from_s := endings.rest_from(words)) <= 0:
                break  # it would be the same once more
            self._metrics.receive_guard(request.kind, "rest")
            (rest,) = self.recognise([request.rest(from_s, found.language)])
            longer = endings.joined(words, rest.words, from_s)
            if len(longer) <= len(words):
                break
            words = longer
        if words == found.words:
            return found
        text = joint(found.language).join(word.text for word in words)
        return Recognition(text, found.language, words)

    def _encode(self, audios: list[Audio], window_s: float) -> Any:
        """Encode log-mel padded with zeros to the window, as faster-whisper pads it."""
        return self._whisper.model.encode(
            self._log_mel(audios, round(window_s * FRAMES_PER_SECOND)),
            to_cpu=False,
        )

    def _detect(self, encoded: Any) -> str:
        """The likeliest language of those allowed."""
        ranked = [token[2:-2] for token, _ in self._whisper.model.detect_language(encoded)[0]]
        allowed = self._auto_languages or ranked
        return str(next((code for code in ranked if code in allowed), ranked[0]))

    def _generate(self, encoded: Any, requests: list[Request], language: str) -> list[_Hypothesis]:
        tokenizer = self._tokenizer(language)
        prompt = [
            *_prompt_tokens(tokenizer, requests[0].prompt),
            *tokenizer.sot_sequence,
            tokenizer.no_timestamps,
        ]
        beam = self._decodings[requests[0].kind].beam
        # CTranslate2 gives no logits for a beam search.
        is_rated = requests[0].kind == "partial" and beam == 1
        with_logits = is_rated and self._rating == "logits"
        results = self._whisper.model.generate(
            encoded,
            [prompt] * len(requests),
            beam_size=beam,
            max_length=_max_length(len(prompt), requests, language),
            return_scores=True,
            return_no_speech_prob=True,
            return_logits_vocab=with_logits,
            suppress_tokens=self._suppressed_in(language),
        )
        texts = [[t for t in result.sequences_ids[0] if t < tokenizer.eot] for result in results]
        if with_logits:
            logits = [result.logits[0] for result in results]
            sure = [by_logits(*one) for one in zip(logits, texts, strict=True)]
        elif is_rated:
            frames = round(max(request.seconds for request in requests) * FRAMES_PER_SECOND)
            sot = tokenizer.sot_sequence
            sure = by_alignment(self._whisper.model, encoded, sot, texts, frames)
        else:
            sure = [[] for _ in results]
        return [
            _Hypothesis(
                text, tokenizer.decode(text).strip(), result.scores[0], result.no_speech_prob, rated
            )
            for result, text, rated in zip(results, texts, sure, strict=True)
        ]

    def _suppressed_in(self, language: str) -> list[int]:
        """The tokens that are never written: signs that nobody says, letters of other scripts."""
        if language not in self._suppressed:
            foreign = self._scripts.foreign_to(language)
            self._suppressed[language] = sorted({*self._signs, *foreign})
        return self._suppressed[language]

    def _confidences(self, heard: _Hypothesis, language: str) -> tuple[float, ...]:
        """The probability of the least probable token of each word, punctuation aside."""
        if not heard.probabilities:
            return ()
        words: list[float] = []
        begin = 0
        for piece, tokens in zip(
            *self._tokenizer(language).split_tokens_on_unicode(heard.tokens), strict=True
        ):
            if piece.startswith(" ") or not words:
                words.append(1.0)
            if any(sign.isalnum() for sign in piece):
                least = min(heard.probabilities[begin : begin + len(tokens)])
                words[-1] = round(min(words[-1], least), 3)
            begin += len(tokens)
        return tuple(words) if len(words) == len(heard.text.split()) else ()

    def _align(
        self, encoded: Any, requests: list[Request], heard: list[_Hypothesis], language: str
    ) -> list[list[RecognisedWord]]:
        """Word times by cross-attention (dynamic time warping, 20 ms steps)."""
        from faster_whisper.transcribe import merge_punctuations

        if not requests[0].has_times:
            return [[] for _ in heard]
        alignments = self._whisper.find_alignment(
            self._tokenizer(language),
            [hypothesis.tokens for hypothesis in heard],
            encoded,
            [round(request.seconds * FRAMES_PER_SECOND) for request in requests],
        )
        for alignment in alignments:
            if language not in UNSPACED:
                alignment[:] = whole_words(alignment)
            merge_punctuations(alignment, _PREPENDED, _APPENDED)
        return [[_recognised_word(word) for word in a if word["word"].strip()] for a in alignments]

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._whisper.hf_tokenizer,
                self._whisper.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]


def _prompt_tokens(tokenizer: Any, prompt: str) -> list[int]:
    """Tokens that Whisper takes for the text before the audio: the end of the prompt."""
    if not prompt.strip():
        return []
    tokens = tokenizer.encode(" " + prompt.strip())[-PROMPT_TOKENS:]
    return [tokenizer.sot_prev, *tokens]


def _max_length(prompt: int, requests: Sequence[Request], language: str) -> int:
    """CTranslate2's limit for a text: it writes half of it at most, and the prompt counts, too."""
    most = max(guards.token_limit(request.seconds, language) for request in requests)
    return min(CONTEXT, max(2 * most, prompt + most))


def _recognised_word(word: dict[str, Any]) -> RecognisedWord:
    return RecognisedWord(
        word["word"].strip(),
        float(word["start"]),
        float(word["end"]),
        float(word["probability"]),
    )
