"""Knowing a provider's event again after its sender was erased, without keeping its id.

Providers repeat what they are not sure we got, and some ids hold the number or the chat they came from. So the id of an
erased message is replaced by a keyed hash of it: a repeat is recognised, and nobody can read the id back.
"""

from __future__ import annotations

import hashlib
import hmac

from bot.settings import secret_key, settings


def erased_id(channel: str, provider_id: str) -> str:
    """What stands in the place of a provider's id once its message was erased."""
    key = secret_key(settings()).encode()
    text = f"erased-message:{channel}:{provider_id}".encode("utf-8", "replace")
    return "erased:" + hmac.new(key, text, hashlib.sha256).hexdigest()
