import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tests.support.scripted import Answer, Play, Wait, silence, speech
from tutor.adapters.coach.exercises import load_library
from tutor.adapters.coach.phrases import load_phrases
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import WHISPER_WINDOW_S
from tutor.core.feedback.assessment import (
    Assessment,
    Fluency,
    Grammar,
    Passage,
    Pause,
    PronouncedWord,
    Pronunciation,
    ReadWord,
)
from tutor.core.live.config import SessionConfig, TutoringConfig
from tutor.core.live.effects import Close, Dispatch, DropAudio, Effect, Emit, Release
from tutor.core.live.tutoring.tutoring import Tutoring
from tutor.core.live.utterances.understood import Understood
from tutor.core.protocol.messages import (
    Error,
    Exercise,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
    SessionEnd,
    SessionStart,
    SessionSummary,
    SessionUpdate,
    TranscriptFinal,
    TutorReplyDelta,
    TutorReplyDone,
    UtteranceJoined,
)
from tutor.core.queue.jobs import (
    AssessmentJob,
    AssessmentResult,
    Job,
    Piece,
    ReplyJob,
    ReplyPart,
)

CONFIG = TutoringConfig(phrases=load_phrases(), library={"en": load_library(None).find("en")})
MODEL = replace(CONFIG, language_model=True)
READ = Exercise("read_aloud", "One two three four. Five six seven eight.")


def spoken(utterance: str, text: str = "one two three four", start_ms: int = 1_000) -> Understood:
    """An utterance of these words, a second each."""
    words = tuple(RecognisedWord(w, n, n + 1, 0.9) for n, w in enumerate(text.split()))
    return Understood(utterance, start_ms, 64_000, Recognition(text, "en", words))


def pronounced(*words: str, score: float | None = 80.0) -> Pronunciation:
    """All words said with one score."""
    return Pronunciation(
        70,
        71,
        72,
        73,
        calibrated=True,
        words=tuple(PronouncedWord(w, 100, 200, score, 0.9) for w in words),
    )


FLOW = Fluency(70, 3, 4, 120, 1, 0.5, 4, 4, (Pause(1_000, 1_500, expected=True),))
SAID = Assessment(pronunciation=pronounced("hi"), fluency=FLOW, grammar=Grammar())


def passage(start: int, *words: str) -> Passage:
    """These words of the text, read well."""
    return Passage(
        start, start + len(words), tuple(ReadWord(w, "matched", w, 10, 20) for w in words)
    )


class Practice:
    """A session's tutoring, driven by hand."""

    def __init__(
        self, exercise: Exercise | None = None, config: TutoringConfig = CONFIG, native: str = "en"
    ) -> None:
        self.effects: list[Effect] = []
        self.tutoring = Tutoring("s", config, self.effects, secret="x", native_language=native)
        self.tutoring.receive_exercise(exercise or Exercise(), "en")
        self.now = 0.0
        self.events: list[ServerEvent] = []
        self.jobs: list[Job] = []
        self.dropped: list[str] = []
        self.released: list[tuple[str, float]] = []

    def _gather(self) -> None:
        effects = self.effects[:]
        self.effects.clear()
        for effect in effects:
            match effect:
                case Emit(event):
                    self.events.append(event)
                case Dispatch(job):
                    self.jobs.append(job)
                case DropAudio(utterance):
                    self.dropped.append(utterance)
                case Release(utterance):
                    self.released.append((utterance, self.now))

    def say(self, *spoken: Understood) -> None:
        """Utterances get their finals."""
        for one in spoken:
            self.tutoring.receive_final(one, self.now)
        self._gather()

    def assess(self, utterance: str, found: Assessment | None, attempt: int = 1) -> None:
        """A worker answers; None: it failed."""
        outcome = "failed" if found is None else "ok"
        result = AssessmentResult("s", utterance, attempt, outcome, found)  # type: ignore[arg-type]
        self.tutoring.receive_result(result, self.now)
        self._gather()

    def reply(self, utterance: str, text: str, *, last: bool = False, failed: bool = False) -> None:
        """The language model says something."""
        self.tutoring.receive_result(ReplyPart("s", utterance, text, last, failed), self.now)
        self._gather()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        self.tutoring.receive_tick(self.now)
        self._gather()

    def answer_all(self) -> None:
        """Workers answer each job that is under way, and the coach replies."""
        answered = 0
        while answered < len(self.jobs):
            job = self.jobs[answered]
            answered += 1
            if isinstance(job, AssessmentJob):
                self.assess(job.utterance, SAID)

    def move(self) -> None:
        """Another gateway goes on, from plain data."""
        kept = self.tutoring.snapshot(self.now)
        self.tutoring = Tutoring.restored("s", CONFIG, self.effects, "x", kept, self.now)

    @property
    def kinds(self) -> list[str]:
        """The types of all events."""
        return [event.type for event in self.events]

    @property
    def done(self) -> list[TutorReplyDone]:
        """All replies."""
        return [event for event in self.events if isinstance(event, TutorReplyDone)]


