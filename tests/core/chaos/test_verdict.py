"""What was sent and received is judged: whole, failed, differing, doubled or lost."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.chaos.account import Account, Said, Told
from tutor.core.chaos.outcome import Outcome
from tutor.core.chaos.verdict import LATE_S, Verdict, judge
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import (
    AudioAck,
    Error,
    ServerEvent,
    SessionStarted,
    SessionSummary,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDone,
)

TEXTS = ("The weather is nice.", "I went to the market.", "Where is the station?")
SAID = tuple(Said(text, 500 + 4000 * n, 2500 + 4000 * n) for n, text in enumerate(TEXTS))
UNDISTURBED = {text: frozenset({text}) for text in TEXTS}


@dataclass
class Session:
    """What a faithful server tells, and where it may be made unfaithful."""

    feedback: bool = False
    told: list[Told] = field(default_factory=list)
    seq: int = 1
    at_s: float = 0.0

    def tell(self, *events: ServerEvent) -> None:
        """Number events and send them."""
        for event in events:
            self.seq += 1
            self.told.append(Told(self.at_s, self.seq, event))

    def hear(self, number: int, text: str | None = None, offset_ms: int = 0) -> None:
        """A sentence as one utterance, half a second after it was said."""
        said, name = SAID[number], f"u{number + 1}"
        text = TEXTS[number] if text is None else text
        start, end = said.start_ms - offset_ms, said.end_ms - offset_ms
        self.at_s = max(self.at_s, said.end_ms / 1000 + 0.5)
        self.tell(
            SpeechStarted(name, start - 200),
            TranscriptPartial(name, 1, text[:5], text[5:], end),
            SpeechStopped(name, end),
            TranscriptFinal(name, text, "en", (), start, end),
        )
        if self.feedback:
            self.tell(TutorReplyDone(name, "Good.", "coach"))

    def end(self, close_code: int | None = 1000) -> Account:
        """The summary, and all that the learner can tell."""
        self.tell(AudioAck(12_000, 1), SessionSummary(3, 12, 12_000, 6000))
        return Account(0.0, SAID, tuple(self.told), close_code, self.feedback)


def whole(*, feedback: bool = False) -> Account:
    """A session in which all went well."""
    session = Session(feedback)
    for number in range(len(SAID)):
        session.hear(number)
    return session.end()


def renumbered(account: Account, keep: Callable[[ServerEvent], bool]) -> Account:
    """The account of a server that has never told some events."""
    kept = [one for one in account.told if keep(one.event)]
    return replace(account, told=tuple(replace(one, seq=n) for n, one in enumerate(kept, start=2)))


def outcomes(verdict: Verdict) -> list[str]:
    """What became of the sentences."""
    return [one.outcome.value for one in verdict.sentences]


@pytest.mark.parametrize("feedback", [True, False])
def test_an_undisturbed_session_is_whole(feedback: bool) -> None:
    """Nothing is found where nothing is."""
    verdict = judge(whole(feedback=feedback), UNDISTURBED)
    assert outcomes(verdict) == ["whole"] * 3
    assert verdict.broken == ()
    assert all(one.is_answered for one in verdict.sentences)
    assert verdict.recovered_s(1.0) == 0


@given(st.data())
def test_an_event_that_is_missing_or_comes_twice_is_found(data: st.DataObject) -> None:
    """Whichever it is: the numbers have a gap, or one of them comes again."""
    account = whole()
    at = data.draw(st.integers(0, len(account.told) - 1))
    is_twice = data.draw(st.booleans())
    told = list(account.told)
    told[at : at + 1] = [told[at]] * 2 if is_twice else []
    verdict = judge(replace(account, told=tuple(told)), UNDISTURBED)
    last_is_gone = at == len(account.told) - 1 and not is_twice  # then there is no summary
    assert verdict.broken
    assert any("after" in text for text in verdict.broken) is not last_is_gone


@given(st.integers(0, 2))
def test_a_final_that_was_never_told_is_a_lost_utterance(number: int) -> None:
    """Also where the numbers do not show it."""
    name = f"u{number + 1}"
    account = renumbered(
        whole(), lambda event: not (isinstance(event, TranscriptFinal) and event.utterance == name)
    )
    verdict = judge(account, UNDISTURBED)
    assert outcomes(verdict) == ["lost" if n == number else "whole" for n in range(3)]
    assert verdict.broken == ()


@given(st.integers(0, 2))
def test_an_utterance_that_nobody_heard_is_lost(number: int) -> None:
    """All of its events are missing."""
    name = f"u{number + 1}"
    account = renumbered(whole(), lambda event: getattr(event, "utterance", "") != name)
    expected = ["lost" if n == number else "whole" for n in range(3)]
    assert outcomes(judge(account, UNDISTURBED)) == expected


@given(st.integers(0, 2), st.sampled_from(["event", "utterance", "words"]))
def test_what_is_told_twice_is_doubled(number: int, how: str) -> None:
    """A second final, the sentence as another utterance, or its words twice in one."""
    session = Session()
    for n, text in enumerate(TEXTS):
        session.hear(n, f"{text} {text}" if n == number and how == "words" else text)
        said, name = SAID[n], f"u{n + 1}"
        if n == number and how != "words":
            again = name if how == "event" else "u9"
            if how == "utterance":
                session.tell(SpeechStarted(again, said.start_ms))
            session.tell(TranscriptFinal(again, text, "en", (), said.start_ms, said.end_ms))
    verdict = judge(session.end(), UNDISTURBED)
    assert outcomes(verdict) == ["doubled" if n == number else "whole" for n in range(3)]


def test_an_error_that_names_the_utterance_is_told() -> None:
    """It is its terminal event; words of the rest of the sentence do not mend it."""
    session = Session()
    session.hear(0)
    session.tell(SpeechStarted("u2", 4400), Error("recognition_failed", "", False, "u2"))
    session.tell(SpeechStarted("u4", 5600))
    session.tell(TranscriptFinal("u4", "the market.", "en", (), 5600, 6500))
    session.hear(2)
    verdict = judge(session.end(), UNDISTURBED)
    assert outcomes(verdict) == ["whole", "failed", "whole"]
    assert verdict.count(Outcome.FAILED) == 1


def test_other_words_differ() -> None:
    """Case, punctuation and how numbers are written do not count."""
    session = Session()
    session.hear(0, "the weather is nice")
    session.hear(1, "I went to the supermarket.")
    session.hear(2)
    assert outcomes(judge(session.end(), UNDISTURBED)) == ["whole", "differing", "whole"]


def test_a_sentence_in_two_utterances_is_one() -> None:
    """Where each has its end, and the words together are those that were said."""
    session = Session()
    session.hear(0)
    for name, text, start in (("u2", "I went", 4500), ("u4", "to the market.", 5400)):
        session.tell(SpeechStarted(name, start))
        session.tell(TranscriptFinal(name, text, "en", (), start, start + 800))
    session.hear(2)
    assert outcomes(judge(session.end(), UNDISTURBED)) == ["whole"] * 3


def test_a_session_that_is_lost_goes_on_where_its_audio_was_safe() -> None:
    """Its clock begins anew; an utterance that it leaves open has had its end by that, if its words
    come from the next."""
    session = Session()
    session.hear(0)
    session.tell(AudioAck(4300), SpeechStarted("u2", 4400))
    session.seq = 0
    session.tell(SessionStarted("s2", "token", Limits(), recovered=False))
    session.hear(1, offset_ms=4300)
    session.hear(2, offset_ms=4300)
    verdict = judge(session.end(), UNDISTURBED)
    assert outcomes(verdict) == ["whole"] * 3
    assert verdict.broken == ()


def test_an_utterance_without_an_end_is_lost_though_its_words_came() -> None:
    """In a session that was not lost each one has its end."""
    session = Session()
    session.hear(0)
    session.tell(SpeechStarted("u8", 900))
    session.hear(1)
    session.hear(2)
    assert outcomes(judge(session.end(), UNDISTURBED)) == ["lost", "whole", "whole"]


def test_committed_words_that_change_are_found() -> None:
    """They are promised to stay."""
    session = Session()
    session.tell(SpeechStarted("u1", 500), TranscriptPartial("u1", 1, "The whether", "", 900))
    session.tell(TranscriptPartial("u1", 2, "The weather", "", 1200))
    session.tell(TranscriptFinal("u1", TEXTS[0], "en", (), 500, 2500))
    session.hear(1)
    session.hear(2)
    (broken,) = judge(session.end(), UNDISTURBED).broken
    assert "The whether" in broken


def test_words_before_anything_was_said_are_found() -> None:
    """Nobody spoke."""
    session = Session()
    session.tell(SpeechStarted("u0", 0), TranscriptFinal("u0", "Thank you.", "en", (), 0, 50))
    for number in range(3):
        session.hear(number)
    assert judge(session.end(), UNDISTURBED).broken == ("words of nobody: Thank you.",)


@pytest.mark.parametrize("close_code", [None, 1006, 1013])
def test_a_session_that_did_not_end_well_is_found(close_code: int | None) -> None:
    """By its close code, though all words came."""
    session = Session()
    for number in range(3):
        session.hear(number)
    assert judge(session.end(close_code), UNDISTURBED).broken == (f"closed with {close_code}",)


@pytest.mark.parametrize("ends", [0, 2])
def test_feedback_ends_once(ends: int) -> None:
    """With the reply, or with the error that says that there is none."""
    session = Session()
    for number in range(3):
        session.hear(number)
        session.tell(Error("feedback_failed", "", False, f"u{number + 1}"))
    good = replace(session.end(), has_feedback=True)
    assert all(one.is_answered for one in judge(good, UNDISTURBED).sentences)
    session = Session()
    for number in range(3):
        session.hear(number)
        for _ in range(ends if number == 1 else 1):
            session.tell(TutorReplyDone(f"u{number + 1}", "Good.", "coach"))
    bad = replace(session.end(), has_feedback=True)
    assert [one.is_answered for one in judge(bad, UNDISTURBED).sentences] == [True, False, True]


@given(st.floats(0.1, 60), st.floats(0, 8))
def test_recovery_is_until_the_last_late_words(late_s: float, fault_at_s: float) -> None:
    """Counted from the fault; words that came in time do not count."""
    session = Session()
    session.hear(0)
    session.hear(1)
    session.at_s = SAID[2].end_ms / 1000 + late_s
    session.hear(2)
    verdict = judge(session.end(), UNDISTURBED)
    told_at_s = verdict.sentences[2].told_at_s
    assert told_at_s is not None
    is_late = told_at_s - SAID[2].end_ms / 1000 > LATE_S
    expected = max(0.0, told_at_s - fault_at_s) if is_late else 0.0
    assert verdict.recovered_s(fault_at_s) == pytest.approx(expected)


@pytest.mark.parametrize("ends", [0, 2])
def test_an_utterance_of_nobody_has_one_end_too(ends: int) -> None:
    """A noise before the first sentence: nothing was said, and still it is promised."""
    session = Session()
    session.tell(SpeechStarted("u0", 0))
    session.tell(*[TranscriptFinal("u0", "", "en", (), 0, 50)] * ends)
    for number in range(3):
        session.hear(number)
    assert judge(session.end(), UNDISTURBED).broken == (f"an utterance of nobody has {ends} ends",)


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (SpeechStarted("u1", 900), "u1 began twice"),
        (TranscriptPartial("u1", 9, "The weather", "", 900), "transcript.partial of u1"),
        (SpeechStopped("u1", 900), "speech.stopped of u1"),
        (TranscriptFinal("u7", "", "en", (), 500, 900), "an end of u7, which never began"),
        (Error("recognition_failed", "", False, "u7"), "an end of u7, which never began"),
    ],
)
def test_what_is_told_out_of_order_is_found(event: ServerEvent, fault: str) -> None:
    """Behind an utterance's end, or of one that nobody knows."""
    session = Session()
    session.hear(0)
    session.tell(event)
    session.hear(1)
    session.hear(2)
    assert fault in " ".join(judge(session.end(), UNDISTURBED).broken)


def test_scores_that_were_told_not_to_be_there_are_counted() -> None:
    """They are an end, and yet not what was asked for."""
    session = Session(feedback=True)
    session.hear(0)
    session.feedback = False
    session.hear(1)
    session.tell(Error("feedback_failed", "", False, "u2"))
    session.feedback = True
    session.hear(2)
    verdict = judge(session.end(), UNDISTURBED)
    assert [one.is_unscored for one in verdict.sentences] == [False, True, False]
    assert all(one.is_answered for one in judge(session.end(), UNDISTURBED).sentences)
