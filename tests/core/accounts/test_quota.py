from tutor.core.accounts.quota import Allowance, quota_of, until_midnight


def test_a_plan_names_a_quota() -> None:
    """0 is none; an unknown plan gets the smallest."""
    plans = {"guest": 0.0, "free": 7200.0, "plus": 0.0}
    assert quota_of(plans, "free") == quota_of(plans, "gone") == 7200
    assert Allowance(quota_of(plans, "plus"), 1e6).left_s is None
    assert Allowance(7200, 7201).left_s == 0
    assert Allowance(7200, 7201).is_exhausted
    assert not Allowance(0, 1e6).is_exhausted
    assert until_midnight(86_400 * 9 + 86_000.5) == 400
