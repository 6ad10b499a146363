"""Quotas, whatever was used and whatever the clock says."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from tutor.core.accounts.quota import DAY_S, Allowance, quota_of, until_midnight

seconds = st.integers(0, 200_000).map(float)
quotas = st.integers(1, DAY_S).map(float)


@given(quotas, seconds)
def test_what_is_left_and_what_was_used_is_the_quota(quota_s: float, used_s: float) -> None:
    """Until the day's audio is used up not a second is lost or given away, and none is owed."""
    allowance = Allowance(quota_s, used_s)
    assert allowance.left_s == max(0.0, quota_s - used_s)
    assert allowance.is_exhausted == (used_s >= quota_s)


@given(quotas, seconds, seconds)
def test_using_audio_never_leaves_more(quota_s: float, used_s: float, more_s: float) -> None:
    """An allowance that is exhausted stays so until the day is over."""
    before, after = Allowance(quota_s, used_s), Allowance(quota_s, used_s + more_s)
    assert before.left_s is not None
    assert after.left_s is not None
    assert after.left_s <= before.left_s
    assert after.is_exhausted or not before.is_exhausted


@given(seconds)
def test_an_unlimited_plan_is_never_used_up(used_s: float) -> None:
    """Where nothing is counted there is no number of seconds left, not a large one."""
    assert Allowance(0, used_s).left_s is None
    assert not Allowance(0, used_s).is_exhausted


@given(st.dictionaries(st.sampled_from(["guest", "free", "plus", "school"]), st.just(0.0) | quotas))
def test_a_plan_that_is_gone_gets_no_more_than_any_other(plans: dict[str, float]) -> None:
    """Who has an old plan is limited as the least of today's, unless nobody is limited at all."""
    limited = [quota for quota in plans.values() if quota]
    assert quota_of(plans, "gone") == (min(limited) if limited else 0)
    for plan, quota in plans.items():
        assert quota_of(plans, plan) == quota


@given(st.floats(0, 4e9))
@example(0.0)
@example(DAY_S - 0.001)
def test_the_day_ends_at_midnight_utc(now_s: float) -> None:
    """Seconds until midnight lead to the next day's first second, by the calendar."""
    now = datetime.fromtimestamp(int(now_s), UTC)
    midnight = now + timedelta(seconds=until_midnight(now_s))
    assert (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0)
    assert midnight.date() == now.date() + timedelta(days=1)


@given(st.integers(0, 10**9))
def test_midnight_comes_nearer_second_by_second(now_s: int) -> None:
    """A wait for midnight is positive, a day at most, and counts down to the new day."""
    left = until_midnight(now_s)
    assert 1 <= left <= DAY_S
    assert until_midnight(now_s + 1) == (left - 1 or DAY_S)
