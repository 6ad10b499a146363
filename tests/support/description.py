"""The HTTP API as it describes itself."""

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app

NOBODY = Settings.load(redis_url="redis://127.0.0.1:9/0")
"""Nothing connects while a document is made."""

DOCUMENT = make_app(NOBODY).openapi()
