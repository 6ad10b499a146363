"""A session that speaks goes on at another gateway: what is heard meanwhile is judged as before."""

from __future__ import annotations

import pytest

from tests.core.live.test_aloud import Talk
from tests.support.scripted import SPEECH, Answer, Hear, TakeOver, Wait, silence, speech
from tutor.adapters.wire.practice import decode_snapshot, encode_snapshot
from tutor.core.live.resumption import restored, snapshot
from tutor.core.protocol.messages import (
    SpeechPlayed,
    TutorSpeechCancelled,
    TutorSpeechDucked,
    TutorSpeechUnducked,
    UtteranceAside,
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("The weather is very nice", "echo"), ("Mhm", "backchannel"), ("Right", "backchannel")],
)
@pytest.mark.parametrize("moment", ["before", "within", "behind"])
def test_what_began_while_the_tutor_spoke_is_known_elsewhere(
    text: str, reason: str, moment: str
) -> None:
    """Wherever the gateway changes: the tutor answers neither itself nor a sign of listening."""
    talk = Talk()
    steps = [speech(350), speech(350), silence(800)]
    steps.insert(["before", "within", "behind"].index(moment), TakeOver())  # type: ignore[arg-type]
    talk.play.play(*steps, Answer(text=text), Wait(0.1))
    assert [one.reason for one in talk.told(UtteranceAside)] == [reason]
    assert talk.told(TutorSpeechCancelled) == []
    assert talk.assessed() == []


def test_words_that_began_before_the_move_still_silence_the_tutor() -> None:
    """The learner has spoken over it, and is answered."""
    talk = Talk()
    talk.play.play(speech(700), TakeOver(), silence(800), Answer(text="Wait a moment please"))
    talk.play.play(Wait(0.1))
    assert [one.reason for one in talk.told(TutorSpeechCancelled)] == ["interrupted"]
    assert talk.assessed() == ["u1"]


def test_a_soft_tutor_is_loud_again_elsewhere() -> None:
    """It was a cough."""
    talk = Talk()
    talk.play.play(speech(250))
    assert len(talk.told(TutorSpeechDucked)) == 1
    talk.play.play(TakeOver(), silence(1_500), Answer(text=""), Wait(0.1))
    assert len(talk.told(TutorSpeechDucked)) == len(talk.told(TutorSpeechUnducked))


def test_the_echo_of_what_was_said_last_is_known_elsewhere() -> None:
    """Its sound comes back late, behind the end of the reply and the change of the gateway."""
    talk = Talk()
    talk.play.play(SpeechPlayed(1, 60_000), TakeOver())
    talk.say("the next sentence from you")
    assert [one.reason for one in talk.told(UtteranceAside)] == ["echo"]
    talk.play.play(Wait(10.0), TakeOver())
    talk.say("the next sentence from you")
    assert talk.assessed() == ["u2"]


def test_who_hears_itself_there_hears_itself_here() -> None:
    """Sounds alone make a tutor soft no more that has heard itself once."""
    talk = Talk()
    talk.say("The weather is very nice")
    before = len(talk.told(TutorSpeechDucked))
    talk.play.play(TakeOver(), Hear(8_000, SPEECH))
    assert len(talk.told(TutorSpeechDucked)) == before


def test_a_snapshot_of_a_tutor_that_speaks_is_the_same_when_it_was_restored() -> None:
    """In the middle of an utterance that was begun over its voice."""
    talk = Talk()
    talk.say("The weather is very nice")
    talk.play.play(speech(300))
    kept = snapshot(talk.play.session, talk.play.now)
    assert kept.speaking is not None
    assert kept.speaking.begun_at
    assert kept.speaking.has_echo
    read = decode_snapshot(encode_snapshot(kept))
    assert read == kept
    other = restored(read, "secret", talk.play.config, talk.play.now)
    assert snapshot(other, talk.play.now).speaking == kept.speaking
