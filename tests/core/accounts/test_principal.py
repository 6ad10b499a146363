"""Whom a request acts for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.accounts.principal import GUEST, Credential, Principal
from tutor.core.accounts.quota import Allowance, quota_of

PLANS = {"guest": 600.0, "free": 7_200.0, "plus": 0.0}


@given(
    st.sampled_from(["free", "plus", "gone"]),
    st.sampled_from(["none", "access_token", "api_key", "ticket"]),
    st.none() | st.floats(0, 1e10),
)
def test_an_account_is_no_guest_whatever_its_credential(
    plan: str, credential: Credential, expires_at: float | None
) -> None:
    """Only who has no account is a guest; neither plan nor credential makes one."""
    assert not Principal("a1", plan, credential, "g1", expires_at).is_guest
    assert Principal(None, plan, credential, "g1", expires_at).is_guest


def test_a_guest_shows_nothing_that_could_be_revoked() -> None:
    """A guest belongs to no login and has a plan of its own, which the quota table may limit."""
    assert GUEST.is_guest
    assert (GUEST.credential, GUEST.grant, GUEST.expires_at) == ("none", None, None)
    assert quota_of(PLANS, GUEST.plan) == 600


def test_one_login_is_one_principal() -> None:
    """Requests with the same credential are the same principal, another login is another one."""
    seen = {Principal("a1", "free", "access_token", grant) for grant in ("g1", "g1", "g2")}
    assert len(seen) == 2


@pytest.mark.parametrize(("plan", "left_s"), [("guest", 100), ("free", 6_700), ("plus", None)])
def test_the_plan_of_a_principal_decides_its_allowance(plan: str, left_s: float | None) -> None:
    """Of 500 s that were used a guest has little left, and an unlimited plan no end."""
    principal = Principal("a1", plan)
    assert Allowance(quota_of(PLANS, principal.plan), 500).left_s == left_s
