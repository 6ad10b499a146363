"""How probable the tokens of a partial are, by the way that is cheap on its device.

Greedy decoding can hand out the logits of each step: a vector over the vocabulary for each token.
On a CPU they are at hand. On a GPU they would have to be copied and summed up on the host, 0.12 ms
and more for each token of each member of a batch, during which the GPU waits; there one pass of the
decoder over the whole text gives the same probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

Rating = Literal["logits", "alignment"]
"""Where the probabilities come from."""


def rating_on(device: str) -> Rating:
    """The way that is cheap on a device."""
    return "alignment" if device == "cuda" else "logits"


def by_logits(logits: Sequence[Any], tokens: Sequence[int]) -> list[float]:
    """The probability of each token; `logits`: one vector over the vocabulary for each step, of any
    number type."""
    from ctranslate2 import DataType, Device

    probabilities = []
    for step, token in zip(logits, tokens, strict=False):
        # numpy knows no bfloat16.
        scores = np.array(step.to(DataType.float32).to_device(Device.cpu)).ravel()
        probabilities.append(float(1 / np.exp(scores - scores[token]).sum()))
    return probabilities


def by_alignment(
    whisper: Any, encoded: Any, sot: Sequence[int], texts: Sequence[list[int]], frames: int
) -> list[list[float]]:
    """The probability of each token of each text of a batch, by one more pass of the decoder.

    `whisper`: CTranslate2's model; `encoded`: its encoder's output for the batch; `sot`: the start
    of each text; `frames`: of audio, 100 a second.
    """
    if not any(texts):
        return [[] for _ in texts]
    found = whisper.align(encoded, list(sot), list(texts), frames)
    return [
        [float(one) for one in each.text_token_probs[: len(text)]]
        for each, text in zip(found, texts, strict=True)
    ]


def of_words(
    tokenizer: Any, tokens: Sequence[int], probabilities: Sequence[float], text: str
) -> tuple[float, ...]:
    """The probability of the least probable token of each word of a text, punctuation aside; none
    where the tokens have none."""
    if not probabilities:
        return ()
    words: list[float] = []
    begin = 0
    for piece, parts in zip(*tokenizer.split_tokens_on_unicode(tokens), strict=True):
        if piece.startswith(" ") or not words:
            words.append(1.0)
        if any(sign.isalnum() for sign in piece):
            least = min(probabilities[begin : begin + len(parts)])
            words[-1] = round(min(words[-1], least), 3)
        begin += len(parts)
    return tuple(words) if len(words) == len(text.split()) else ()
