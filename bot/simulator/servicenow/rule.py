"""The business rule that calls Cityline after a change, as `docs/howto/servicenow.md` has it for a real instance.

This one runs for files and deletions, too, which on a real instance are rules of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from bot.simulator.config import InstanceAccount
from bot.simulator.servicenow.instance import Happening
from bot.simulator.webhooks import Post, deliver
from bot.simulator.world import World

PROVIDER = "servicenow"
SIGNATURE = "X-Cityline-Signature"
KEY = "servicenow"  # of the page's events


class CallCityline:
    """Runs after each deed, asynchronously: it neither waits nor fails. What Cityline did itself is no news to it."""

    def __init__(self, world: World, account: InstanceAccount) -> None:
        self._world = world
        self._account = account

    def __call__(self, happening: Happening) -> None:
        if self._account.sync_secret and happening.user != self._account.username:
            self._world.begin(self._call(happening.sys_id))

    async def _call(self, sys_id: str) -> None:
        config, began = self._world.config, time.monotonic()
        body = json.dumps({"sys_id": sys_id}).encode()
        headers = {
            "Content-Type": "application/json",
            SIGNATURE: signature(body, self._account.sync_secret),
        }
        post = Post(PROVIDER, config.sync_webhook, body, headers)
        answer = await deliver(self._world, post, config.sync_retries, repeat_refused=False)
        self._world.hub.publish(
            KEY,
            {
                "type": "called",
                "sys_id": sys_id,
                "status": answer.status,
                "attempts": answer.attempts,
                "milliseconds": round((time.monotonic() - began) * 1000),
            },
        )


def signature(body: bytes, secret: str) -> str:
    """What shows that a call is from the instance: HMAC-SHA256 of the raw body under the secret both know."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
