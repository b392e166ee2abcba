"""The state of one bot: its chats, what it has sent, and the calls it can still answer."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from bot.simulator.phones import Kind, Party, Phone, ShownMessage
from bot.simulator.telegram.errors import bad_request, blocked, cannot_initiate
from bot.simulator.telegram.files import Files
from bot.simulator.telegram.markup import Markup
from bot.simulator.telegram.objects import Json, bot_user, group_chat, private_chat
from bot.simulator.telegram.updates import Updates, Webhook
from bot.simulator.world import World

SENT_KEPT = 50_000
# Message ids begin with the seconds since then, so that they rise over a restart, as Telegram's do.
FIRST_ID_EPOCH = 1_700_000_000


class TelegramBot:
    """Shared by the residents' side (`resident.py`) and the bot's side (`methods.py`)."""

    def __init__(self, world: World) -> None:
        self.world = world
        credentials = world.config.credentials
        self.token = credentials.telegram_token
        self.user = bot_user(self.token)
        self.files = Files(world)
        preset = world.config.telegram_webhook
        self.updates = Updates(world, Webhook(preset, credentials.telegram_secret) if preset else None)
        self.commands: list[Json] = []
        # What the bot has sent, by chat and message id: edits and button presses refer to it.
        self.sent: OrderedDict[tuple[int, int], Json] = OrderedDict()
        # Of these chats and ids, messages that are there and that the bot cannot edit: the residents' own, and those
        # with a keyboard below the text field or its removal.
        self.uneditable: OrderedDict[tuple[int, int], None] = OrderedDict()
        self.callbacks: OrderedDict[str, Phone] = OrderedDict()
        self.groups: dict[int, str] = {}
        self._last_message_id = 0 if world.config.seed is not None else self.stamp() - FIRST_ID_EPOCH
        self._last_group_ids: dict[int, int] = {}

    def stamp(self) -> int:
        """Now, in seconds as the Bot API counts them."""
        return int(self.world.now().timestamp())

    def next_message_id(self, chat_id: int) -> int:
        """All private chats of a bot share one sequence; a supergroup has its own."""
        if chat_id < 0:
            self._last_group_ids[chat_id] = self._last_group_ids.get(chat_id, 0) + 1
            return self._last_group_ids[chat_id]
        self._last_message_id += 1
        return self._last_message_id

    def keep_from_edits(self, chat_id: int, message_id: int) -> None:
        """Note a message that the bot can see and cannot edit."""
        self.uneditable[(chat_id, message_id)] = None
        while len(self.uneditable) > SENT_KEPT:
            self.uneditable.popitem(last=False)

    def chat(self, value: Any) -> tuple[Phone, Json]:
        """The phone and chat a bot may write to, or the Bot API's refusal."""
        if value is None or value == "":
            raise bad_request("chat_id is empty")
        try:
            chat_id = int(value)
        except (TypeError, ValueError):
            raise bad_request("chat not found") from None
        phone = self.world.phones.get(Kind.TELEGRAM, self.groups.get(chat_id, str(chat_id)))
        if phone is None:
            raise bad_request("chat not found")
        if phone.unreachable:
            raise blocked()
        if not phone.started:
            raise cannot_initiate()
        return phone, group_chat(chat_id) if chat_id in self.groups else private_chat(phone)

    def send(self, phone: Phone, chat: Json, content: Json, markup: Markup, **shown: Any) -> Json:
        """Put the bot's message into a chat: the Message it gets back, and the bubble on the phone."""
        message_id = self.next_message_id(chat["id"])
        message: Json = {
            "message_id": message_id,
            "from": self.user,
            "chat": chat,
            "date": self.stamp(),
            **content,
        }
        if markup.inline is not None:
            message["reply_markup"] = {"inline_keyboard": markup.inline}
        self.sent[(chat["id"], message_id)] = message
        while len(self.sent) > SENT_KEPT:
            self.sent.popitem(last=False)
        bubble = self.world.phones.show(
            phone,
            f"{chat['id']}:{message_id}",
            Party.CITY,
            buttons=markup.buttons,
            group=chat["type"] != "private",
            **shown,
        )
        self.world.phones.mark(phone, bubble, "delivered")
        if markup.keyboard is not None or markup.remove:
            self.keep_from_edits(chat["id"], message_id)
            phone.keyboard = markup.keyboard
            self.world.phones.phone_changed(phone)
        return message

    def bubble(self, phone: Phone, chat_id: int, message_id: int) -> ShownMessage | None:
        return phone.find(f"{chat_id}:{message_id}")