# ---------------------------------------------------------------- the assessment


def test_a_word_in_whose_place_another_was_said_comes_back() -> None:
    """It has no score, and still is to be practised; one that was only left out is not."""
    practice = Practice(READ)
    practice.say(spoken("u1"))
    heard = pronounced("one", "two", score=None)
    practice.assess("u1", Assessment(pronunciation=replace(heard, replaced=((1, "too"),))))
    assert practice.tutoring.practise == ("two",)


def test_a_worker_is_told_the_minimal_pairs_of_a_text() -> None:
    """The library's, whichever text holds one of their words; none in free speech."""
    reading = Practice(Exercise("read_aloud", "There is a sheep. I think so."))
    reading.say(spoken("u1"))
    free = Practice()
    free.say(spoken("u1", "there is a sheep"))
    pairs = [job.pairs for job in (*reading.jobs, *free.jobs) if isinstance(job, AssessmentJob)]
    assert pairs == [(("ship", "sheep"), ("think", "sink")), ()]


def test_a_final_is_assessed_and_answered() -> None:
    """Every part that was measured is an event, the coach's reply ends the utterance."""
    practice = Practice()
    practice.say(spoken("u1", "hi there"))
    assert practice.jobs == [
        AssessmentJob("s", "u1", 1, 64_000, spoken("u1", "hi there").recognition, grammar=True)
    ]
    practice.assess("u1", SAID)
    assert practice.kinds == [
        "feedback.pronunciation",
        "feedback.fluency",
        "feedback.grammar",
        "tutor.reply.delta",
        "tutor.reply.done",
    ]
    assert practice.done[0].source == "coach"
    assert practice.done[0].text == practice.events[-2].text  # type: ignore[union-attr]
    assert practice.dropped == ["u1"]
    assert not practice.tutoring.waiting


def test_times_are_on_the_sessions_clock() -> None:
    """What a worker counts from the utterance's start is told from the session's."""
    practice = Practice(READ)
    practice.say(spoken("u1", start_ms=5_000))
    found = replace(SAID, passage=passage(0, "One", "two"), grammar=None)
    practice.assess("u1", found)
    accuracy, heard, flow = practice.events[:3]
    assert isinstance(accuracy, FeedbackAccuracy)
    assert isinstance(heard, FeedbackPronunciation)
    assert isinstance(flow, FeedbackFluency)
    assert [(w.start_ms, w.end_ms) for w in accuracy.words] == [(5_010, 5_020)] * 2
    assert (heard.words[0].start_ms, heard.words[0].end_ms) == (5_100, 5_200)
    assert flow.all_pause_list == (Pause(6_000, 6_500, expected=True),)


def test_a_text_is_read_over_several_utterances() -> None:
    """Each job knows how far the last one came; completeness counts the whole text."""
    practice = Practice(READ)
    practice.say(spoken("u1"), spoken("u2", "five six seven eight"))
    assert len(practice.jobs) == 1
    practice.assess("u1", Assessment(passage=passage(0, "One", "two", "three", "four.")))
    first, second = practice.jobs
    assert isinstance(first, AssessmentJob)
    assert isinstance(second, AssessmentJob)
    assert first.reference == second.reference == tuple((READ.text or "").split())
    assert (first.position, second.position) == (0, 4)
    assert not first.grammar
    practice.assess("u2", Assessment(passage=passage(4, "Five", "six", "seven", "eight.")))
    read = [event for event in practice.events if isinstance(event, FeedbackAccuracy)]
    assert [event.completeness for event in read] == [50, 100]
    assert [(event.start, event.end) for event in read] == [(0, 4), (4, 8)]


