"""Every setting, read once from `TUTOR_*` environment variables (and a `.env` file).

Each module of this package holds the settings of one subject; `Settings` puts them together. None
imports a model or the machine that it configures: reading a setting loads nothing else. The first
line of a class's docstring is the title of its table in the reference.
"""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tutor.adapters.settings.accounts import AccountSettings
from tutor.adapters.settings.coach import CoachSettings
from tutor.adapters.settings.feedback import FeedbackSettings
from tutor.adapters.settings.files import FileSettings
from tutor.adapters.settings.gateway import GatewaySettings
from tutor.adapters.settings.places import NoHomeError, PlaceSettings
from tutor.adapters.settings.recognition import RecognitionSettings
from tutor.adapters.settings.segmenting import SegmentingSettings
from tutor.adapters.settings.telemetry import TelemetrySettings
from tutor.adapters.settings.voice import VoiceSettings
from tutor.core.text.one_line import OneLineError

__all__ = ["CoachSettings", "RecognitionSettings", "Settings", "SettingsError", "comma_list"]


class SettingsError(OneLineError):
    """A setting is wrong; the message is one line that says which and why."""


class Settings(
    # The reference of settings begins with the last one: pydantic collects fields from there on.
    FileSettings,
    AccountSettings,
    VoiceSettings,
    CoachSettings,
    GatewaySettings,
    FeedbackSettings,
    SegmentingSettings,
    RecognitionSettings,
    TelemetrySettings,
    PlaceSettings,
    BaseSettings,
):
    """All settings; the documentation's reference is made from this class."""

    model_config = SettingsConfigDict(env_prefix="TUTOR_", env_file=".env", extra="ignore")

    @classmethod
    def load(cls, **overrides: object) -> Settings:
        """Read the environment; `overrides` that are not None take precedence.

        Raises:
            SettingsError: a value is wrong.
        """
        try:
            return cls(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
        except NoHomeError as error:
            raise SettingsError(str(error)) from error
        except ValidationError as error:
            first = error.errors()[0]
            name = "TUTOR_" + "_".join(str(part) for part in first["loc"]).upper()
            is_secret = name.endswith(("_URL", "_KEY", "_TOKEN"))  # a URL may hold a password
            shown = name if is_secret else f"{name}={first['input']!r}"
            raise SettingsError(f"{shown}: {first['msg'].removeprefix('Value error, ')}") from error

    def require_store(self) -> None:
        """Refuse to go on without an address of Redis.

        Raises:
            SettingsError: there is no address.
        """
        if not self.redis_url:
            raise SettingsError(
                "TUTOR_REDIS_URL is needed to run a part alone (`tutor serve` brings its own store)"
            )

    def require_safe_address(self) -> None:
        """Refuse to open the tutor to others without accounts.

        Raises:
            SettingsError: the message says what to set.
        """
        if not self.is_loopback and (
            self.accounts != "required" or not self.secret_key.get_secret_value()
        ):
            raise SettingsError(
                f"listening on {self.host or 'every address'} opens the tutor to whoever reaches "
                "it: set TUTOR_ACCOUNTS=required and TUTOR_SECRET_KEY (`openssl rand -hex 32` "
                "makes one), or listen on 127.0.0.1"
            )

    @property
    def has_docs(self) -> bool:
        """Whether the API's documents are served."""
        return self.docs == "open" or (self.docs == "auto" and self.is_loopback)

    @property
    def batch_size(self) -> int:
        """Whisper processes for files: they take turns with the live ones for the same cores."""
        return self.batch_processes or max(1, self.processes // 2)


def comma_list(value: str) -> frozenset[str]:
    """The parts of a comma-separated setting."""
    return frozenset(part.strip() for part in value.split(",") if part.strip())
