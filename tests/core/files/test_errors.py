"""Error codes of file jobs, as the work on a file uses them."""

import pytest

from tests.support.file_work import Play, kinds
from tutor.core.files.effects import Fail
from tutor.core.files.errors import JOB_ERRORS
from tutor.core.files.pieces import Step
from tutor.core.files.work import FAILURES, State


@pytest.mark.parametrize("code", sorted(JOB_ERRORS))
def test_a_failure_without_a_detail_says_what_its_code_means(code: str) -> None:
    """Whatever fails a job, its owner gets a sentence, and the log the code."""
    play = Play()
    play.begin()
    play.work.receive_failure(code)
    assert play.collect() == [Fail(code, JOB_ERRORS[code][1])]
    assert play.work.outcome == f"failed: {code}"


@pytest.mark.parametrize("code", sorted(JOB_ERRORS))
def test_a_detail_takes_the_place_of_the_meaning(code: str) -> None:
    """What was wrong with this file is told, not what may be wrong with any."""
    play = Play()
    play.work.receive_failure(code, "there is no sound in the third stream")
    assert play.collect() == [Fail(code, "there is no sound in the third stream")]


def test_a_code_outside_the_table_is_a_mistake_of_the_server() -> None:
    """An unknown code fails the worker, where it is found, before anybody could be told it."""
    with pytest.raises(KeyError):
        Play().work.receive_failure("no_such_code")


@pytest.mark.parametrize("step", Step)
def test_a_step_that_fails_for_good_is_not_the_callers_mistake(step: Step) -> None:
    """The same file may be sent again: its status is one of the server's."""
    assert JOB_ERRORS[FAILURES[step]][0] >= 500


def test_the_step_that_failed_gives_the_job_its_code() -> None:
    """A piece that was recognised but not assessed fails the job for want of an assessment."""
    play = Play(text="one two three")
    play.begin()
    play.cut(0)
    play.answer(0)
    effects = [effect for attempt in (1, 2, 3) for effect in play.assess(0, None, attempt)]
    assert kinds(effects)[-1] is Fail
    assert play.work.outcome == "failed: assessment_failed"


@pytest.mark.parametrize("text", ["", None])
def test_a_job_without_a_text_is_no_reading_that_failed(text: str | None) -> None:
    """An empty text asks for no assessment, so it is no `no_text`."""
    play = Play(text=text)
    assert not play.work.is_read
    assert play.state() is State.READING
