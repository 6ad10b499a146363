from tutor.adapters.secrets.devices import ACCOUNTS, Devices

DEVICES = Devices("a key for tests that is long enough")
ANNA = "anna@school.example"


def test_a_device_is_known_to_the_accounts_that_logged_in_there() -> None:
    """Under one name for each; not to another account, nor with another server's key."""
    cookie = DEVICES.remember("", ANNA)
    name = DEVICES.name(cookie, ANNA)
    assert name
    assert DEVICES.name(cookie, "boris@school.example") is None
    assert Devices("another key that is long enough").name(cookie, ANNA) is None
    both = DEVICES.remember(cookie, "boris@school.example")
    assert DEVICES.name(both, ANNA) == name != DEVICES.name(both, "boris@school.example")
    assert DEVICES.remember(both, "boris@school.example") == both
    assert ANNA not in both


def test_what_was_made_up_is_no_device() -> None:
    """Nor does the proof of one device hold for another; such a cookie is replaced."""
    cookie = DEVICES.remember("", ANNA)
    device, mac = cookie.split(".")
    for made_up in ("", ".", "x", f"x.{mac}", f"{device}.", f"{device}x.{mac}", "\u00e9.\u00e9"):
        assert DEVICES.name(made_up, ANNA) is None
    assert DEVICES.remember("x", ANNA).split(".")[0] != "x"
    assert DEVICES.remember("x." + "y." * 50, ANNA).count(".") == 1


def test_a_device_knows_a_few_accounts() -> None:
    """One more, and the first is forgotten: a cookie does not grow for ever."""
    cookie = ""
    for number in range(ACCOUNTS + 1):
        cookie = DEVICES.remember(cookie, f"{number}@school.example")
    known = [bool(DEVICES.name(cookie, f"{n}@school.example")) for n in range(ACCOUNTS + 1)]
    assert known == [False, *[True] * ACCOUNTS]
    assert len(cookie) < 300
