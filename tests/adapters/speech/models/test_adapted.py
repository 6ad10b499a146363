"""An adapted model is made once, verified at every start, and hears its own language alone."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from tests.support.speech import spoken
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.models import adapted
from tutor.adapters.speech.models.adaptation import Factors, save_update
from tutor.adapters.speech.models.adapted import Adaptation, adapt, merge_into
from tutor.adapters.speech.models.ctranslate2_file import ModelFile, read_model, write_model
from tutor.adapters.speech.models.weights import (
    PackagedFile,
    PackagedModel,
    WeightsError,
    is_packaged,
    join_model,
    resolve_model,
)
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.whisper.recogniser import WhisperRecogniser
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio.samples import RATE, to_float
from tutor.core.text.expected import Expected

CONFIG = b'{"alignment_heads": []}'


@pytest.fixture
def adaptation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adaptation:
    """A small packaged model, and an update of one of its two weights."""
    weight = np.eye(3, 4, dtype=np.float16)
    whole = BytesIO()
    write_model(ModelFile("Spec", 3, {"a/weight": weight, "b/weight": weight}, ()), whole)
    data = tmp_path / "site" / "small_model" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").touch()
    (data / "part").write_bytes(whole.getvalue())
    (data / "config.json").write_bytes(CONFIG)
    monkeypatch.syspath_prepend(tmp_path / "site")
    digest = sha256(whole.getvalue()).hexdigest()
    config = PackagedFile("small_model", "config.json", sha256(CONFIG).hexdigest())
    part = PackagedFile("small_model", "part", digest)
    base = PackagedModel("small", (part,), (config,), digest, len(whole.getvalue()))
    update = tmp_path / "update.safetensors"
    ones = Factors.of(np.ones((1, 4), np.float32), np.ones((3, 1), np.float32))
    save_update({"a/weight": ones}, update)
    folder = join_model(base, tmp_path / "other")
    merge_into(folder, update, made := BytesIO())
    return Adaptation(base, update, "en", sha256(made.getvalue()).hexdigest())


def test_the_update_is_in_the_weights(adaptation: Adaptation, tmp_path: Path) -> None:
    """The adapted model has the base's files, and the update in the weight that it names."""
    folder = adapt(adaptation, tmp_path / "cache")
    weights = read_model(folder / "model.bin").variables
    np.testing.assert_array_equal(weights["a/weight"], np.eye(3, 4) + 1)
    np.testing.assert_array_equal(weights["b/weight"], np.eye(3, 4))
    assert (folder / "config.json").read_bytes() == CONFIG


def test_it_is_made_once(adaptation: Adaptation, tmp_path: Path) -> None:
    """A second call takes what the first one made, even without the update."""
    made = (adapt(adaptation, tmp_path) / "model.bin").stat().st_mtime_ns
    adaptation.update.unlink()
    assert (adapt(adaptation, tmp_path) / "model.bin").stat().st_mtime_ns == made


def test_what_was_left_by_a_kill_is_written_anew(adaptation: Adaptation, tmp_path: Path) -> None:
    """Half a file of a process that was killed does no harm."""
    folder = adapt(adaptation, tmp_path)
    (folder / "model.bin").rename(folder / "model.bin.tmp")
    (folder / "model.bin.tmp").write_bytes(b"half")
    assert (adapt(adaptation, tmp_path) / "model.bin").stat().st_size > 4


def test_a_damaged_model_is_refused(adaptation: Adaptation, tmp_path: Path) -> None:
    """Other weights than those that were measured are not used; the message says what to do."""
    (adapt(adaptation, tmp_path) / "model.bin").write_bytes(b"other")
    with pytest.raises(WeightsError, match="corrupt: delete it"):
        adapt(adaptation, tmp_path)


def test_a_cache_that_cannot_be_written_is_told(adaptation: Adaptation, tmp_path: Path) -> None:
    """A full or missing disk names the folder and the setting that helps."""
    folder = adapt(adaptation, tmp_path)
    (folder / "model.bin").unlink()
    (folder / "model.bin.tmp").mkdir()
    with pytest.raises(WeightsError, match="TUTOR_ADAPTATION=off"):
        adapt(adaptation, tmp_path)


