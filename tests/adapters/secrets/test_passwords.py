import pytest

from tests.support.gateway import PASSWORD
from tutor.adapters.secrets import passwords


def test_passwords_are_kept_as_argon2id() -> None:
    """A hash takes 19 MiB, two passes, one lane; the same password twice gives two hashes."""
    kept = [passwords.hash_password(PASSWORD) for _ in range(2)]
    assert all(text.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for text in kept)
    assert kept[0] != kept[1]
    assert all(passwords.is_password(text, PASSWORD) for text in kept)


def test_an_unknown_user_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash of the same parameters is computed where there is no account."""
    checked: list[str] = []
    verify = passwords._hasher.verify  # the clock would be a worse witness

    class Witness:
        """Notes each hash that is worked through."""

        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept)
            return verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Witness())
    assert not passwords.is_password(None, PASSWORD)
    assert not passwords.is_password(None, "nobody has this password")
    assert len(checked) == 2
    assert all(text.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for text in checked)
