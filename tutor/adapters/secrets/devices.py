"""Devices that have logged in before: a cookie that cannot be made elsewhere (OWASP's device
cookies). It lets nobody in; a device that shows it has tries of its own."""

from __future__ import annotations

import base64
import hmac
import secrets

ACCOUNTS = 5
"""Accounts that one device is known to: a family's, a classroom's; one more, and the first is
forgotten."""

MAC_BYTES = 16


class Devices:
    """Makes and reads such cookies. `key`: the deployment's."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def name(self, cookie: str, email: str) -> str | None:
        """The name under which a device's tries of an account are counted; None: it has not logged
        in to that account before."""
        device, *known = cookie.split(".")
        mac = self._mac(device, email)
        is_known = any(hmac.compare_digest(mac.encode(), one.encode()) for one in known)
        return f"{device}.{email}" if is_known else None

    def remember(self, cookie: str, email: str) -> str:
        """The cookie of a device that has just logged in, which may have been one before."""
        device, *known = cookie.split(".")
        if not device or not known or len(known) > ACCOUNTS:  # none of ours
            device, known = secrets.token_urlsafe(16), []
        mac = self._mac(device, email)
        return ".".join([device, *[one for one in known if one != mac][1 - ACCOUNTS :], mac])

    def _mac(self, device: str, email: str) -> str:
        text = f"device:{device}:{email}"
        whole = hmac.digest(self._key, text.encode(), "sha256")[:MAC_BYTES]
        return base64.urlsafe_b64encode(whole).decode().rstrip("=")
