"""Changing what was sent, with the refusals of TDLib's `can_edit_message`."""

from __future__ import annotations

from bot.simulator.phones import Phone
from bot.simulator.telegram.bot import TelegramBot
from bot.simulator.telegram.errors import bad_request
from bot.simulator.telegram.markup import Markup, read_markup
from bot.simulator.telegram.objects import Json
from bot.simulator.telegram.parameters import CAPTION_LIMIT, TEXT_LIMIT, Parameters, words

_EDITABLE = ("text", "photo")  # a venue or a location only has a keyboard that can change


class Edits:
    """The edit methods of one bot; each returns the message as it is then."""

    def __init__(self, bot: TelegramBot) -> None:
        self.bot = bot

    async def text(self, parameters: Parameters) -> Json:
        phone, message = self._found(parameters)
        text = words(parameters, "text", TEXT_LIMIT, "message is too long")
        if not text:
            raise bad_request("message text is empty")
        self._require(message, "text")
        return self._edited(phone, message, _keyboard(parameters), {"text": text})

    async def caption(self, parameters: Parameters) -> Json:
        phone, message = self._found(parameters)
        caption = words(parameters, "caption", CAPTION_LIMIT, "message caption is too long")
        self._require(message, "photo")
        return self._edited(phone, message, _keyboard(parameters), {"caption": caption})

    async def markup(self, parameters: Parameters) -> Json:
        phone, message = self._found(parameters)
        return self._edited(phone, message, _keyboard(parameters), {})

    def _found(self, parameters: Parameters) -> tuple[Phone, Json]:
        phone, chat = self.bot.chat(parameters.values.get("chat_id"))
        place = (chat["id"], parameters.whole("message_id", 0))
        if place in self.bot.uneditable:
            raise bad_request("message can't be edited")
        message = self.bot.sent.get(place)
        if message is None:
            raise bad_request("message to edit not found")
        return phone, message

    def _require(self, message: Json, content: str) -> None:
        if content in message:
            return
        if not any(kind in message for kind in _EDITABLE):
            raise bad_request("message can't be edited")
        noun = "text" if content == "text" else "caption"
        raise bad_request(f"there is no {noun} in the message to edit")

    def _edited(self, phone: Phone, message: Json, markup: Markup, changed: dict[str, str]) -> Json:
        inline = {"inline_keyboard": markup.inline} if markup.inline else None
        same_words = all(message.get(field, "") == text for field, text in changed.items())
        if same_words and inline == message.get("reply_markup"):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same"
                " as a current content and reply markup of the message"
            )
        message.pop("reply_markup", None)
        if inline:
            message["reply_markup"] = inline
        for field, text in changed.items():
            message.pop(field, None)
            if text:
                message[field] = text
        message["edit_date"] = self.bot.stamp()
        bubble = self.bot.bubble(phone, message["chat"]["id"], message["message_id"])
        if bubble is not None:
            bubble.buttons = markup.buttons
            if not same_words:
                bubble.text, bubble.edited = next(iter(changed.values())), True
            self.bot.world.phones.changed(phone, bubble)
        return message


def _keyboard(parameters: Parameters) -> Markup:
    """Only an inline keyboard can be put on a message that is already there."""
    markup = read_markup(parameters.nested("reply_markup"), private=True)
    if markup.keyboard is not None or markup.remove:
        raise bad_request("inline keyboard expected")
    return markup
