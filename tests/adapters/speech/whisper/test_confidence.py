import numpy as np
import pytest

from tutor.adapters.speech.whisper.confidence import by_logits, rating_on


@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_logits_of_any_number_type_give_probabilities(kind: str) -> None:
    """numpy has no bfloat16: a worker with that type could not have started."""
    from ctranslate2 import DataType, StorageView

    scores = np.random.default_rng(0).standard_normal((3, 1, 500)).astype(np.float32)
    tokens = [7, 250, 499]
    steps = [StorageView.from_array(step).to(getattr(DataType, kind)) for step in scores]
    known = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    wanted = [known[n, 0, token] for n, token in enumerate(tokens)]
    assert by_logits(steps, tokens) == pytest.approx(wanted, rel=0.05)


def test_a_gpu_hands_out_no_vectors() -> None:
    """What is copied from it waits for it, token by token."""
    assert rating_on("cuda") == "alignment"
    assert rating_on("cpu") == "logits"
