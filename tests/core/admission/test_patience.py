from tutor.adapters.settings import Settings
from tutor.core.admission.patience import Patience

DEFAULT = Patience(
    Settings.model_fields["head_timeout_s"].default,
    Settings.model_fields["body_timeout_s"].default,
    Settings.model_fields["body_rate"].default,
    Settings.model_fields["answer_timeout_s"].default,
)


def test_a_head_has_its_time_whatever_comes_of_it() -> None:
    """A byte now and then makes it no longer."""
    assert DEFAULT.until_head(100) == 110


def test_a_large_body_on_a_slow_line_has_the_time_that_it_needs() -> None:
    """25 MiB at 128 kbit/s come in; a byte a second never holds a connection for a minute."""
    rate, size = 16_000, 25 * 2**20
    assert all(second < DEFAULT.until_body(0, rate * second) for second in range(size // rate))
    assert DEFAULT.until_body(0, 60) < 31


def test_an_answer_is_waited_for_as_long_as_somebody_takes_it() -> None:
    """A recording of 10 MB is taken at 128 kbit/s; who takes a packet now and then is not waited
    for, and who takes nothing for half a minute."""
    rate, size, packet = 16_000, 10 * 10**6, 1460
    assert all(second < DEFAULT.until_taken(0, rate * second) for second in range(size // rate))
    assert DEFAULT.until_taken(0, 0) == 30
    assert DEFAULT.until_taken(0, 60 // 9 * packet) < 32