OTHER = Assessment(
    pronunciation=Pronunciation(None, None, None, None, calibrated=False, reason="other_text")
)


@pytest.mark.parametrize("config", [CONFIG, MODEL])
def test_of_another_text_nothing_is_told_but_that(config: TutoringConfig) -> None:
    """No accuracy, no flow, no next text; the place stays, and no model finds words to praise."""
    practice = Practice(READ, config)
    practice.say(spoken("u1"), spoken("u2", "my cat is here"), spoken("u3", "five six seven eight"))
    practice.assess("u1", Assessment(passage=passage(0, "One", "two", "three", "four.")))
    practice.reply("u1", "Go on.", last=True)
    practice.events.clear()
    practice.assess("u2", OTHER)
    (heard, *_) = practice.events
    assert isinstance(heard, FeedbackPronunciation)
    assert (heard.reason, heard.basis, heard.words) == ("other_text", "text", ())
    assert practice.kinds == ["feedback.pronunciation", "tutor.reply.delta", "tutor.reply.done"]
    assert practice.done[-1].source == "coach"
    assert "text" in practice.done[-1].text
    assert practice.done[-1].next is None
    places = [job.position for job in practice.jobs if isinstance(job, AssessmentJob)]
    assert places == [0, 4, 4]
    assert not practice.tutoring.practise


def test_who_has_read_the_text_and_says_something_else_keeps_the_next_one() -> None:
    """Nobody is sent back to where they stopped in a text that they have read, and what was
    proposed stays proposed."""
    practice = Practice(READ)
    practice.say(spoken("u1"))
    words = tuple((READ.text or "").split())
    practice.assess("u1", Assessment(passage=passage(0, *words)))
    proposed = practice.done[-1].next
    assert proposed is not None
    practice.say(spoken("u2", "my cat is here"))
    practice.assess("u2", OTHER)
    assert practice.done[-1].next == proposed
    assert "end" in practice.done[-1].text
    assert "stopped" not in practice.done[-1].text


def test_a_worker_sees_only_what_is_near_in_a_long_text() -> None:
    """Indices it gives count in the whole text again."""
    text = " ".join(f"word{n}" for n in range(400))
    practice = Practice(Exercise("read_aloud", text))
    words = text.split()
    for n, start in enumerate((0, 100, 200)):
        practice.say(spoken(f"u{n}"))
        job = practice.jobs[-1]
        assert isinstance(job, AssessmentJob)
        assert len(job.reference) <= 200
        at = job.reference.index(words[start])
        practice.assess(f"u{n}", Assessment(passage=passage(at, *job.reference[at : at + 100])))
    read = [event for event in practice.events if isinstance(event, FeedbackAccuracy)]
    assert [(event.start, event.end) for event in read] == [(0, 100), (100, 200), (200, 300)]
    assert read[-1].completeness == 75


def test_the_basis_of_scores_is_told() -> None:
    """Free speech is compared with its own transcript, reading with the text."""
    free, reading = Practice(), Practice(READ)
    free.say(spoken("u1"))
    free.assess("u1", SAID)
    reading.say(spoken("u1"))
    reading.assess("u1", replace(SAID, passage=passage(0, "One")))
    bases = [
        event.basis
        for practice in (free, reading)
        for event in practice.events
        if isinstance(event, FeedbackPronunciation)
    ]
    assert bases == ["transcript", "text"]


def test_a_failed_assessment_is_tried_again() -> None:
    """The second attempt's answer counts; a late answer of the first is as good."""
    practice = Practice()
    practice.say(spoken("u1"))
    practice.assess("u1", None)
    assert [job.attempt for job in practice.jobs if isinstance(job, AssessmentJob)] == [1, 2]
    practice.assess("u1", None, attempt=1)  # doubled
    assert practice.tutoring.waiting
    practice.assess("u1", SAID, attempt=1)
    assert practice.kinds[-1] == "tutor.reply.done"
    practice.assess("u1", SAID, attempt=2)
    assert len(practice.done) == 1


