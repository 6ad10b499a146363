"""The translator behind a real session: scripted speech and answers in, OpenAI's events out."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tests.support.scripted import (
    SILENCE,
    SPEECH,
    Answer,
    Fault,
    Hear,
    Play,
    Step,
    Wait,
    silence,
    speech,
)
from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.commands import Command, Listen
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Cancel, DropAudio, Emit
from tutor.core.live.utterances.segmenter import SegmenterConfig
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import AudioAck, TurnEnded
from tutor.core.protocol.messages import SpeechStopped as Stopped
from tutor.core.queue.jobs import RecognitionJob
from tutor.core.realtime.protocol import (
    MAX_PREFIX_PADDING_MS,
    Append,
    Audio,
    AudioInput,
    Clear,
    Cleared,
    Commit,
    Committed,
    ErrorEvent,
    Format,
    ItemAdded,
    ItemDone,
    RealtimeError,
    RealtimeEvent,
    SemanticVad,
    ServerVad,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TranscriptCompleted,
    TranscriptDelta,
    TranscriptFailed,
    Transcription,
    TranscriptionSession,
)
from tutor.core.realtime.translator import Translator

EventT = TypeVar("EventT", bound=RealtimeEvent)

ROOM = to_samples(MAX_PREFIX_PADDING_MS)

SHORT = SessionConfig(
    segmenter=SegmenterConfig(
        pre_roll=ROOM, max_utterance=to_samples(2_000), cut_search=to_samples(500)
    )
)
"""Utterances of two seconds at most, so that forced endpoints come often."""


def update(
    turns: ServerVad | SemanticVad | None = None,
    language: str | None = "en",
    prompt: str | None = None,
) -> SessionUpdate:
    """A `session.update`; by itself: turns are the client's."""
    heard = AudioInput(transcription=Transcription(None, language, prompt), turn_detection=turns)
    return SessionUpdate(TranscriptionSession(audio=Audio(heard)))


MANUAL = update()

VAD = update(ServerVad())


@dataclass(frozen=True)
class Told:
    """A client's event with an id of its own."""

    event: Commit | Clear | SessionUpdate | Append
    event_id: str


