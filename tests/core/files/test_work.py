from dataclasses import replace

import pytest

from tests.support.file_work import (
    LIMITS,
    PIECE_S,
    Play,
    charged,
    finished,
    heard,
    kinds,
    piece,
    read,
    result_text,
    sent,
)
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE
from tutor.core.feedback.assessment import (
    Assessment,
)
from tutor.core.feedback.reading.reading import WINDOW_BEHIND, Window
from tutor.core.files.assignment import Earlier
from tutor.core.files.effects import (
    Assess,
    Charge,
    Complete,
    DropAudio,
    Effect,
    Fail,
    ForgetPiece,
    GiveBack,
    KeepPiece,
    Look,
    Recognise,
    Renew,
)
from tutor.core.files.pieces import FinishedPiece, Taker
from tutor.core.files.work import GOODBYE_S, LOOK_S, RENEW_S, State

TEXT = "One two. Three four. Five six."
"""Two words for each of three pieces."""

# ---------------------------------------------------------------- the recording


def test_a_file_that_says_it_is_too_long_is_refused() -> None:
    """Before anything is charged; the detail names the limit."""
    play = Play(said_s=1000.5, is_charged=True)
    assert play.begin() == [Fail("audio_too_long", "the recording is longer than 1000 s")]
    assert play.work.outcome == "failed: audio_too_long"


def test_a_file_that_is_longer_than_it_says_is_refused_as_it_is_read() -> None:
    """What a file says of its length is not believed."""
    play = Play(said_s=1.0)
    play.begin()
    play.work.receive_audio(1000 * RATE, play.now)
    assert play.collect() == []
    play.work.receive_audio(1, play.now)
    assert kinds(play.collect()) == [Fail]


def test_a_file_without_any_sound_fails() -> None:
    """With what was wrong with it, if that is known, else with the code's own words."""
    damaged, empty = Play(), Play()
    assert damaged.end("Invalid data") == [Fail("no_audio", "Invalid data")]
    assert empty.end() == [Fail("no_audio", "the file holds no sound at all")]


def test_silence_is_done_at_once() -> None:
    """No piece comes, so nothing is waited for; the transcript is empty."""
    play = Play("auto")
    play.begin()
    play.work.receive_audio(5 * RATE, play.now)
    (complete,) = play.end("cut short")
    assert isinstance(complete, Complete)
    transcript = complete.result.transcript
    assert (transcript.text, transcript.language, transcript.duration_s) == ("", "auto", 5.0)
    assert (transcript.warning, complete.result.assessment) == ("cut short", None)
    assert play.work.outcome == "done"


def test_a_file_that_cannot_be_read_fails_whatever_is_under_way() -> None:
    """An answer that comes afterwards changes nothing."""
    play = Play()
    play.cut(0)
    play.work.receive_failure("not_audio", "x: bad")
    assert play.collect() == [Fail("not_audio", "x: bad")]
    assert play.answer(0) == []
    assert play.wait(100) == []
    assert play.look() == []
    play.work.receive_stop()
    assert play.collect() == []
    assert play.work.outcome == "failed: not_audio"


# ---------------------------------------------------------------- usage


def test_audio_is_charged_by_what_the_file_says_then_by_what_it_has() -> None:
    """First what it says, then each minute beyond, at the end the rest; in all its length."""
    play = Play(said_s=5.0, is_charged=True)
    assert charged(play.begin()) == [5.0]
    effects = play.cut(*range(3))
    assert charged(effects) == []
    for _ in range(3, 10):
        play.work.receive_audio(PIECE_S * RATE, play.now)
        effects += play.collect()
    assert charged(effects) == [65.0]  # at 70 s: more than CHARGE_S beyond 5 s
    for index in range(3):
        effects += play.answer(index)
    effects += play.end()
    assert sum(charged(effects)) == 95.0


def test_what_was_charged_is_noted_at_once() -> None:
    """Behind each charge the lease is renewed with the sum, for a worker that goes on."""
    assert Play(is_charged=True).begin() == [Charge(100.0), Renew(0.0, "en", 100.0)]


