import pytest

from tutor.core.admission.hosts import Hosts, name_of

LOOPBACK = (
    "localhost",
    "LOCALHOST:8000",
    "localhost.",
    "tutor.localhost:8000",
    "127.0.0.1:8000",
    "127.1.2.3",
    "[::1]:8000",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]:8000",
)

FOREIGN = (
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "notlocalhost",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "",
    ":8000",
    "localhost@evil.example",
    "evil.example/localhost",
    "localhost:80:80",
    "localhost:http",
    "[::1",
    "::1",
    "[evil.example]",
    "localhost evil.example",
    "localhost\x00",
    "\uff4cocalhost.evil.example",
)


@pytest.mark.parametrize("host", LOOPBACK)
def test_every_name_of_loopback_is_ours(host: str) -> None:
    """Whatever the settings name: nobody else can have it pointed here."""
    assert host in Hosts((), addresses=False)


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_that_nobody_named_is_none_of_ours(host: str) -> None:
    """A page of such a name that was pointed at this server would be of its origin."""
    for hosts in (Hosts((), addresses=False), Hosts(("tutor.example",), addresses=True)):
        assert host not in hosts


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("tutor.example", True),
        ("Tutor.Example.:443", True),
        ("www.tutor.example", False),
        ("a.school.example", True),
        ("a.b.school.example", True),
        ("school.example", False),
        ("evilschool.example", False),
        ("[2001:DB8:0::1]:80", True),
        ("192.0.2.7", False),
    ],
)
def test_names_that_were_given_are_ours(host: str, ours: bool) -> None:
    """In any spelling, with any port; a star stands for all below a domain."""
    names = ("tutor.example", "*.school.example", "2001:db8::1", "")
    assert (host in Hosts(names, addresses=False)) is ours


def test_a_server_for_others_is_asked_by_any_address() -> None:
    """A phone opens the address of a machine in its network: an address cannot be pointed
    elsewhere, a name still can. On loopback nobody has to."""
    for host in ("192.168.1.20:8000", "[fe80::1]:8000"):
        assert host in Hosts(("0.0.0.0",), addresses=True)  # noqa: S104 - as a setting
        assert host not in Hosts(("127.0.0.1",), addresses=False)
    assert "evil.example:8000" not in Hosts(("0.0.0.0",), addresses=True)  # noqa: S104


def test_a_star_lets_every_name_in() -> None:
    """For who checks names elsewhere; what is no name stays out."""
    assert "evil.example" in Hosts(("*",), addresses=False)
    assert "a b" not in Hosts(("*",), addresses=False)


def test_a_name_is_told_without_its_port() -> None:
    """In lower case, without brackets and the root's dot."""
    told = [name_of(host) for host in ("School.Example.:8000", "[::1]:80", "localhost:x")]
    assert told == ["school.example", "::1", None]
