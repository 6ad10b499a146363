"""Who a request acts for, on its way through a ticket to a quota."""

import json
from dataclasses import FrozenInstanceError, asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.accounts.principal import GUEST, Principal
from tutor.core.accounts.quota import quota_of

PRINCIPALS = st.from_type(Principal).filter(lambda one: one.expires_at == one.expires_at)


@given(PRINCIPALS)
def test_a_guest_is_who_has_no_account(principal: Principal) -> None:
    """Neither the plan nor the credential makes an account, and taking the account away is all
    that makes a guest."""
    assert principal.is_guest == (principal.user is None)
    assert replace(principal, user=None).is_guest


def test_an_account_without_a_name_is_still_one() -> None:
    """Only None is a guest: an empty id must not open the door that guests have."""
    assert not Principal(user="").is_guest


@given(PRINCIPALS)
def test_a_principal_comes_back_from_json(principal: Principal) -> None:
    """A ticket keeps it as JSON, and who redeems the ticket is the same in every field."""
    assert Principal(**json.loads(json.dumps(asdict(principal)))) == principal


@given(st.floats(1, 86_400), st.floats(1, 86_400))
def test_a_guest_never_gets_more_than_the_table_gives_guests(guest: float, plus: float) -> None:
    """With a plan for guests it is that one; without one it is the smallest, never unlimited."""
    assert quota_of({"guest": guest, "plus": plus}, GUEST.plan) == guest
    assert quota_of({"free": guest, "plus": plus, "school": 0}, GUEST.plan) == min(guest, plus)


def test_no_request_can_change_who_another_one_acts_for() -> None:
    """All guests share one principal, so it must stay what it is."""
    with pytest.raises(FrozenInstanceError):
        GUEST.user = "u1"  # type: ignore[misc]
    assert replace(GUEST, user="u1", credential="api_key") != GUEST == Principal()