def test_who_has_waited_for_too_long_waits_for_no_second_attempt() -> None:
    """A worker that fails when the scores are too late already is not given the work again."""
    practice = Practice()
    practice.say(spoken("u1"))
    while practice.now < CONFIG.late_s - 1:
        practice.now += 1.0
        practice.tutoring.receive_tick(practice.now, held=True)
    assert practice.events == []
    practice.now += 1.0
    practice.assess("u1", None)
    assert [event.code for event in practice.events if isinstance(event, Error)] == [
        "feedback_failed"
    ]
    assert [job.attempt for job in practice.jobs if isinstance(job, AssessmentJob)] == [1]


def test_that_scores_are_late_is_known_elsewhere() -> None:
    """Behind a reply that is being written waits a turn that no language model is asked about."""
    practice = Practice(config=MODEL)
    practice.say(spoken("u1"), spoken("u2"))
    practice.assess("u1", SAID)
    practice.now += MODEL.shed_s + 1
    practice.assess("u2", SAID)
    kept = practice.tutoring.snapshot(practice.now)
    assert [turn.is_late for turn in kept.assessed] == [False, True]
    practice.tutoring = Tutoring.restored("s", MODEL, practice.effects, "x", kept, practice.now)
    practice.reply("u1", "Good.", last=True)
    assert [done.source for done in practice.done] == ["model", "coach"]


def test_an_assessment_that_never_comes_is_an_error_and_the_next_goes_on() -> None:
    """Tried again after its time, given up after its deadline; nobody waits for ever."""
    practice = Practice()
    practice.say(spoken("u1"), spoken("u2"))
    practice.wait(CONFIG.retry_s)
    assert [job.attempt for job in practice.jobs if isinstance(job, AssessmentJob)] == [1, 2]
    practice.wait(CONFIG.deadline_s - CONFIG.retry_s - 0.1)
    assert practice.events == []
    practice.wait(0.2)
    assert practice.events == [
        Error("feedback_failed", practice.events[0].message, fatal=False, utterance="u1")  # type: ignore[union-attr]
    ]
    assert practice.jobs[-1].utterance == "u2"
    practice.assess("u2", SAID)
    assert practice.dropped == ["u1", "u2"]


# ---------------------------------------------------------------- the reply


def test_a_language_model_writes_the_reply() -> None:
    """Its pieces stream; the whole comes at the end."""
    practice = Practice(config=MODEL)
    practice.say(spoken("u1", "i am agree"))
    practice.assess("u1", SAID)
    job = practice.jobs[-1]
    assert isinstance(job, ReplyJob)
    assert job.messages[0][0] == "system"
    assert "i am agree" in job.messages[-1][1]
    for piece in ("I see. ", "Why?"):
        practice.reply("u1", piece)
    practice.reply("u1", "", last=True)
    assert practice.events[-3:] == [
        TutorReplyDelta("u1", "I see. "),
        TutorReplyDelta("u1", "Why?"),
        TutorReplyDone("u1", "I see. Why?", "model"),
    ]


def test_the_language_model_is_told_the_talk_so_far() -> None:
    """Replies come one after the other, each knows those before it."""
    practice = Practice(config=MODEL)
    practice.say(spoken("u1", "my first words"), spoken("u2", "my second words"))
    practice.assess("u1", SAID)
    practice.assess("u2", SAID)
    assert sum(isinstance(job, ReplyJob) for job in practice.jobs) == 1
    practice.reply("u1", "Nice to meet you.", last=True)
    job = practice.jobs[-1]
    assert isinstance(job, ReplyJob)
    told = " ".join(content for _, content in job.messages)
    assert "my first words" in told
    assert "Nice to meet you." in told


@pytest.mark.parametrize("late", [True, False])
def test_the_coach_answers_when_the_model_does_not(late: bool) -> None:
    """A model that fails or is late leaves nobody without a reply."""
    practice = Practice(config=MODEL)
    practice.say(spoken("u1"))
    practice.assess("u1", SAID)
    if late:
        practice.wait(MODEL.reply_deadline_s)
    else:
        practice.reply("u1", "", failed=True)
    assert [(done.source, bool(done.text)) for done in practice.done] == [("coach", True)]
    practice.reply("u1", "Too late", last=True)
    assert len(practice.done) == 1


