"""Signs webhooks as Twilio does: https://www.twilio.com/docs/usage/security#validating-requests"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

Parameters = list[tuple[str, str]]


def sign(auth_token: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Base64 of HMAC-SHA1 over the URL and all parameters, sorted by name; blanks count."""
    payload = url + "".join(name + value for name, value in sorted(parameters))
    digest = hmac.new(auth_token.encode(), payload.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
