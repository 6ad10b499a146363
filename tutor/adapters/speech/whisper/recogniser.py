"""Whisper by faster-whisper and CTranslate2, behind one small protocol class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tutor.adapters.settings import RecognitionSettings
from tutor.adapters.speech.device import batches, choose_device
from tutor.adapters.speech.hearing import (
    Hearing,
    Incomplete,
    Outcome,
    completed,
    rows,
    with_rest,
)
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.whisper.confidence import (
    Rating,
    by_alignment,
    by_logits,
    of_words,
    rating_on,
)
from tutor.adapters.speech.whisper.hypothesis import Hypothesis
from tutor.adapters.speech.whisper.likely import Likely
from tutor.adapters.speech.whisper.loading import load_whisper
from tutor.adapters.speech.whisper.mel import (
    FRAMES_PER_SECOND,
    LogMel,
    numpy_log_mel,
    torch_log_mel,
)
from tutor.adapters.speech.whisper.vocabulary import Scripts
from tutor.adapters.speech.whisper.whole_words import recognised_word, whole_words
from tutor.adapters.speech.whisper.windows import (
    Decoding,
    decodings,
    max_length,
    prompt_tokens,
    wider_window,
)
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio import guards
from tutor.core.audio.recognition import Kind, RecognisedWord, Recognition
from tutor.core.audio.samples import Audio
from tutor.core.queue.coalescer import Bucket, alike
from tutor.core.text.languages import AUTO
from tutor.core.text.normal import UNSPACED
from tutor.core.text.scripts import scripts_of

_PREPENDED = "\"'“¿([{-"
_APPENDED = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - full-width marks are meant
"""Punctuation that belongs to the next or the previous word (faster-whisper's own lists)."""


class WhisperRecogniser:
    """One loaded Whisper model with an encoder window fitted to the audio.

    Whisper's encoder costs the same for 30 s whatever was said. Here log-mel is made of just the
    audio, padded to a window that fits it, and encoded once; the encoder's output then serves
    language detection, decoding and word alignment. A language that has a specialist is heard by
    it. Where the language has to be found, the model of the likeliest one encodes the audio, and
    the general decoder finds it in that; another language's model encodes it once more. A final
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
            decodings(settings, meets=batches(settings)),
            device=settings.device,
            compute_type=settings.compute_type,
            threads=settings.threads,
            metrics=metrics,
            specialists=specialists,
        )

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise utterances; those of one bucket go together, whatever their languages."""
        found: dict[int, Recognition] = {}
        waiting = [(at, self.begin(request)) for at, request in enumerate(requests)]
        while waiting:
            bucket = waiting[0][1].bucket
            call = [(at, one) for at, one in waiting if one.bucket == bucket]
            waiting = [(at, one) for at, one in waiting if one.bucket != bucket]
            outcomes = self.hear([one for _, one in call])
            for (at, _), outcome in zip(call, outcomes, strict=True):
                if isinstance(outcome, Hearing):
                    waiting.append((at, outcome))
                else:
                    found[at] = outcome
        return [found[at] for at in range(len(requests))]

    def begin(self, request: Request) -> Hearing:
        """A request's first hearing. May be called by any thread."""
        ear = self._ear(request.likeliest(self._specialists))
        listener = self._specialists.get(ear, self)
        window_s = listener._decodings[request.kind].window_s(request.seconds)
        prompt = len(self._prompt(request)) if request.prompt else 0
        return Hearing(request, Bucket(request.kind, window_s, prompt, ear))

    def _ear(self, language: str) -> str:
        return language if language in self._specialists else ""

    def hear(self, hearings: Sequence[Hearing]) -> list[Outcome]:
        """Hear members of one bucket: each one's recognition, or what must be heard next for it."""
        ear = self._specialists.get(hearings[0].bucket.ear, self)
        heard = ear._hear(hearings, self)
        return [self._settled(*each) for each in zip(hearings, heard, strict=True)]

    def _settled(self, hearing: Hearing, heard: Outcome | Incomplete) -> Outcome:
        if isinstance(heard, Recognition) and hearing.whole is not None:
            heard = with_rest(hearing.whole, heard)
        match heard:
            case Incomplete():
                self._metrics.receive_guard(hearing.request.kind, "rest")
                return replace(self.begin(heard.rest()), whole=heard)
            case Recognition():
                return replace(heard, is_adapted=bool(hearing.bucket.ear))
            case _:
                return heard

    def _hear(
        self, hearings: Sequence[Hearing], general: WhisperRecogniser
    ) -> list[Outcome | Incomplete]:
        """Encode once; then find languages, decode and align, each for as many as go together.

        `general` finds languages in what this model has encoded: a specialist's decoder knows but
        its own.
        """
        requests = [hearing.request for hearing in hearings]
        bucket = hearings[0].bucket
        self._metrics.receive_window(bucket.kind, bucket.window_s, len(requests))
        encoded = self._encode([request.audio for request in requests], bucket.window_s)
        languages = general._languages(encoded, requests, bucket.ear)
        known = [one.in_language(code) for one, code in zip(hearings, languages, strict=True)]
        outcomes: dict[int, Outcome | Incomplete] = {}
        for at, language in enumerate(languages):
            if general._ear(language) != bucket.ear:
                outcomes[at] = general.begin(known[at].request)
        decoded: dict[int, Hypothesis] = {}
        rest = [at for at in range(len(requests)) if at not in outcomes]
        for members in alike(rest, [self._script(language) for language in languages]):
            part = rows(encoded, members, len(requests))
            told = [languages[at] for at in members]
            heard = self._generate(part, [requests[at] for at in members], told)
            decoded.update(zip(members, heard, strict=True))
        for members in alike(rest, languages):
            part, language = rows(encoded, members, len(requests)), languages[members[0]]
            asked, heard = [requests[at] for at in members], [decoded[at] for at in members]
            heard = self._rate(part, asked, heard, language)
            heard = self._likely(language).hear(part, asked, heard, language)
            words = self._align(part, asked, heard, language)
            for at, hypothesis, aligned in zip(members, heard, words, strict=True):
                outcomes[at] = self._judge(known[at], language, hypothesis, aligned)
        return [outcomes[at] for at in range(len(requests))]

    def _judge(
        self,
        hearing: Hearing,
        language: str,
        heard: Hypothesis,
        words: list[RecognisedWord],
    ) -> Outcome | Incomplete:
        """Believe a hypothesis, or listen again in a wider window, or drop what was made up."""
        request, window_s = hearing.request, hearing.bucket.window_s
        is_silent = not request.audio.any()  # with a prompt Whisper would write down its words
        chances, is_trained = (heard.no_speech, heard.log_probability), bool(hearing.bucket.ear)
        if is_silent or guards.is_silence(*chances, knows_noise=is_trained):
            self._metrics.receive_guard(request.kind, "silence")
            return Recognition("", language)
        if request.kind == "partial":
            text = heard.cut(request.seconds)
            if text != heard.text:
                self._metrics.receive_guard(request.kind, "cut")
            sure = of_words(
                self._tokenizer(language), heard.tokens, heard.probabilities, heard.text
            )
            size = len(text.split())
            kept = words if text == heard.text else words[:size]
            return Recognition(text, language, tuple(kept), sure[:size])
        loops = guards.is_loop(heard.text, words)
        is_full = guards.is_too_long(len(heard.tokens), request.seconds, language)
        doubted = loops or is_full
        wider = wider_window(request, window_s, doubted=doubted, echoes=guards.is_echo(heard.text))
        if wider is not None:
            self._metrics.receive_guard(request.kind, "wider")
            return hearing.in_window(self._decodings[request.kind].held_by(wider))
        if loops:
            self._metrics.receive_guard(request.kind, "cut")
            text = guards.cut_loop(heard.text)
            return Recognition(text, language, tuple(words[: len(text.split())]))
        found = Recognition(heard.text, language, tuple(words))
        return completed(request, found, is_full=is_full)

    def _encode(self, audios: list[Audio], window_s: float) -> Any:
        """Encode log-mel padded with zeros to the window, as faster-whisper pads it."""
        return self._whisper.model.encode(
            self._log_mel(audios, round(window_s * FRAMES_PER_SECOND)),
            to_cpu=False,
        )

    def _languages(self, encoded: Any, requests: Sequence[Request], ear: str) -> list[str]:
        """Each request's language, those that are to be found together; `ear`: the language whose
        own weights have encoded them, empty: the general ones."""
        unknown = [at for at, request in enumerate(requests) if request.language == AUTO]
        languages = [request.language for request in requests]
        if unknown:
            found = self._whisper.model.detect_language(rows(encoded, unknown, len(requests)))
            for at, ranking in zip(unknown, found, strict=True):
                shares = {token[2:-2]: share for token, share in ranking}
                languages[at] = requests[at].expected.chosen(shares, ear)
        return languages

    def _generate(
        self, encoded: Any, requests: Sequence[Request], languages: Sequence[str]
    ) -> list[Hypothesis]:
        """Decode requests of one kind and length of prompt, whose languages share their scripts."""
        prompts = [
            [*self._prompt(request), *self._tokenizer(language).sot_sequence]
            for request, language in zip(requests, languages, strict=True)
        ]
        tokenizer = self._tokenizer(languages[0])
        beam = self._decodings[requests[0].kind].beam
        # CTranslate2 gives no logits for a beam search.
        with_logits = requests[0].kind == "partial" and beam == 1 and self._rating == "logits"
        results = self._whisper.model.generate(
            encoded,
            [[*prompt, tokenizer.no_timestamps] for prompt in prompts],
            beam_size=beam,
            max_length=max_length(len(prompts[0]) + 1, requests, languages),
            return_scores=True,
            return_no_speech_prob=True,
            return_logits_vocab=with_logits,
            suppress_tokens=self._suppressed_in(languages[0]),
        )
        texts = [[t for t in result.sequences_ids[0] if t < tokenizer.eot] for result in results]
        sure: list[list[float]] = [[] for _ in results]
        if with_logits:
            logits = [result.logits[0] for result in results]
            sure = [by_logits(*one) for one in zip(logits, texts, strict=True)]
        return [
            Hypothesis(
                text, tokenizer.decode(text).strip(), result.scores[0], result.no_speech_prob, rated
            )
            for result, text, rated in zip(results, texts, sure, strict=True)
        ]

    def _rate(
        self, encoded: Any, requests: list[Request], heard: list[Hypothesis], language: str
    ) -> list[Hypothesis]:
        """Partials of one language with their tokens' probabilities, where no logits gave them."""
        is_rated = requests[0].kind == "partial" and self._decodings["partial"].beam == 1
        if not is_rated or self._rating == "logits":
            return heard
        frames = round(max(request.seconds for request in requests) * FRAMES_PER_SECOND)
        sot, texts = self._tokenizer(language).sot_sequence, [one.tokens for one in heard]
        sure = by_alignment(self._whisper.model, encoded, sot, texts, frames)
        return [replace(one, probabilities=rated) for one, rated in zip(heard, sure, strict=True)]

    def _prompt(self, request: Request) -> list[int]:
        """The tokens of a request's prompt: any language's tokenizer divides a text alike."""
        return prompt_tokens(self._tokenizer("en"), request.prompt) if request.prompt else []

    def _likely(self, language: str) -> Likely:
        return Likely(self._whisper.model, self._tokenizer(language), self._generate, self._prompt)

    def _script(self, language: str) -> frozenset[str]:
        """What languages must share to be decoded together: the tokens that are never written."""
        return scripts_of(language) | {"LATIN"}

    def _suppressed_in(self, language: str) -> list[int]:
        """The tokens that are never written: signs that nobody says, letters of other scripts."""
        if language not in self._suppressed:
            foreign = self._scripts.foreign_to(language)
            self._suppressed[language] = sorted({*self._signs, *foreign})
        return self._suppressed[language]

    def _align(
        self, encoded: Any, requests: list[Request], heard: list[Hypothesis], language: str
    ) -> list[list[RecognisedWord]]:
        """Word times by cross-attention (dynamic time warping, 20 ms steps)."""
        from faster_whisper.transcribe import merge_punctuations

        if not any(request.has_times for request in requests):
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
        return [[recognised_word(word) for word in a if word["word"].strip()] for a in alignments]

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