def test_a_model_that_breaks_off_keeps_what_it_said() -> None:
    """What the learner has seen stays."""
    practice = Practice(config=MODEL)
    practice.say(spoken("u1"))
    practice.assess("u1", SAID)
    practice.reply("u1", "Well done")
    practice.reply("u1", "", failed=True)
    assert practice.done == [TutorReplyDone("u1", "Well done", "model")]


def test_the_coach_speaks_the_learners_language() -> None:
    """Russian learners are answered in Russian."""
    practice = Practice(native="ru-RU")
    practice.say(spoken("u1", "hi there"))
    practice.assess("u1", SAID)
    assert re.search("[а-я]{3}", practice.done[0].text)


def test_the_coach_goes_on_with_a_question() -> None:
    """In free talk each reply asks on, and asks something else each time."""
    practice = Practice(Exercise("free", level="A2"))
    for n in range(3):
        practice.say(spoken(f"u{n}"))
        practice.assess(f"u{n}", SAID)
    proposed = [done.next for done in practice.done]
    assert all(exercise is not None and exercise.type == "free" for exercise in proposed)
    assert len({done.text for done in practice.done}) == 3


def test_the_question_that_is_answered_is_not_the_next() -> None:
    """A client tells it by its id, and gets the id of another one."""
    asked = CONFIG.library["en"]
    first = next(item for item in asked if (item.type, item.level) == ("free", "A2"))
    practice = Practice(first.exercise)
    practice.say(spoken("u1"))
    practice.assess("u1", SAID)
    (done,) = practice.done
    assert first.text not in done.text
    assert done.next is not None
    assert done.next.id not in (None, first.id)


def test_who_was_not_understood_is_asked_again_and_nothing_else() -> None:
    """No language model answers what was misheard, and no other question comes."""
    nothing = Pronunciation(None, None, None, None, calibrated=False, reason="not_understood")
    practice = Practice(Exercise("free", level="A2"), MODEL)
    practice.say(spoken("u1"))
    practice.assess("u1", Assessment(pronunciation=nothing))
    (done,) = practice.done
    assert (done.source, done.next) == ("coach", None)
    assert done.text in CONFIG.phrases["en"].sentences["reason.not_understood"]


def test_function_words_are_nothing_to_practise() -> None:
    """They are spoken without care by everybody, whatever their score."""
    practice = Practice()
    practice.say(spoken("u1"))
    words = pronounced("The", "weather,", "is", "to", "It's", "thirsty.", score=30.0)
    practice.assess("u1", Assessment(pronunciation=words))
    assert practice.tutoring.practise == ("weather", "thirsty")


def test_the_next_text_comes_when_the_last_word_was_read() -> None:
    """In the middle of a text nothing else is proposed."""
    practice = Practice(READ)
    practice.say(spoken("u1"))
    practice.assess("u1", Assessment(passage=passage(0, "One", "two", "three", "four.")))
    practice.say(spoken("u2"))
    practice.assess("u2", Assessment(passage=passage(4, "Five", "six", "seven", "eight.")))
    first, second = practice.done
    assert first.next is None
    assert second.next is not None
    assert second.next.type == "read_aloud"
    assert second.next.text != READ.text


@pytest.mark.parametrize("exercise", [replace(READ, in_lesson=True), Exercise(in_lesson=True)])
def test_in_a_lesson_the_client_knows_what_comes_next(exercise: Exercise) -> None:
    """Neither the reply nor what comes with it proposes anything beside the client's plan."""
    practice = Practice(exercise)
    practice.say(spoken("u1", "one two three four five six seven eight"))
    words = ("One", "two", "three", "four.", "Five", "six", "seven", "eight.")
    practice.assess("u1", replace(SAID, passage=passage(0, *words) if exercise.text else None))
    (done,) = practice.done
    assert done.next is None
    assert not any(item.prompt in done.text for item in CONFIG.library["en"])


