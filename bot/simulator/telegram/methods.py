"""The methods of the Bot API that Cityline uses: https://core.telegram.org/bots/api#available-methods"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.phones import Phone, ShownPin
from bot.simulator.telegram import objects
from bot.simulator.telegram.bot import TelegramBot
from bot.simulator.telegram.edits import Edits
from bot.simulator.telegram.errors import bad_request
from bot.simulator.telegram.files import DOWNLOAD_LIMIT
from bot.simulator.telegram.markup import Markup, read_markup
from bot.simulator.telegram.objects import Json
from bot.simulator.telegram.parameters import CAPTION_LIMIT, TEXT_LIMIT, Parameters, words
from bot.simulator.telegram.pictures import take_photo
from bot.simulator.telegram.updates import CONNECTIONS, Webhook

ALBUM = range(2, 11)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Method = Callable[[Parameters], Awaitable[Any]]


class Methods:
    """One bound method per Bot API method; each returns the `result`."""

    def __init__(self, bot: TelegramBot) -> None:
        self.bot = bot
        self.world = bot.world
        edits = Edits(bot)
        methods: tuple[tuple[str, Method], ...] = (
            ("getMe", self.get_me),
            ("sendMessage", self.send_message),
            ("sendPhoto", self.send_photo),
            ("sendMediaGroup", self.send_media_group),
            ("sendVenue", self.send_venue),
            ("sendLocation", self.send_location),
            ("sendChatAction", self.send_chat_action),
            ("editMessageText", edits.text),
            ("editMessageCaption", edits.caption),
            ("editMessageReplyMarkup", edits.markup),
            ("answerCallbackQuery", self.answer_callback),
            ("setWebhook", self.set_webhook),
            ("deleteWebhook", self.delete_webhook),
            ("getWebhookInfo", self.webhook_info),
            ("getUpdates", self.get_updates),
            ("getFile", self.get_file),
            ("setMyCommands", self.set_commands),
            ("getMyCommands", self.get_commands),
        )
        self._methods = {name.lower(): (name, method) for name, method in methods}

    def find(self, name: str) -> tuple[str, Method] | None:
        """Names are matched in any case, as Telegram does."""
        return self._methods.get(name.lower())

    async def get_me(self, _: Parameters) -> Json:
        return {
            **self.bot.user,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    # Sending

    def _where(self, parameters: Parameters) -> tuple[Phone, Json, Markup]:
        phone, chat = self.bot.chat(parameters.values.get("chat_id"))
        markup = read_markup(parameters.nested("reply_markup"), private=chat["type"] == "private")
        return phone, chat, markup

    async def send_message(self, parameters: Parameters) -> Json:
        text = words(parameters, "text", TEXT_LIMIT, "message is too long")
        if not text:
            raise bad_request("message text is empty")
        phone, chat, markup = self._where(parameters)
        return self.bot.send(phone, chat, {"text": text}, markup, text=text)

    async def send_photo(self, parameters: Parameters) -> Json:
        caption = words(parameters, "caption", CAPTION_LIMIT, "message caption is too long")
        phone, chat, markup = self._where(parameters)
        photo, media = await take_photo(self.bot, parameters, parameters.text("photo"), "photo")
        content: Json = {"photo": photo, **({"caption": caption} if caption else {})}
        return self.bot.send(phone, chat, content, markup, text=caption, media=[media])

    async def send_media_group(self, parameters: Parameters) -> list[Json]:
        phone, chat, _ = self._where(parameters)
        items = parameters.nested("media")
        if not isinstance(items, list) or len(items) not in ALBUM:
            raise bad_request("can't parse media: there must be 2 to 10 items in an album")
        taken = []
        for item in items:
            if item.get("type") != "photo":
                raise bad_request("this stand-in sends albums of photos only")
            caption = str(item.get("caption") or "")
            if len(caption) > CAPTION_LIMIT:
                raise bad_request("message caption is too long")
            taken.append((caption, await take_photo(self.bot, parameters, str(item.get("media", "")), "")))
        album = str(self.world.mint.number(10**16, 10**17))
        sent = []
        for caption, (photo, media) in taken:
            content: Json = {
                "photo": photo,
                "media_group_id": album,
                **({"caption": caption} if caption else {}),
            }
            sent.append(
                self.bot.send(phone, chat, content, Markup(), text=caption, media=[media], album=album)
            )
        return sent

    async def send_venue(self, parameters: Parameters) -> Json:
        phone, chat, markup = self._where(parameters)
        lat, lon = _position(parameters)
        title, address = parameters.text("title"), parameters.text("address")
        if not title or not address:
            raise bad_request("venue title and address must be non-empty")
        content = {"location": objects.location(lat, lon), "venue": objects.venue(lat, lon, title, address)}
        return self.bot.send(phone, chat, content, markup, pin=ShownPin(lat, lon, title, address))

    async def send_location(self, parameters: Parameters) -> Json:
        phone, chat, markup = self._where(parameters)
        lat, lon = _position(parameters)
        return self.bot.send(
            phone, chat, {"location": objects.location(lat, lon)}, markup, pin=ShownPin(lat, lon)
        )

    async def send_chat_action(self, parameters: Parameters) -> bool:
        phone, _ = self.bot.chat(parameters.values.get("chat_id"))
        self.world.phones.signal(phone, "typing", action=parameters.text("action", "typing"))
        return True

    async def answer_callback(self, parameters: Parameters) -> bool:
        callback_id = parameters.text("callback_query_id")
        phone = self.bot.callbacks.pop(callback_id, None)
        if phone is None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.world.phones.signal(
            phone,
            "callback_answered",
            id=callback_id,
            text=parameters.text("text"),
            alert=parameters.flag("show_alert"),
        )
        return True

    # Updates

    async def set_webhook(self, parameters: Parameters) -> bool:
        url = parameters.text("url")
        if not url:
            return await self.delete_webhook(parameters)
        parts = urlsplit(url)
        # The one liberty taken: plain http to this very machine, so that a demo needs no certificate.
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        allowed = parameters.nested("allowed_updates")
        connections = parameters.whole("max_connections", CONNECTIONS)
        webhook = Webhook(
            url=url,
            secret=parameters.text("secret_token") or None,
            max_connections=min(max(connections, 1), 100),
            allowed=[str(kind) for kind in allowed] if isinstance(allowed, list) else None,
        )
        self.bot.updates.set_webhook(webhook, drop_pending=parameters.flag("drop_pending_updates"))
        return True

    async def delete_webhook(self, parameters: Parameters) -> bool:
        self.bot.updates.set_webhook(None, drop_pending=parameters.flag("drop_pending_updates"))
        return True

    async def webhook_info(self, _: Parameters) -> Json:
        return self.bot.updates.info()

    async def get_updates(self, parameters: Parameters) -> list[Json]:
        allowed = parameters.nested("allowed_updates")
        if isinstance(allowed, list):
            self.bot.updates.allowed = [str(kind) for kind in allowed] or None
        return await self.bot.updates.poll(
            parameters.whole("offset", 0),
            min(max(parameters.whole("limit", 100), 1), 100),
            min(max(parameters.whole("timeout", 0), 0), 50),
        )

    # The rest

    async def get_file(self, parameters: Parameters) -> Json:
        file = self.bot.files.get(parameters.text("file_id"))
        if file is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(file.media.content) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return {**file.as_json(), "file_path": file.path}

    async def set_commands(self, parameters: Parameters) -> bool:
        commands = parameters.nested("commands")
        if not isinstance(commands, list):
            raise bad_request("can't parse commands")
        self.bot.commands = commands
        return True

    async def get_commands(self, _: Parameters) -> list[Json]:
        return self.bot.commands


def _position(parameters: Parameters) -> tuple[float, float]:
    lat, lon = parameters.degrees("latitude"), parameters.degrees("longitude")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise bad_request("wrong latitude or longitude specified")
    return lat, lon
