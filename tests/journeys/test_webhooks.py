"""What the webhooks refuse, over HTTP."""

from __future__ import annotations

import pytest

from tests.journeys.stack import Stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


@pytest.mark.parametrize("path", ["/channels/sms", "/channels/sms/receipt"])
@pytest.mark.parametrize(
    "headers", [{}, {"X-Twilio-Signature": "bm90IHNpZ25lZA=="}, {"X-Twilio-Signature": ""}]
)
async def test_an_unsigned_sms_is_refused(stack: Stack, path: str, headers: dict[str, str]) -> None:
    body = {"MessageSid": "SM" + "0" * 32, "From": "+13105559999", "Body": "pothole"}
    response = await stack.http.post(stack.web + path, data=body, headers=headers)
    assert response.status_code == 403


@pytest.mark.parametrize("secret", [None, "", "guess"])
async def test_an_update_without_the_secret_is_refused(stack: Stack, secret: str | None) -> None:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    response = await stack.http.post(f"{stack.web}/channels/telegram", json={"update_id": 1}, headers=headers)
    assert response.status_code == 403


async def test_a_webhook_of_many_megabytes_is_not_read(stack: Stack) -> None:
    response = await stack.http.post(f"{stack.web}/channels/sms", content=b"x" * 2_000_000)
    assert response.status_code == 413