def test_weak_words_are_to_be_practised() -> None:
    """Words scored low are kept for the end of the session, those said well are not."""
    practice = Practice()
    practice.say(spoken("u1"))
    practice.assess("u1", Assessment(pronunciation=pronounced("sheep", score=20)))
    practice.say(spoken("u2"))
    practice.assess("u2", Assessment(pronunciation=pronounced("cheap", score=90)))
    assert practice.tutoring.practise == ("sheep",)


def test_a_hangup_leaves_nothing_behind() -> None:
    """Audio is dropped and nothing is awaited."""
    practice = Practice(config=MODEL)
    practice.say(spoken("u1"), spoken("u2"))
    practice.assess("u1", SAID)
    practice.tutoring.receive_hangup()
    practice.wait(0)
    assert practice.dropped == ["u1", "u2"]
    assert not practice.tutoring.waiting


# ---------------------------------------------------------------- in the session

WITH_FEEDBACK = SessionStart("en")
SESSION = SessionConfig(tutoring=CONFIG)
ONE_UTTERANCE = (WITH_FEEDBACK, speech(640), silence(800), Answer(text="hello there"))


def answer(play: Play, found: Assessment = SAID) -> None:
    """A feedback worker answers the newest job."""
    (job,) = [
        effect.job
        for effect in play.effects
        if isinstance(effect, Dispatch) and isinstance(effect.job, AssessmentJob)
    ][-1:]
    result = AssessmentResult("s", job.utterance, job.attempt, "ok", found)
    play.session.receive_result(result, play.now)
    play.play(Wait(0))


def test_the_session_ends_after_its_feedback() -> None:
    """The summary waits for the last reply and names the words to practise."""
    play = Play(*ONE_UTTERANCE, SessionEnd(), config=SESSION)
    assert play.events_of(TranscriptFinal)
    assert not play.events_of(SessionSummary)
    answer(play, Assessment(pronunciation=pronounced("sheep", score=20)))
    (summary,) = play.events_of(SessionSummary)
    assert summary.practise == ("sheep",)
    assert isinstance(play.effects[-1], Close)


def test_without_feedback_nothing_is_assessed() -> None:
    """A client that wants transcripts only gets them only."""
    play = Play(
        replace(WITH_FEEDBACK, feedback=False), *ONE_UTTERANCE[1:], SessionEnd(), config=SESSION
    )
    assert play.events_of(SessionSummary)
    assert all(not isinstance(event, TutorReplyDone) for event in play.events)


