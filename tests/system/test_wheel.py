import json
import re
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, get, served
from tests.support.places import ROOT
from tests.support.speech import SPEECH, TEXTS, plain, spoken
from tests.support.wheel import build_wheel, install


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The working directory: a place from which nothing of this checkout can be imported."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("PYTHONPATH", raising=False)
        folder = tmp_path_factory.mktemp("elsewhere")
        monkeypatch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def wheel(elsewhere: Path) -> Path:
    """A wheel of this checkout."""
    return build_wheel(elsewhere / "dist")


@pytest.fixture(scope="module")
def client(wheel: Path, elsewhere: Path) -> Path:
    """The Python of an environment with `voice-tutor` alone."""
    return install(wheel, elsewhere / "client")


@pytest.fixture(scope="module")
def server(wheel: Path, elsewhere: Path) -> Path:
    """The Python of an environment with `voice-tutor[server]`."""
    return install(wheel, elsewhere / "server", "server")


@pytest.fixture(scope="module")
def running(server: Path, elsewhere: Path) -> Iterator[House]:
    """A running server of that environment."""
    with served(elsewhere, python=server, speech="true") as house:
        yield house


def python(executable: Path, program: str, *arguments: str) -> str:
    """What a Python program prints."""
    command = [str(executable), "-c", textwrap.dedent(program), *arguments]
    return subprocess.check_output(command, text=True)


def tree(folder: Path) -> dict[str, bytes]:
    """The files of a folder, and what is in them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_server_is_the_wheels(server: Path) -> None:
    """Nothing is imported from the checkout, and all of the page and the assets is installed."""
    package = Path(python(server, "import tutor; print(tutor.__path__[0])").strip())
    assert package.is_relative_to(server.parents[1])
    assert str(ROOT) not in python(server, "import sys; print(sys.path)")
    assert tree(package / "web") == tree(ROOT / "web")
    assert tree(package / "bench" / "speech") == tree(SPEECH)
    assert tree(package / "assets") == tree(ROOT / "tutor" / "assets")


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/static/app.js", "app.js"),
        ("/docs", "docs.html"),
        ("/static/sdk/client.js", "sdk/client.js"),
        ("/static/i18n/en.json", "i18n/en.json"),
    ],
)
def test_an_installed_server_has_the_page(running: House, path: str, file: str) -> None:
    """The page, its modules, the reference and the SDK come out of the wheel."""
    assert get(f"{running.url}{path}")[::2] == (200, (ROOT / "web" / file).read_text("utf-8"))


def test_an_installed_server_serves_the_page_whole(running: House) -> None:
    """The page and what it is made from are one document, one sheet and one script."""
    _, _, body = get(f"{running.url}/")
    for name in re.findall(r'"(/static/(?:app|style)-[^"]+)"', body):
        assert get(f"{running.url}{name}")[0] == 200


def test_the_parts_of_an_installed_server_are_its_own(running: House, server: Path) -> None:
    """The gateway and the workers run in the environment of the wheel."""
    for part in ("gateway", "asr", "feedback", "files", "speech"):
        assert running.part("-m", "tutor", part).cmdline()[0] == str(server)


def test_an_installed_server_has_exercises(running: House) -> None:
    """The exercises come out of the wheel."""
    status, _, body = get(f"{running.url}/v1/exercises?language=en")
    assert status == 200
    assert len(json.loads(body)) > 0


def test_an_installed_server_hears(server: Path, running: House) -> None:
    """A recording is streamed into it by the installed command, and understood."""
    name = "weather.flac"
    command = [str(server.parent / "tutor"), "stream", "--json", "--fast", "--url", running.url]
    told = subprocess.check_output([*command, str(SPEECH / name)], text=True)
    events = [json.loads(line) for line in told.splitlines()]
    finals = [event["text"] for event in events if event["type"] == "transcript.final"]
    assert plain(" ".join(finals)) == plain(TEXTS[name])


def test_the_client_alone_practises(client: Path, running: House, elsewhere: Path) -> None:
    """Installed without an extra, the client speaks to a server, and little came with it."""
    pcm = elsewhere / "weather.pcm"
    pcm.write_bytes(spoken("weather.flac").tobytes())
    program = """
        import sys
        from pathlib import Path
        from tutor.client import SessionStart, TranscriptFinal, practise_pcm

        for event in practise_pcm(sys.argv[1], Path(sys.argv[2]).read_bytes(), SessionStart("en")):
            if isinstance(event, TranscriptFinal):
                print(event.text)
    """
    assert plain(python(client, program, running.url, str(pcm))) == plain(TEXTS["weather.flac"])
    packages = (
        "from importlib.metadata import distributions; print(*{d.name for d in distributions()})"
    )
    assert {"numpy", "orjson", "pydantic", "websockets"} < set(python(client, packages).split())
    assert not {"av", "fastapi", "torch", "typer"} & set(python(client, packages).split())


def test_the_client_alone_says_what_recordings_need(client: Path) -> None:
    """Without the extra `audio`, a recording that is to be decoded is refused in one line."""
    program = """
        from pathlib import Path
        from tutor.client import PracticeError, SessionStart, practise_file

        try:
            practise_file("http://127.0.0.1:1", Path("speech.mp3"), SessionStart("en"))
        except PracticeError as error:
            print(error)
    """
    told = python(client, program)
    assert told == "recordings need av: pip install 'voice-tutor[audio]'\n"


def test_the_client_alone_says_what_the_command_needs(client: Path) -> None:
    """Without the extra `server`, the command ends with one line instead of a traceback."""
    for command in ([client.parent / "tutor"], [client, "-m", "tutor"]):
        ended = subprocess.run([*command, "serve"], capture_output=True, text=True)
        assert ended.returncode == 1
        assert ended.stderr.count("\n") == 1
        assert ended.stderr.endswith(": pip install 'voice-tutor[server]'\n")