class Talk(Play):
    """A session behind a translator, and what its client was told."""

    def __init__(self, *steps: "Step | Commit | Clear | SessionUpdate | Append | Told") -> None:
        self.translator = Translator()
        self.told: list[tuple[str, RealtimeEvent]] = []
        super().__init__(*self.translator.opening, *steps, config=SHORT)  # type: ignore[arg-type]

    def say(self, *steps: "Step | Commit | Clear | SessionUpdate | Append | Told") -> None:
        """Go on."""
        self.play(*steps)  # type: ignore[arg-type]

    def _take_other(self, step: object) -> None:
        told = step if isinstance(step, Told) else None
        event = told.event if told else step
        if isinstance(event, Commit | Clear | SessionUpdate | Append):
            self._take_event(event, told.event_id if told else None)
        elif isinstance(event, Command):
            self.session.receive_message(event, self.now)
        else:
            super()._take_other(step)  # type: ignore[arg-type]

    def _take_event(
        self, event: Commit | Clear | SessionUpdate | Append, event_id: str | None
    ) -> None:
        try:
            taken = self.translator.receive_client(event, event_id)
        except RealtimeError as error:
            self.translator.receive_fault(error, event_id)
            return
        if not isinstance(taken, bytes):
            self.session.receive_message(taken, self.now)

    def _hear(self, samples: int, probability: float) -> None:
        """Audio at 16 kHz; the client appended it at the session's rate."""
        if self.session.state == "open":
            rate = self.translator.session.audio.input.format.sample_rate
            self.translator.receive_client(Append(bytes(samples * rate // 16_000 * 2)))
        super()._hear(samples, probability)

    def _gather(self) -> None:
        first = len(self.log)
        super()._gather()
        for done in self.log[first:]:
            if isinstance(done.effect, Emit):
                self.translator.receive_event(done.effect.event)
        self.translator.receive_end()
        self.told += self.translator.collect()

    def told_of(self, kind: type[EventT]) -> list[EventT]:
        """The events of one kind."""
        return [event for _, event in self.told if isinstance(event, kind)]

    @property
    def types(self) -> list[str]:
        """The types of the events after the session's own."""
        return [event.type for _, event in self.told if not event.type.startswith("session.")]

    def deltas(self, item_id: str) -> str:
        """An item's deltas, put together."""
        return "".join(d.delta for d in self.told_of(TranscriptDelta) if d.item_id == item_id)

    @property
    def faults(self) -> list[tuple[str, str | None]]:
        """Code and client's event id of each error."""
        return [(error.code, error.event_id) for error in self.told_of(ErrorEvent)]


# ---------------------------------------------------------------- what always holds


SENTENCE = "I went to school and then I went home to eat".split()

hears = st.builds(
    Hear,
    st.sampled_from([160, WINDOW, 1_600, 5_120, 12_800, 32_000]),
    st.sampled_from([SPEECH, SPEECH, SILENCE, 0.4]),
)

answers = st.builds(
    Answer,
    job=st.integers(-4, -1),
    text=st.sampled_from(["", "I", "I go", "I went.", "i went to", "I went to school", "我去"]),
    outcome=st.sampled_from(["ok", "ok", "ok", "failed", "audio_gone"]),
    language=st.sampled_from(["en", "en", "zh"]),
)

agreeing = st.builds(
    lambda job, count: Answer(job=job, text=" ".join(SENTENCE[:count])),
    st.integers(-4, -1),
    st.integers(0, len(SENTENCE)),
)

EAGER = ServerVad(threshold=0.2, prefix_padding_ms=0, silence_duration_ms=200)

requests = st.sampled_from(
    [Commit(), Commit(), Clear(), MANUAL, VAD, update(language="de"), update(EAGER)]
)

waits = st.builds(Wait, st.sampled_from([0.25, 1.0, 6.0]))

STEPS = st.lists(st.one_of(hears, hears, hears, answers, answers, requests, waits), max_size=40)

MURMUR = 0.2
"""Neither speech nor so quiet that a final is begun ahead."""

END = (Fault("going_away"), Wait(31), Wait(31))


def check(talk: Talk) -> None:
    """Assert what a client may rely on, whatever came in."""
    ids = [event_id for event_id, _ in talk.told]
    assert len(set(ids)) == len(ids)
    committed = talk.told_of(Committed)
    names = [event.item_id for event in committed]
    assert len(set(names)) == len(names)
    assert [event.previous_item_id for event in committed] == [None, *names][: len(names)]
    assert [(e.item_id, e.previous_item_id) for e in talk.told_of(ItemAdded)] == [
        (e.item_id, e.previous_item_id) for e in committed
    ]
    for item_id in {getattr(event, "item_id", None) for _, event in talk.told} - {None}:
        check_item(talk, str(item_id), is_committed=item_id in names)


ORDER = [
    SpeechStarted.type,
    SpeechStopped.type,
    Committed.type,
    ItemAdded.type,
    TranscriptCompleted.type,
    ItemDone.type,
]


def check_item(talk: Talk, item_id: str, *, is_committed: bool) -> None:
    """One item's events: each kind once, in order, one transcript, nothing after it."""
    kinds = [e.type for _, e in talk.told if getattr(e, "item_id", None) == item_id]
    told = [kind for kind in kinds if kind != TranscriptDelta.type]
    plain = [TranscriptCompleted.type if k == TranscriptFailed.type else k for k in told]
    assert plain == sorted(set(plain), key=ORDER.index)
    assert (Committed.type in plain) == is_committed
    assert (TranscriptCompleted.type in plain) == (ItemDone.type in plain) == is_committed
    assert not is_committed or kinds[-1] == ItemDone.type


@few(50)
@given(STEPS)
def test_every_committed_item_gets_one_transcript_or_one_failure(steps: list[Step]) -> None:
    """Whatever comes in whatever order: one end per item, a whole chain, ids that are unique."""
    talk = Talk(*steps, *END)
    check(talk)
    assert talk.session.state == "closed"


@few(50)
@given(st.lists(st.one_of(hears, hears, agreeing, agreeing, st.just(Commit()), waits), max_size=40))
def test_deltas_are_the_beginning_of_what_is_heard(steps: list[Step]) -> None:
    """While a recogniser does not contradict itself, neither do the deltas; none comes twice."""
    talk = Talk(VAD, *steps, *END)
    check(talk)
    for item_id in {delta.item_id for delta in talk.told_of(TranscriptDelta)}:
        assert " ".join(SENTENCE).startswith(talk.deltas(item_id))


@given(st.lists(st.integers(1, 12), min_size=1, max_size=8), st.integers(1, 10))
def test_with_a_final_that_agrees_the_deltas_are_the_transcript(
    frames: list[int], count: int
) -> None:
    """A client that only reads deltas has the whole transcript when it is completed."""
    talk = Talk(VAD)
    for number, length in enumerate(frames):
        heard = " ".join(SENTENCE[: min(count, number + 1)])
        talk.say(Hear(length * WINDOW), Answer(text=heard))
    whole = " ".join(SENTENCE[:count])
    talk.say(Commit(), Answer(text=whole), Fault("going_away"), Answer(text=whole))
    for completed in talk.told_of(TranscriptCompleted):
        assert talk.deltas(completed.item_id) == completed.transcript


@given(st.lists(st.tuples(st.integers(1, 6_000), st.booleans()), min_size=1, max_size=40))
def test_no_sample_between_two_commits_is_lost(frames: list[tuple[int, bool]]) -> None:
    """With turns by commit the utterances follow each other sample by sample, silence and all."""
    talk = Talk(MANUAL, Hear(1_600))
    for samples, is_speech in frames:
        talk.say(Hear(samples, SPEECH if is_speech else MURMUR))
    talk.say(Hear(1_600, MURMUR), Commit())
    starts = [talk.start(utterance) for utterance in talk.utterances]
    assert starts[0] == 0
    for utterance, span in zip(talk.utterances, pairwise([*starts, talk.received]), strict=True):
        assert span[1] - span[0] <= to_samples(2_000)
        # Where nobody spoke no final is asked for.
        assert not talk.finals(utterance) or talk.span(utterance) == span
    assert len(talk.told_of(Committed)) == 1


# ---------------------------------------------------------------- turns by voice activity


def test_an_item_from_speech_to_transcript() -> None:
    """Speech is announced, deltas come while it lasts, the silence commits, `completed` follows."""
    talk = Talk(VAD, silence(640), speech(640), Answer(text="good morning"))
    talk.say(speech(640), Answer(text="good morning to"), silence(500), silence(32))
    talk.say(Answer(text="Good morning to you."))
    assert talk.types == [
        SpeechStarted.type,
        TranscriptDelta.type,
        SpeechStopped.type,
        Committed.type,
        ItemAdded.type,
        TranscriptDelta.type,
        TranscriptCompleted.type,
        ItemDone.type,
    ]
    assert [delta.delta for delta in talk.told_of(TranscriptDelta)] == ["good morning", " to you."]
    assert talk.told_of(SpeechStarted) == [SpeechStarted("item_s1_1", 640 - 300)]
    assert talk.told_of(SpeechStopped) == [SpeechStopped("item_s1_1", 640 + 1_280 + 500)]
    assert talk.told_of(TranscriptCompleted) == [
        TranscriptCompleted("item_s1_1", "Good morning to you.", 2.08)
    ]


def test_semantic_turn_detection_asks_the_words() -> None:
    """An item ends where the turn does, and its eagerness is our patience."""
    heard = AudioInput(turn_detection=SemanticVad(eagerness="low"))
    listen = Translator().receive_client(SessionUpdate(TranscriptionSession(audio=Audio(heard))))
    assert isinstance(listen, Listen)
    assert listen.activity is not None
    assert (listen.activity.silence_duration_ms, listen.activity.patience) == (None, "patient")
    talk = Talk(update(SemanticVad()), silence(640), speech(640), silence(640))
    (stopped,) = talk.told_of(SpeechStopped)
    assert stopped.audio_end_ms == 640 + 640 + 608


def test_the_session_is_created_before_anything_is_said() -> None:
    """The first event is `session.created` with the defaults, then every update is answered."""
    talk = Talk(MANUAL)
    assert talk.told_of(SessionCreated) == [SessionCreated("s1", TranscriptionSession())]
    assert talk.told_of(SessionUpdated) == [SessionUpdated("s1", MANUAL.session)]


def test_a_commit_during_speech_ends_the_item_without_speech_stopped() -> None:
    """As the protocol has it: no `speech_stopped` where the client itself has committed."""
    talk = Talk(VAD, speech(640), Commit())
    assert talk.types == [SpeechStarted.type, Committed.type, ItemAdded.type]


def test_a_commit_without_speech_is_an_error_that_names_the_event() -> None:
    """Voice activity has found nothing to commit; the session goes on."""
    talk = Talk(VAD, silence(640), Told(Commit(), "c1"), speech(640))
    assert talk.faults == [("input_audio_buffer_commit_empty", "c1")]
    assert talk.types[-1] == SpeechStarted.type


def test_a_final_with_other_words_is_told_by_completed_alone() -> None:
    """What was sent stays; nothing that does not fit is appended."""
    talk = Talk(VAD, speech(640), Answer(text="I scream"), speech(640), Answer(text="I scream"))
    talk.say(Commit(), Answer(text="Ice cream."))
    assert talk.deltas("item_s1_1") == "I scream"
    assert [e.transcript for e in talk.told_of(TranscriptCompleted)] == ["Ice cream."]


def test_an_utterance_that_fails_is_told_by_failed() -> None:
    """A final that never comes is `failed`, and the item is done without a transcript."""
    talk = Talk(VAD, speech(640), Commit(), Wait(31))
    assert [(e.item_id, e.code) for e in talk.told_of(TranscriptFailed)] == [
        ("item_s1_1", "recognition_failed")
    ]
    assert [e.transcript for e in talk.told_of(ItemDone)] == [None]
    assert talk.faults == []


# ---------------------------------------------------------------- turns by commit


def test_without_turn_detection_silence_ends_nothing() -> None:
    """Only a commit makes an item; deltas come before it, and no voice activity is told of."""
    talk = Talk(MANUAL, speech(640), Answer(text="one"), speech(320), Answer(text="one two"))
    talk.say(Hear(8_000, SILENCE))
    assert talk.types == [TranscriptDelta.type]
    talk.say(Told(Commit(), "c"), Answer(text="One two."))
    assert talk.types[1:] == [
        Committed.type,
        ItemAdded.type,
        TranscriptDelta.type,
        TranscriptCompleted.type,
        ItemDone.type,
    ]
    assert talk.deltas("item_s1_1") == "one two."
    assert [e.transcript for e in talk.told_of(TranscriptCompleted)] == ["One two."]


def begun(talk: Talk) -> list[RecognitionJob]:
    """The finals that were asked for, those begun ahead too, retries left out."""
    return [job for job in talk.jobs_of("final") if job.attempt == 1]


@given(st.lists(st.one_of(hears, st.just(Commit())), max_size=40))
def test_no_final_is_begun_before_the_commit(steps: list[Step | Commit]) -> None:
    """However often the speaker pauses: one final at most for each commit and each forced
    endpoint."""
    talk = Talk(MANUAL)
    for step in steps:
        talk.say(step)
        assert len(begun(talk)) <= len(talk.events_of(Stopped))


def test_a_pause_in_an_item_takes_no_worker() -> None:
    """With voice activity a pause begins a final; where turns are the client's, the commit does."""
    said = (speech(320), Hear(6_400, SILENCE), speech(320), Hear(6_400, SILENCE))
    assert len(begun(Talk(VAD, *said))) >= 2
    talk = Talk(MANUAL, *said)
    assert begun(talk) == []
    talk.say(Commit())
    (final,) = begun(talk)
    assert final.audio_bytes == (2 * 320 + 2 * 400) * 32


def test_an_open_microphone_takes_no_worker_while_nothing_is_said() -> None:
    """Forced endpoints in silence are answered without a recogniser; what is said then is heard,
    and the item has all of it."""
    talk = Talk(MANUAL, *[Hear(16_000, SILENCE)] * 7)
    assert talk.jobs == []
    forced = len(talk.events_of(Stopped))
    assert [type(effect) for effect in talk.effects].count(DropAudio) == forced > 2
    talk.say(speech(640), Commit())
    (final,) = begun(talk)
    talk.say(Answer(talk.jobs.index(final), text="Hello."))
    (completed,) = talk.told_of(TranscriptCompleted)
    assert completed.transcript == "Hello."
    assert completed.seconds == pytest.approx(7.64, abs=0.01)


def test_silence_that_is_committed_has_no_words() -> None:
    """Where voice activity heard nobody no recogniser is asked, who would make words up: the
    transcript is empty, and there at once."""
    talk = Talk(MANUAL, Hear(48_000, SILENCE), Commit())
    assert talk.jobs == []
    (completed,) = talk.told_of(TranscriptCompleted)
    assert (completed.transcript, completed.seconds) == ("", 3.0)


def test_an_item_longer_than_an_utterance_is_one_transcript() -> None:
    """At the utterance's limit the item goes on; texts are joined, deltas wait for their turn."""
    talk = Talk(MANUAL, *[speech(320)] * 6, speech(320))
    first, second = talk.utterances
    talk.say(*[speech(320)] * 3, Commit())
    jobs = {job.utterance: index for index, job in enumerate(talk.jobs) if job.kind == "final"}
    talk.say(Answer(jobs[second], text="and the end."))
    assert talk.deltas("item_s1_1") == ""
    talk.say(Answer(jobs[first], text="The beginning"))
    assert talk.deltas("item_s1_1") == "The beginning and the end."
    (completed,) = talk.told_of(TranscriptCompleted)
    assert completed.transcript == "The beginning and the end."
    assert completed.seconds == pytest.approx(10 * 0.32, abs=0.01)


def test_one_lost_utterance_fails_the_whole_item() -> None:
    """A transcript with a hole is none."""
    talk = Talk(MANUAL, *[speech(320)] * 8, Commit())
    talk.say(Answer(len(talk.jobs) - 1, text="the end"), Wait(31))
    assert len(talk.told_of(TranscriptFailed)) == 1
    assert talk.told_of(TranscriptCompleted) == []


@pytest.mark.parametrize("turns", [MANUAL, VAD])
def test_a_commit_of_less_than_100_ms_is_refused(turns: SessionUpdate) -> None:
    """Too little audio since the last item is OpenAI's `input_audio_buffer_commit_empty`."""
    talk = Talk(turns, Told(Commit(), "none"), speech(96), Told(Commit(), "little"))
    assert talk.faults == [
        ("input_audio_buffer_commit_empty", "none"),
        ("input_audio_buffer_commit_empty", "little"),
    ]
    assert talk.told_of(Committed) == []


def test_100_ms_are_enough() -> None:
    """The least audio that a commit takes is an item."""
    talk = Talk(MANUAL, Hear(1_600), Commit())
    assert talk.types == [Committed.type, ItemAdded.type]
    assert talk.faults == []


@pytest.mark.parametrize("turns", [MANUAL, VAD])
def test_clear_forgets_what_was_said(turns: SessionUpdate) -> None:
    """Nothing more is told of it, its jobs are cancelled, its audio deleted; the next is new."""
    talk = Talk(turns, speech(640), Clear())
    late = len(talk.jobs) - 1
    assert talk.told_of(Cleared) == [Cleared()]
    assert any(isinstance(effect, Cancel) for effect in talk.effects)
    assert any(isinstance(effect, DropAudio) for effect in talk.effects)
    talk.say(Answer(late, text="secret"), speech(640), Commit(), Answer(text="Hello."))
    assert [e.transcript for e in talk.told_of(TranscriptCompleted)] == ["Hello."]
    assert [e.previous_item_id for e in talk.told_of(Committed)] == [None]
    assert "secret" not in str(talk.told)


def test_clear_forgets_the_beginning_of_a_long_item_too() -> None:
    """An utterance that its limit ended before the `clear` is told of no more than the open one."""
    talk = Talk(MANUAL, *[speech(320)] * 7, Clear())
    jobs = {job.utterance: index for index, job in enumerate(talk.jobs) if job.kind == "final"}
    talk.say(Answer(jobs[talk.utterances[0]], text="secret"))
    assert talk.types == [Cleared.type]


def test_after_clear_too_little_is_left_to_commit() -> None:
    """The buffer is empty then."""
    talk = Talk(MANUAL, speech(640), Clear(), Told(Commit(), "c"))
    assert talk.faults == [("input_audio_buffer_commit_empty", "c")]


# ---------------------------------------------------------------- changes on the way


def test_a_language_holds_from_the_next_item_on() -> None:
    """An update during speech does not change the item that is being spoken."""
    talk = Talk(update(ServerVad(), "en"), speech(640), update(ServerVad(), "de"), Commit())
    talk.say(speech(640), Commit())
    languages = {job.utterance: job.language for job in talk.jobs}
    assert list(languages.values()) == ["en", "de"]


def test_a_prompt_goes_with_every_job_from_the_next_item_on() -> None:
    """Partials and finals alike; the item that is being spoken keeps what it began with."""
    talk = Talk(update(ServerVad()), speech(640), update(ServerVad(), prompt="Jörg"), Commit())
    talk.say(speech(640), Commit())
    prompts = {job.utterance: set[str]() for job in talk.jobs}
    for job in talk.jobs:
        prompts[job.utterance].add(job.prompt)
    assert list(prompts.values()) == [{""}, {"Jörg"}]
    assert {job.kind for job in talk.jobs} == {"partial", "final"}


def test_turn_detection_can_be_switched_off_in_the_middle_of_speech() -> None:
    """The item goes on until the client commits."""
    talk = Talk(VAD, speech(640), MANUAL, Hear(16_000, SILENCE))
    assert Committed.type not in talk.types
    talk.say(Commit())
    assert talk.types == [SpeechStarted.type, Committed.type, ItemAdded.type]


def test_silence_before_turns_were_the_clients_is_not_in_the_item() -> None:
    """Of what came before the switch only the longest padding is kept, and paid for."""
    talk = Talk(VAD, Hear(80_000, SILENCE), MANUAL, speech(512), Commit(), Answer(text="Hi."))
    (completed,) = talk.told_of(TranscriptCompleted)
    assert completed.seconds == pytest.approx(1.512, abs=0.04)
    assert talk.finals(talk.utterances[0])[-1].audio_bytes == pytest.approx(
        completed.seconds * 32_000, rel=0.05
    )


def test_a_commit_that_comes_with_the_end_of_speech_is_no_error() -> None:
    """Its last samples end the item before it does; the item is committed once, as was asked."""
    talk = Talk(VAD, speech(640))
    talk.translator.receive_client(Commit(), "c")
    talk.translator.receive_event(Stopped(talk.utterances[0], 640))
    talk.translator.receive_event(TurnEnded(talk.utterances[0], 640, "stall"))
    talk.translator.receive_event(error_event("nothing_to_commit"))
    talk.translator.receive_end()
    assert [type(e) for _, e in talk.translator.collect()] == [Committed, ItemAdded]


def test_the_sessions_clock_goes_on_at_another_rate() -> None:
    """Milliseconds received are those of all audio, whatever its rate was."""
    talk = Talk(Hear(48_000, SILENCE))  # taken as 24 kHz: 2 s
    faster = AudioInput(format=Format("audio/pcm", 48_000))
    seconds = [Hear(48_000, SILENCE)] * 2
    talk.say(SessionUpdate(TranscriptionSession(audio=Audio(faster))), *seconds)
    assert talk.events_of(AudioAck)[-1].received_ms == 2_000 + 2 * 1_000


def test_the_clients_silence_and_threshold_count() -> None:
    """`silence_duration_ms` ends the item, `threshold` says what is speech."""
    talk = Talk(update(ServerVad(threshold=0.95)), speech(640))
    assert talk.types == []
    talk.say(update(ServerVad(silence_duration_ms=200)), speech(640), silence(224))
    assert SpeechStopped.type in talk.types


def test_a_session_that_must_end_answers_what_was_said() -> None:
    """A fatal error is told, then the open item is committed and transcribed."""
    talk = Talk(MANUAL, speech(640), Fault("going_away"), Answer(text="Bye."))
    assert talk.types == [
        ErrorEvent.type,
        Committed.type,
        ItemAdded.type,
        TranscriptDelta.type,
        TranscriptCompleted.type,
        ItemDone.type,
    ]
    assert talk.close is not None


def test_half_a_sample_is_refused() -> None:
    """PCM that does not hold whole samples is an error, and the session goes on."""
    talk = Talk(Told(Append(b"\0\0\0"), "a1"), speech(640))
    assert talk.faults == [("invalid_value", "a1")]
    assert talk.types[-1] == SpeechStarted.type


@pytest.mark.parametrize(("law", "silent"), [("audio/pcmu", 0xFF), ("audio/pcma", 0xD5)])
def test_telephone_audio_is_expanded(law: str, silent: int) -> None:
    """G.711 has 8000 code words a second, each a sample."""
    translator = Translator()
    heard = AudioInput(format=Format(law))  # type: ignore[arg-type]
    listen = translator.receive_client(SessionUpdate(TranscriptionSession(audio=Audio(heard))))
    assert not isinstance(listen, bytes)
    assert listen.sample_rate == 8_000  # type: ignore[union-attr]
    pcm = translator.receive_client(Append(bytes([silent, silent])))
    assert isinstance(pcm, bytes)
    samples = [int.from_bytes(pcm[i : i + 2], "little", signed=True) for i in (0, 2)]
    assert all(abs(sample) <= 8 for sample in samples)


def test_the_steps_of_the_tests_are_at_the_protocols_rate() -> None:
    """The client's clock and the session's are one, or the tests above say nothing of times."""
    talk = Talk(MANUAL, speech(1_000), Commit(), Answer(text="x"))
    (completed,) = talk.told_of(TranscriptCompleted)
    assert completed.seconds == pytest.approx(1.0)
    assert replace(completed, seconds=1.0) == TranscriptCompleted("item_s1_1", "x", 1.0)