def test_what_was_not_understood_is_not_assessed() -> None:
    """An empty final is the utterance's last event."""
    play = Play(*ONE_UTTERANCE[:3], Answer(text=""), SessionEnd(), config=SESSION)
    assert play.events_of(SessionSummary)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_message"),
        ("...", "no_text"),
        (" ".join(["word"] * 5_001), "text_too_long"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(text: str, code: str) -> None:
    """No words, or more than the limit: the error says which."""
    play = Play(replace(WITH_FEEDBACK, exercise=Exercise("read_aloud", text)), config=SESSION)
    assert play.errors == [code]


def test_an_update_without_an_exercise_keeps_the_place_in_the_text() -> None:
    """Changing the endpoint silence does not begin the text anew; sending it again does."""
    start = replace(WITH_FEEDBACK, exercise=READ)
    play = Play(start, *ONE_UTTERANCE[1:], config=SESSION)
    answer(play, Assessment(passage=passage(0, "One", "two", "three", "four.")))
    play.play(SessionUpdate(endpoint_silence_ms=500), speech(640), silence(800), Answer())
    answer(play, Assessment(passage=passage(4, "Five", "six")))
    play.play(SessionUpdate(exercise=replace(READ)), speech(640), silence(800), Answer())
    answer(play, Assessment(passage=passage(0, "One")))
    read = play.events_of(FeedbackAccuracy)
    assert [event.completeness for event in read] == [50, 75, 12.5]


def test_grammar_is_for_words_of_ones_own() -> None:
    """Who reads a text did not choose its words."""

    play = Play(replace(WITH_FEEDBACK, exercise=READ), *ONE_UTTERANCE[1:], config=SESSION)
    answer(play, Assessment(passage=passage(0, "One")))
    assert not play.events_of(FeedbackGrammar)


# ---------------------------------------------------------------- a sentence in pieces

TRAIN = Exercise("read_aloud", "I would like a ticket to London. The train leaves at nine.")


def piece(utterance: str, text: str, start_ms: int, *, committed: bool = False) -> Understood:
    """An utterance of 2 s, its words in the first half."""
    words = tuple(RecognisedWord(w, n / 10, (n + 1) / 10, 0.9) for n, w in enumerate(text.split()))
    heard = Recognition(text, "en", words)
    return Understood(utterance, start_ms, 64_000, heard, is_committed=committed)


def test_the_pieces_of_one_sentence_are_judged_together() -> None:
    """However often the reader paused: one job, with the audio and the words of all pieces where
    they were spoken, and one feedback, under the last one's name."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000))
    assert practice.jobs == []
    practice.wait(3)
    practice.say(piece("u2", "a ticket", 5_000))
    practice.wait(3)
    practice.say(piece("u3", "to London", 9_000))
    (job,) = practice.jobs
    assert isinstance(job, AssessmentJob)
    assert (job.utterance, job.audio_bytes, job.offset_bytes) == ("u3", 64_000, 8_000 * 32)
    assert job.before == (Piece("u1", 0, 64_000), Piece("u2", 4_000 * 32, 64_000))
    assert job.recognition.text == "I would like a ticket to London"
    assert [word.start_s for word in job.recognition.words] == [0, 0.1, 0.2, 4.0, 4.1, 8.0, 8.1]
    practice.assess("u3", Assessment(passage=passage(0, *job.reference[:7])))
    told = [event for event in practice.events if isinstance(event, FeedbackAccuracy)]
    assert [(one.utterance, one.accuracy, one.start, one.end) for one in told] == [
        ("u3", 100, 0, 7)
    ]
    assert told[0].words[0].start_ms == 1_000 + 10, "times are the session's"
    assert practice.dropped == ["u1", "u2", "u3"]
    assert [done.utterance for done in practice.done] == ["u3"]
    assert [event for event in practice.events if isinstance(event, UtteranceJoined)] == [
        UtteranceJoined("u2", ("u1",)),
        UtteranceJoined("u3", ("u1", "u2")),
    ]


def test_a_restart_is_a_piece_of_its_sentence() -> None:
    """Who begins a part of the sentence again does not go back in the text, whatever of it is
    recognised."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like a ticket", 1_000), piece("u2", "I take it", 4_000))
    practice.say(piece("u3", "to London", 8_000))
    (job,) = practice.jobs
    assert isinstance(job, AssessmentJob)
    assert [one.utterance for one in job.before] == ["u1", "u2"]
    assert job.position == 0


def test_a_whole_sentence_does_not_wait() -> None:
    """After the last word of a sentence feedback comes at once; the next one is a turn of its
    own."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like a ticket to London", 1_000))
    practice.say(piece("u2", "the train leaves at nine", 4_000))
    assert [(job.utterance, job.before) for job in practice.jobs] == [("u1", ())]  # type: ignore[union-attr]
    practice.assess("u1", Assessment(passage=passage(0, *TRAIN.text.split()[:7])))  # type: ignore[union-attr]
    assert practice.jobs[-1].utterance == "u2"


def test_a_sentence_that_does_not_go_on_is_judged_as_it_is() -> None:
    """After `sentence_wait_s` without a word; while somebody speaks the time does not run."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000))
    practice.wait(CONFIG.sentence_wait_s - 0.1)
    practice.tutoring.receive_tick(practice.now, speaking=True)
    practice.wait(CONFIG.sentence_wait_s - 0.1)
    assert practice.jobs == []
    assert practice.tutoring.waiting
    practice.wait(0.2)
    assert [job.utterance for job in practice.jobs] == ["u1"]