def test_a_cache_that_holds_all_need_not_be_writable(
    adaptation: Adaptation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image's, say: nothing is locked where nothing is to be written."""
    folder = adapt(adaptation, tmp_path)
    monkeypatch.setattr(adapted, "FileLock", None)
    assert adapt(adaptation, tmp_path) == folder


@pytest.mark.parametrize("update", [b"", b"version https://git-lfs.github.com/spec/v1"])
def test_a_damaged_update_is_told(adaptation: Adaptation, tmp_path: Path, update: bytes) -> None:
    """In one line with what helps; nothing of it is left for the next start."""
    adaptation.update.write_bytes(update)
    for _ in range(2):
        with pytest.raises(WeightsError, match=r"install the package again.*TUTOR_ADAPTATION=off"):
            adapt(adaptation, tmp_path)
    assert not list(tmp_path.rglob("*-en-*/model.bin"))


def test_weights_that_were_never_measured_are_not_used(
    adaptation: Adaptation, tmp_path: Path
) -> None:
    """They do not get their name."""
    other = replace(adaptation, sha256="0" * 64)
    with pytest.raises(WeightsError, match="other weights than those that were measured"):
        adapt(other, tmp_path)
    assert not list(tmp_path.rglob("*-en-*/model.bin"))


@pytest.mark.parametrize(("name", "packaged"), [("base", True), ("small", False), ("/x", False)])
def test_only_the_packaged_model_is_adapted(name: str, packaged: bool) -> None:
    """Weights of the user's own are never touched."""
    assert is_packaged(name) is packaged


@pytest.mark.heavy
def test_a_specialist_hears_its_language_alone() -> None:
    """English, said or found, goes to the specialist for it and is encoded there alone; the rest
    stays, in order."""
    settings, general, own = Settings.load(), WorkerMetrics(), WorkerMetrics()
    model = resolve_model("base", settings.cache_dir)
    english = WhisperRecogniser.load(settings, model, own)
    whisper = WhisperRecogniser.load(settings, model, general, {"en": english})
    audio = to_float(spoken("market.flac"))
    taught = Expected(("en", "es"))
    asked = [
        Request(audio, language, "partial", expected=taught) for language in ("es", "en", "auto")
    ]
    heard = whisper.recognise(asked)
    assert [one.language for one in heard] == ["es", "en", "en"]
    assert heard[1].text == heard[2].text != heard[0].text
    assert (encoded(own), encoded(general)) == (2, 1)
    (practised,) = whisper.recognise([replace(asked[2], expected=taught.practised("es"))])
    assert practised == heard[2]
    assert (encoded(own), encoded(general)) == (3, 2)  # the general model was likelier
    (shut_out,) = whisper.recognise([replace(asked[2], expected=Expected(("es", "fr")))])
    assert shut_out.language in ("es", "fr")
    assert not shut_out.is_adapted


def encoded(metrics: WorkerMetrics) -> float | None:
    """How many partials were encoded."""
    name = "tutor_encoder_window_seconds_count"
    return metrics.registry.get_sample_value(name, {"kind": "partial"})


@pytest.mark.heavy
def test_the_packaged_weights_hear_short_finals_in_a_window_of_their_own() -> None:
    """A final of two seconds is heard in five by the weights that were trained on short windows,
    another language's in the general model's eight, and a longer one in what holds it."""
    settings = Settings.load().model_copy(update={"adaptation": "on"})
    whisper = load_recogniser(settings, resolve_model("base", settings.cache_dir))
    assert isinstance(whisper, WhisperRecogniser)

    def window_s(seconds: float, language: str) -> float:
        audio = np.zeros(round(seconds * RATE), np.float32)
        return whisper.begin(Request(audio, language, "final")).bucket.window_s

    assert window_s(2.0, "en") == settings.adapted_window_s == 5
    assert window_s(2.0, "es") == settings.final_window_s == 8
    assert window_s(6.5, "en") == window_s(6.5, "es") == 8
