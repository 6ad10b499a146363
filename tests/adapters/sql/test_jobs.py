from tutor.adapters.sql.jobs import JobRow


def test_a_guest_may_have_jobs() -> None:
    """Where no account is needed, a job's owner is nobody."""
    assert JobRow.__table__.c.owner.nullable
