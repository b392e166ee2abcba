"""`cityline telegram`: telling Telegram where updates go."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.cli.output import console

app = typer.Typer(help="The Telegram bot.", no_args_is_help=True)


@app.command("set-webhook")
def point_webhook(
    delete: Annotated[
        bool, typer.Option("--delete", help="Remove the webhook instead, to go back to polling.")
    ] = False,
) -> None:
    """Tell Telegram to post updates to PUBLIC_URL, with TELEGRAM_WEBHOOK_SECRET."""
    from bot.cli.errors import CommandError
    from bot.settings import settings

    config = settings()
    if not config.telegram_configured:
        raise CommandError("TELEGRAM_BOT_TOKEN is not set. @BotFather gives one; see README.md.")
    if delete:
        asyncio.run(_set(None, ""))
        console().print("Telegram posts nowhere now. Set TELEGRAM_MODE=polling and restart.")
        return
    if config.telegram_webhook_secret is None:
        raise CommandError("TELEGRAM_WEBHOOK_SECRET is not set: 1 to 256 letters, digits, _ or -.")
    if config.telegram_api_base_url.startswith("https://api.telegram.org") and not config.base_url.startswith(
        "https://"
    ):
        raise CommandError(
            "Telegram posts to https addresses only. Set PUBLIC_URL, or TELEGRAM_MODE=polling."
        )
    url = asyncio.run(_set(config.base_url, config.telegram_webhook_secret.get_secret_value()))
    console().print(f"Telegram posts to {url} now.")
    if config.telegram_mode != "webhook":
        console().print("TELEGRAM_MODE is polling: set it to webhook and restart.")


async def _set(base_url: str | None, secret: str) -> str | None:
    from bot.channels.telegram.client import open_client
    from bot.channels.telegram.updates import delete_webhook, set_webhook
    from bot.settings import settings

    client = open_client(settings())
    try:
        if base_url is None:
            await delete_webhook(client)
            return None
        return await set_webhook(client, base_url=base_url, secret=secret)
    finally:
        await client.aclose()
