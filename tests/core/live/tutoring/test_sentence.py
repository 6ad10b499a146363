"""How long a sentence that is read with a pause in it is held."""

from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import WHISPER_WINDOW_S
from tutor.core.live.tutoring.sentence import OpenSentence
from tutor.core.live.tutoring.turn import Practised, Turn
from tutor.core.live.utterances.understood import Understood
from tutor.core.protocol.messages import Exercise


def test_noise_that_passes_for_speech_holds_no_sentence_for_ever() -> None:
    """A turn that waits for its sentence's rest is judged after one utterance and one wait, however
    often somebody seems to speak: its audio is not kept for longer."""
    practised = Practised.of(Exercise("read_aloud", "One two three four."), "en")
    said = Understood("u1", 1_000, 64_000, Recognition("One two", "en"))
    open_sentence, turn, wait_s = OpenSentence(6.0), Turn(said, practised), 6.0
    open_sentence.resume_with(turn, 100.0)
    over_at = 100.0 + WHISPER_WINDOW_S + wait_s
    for now in range(100, int(over_at)):
        assert open_sentence.receive_tick(now, practised, speaking=True) == ()
    assert open_sentence.receive_tick(over_at, practised, speaking=True) == (turn,)
    assert open_sentence.turns == ()
