from tutor.client.backoff import BASE_S, LONGEST_S, full_jitter


def test_tries_are_spread_and_bounded() -> None:
    """The wait is anything up to a bound that doubles, ten seconds at most."""
    assert full_jitter(0, 1.0) == BASE_S
    assert full_jitter(3, 0.5) == 2.0
    assert full_jitter(9_999, 1.0) == LONGEST_S
    assert full_jitter(5, 0.0) == 0.0
