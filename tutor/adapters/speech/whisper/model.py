"""faster-whisper's model, whose tokenizer is shared by all models of a process that have the same.

Importing this module takes half a second: it is imported where a model is loaded.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import ctranslate2
import tokenizers
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.utils import get_logger

from tutor.adapters.speech.memory import give_back_memory


class Whisper(WhisperModel):  # type: ignore[misc]
    """A Whisper model that is loaded, as far as it is used here: encoded, decoded and aligned by
    CTranslate2.

    faster-whisper itself takes the number of mel bands from `preprocessor_config.json`, and 80
    where a folder has none: large-v3 and turbo, which want 128, would fail every call. The weights
    know it.
    """

    def __init__(
        self, folder: Path, device: str, compute_type: str, threads: int, calls: int = 1
    ) -> None:
        """`threads`: of one call; `calls`: how many run at once, with the same weights."""
        self.logger = get_logger()
        self.model = ctranslate2.models.Whisper(
            str(folder),
            device=device,
            compute_type=compute_type,
            intra_threads=threads,
            inter_threads=calls,
        )
        give_back_memory()
        self.hf_tokenizer: Any = tokenizer_in(folder) or tokenizers.Tokenizer.from_pretrained(
            "openai/whisper-tiny" + ("" if self.model.is_multilingual else ".en")
        )
        told = self._get_feature_kwargs(str(folder))
        self.feature_extractor = FeatureExtractor(**told | {"feature_size": self.model.n_mels})
        per_token = 2 * self.feature_extractor.hop_length
        self.tokens_per_second = self.feature_extractor.sampling_rate // per_token


def tokenizer_in(folder: Path) -> Any:
    """The tokenizer in a model's folder; None: there is none.

    It takes 0.2 s and 30 MB: where the file is the same, so is the object.
    """
    try:
        return _tokenizer((folder / "tokenizer.json").read_bytes())
    except FileNotFoundError:
        return None


@cache
def _tokenizer(text: bytes) -> Any:
    return tokenizers.Tokenizer.from_buffer(text)
