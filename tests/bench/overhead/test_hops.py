from tutor.adapters.store.monitor import Command
from tutor.bench.overhead.hops import STEPS, hops_between


def test_hops_are_the_time_between_the_stores_commands() -> None:
    """Each step is the first command of its kind after the one before; one missing gives none."""
    commands = [
        Command(float(at), f"{verb} x:{key}:y") for at, (_, verb, key) in enumerate(STEPS, start=1)
    ]
    noisy = [Command(0.5, "INCR other"), *commands]
    found = hops_between(noisy, 0.0, 8.0)
    assert found is not None
    assert list(found.values()) == [1, 1, 1, 1, 1, 1, 2]
    assert next(iter(found)) == "commit → enqueued"
    assert hops_between(commands[:-1], 0.0, 8.0) is None
