"""The command line in this process."""

from typer.testing import CliRunner

from tutor.shells.cli.main import app


def command(*arguments: str, **settings: str) -> tuple[int, str]:
    """Exit code of the command line, and what it has told on stderr."""
    env = {f"TUTOR_{name.upper()}": value for name, value in settings.items()}
    done = CliRunner().invoke(app, arguments, env=env, catch_exceptions=False)
    return done.exit_code, done.stderr