def test_a_run_charges_only_what_earlier_runs_did_not() -> None:
    """A file is charged once, however often it is taken up."""
    play = Play(is_charged=True, earlier=Earlier(charged_s=100.0))
    assert play.begin() == []
    play.cut(0)
    play.answer(0)
    assert charged(play.end()) == []


def test_a_guest_is_not_charged() -> None:
    """Nobody's usage counts it."""
    play = Play(said_s=None)
    effects = play.begin() + play.cut(0, 1) + play.answer(0) + play.answer(1) + play.end()
    assert charged(effects) == []


def test_a_charge_that_is_refused_fails_the_job() -> None:
    """What was to follow it does not happen: nothing is noted as charged, nothing is done."""
    play = Play(is_charged=True)
    play.work.receive_length(100.0, play.now)
    seen = []
    for effect in play.work.collect():
        seen.append(effect)
        if isinstance(effect, Charge):
            play.work.receive_failure("quota_exhausted")
    assert kinds(seen) == [Charge, Fail]
    assert play.work.outcome == "failed: quota_exhausted"


def test_a_last_charge_that_is_refused_fails_a_job_that_was_as_good_as_done() -> None:
    """Its result is not kept."""
    play = Play(said_s=None, is_charged=True)
    play.cut(0)
    play.answer(0)
    play.work.receive_end(None, play.now)
    seen = []
    for effect in play.work.collect():
        seen.append(effect)
        if isinstance(effect, Charge):
            play.work.receive_failure("quota_exhausted")
    assert kinds(seen) == [Charge, Fail]


# ---------------------------------------------------------------- pieces


def test_a_piece_is_sent_with_its_language_and_prompt() -> None:
    """At once, with its audio."""
    play = Play("de", prompt="Anna")
    assert play.cut(0) == [Recognise("p0", 1, bytes(8), "de", "Anna")]


def test_only_a_few_pieces_are_under_way_at_once() -> None:
    """The next has room when one of them is finished."""
    play = Play()
    for index in range(3):
        assert play.work.has_room
        play.cut(index)
    assert not play.work.has_room
    play.answer(1)
    assert play.work.has_room


def test_pieces_wait_for_each_other_until_the_language_is_found() -> None:
    """The first piece in which something is understood decides for the rest of the file."""
    play = Play("auto")
    play.cut(0)
    assert not play.work.has_room
    play.answer(0, found=Recognition("", "nn"))
    (silent,) = play.cut(1)
    assert isinstance(silent, Recognise)
    assert silent.language == "auto"
    assert not play.work.has_room
    play.answer(1, found=heard(1, "ru"))
    (third,) = play.cut(2)
    assert isinstance(third, Recognise)
    assert third.language == "ru"
    assert play.work.has_room
    play.answer(2, found=heard(2, "uk"))
    (complete,) = play.end()
    assert isinstance(complete, Complete)
    assert complete.result.transcript.language == "ru"


def test_a_finished_piece_is_kept_before_its_audio_goes() -> None:
    """A worker that dies between the two loses nothing."""
    play = Play()
    play.cut(0)
    assert play.answer(0) == [KeepPiece(finished(0)), DropAudio(("p0",))]


def test_the_job_is_done_when_the_last_piece_is() -> None:
    """In whatever order they come back, the transcript has them in the recording's."""
    play = Play()
    play.cut(0, 1, 2)
    assert play.end() == []
    assert play.state() is State.FINISHING
    play.answer(2)
    play.answer(0)
    effects = play.answer(1)
    assert kinds(effects) == [KeepPiece, DropAudio, Complete]
    assert result_text(effects) == "word0 word1 word2"
    assert play.work.outcome == "done"


def test_an_answer_counts_once() -> None:
    """A doubled one, or one of a piece that there never was, is dropped."""
    play = Play()
    play.cut(0)
    play.answer(0)
    assert play.answer(0) == []
    assert play.refuse(0) == []
    assert play.answer(7) == []
    assert play.assess(7, Assessment()) == []


# ---------------------------------------------------------------- assessment