def test_a_turn_is_released_when_its_sentence_is_over() -> None:
    """At once if it does not wait, even while another turn is assessed; else when the wait ends:
    learners who wait for scores do so from then on."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like a ticket to London", 1_000))
    practice.say(piece("u2", "the train leaves", 4_000))
    assert practice.released == [("u1", 0.0)]
    practice.wait(CONFIG.sentence_wait_s)
    assert practice.released[1:] == [("u2", CONFIG.sentence_wait_s)]
    assert {job.utterance for job in practice.jobs} == {"u1"}


def test_no_sentence_is_held_for_longer_by_moving() -> None:
    """A client that comes back again and again, or noise that passes for speech: the time for
    which a sentence is held runs from its first piece on, whichever gateway has it."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000))
    most_s = WHISPER_WINDOW_S + CONFIG.sentence_wait_s
    for second in range(1, int(most_s)):
        practice.now = float(second)
        practice.tutoring.receive_tick(practice.now, speaking=True)
        if second == 5:
            practice.say(piece("u2", "a ticket", 5_000))
        practice.move()
    assert practice.jobs == []
    practice.now = most_s
    practice.tutoring.receive_tick(practice.now, speaking=True)
    practice.wait(0)
    assert [job.utterance for job in practice.jobs] == ["u2"]


@pytest.mark.parametrize(
    "second",
    [
        piece("u2", "the train leaves at nine", 4_000),
        piece("u2", "a ticket to London", 32_000),
    ],
)
def test_what_is_not_of_the_sentence_or_too_late_is_a_turn_of_its_own(second: Understood) -> None:
    """Another sentence, or one that would make more than 30 s: the first is judged as it is."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000), second)
    assert [(job.utterance, job.before) for job in practice.jobs] == [("u1", ())]  # type: ignore[union-attr]
    assert [event for event in practice.events if isinstance(event, UtteranceJoined)] == []


def test_who_ends_the_utterance_does_not_wait() -> None:
    """A client's commit, another exercise and the end of the session end the sentence, too."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000, committed=True))
    assert [job.utterance for job in practice.jobs] == ["u1"]
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000))
    practice.tutoring.receive_exercise(READ, "en")
    practice.wait(0.5)
    assert [job.utterance for job in practice.jobs] == ["u1"]
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000))
    practice.tutoring.receive_end(practice.now)
    practice.wait(0)
    assert [job.utterance for job in practice.jobs] == ["u1"]


def test_a_hangup_drops_the_pieces_that_wait() -> None:
    """Nothing of a learner who is gone stays in the store."""
    practice = Practice(TRAIN)
    practice.say(piece("u1", "I would like", 1_000), piece("u2", "a ticket", 4_000))
    practice.tutoring.receive_hangup()
    practice.wait(0)
    assert practice.dropped == ["u1", "u2"]


pauses = st.lists(
    st.tuples(st.integers(1, 4), st.floats(0, 20), st.booleans(), st.booleans()), max_size=8
)


@few(50)
@given(pauses)
def test_every_piece_is_judged_once_and_in_order(
    pieces: list[tuple[int, float, bool, bool]],
) -> None:
    """However a text is cut by pauses, and whether or not another gateway goes on.

    Each utterance is in one job, jobs and pieces in the order of speech, each on its place of the
    clock.
    """
    practice, words, clock = Practice(TRAIN), (TRAIN.text or "").split(), 0
    starts, names = {}, []
    for n, (count, pause_s, moves, is_committed) in enumerate(pieces, start=1):
        text, words = " ".join(words[:count]), words[count:]
        starts[f"u{n}"] = clock
        names.append(f"u{n}")
        practice.say(piece(f"u{n}", text or "well", clock, committed=is_committed))
        practice.answer_all()
        clock += 2_000 + round(pause_s * 1000)
        practice.wait(pause_s)
        if moves:
            practice.move()
        practice.answer_all()
    practice.tutoring.receive_end(practice.now)
    practice.wait(0)
    practice.answer_all()
    jobs = [job for job in practice.jobs if isinstance(job, AssessmentJob)]
    assert [name for name, _ in practice.released] == [job.utterance for job in jobs]
    judged = [[*(one.utterance for one in job.before), job.utterance] for job in jobs]
    assert [name for turn in judged for name in turn] == names
    for job in jobs:
        begin = starts[job.before[0].utterance if job.before else job.utterance]
        assert job.offset_bytes == (starts[job.utterance] - begin) * 32
        for one in job.before:
            assert one.offset_bytes == (starts[one.utterance] - begin) * 32
        assert job.offset_bytes + job.audio_bytes <= 30 * 32_000
    assert sorted(practice.dropped) == sorted(names)
