"""How long a learner may go on: rules without a server."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.accounts.quota import Allowance
from tutor.core.admission.standing import Standing
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import (
    SessionExpiring,
)


def warned(standing: Standing, now: float) -> list[SessionExpiring]:
    """The warning of this moment, if any."""
    found = standing.receive_tick(now)
    return [] if found is None else [found]


def test_a_login_is_warned_of_once_a_minute_before_its_end() -> None:
    """Then it ends; a newer credential begins anew."""
    standing = Standing()
    standing.receive_login(600, now=100)
    assert not warned(standing, 639)
    assert warned(standing, 640.5) == [SessionExpiring(60)]
    assert not warned(standing, 641)
    standing.receive_login(600, now=650)
    assert not warned(standing, 1189)
    assert warned(standing, 1200) == [SessionExpiring(50)]
    with pytest.raises(ProtocolError) as ended:
        standing.receive_tick(1250)
    assert ended.value.code == "unauthenticated"


def test_without_an_end_nothing_ends() -> None:
    """A guest or an API key goes on, until it is taken back."""
    standing = Standing()
    assert not warned(standing, 1e9)
    standing.receive_login(None, now=0)
    assert not warned(standing, 1e9)
    assert standing.admits(1e9)
    standing.receive_logout(now=1e9)
    with pytest.raises(ProtocolError):
        standing.receive_tick(1e9)


@given(
    st.floats(0.01, 100),  # 0 is no limit
    st.lists(
        st.one_of(st.floats(0.01, 5).map(lambda s: ("audio", s)), st.just(("bill", 0.0))),
        max_size=60,
    ),
)
def test_no_more_audio_is_admitted_than_the_quota_has(
    quota_s: float, steps: list[tuple[str, float]]
) -> None:
    """However frames and bills follow each other; and every admitted second is counted."""
    standing, admitted = Standing(), 0.0
    standing.receive_quota(quota_s)
    for kind, seconds in steps:
        if kind == "audio":
            admitted += seconds if standing.admits(seconds) else 0
        else:
            billed = standing.audio_s
            standing.receive_quota(Allowance(quota_s, billed).left_s, billed)
    assert admitted <= quota_s + 1e-6
    assert math.isclose(standing.audio_s, admitted, abs_tol=1e-6)


def test_what_came_while_a_bill_was_written_is_not_admitted_twice() -> None:
    """What is left was told without it."""
    standing = Standing()
    standing.receive_quota(10)
    assert standing.admits(4)
    billed = standing.audio_s
    assert standing.admits(5)
    standing.receive_quota(10 - billed, billed)
    assert not standing.admits(1.1)
    assert standing.admits(1)
    assert standing.audio_s == 10
