from tutor.adapters.settings import Settings
from tutor.core.accounts.patience import Patience

DEFAULT = Patience(
    Settings.model_fields["head_timeout_s"].default,
    Settings.model_fields["body_timeout_s"].default,
    Settings.model_fields["body_rate"].default,
)


def test_a_head_has_its_time_whatever_comes_of_it() -> None:
    """A byte now and then makes it no longer."""
    assert DEFAULT.until_head(100) == 110


def test_a_large_body_on_a_slow_line_has_the_time_that_it_needs() -> None:
    """25 MiB at 128 kbit/s come in; a byte a second never holds a connection for a minute."""
    rate, size = 16_000, 25 * 2**20
    assert all(second < DEFAULT.until_body(0, rate * second) for second in range(size // rate))
    assert DEFAULT.until_body(0, 60) < 31