def test_a_piece_of_a_reading_is_assessed_when_it_was_recognised() -> None:
    """It is sent a second time, with what was heard and the words around the reader's place."""
    play = Play(text=TEXT)
    play.cut(0)
    assert not play.work.has_room
    window = Window(("One", "two.", "Three", "four.", "Five", "six."), 0, 0)
    assert play.answer(0) == [Assess("p0", 1, bytes(8), heard(0), window)]
    assert not play.work.has_room
    found = read(window)
    kept = FinishedPiece(piece(0), heard(0), found)
    assert play.assess(0, found) == [KeepPiece(kept), DropAudio(("p0",))]
    assert play.work.has_room


def test_the_window_follows_the_reader() -> None:
    """Each piece is assessed behind the words of the one before, and all make one report."""
    play = Play(text=TEXT)
    effects: list[Effect] = []
    for index in range(3):
        play.cut(index)
        (assess,) = play.answer(index)
        assert isinstance(assess, Assess)
        assert assess.window.position == 2 * index
        play.assess(index, read(assess.window))
    effects = play.end()
    (complete,) = effects
    assert isinstance(complete, Complete)
    report = complete.result.assessment
    assert report is not None
    assert [word.start_ms for word in report.words] == [0, 0, 10_000, 10_000, 20_000, 20_000]
    assert report.completeness == 100
    assert complete.result.as_json()["assessment"]["completeness"] == 100


def test_the_report_is_of_the_whole_text() -> None:
    """Also where a worker was told only a window of it, far behind the text's first word."""
    count = WINDOW_BEHIND + 30
    play = Play(text=" ".join(f"w{n}" for n in range(count)))
    offset = 0
    for index in range(count // 10):
        play.cut(index)
        (assess,) = play.answer(index)
        assert isinstance(assess, Assess)
        play.assess(index, read(assess.window, 10))
        offset = assess.window.offset
    assert offset == 20
    (complete,) = play.end()
    assert isinstance(complete, Complete)
    report = complete.result.assessment
    assert report is not None
    starts = [word.start_ms for word in report.words]
    assert starts == [PIECE_S * 1000 * (n // 10) for n in range(count)]


def test_what_was_not_understood_is_not_assessed() -> None:
    """A piece without words is finished; without any, the report says that nobody spoke."""
    play = Play(text=TEXT)
    play.cut(0)
    assert kinds(play.answer(0, found=Recognition("", "en"))) == [KeepPiece, DropAudio]
    (complete,) = play.end()
    assert isinstance(complete, Complete)
    assert complete.result.as_json()["assessment"]["reason_text"]


def test_a_piece_that_is_all_of_the_recording_is_assessed_as_such() -> None:
    """The worker may take for left out what the piece lacks; also where nothing was recognised."""
    for found in (heard(0), Recognition("", "en")):
        play = Play(text=TEXT)
        play.cut(0)
        play.end()
        (assess,) = play.answer(0, found=found)
        assert isinstance(assess, Assess)
        assert assess.is_all


def test_the_last_of_several_pieces_is_not_all_of_the_recording() -> None:
    """What it lacks may stand in the pieces before it."""
    play = Play(text=TEXT)
    play.cut(0)
    (first,) = play.answer(0)
    assert isinstance(first, Assess)
    play.assess(0, read(first.window))
    play.cut(1)
    play.end()
    (last,) = play.answer(1)
    assert isinstance(last, Assess)
    assert (first.is_all, last.is_all) == (False, False)


def test_a_late_recognition_does_not_disturb_the_assessment() -> None:
    """Of two attempts the first answer counts; what is not of the piece's step is dropped."""
    play = Play(text=TEXT)
    play.cut(0)
    assert play.assess(0, Assessment()) == []  # not recognised yet
    play.refuse(0)
    play.answer(0, attempt=2)
    assert play.answer(0, attempt=1) == []
    assert play.refuse(0, attempt=1) == []


def test_an_assessment_that_fails_is_tried_again_by_itself() -> None:
    """Its attempts begin anew behind the recognition's; then the job has failed."""
    play = Play(text=TEXT)
    play.cut(0)
    play.refuse(0)
    play.answer(0, attempt=2)
    effects = play.assess(0, None, attempt=1)
    assert kinds(effects) == [Renew, Assess]
    assert sent(effects) == [("p0", 2)]
    assert sent(play.assess(0, None, attempt=2)) == [("p0", 3)]
    assert kinds(play.assess(0, None, attempt=3)) == [Renew, Fail]
    assert play.work.outcome == "failed: assessment_failed"


# ---------------------------------------------------------------- what was lost


def test_a_piece_that_failed_is_sent_again_until_its_attempts_are_used_up() -> None:
    """The lease comes first each time: a piece also fails when its job was deleted."""
    play = Play()
    play.cut(0)
    effects = play.refuse(0, 1)
    assert kinds(effects) == [Renew, Recognise]
    assert sent(effects) == [("p0", 2)]
    assert play.refuse(0, 1) == []  # told twice
    assert sent(play.refuse(0, 2)) == [("p0", 3)]
    assert kinds(play.refuse(0, 3)) == [Renew, Fail]
    assert play.work.outcome == "failed: recognition_failed"


def test_an_answer_to_an_earlier_attempt_counts() -> None:
    """It was slow, not lost; the later attempt's answer is then dropped."""
    play = Play()
    play.cut(0)
    play.refuse(0)
    assert kinds(play.answer(0, attempt=1)) == [KeepPiece, DropAudio]
    assert play.answer(0, attempt=2) == []


def test_pieces_are_looked_after_once_a_second() -> None:
    """Each that is under way, and no earlier than there was time to catch up with the answers."""
    play = Play()
    play.cut(0, 1)
    play.work.receive_caught_up(play.now + LOOK_S / 2)
    assert play.collect() == []
    assert play.look() == [Look("p0", 1), Look("p1", 1)]
    play.work.receive_caught_up(play.now + LOOK_S / 2)
    assert play.collect() == []


def test_a_piece_that_nobody_answers_is_sent_again_when_it_is_overdue() -> None:
    """After TUTOR_BATCH_TIMEOUT_S in which no piece at all came back."""
    play = Play()
    play.cut(0)
    play.now += LIMITS.batch_timeout_s - LOOK_S
    assert kinds(play.look()) == [Look]
    assert sent(play.look()) == [("p0", 2)]
    play.now += LIMITS.batch_timeout_s - LOOK_S
    assert kinds(play.look()) == [Look]
    assert sent(play.look()) == [("p0", 3)]
    play.now += LIMITS.batch_timeout_s
    assert kinds(play.look()) == [Renew, Fail]


def test_as_long_as_pieces_come_back_the_rest_is_not_overdue() -> None:
    """They wait for each other at a busy worker."""
    play = Play()
    play.cut(0, 1)
    play.now += LIMITS.batch_timeout_s - 1
    play.answer(1)
    play.now += LIMITS.batch_timeout_s - LOOK_S
    assert kinds(play.look()) == [Look]
    assert sent(play.look()) == [("p0", 2)]


def test_the_first_piece_that_fails_a_job_is_the_last_that_is_looked_after() -> None:
    """What is behind it is neither sent nor looked for."""
    play = Play(limits=replace(LIMITS, piece_attempts=1))
    play.cut(0, 1)
    play.now += LIMITS.batch_timeout_s
    assert kinds(play.look()) == [Renew, Fail]


def test_a_piece_that_the_store_did_not_take_is_sent_again_as_the_same_attempt() -> None:
    """At each look, until the store takes it: it costs no attempt."""
    play = Play()
    play.is_away = True
    play.cut(0)
    assert [sent(play.look()) for _ in range(3)] == [[("p0", 1)]] * 3
    play.is_away = False
    assert sent(play.look()) == [("p0", 1)]
    assert play.look() == [Look("p0", 1)]


def test_a_piece_that_fails_just_before_the_next_look_is_sent_again_once() -> None:
    """What is about to be sent is not yet in the queue, and not lost either."""
    play = Play()
    play.begin()
    play.cut(0)
    play.now += LOOK_S
    play.work.receive_recognition("p0", 1, None, play.now)
    play.work.receive_caught_up(play.now)
    assert [effect.attempt for effect in play.collect() if isinstance(effect, Recognise)] == [2]


def test_a_piece_whose_audio_is_gone_is_sent_again_at_once() -> None:
    """Whoever has taken it: nobody can recognise it as it is."""
    play = Play()
    play.cut(0)
    play.look()
    assert sent(play.see(0, Taker.NONE, has_audio=False)) == [("p0", 2)]


def test_a_piece_dies_with_its_worker() -> None:
    """When the worker gave no sign of life for TUTOR_BATCH_LEASE_S."""
    play = Play()
    play.cut(0)
    assert play.see(0, Taker.DEAD) == []
    play.now += LIMITS.batch_lease_s - 1
    assert play.see(0, Taker.DEAD) == []
    play.now += 1
    assert sent(play.see(0, Taker.DEAD)) == [("p0", 2)]
    assert play.see(0, Taker.DEAD) == []  # the second attempt's worker has its time, too


@pytest.mark.parametrize("sign", [Taker.ALIVE, Taker.NONE])
def test_a_worker_that_gives_a_sign_of_life_is_waited_for(sign: Taker) -> None:
    """A late sign does not count against it; a piece that no worker has taken only waits."""
    play = Play()
    play.cut(0)
    for _ in range(5):
        play.now += LIMITS.batch_lease_s - 1
        assert play.see(0, Taker.DEAD) == []
        assert play.see(0, sign) == []


def test_an_assessment_whose_worker_died_is_left_to_the_queue() -> None:
    """The queue hands it out again soon."""
    play = Play(text=TEXT)
    play.cut(0)
    play.answer(0)
    for _ in range(3):
        play.now += LIMITS.batch_lease_s
        assert play.see(0, Taker.DEAD) == []


def test_what_is_seen_of_a_piece_that_is_finished_or_not_sent_changes_nothing() -> None:
    """Its audio must be gone."""
    play = Play()
    play.cut(0)
    play.answer(0)
    assert play.see(0, Taker.DEAD, has_audio=False) == []
    play.is_away = True
    play.cut(1)
    assert play.see(1, Taker.NONE, has_audio=False) == []


# ---------------------------------------------------------------- the lease


def test_the_lease_is_renewed_with_what_is_known() -> None:
    """Every few seconds: progress, the language once it is found, what was charged."""
    play = Play("auto")
    play.begin()
    play.cut(0)
    assert play.wait(RENEW_S / 2) == []
    assert play.wait(RENEW_S / 2) == [Renew(0.0, None, 0.0)]
    play.answer(0, found=heard(0, "fr"))
    assert play.wait(RENEW_S) == [Renew(0.1, "fr", 0.0)]
    assert play.wait(RENEW_S / 2) == []


def test_progress_is_the_share_of_the_recording_up_to_the_last_finished_piece() -> None:
    """It never says that all is done, whatever the file says of its length."""
    play = Play(said_s=25.0)
    play.begin()
    play.cut(0, 1, 2)
    shares = []
    for index in (1, 0, 2):
        play.answer(index)
        shares += [e.progress for e in play.wait(RENEW_S) if isinstance(e, Renew)]
    assert shares == [0.8, 0.8, 0.99]


def test_progress_goes_on_where_an_earlier_run_was() -> None:
    """A worker that takes the job up does not put it back to nothing."""
    play = Play(earlier=Earlier(progress=0.4))
    play.begin()
    assert play.wait(RENEW_S) == [Renew(0.4, "en", 0.0)]
    play.cut(0)
    play.answer(0)
    assert play.wait(RENEW_S) == [Renew(0.4, "en", 0.0)]


def test_of_a_file_that_does_not_say_its_length_no_progress_is_told() -> None:
    """Nobody knows how much is to come."""
    play = Play(said_s=None)
    play.begin()
    play.cut(0)
    play.answer(0)
    assert play.wait(RENEW_S) == [Renew(0.0, "en", 0.0)]


def test_a_lost_job_sends_nothing_more() -> None:
    """A deleted job's audio is gone: its piece is not sent again, for the lease is lost as well."""
    play = Play()
    play.cut(0)
    play.work.receive_sighting("p0", Taker.NONE, play.now, has_audio=False)
    seen = []
    for effect in play.work.collect():
        seen.append(effect)
        if isinstance(effect, Renew):
            play.work.receive_loss(play.now)
    assert kinds(seen) == [Renew, DropAudio]
    assert play.state() is State.LEAVING  # a worker may have heard it before it was gone


def test_a_lost_job_waits_for_what_is_just_being_recognised() -> None:
    """Then nothing of it is left behind; answers are not kept."""
    play = Play()
    play.cut(0, 1)
    assert play.lose() == [DropAudio(("p0", "p1"))]
    assert play.state() is State.LEAVING
    assert play.answer(0) == []
    assert play.refuse(1) == []
    assert play.state() is State.GONE
    assert play.work.outcome == "gone"


def test_a_lost_job_does_not_wait_for_ever() -> None:
    """A worker that died with its piece never answers."""
    play = Play()
    play.cut(0)
    play.lose()
    assert play.wait(GOODBYE_S - 1) == []
    assert play.state() is State.LEAVING
    assert play.work.outcome == "gone"
    play.wait(1)
    assert play.state() is State.GONE


def test_a_lost_job_does_not_wait_for_what_no_worker_has() -> None:
    """A piece whose worker has answered, or that the store did not take."""
    play = Play()
    play.is_away = True
    play.cut(0)
    play.is_away = False
    play.cut(1)
    play.is_away = True
    play.refuse(1)
    assert kinds(play.lose()) == [DropAudio]
    assert play.state() is State.GONE


def test_a_job_without_pieces_under_way_is_gone_at_once() -> None:
    """Also one that was as good as done."""
    play = Play()
    play.cut(0)
    play.answer(0)
    play.end()
    assert play.lose() == []
    assert play.work.outcome == "gone"


def test_a_piece_that_another_worker_has_kept_ends_the_work() -> None:
    """What was to follow does not happen: the job is the other worker's."""
    play = Play()
    play.cut(0, 1)
    play.work.receive_recognition("p0", 1, heard(0), play.now)
    play.work.receive_recognition("p1", 1, heard(1), play.now)
    seen = []
    for effect in play.work.collect():
        seen.append(effect)
        if isinstance(effect, KeepPiece):
            play.work.receive_loss(play.now)
    assert kinds(seen) == [KeepPiece]
    assert play.work.outcome == "gone"


def test_a_stopped_worker_gives_its_job_back() -> None:
    """Behind what was still to be kept."""
    play = Play()
    play.cut(0, 1)
    play.work.receive_recognition("p0", 1, heard(0), play.now)
    play.work.receive_stop()
    assert kinds(play.collect()) == [KeepPiece, DropAudio, GiveBack]
    assert play.work.outcome == "given back"
    assert play.answer(1) == []


def test_a_stopped_worker_does_not_wait_for_a_lost_job() -> None:
    """It has nothing to give back."""
    play = Play()
    play.cut(0)
    play.lose()
    play.work.receive_stop()
    assert play.collect() == []
    assert play.state() is State.GONE


# ---------------------------------------------------------------- going on after a death


def test_finished_pieces_are_not_sent_again() -> None:
    """A worker that takes the job up goes on behind what is in the database."""
    play = Play(earlier=Earlier((finished(0), finished(1))))
    assert sent(play.cut(0, 1, 2)) == [("p2", 1)]
    play.answer(2)
    assert result_text(play.end()) == "word0 word1 word2"


def test_a_piece_that_is_cut_differently_now_is_forgotten_and_sent() -> None:
    """What is known of it is of other audio."""
    other = FinishedPiece(replace(piece(0), end=7), heard(0))
    play = Play(earlier=Earlier((other,)))
    assert kinds(play.cut(0)) == [ForgetPiece, Recognise]
    play.answer(0, found=Recognition("new", "en"))
    assert result_text(play.end()) == "new"


def test_the_language_is_found_by_finished_pieces_too() -> None:
    """The rest of the file is in the same."""
    play = Play("auto", earlier=Earlier((finished(0, "ru"),)))
    (second,) = play.cut(0, 1)
    assert isinstance(second, Recognise)
    assert second.language == "ru"
    assert play.work.has_room


def test_the_reader_is_where_the_finished_pieces_left_them() -> None:
    """Known pieces move the window as new ones do."""
    words = ("One", "two.", "Three", "four.", "Five", "six.")
    known = FinishedPiece(piece(0), heard(0), read(Window(words)))
    play = Play(text=TEXT, earlier=Earlier((known,)))
    play.cut(0, 1)
    (assess,) = play.answer(1)
    assert isinstance(assess, Assess)
    assert assess.window.position == 2
