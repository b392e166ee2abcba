"""What a resident does in Telegram, and the updates the bot gets of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.simulator.media import File
from bot.simulator.phones import Party, Phone, ShownMedia, ShownMessage, ShownPin
from bot.simulator.telegram import objects
from bot.simulator.telegram.bot import TelegramBot
from bot.simulator.telegram.objects import Json
from bot.simulator.telegram.photos import NotAPhotoError, recompress

CALLBACKS_KEPT = 10_000


class NothingToPressError(LookupError):
    """No such message or button on this phone."""


class Resident:
    """Acts for the people behind the Telegram phones."""

    def __init__(self, bot: TelegramBot) -> None:
        self.bot = bot
        self.world = bot.world

    def _message(self, phone: Phone, content: Json, chat: Json | None = None) -> Json:
        phone.started = True
        chat = chat or objects.private_chat(phone)
        message_id = self.bot.next_message_id(chat["id"])
        self.bot.keep_from_edits(chat["id"], message_id)
        return {
            "message_id": message_id,
            "from": objects.resident_user(phone),
            "chat": chat,
            "date": self.bot.stamp(),
            **content,
        }

    def _send(self, phone: Phone, message: Json, **shown: Any) -> ShownMessage:
        identity = f"{message['chat']['id']}:{message['message_id']}"
        bubble = self.world.phones.show(phone, identity, Party.RESIDENT, **shown)
        self.world.phones.mark(phone, bubble, "sent")
        self.bot.updates.push("message", message, phone, bubble)
        return bubble

    def text(self, phone: Phone, text: str) -> ShownMessage:
        content: Json = {"text": text}
        if entities := objects.text_entities(text):
            content["entities"] = entities
        return self._send(phone, self._message(phone, content), text=text)

    async def files(
        self,
        phone: Phone,
        files: Sequence[File],
        caption: str,
        *,
        as_document: bool = False,
        album_pause: float = 0.0,
    ) -> list[ShownMessage]:
        """Several files make an album: separate updates with one media_group_id, the caption on the first.

        `album_pause`: seconds between the siblings; on real lines they come up to 11 s late.
        """
        album = str(self.world.mint.number(10**16, 10**17)) if len(files) > 1 else None
        prepared = [await self._prepare(file, as_document=as_document) for file in files]
        bubbles = []
        for index, (content, media) in enumerate(prepared):
            if index and album_pause:
                await asyncio.sleep(album_pause)
            words = caption if index == 0 else ""
            if words:
                content["caption"] = words
            if album:
                content["media_group_id"] = album
            message = self._message(phone, content)
            bubbles.append(self._send(phone, message, text=words, media=[media], album=album))
        return bubbles

    async def _prepare(self, file: File, *, as_document: bool) -> tuple[Json, ShownMedia]:
        """A picture sent as a photo is recompressed; everything else stays as it is."""
        if not as_document and file.content_type.startswith("image/"):
            try:
                sizes = await asyncio.to_thread(recompress, file.content)
            except NotAPhotoError:
                sizes = []
            if sizes:
                photo = self.bot.files.add_photo(sizes)
                url = self.bot.files.url_of(photo[-1]["file_id"])
                return {"photo": photo}, ShownMedia(
                    "photo", url, "image/jpeg", photo[-1]["file_size"], file.name
                )
        kept = self.bot.files.add(file.content, file.content_type, "documents", file.name)
        document = {**kept.as_json(), "file_name": file.name or "file", "mime_type": file.content_type}
        url = self.bot.files.url_of(kept.file_id)
        shown = ShownMedia("document", url, file.content_type, len(file.content), file.name)
        return {"document": document}, shown

    def pin(self, phone: Phone, pin: ShownPin, *, live: bool = False) -> ShownMessage:
        """A location, or a venue when it has a name. Uses up a one-time keyboard."""
        place: Json = objects.location(pin.lat, pin.lon)
        if live:
            place |= {"live_period": 900, "horizontal_accuracy": 20.0}
        content: Json = {"location": place}
        if pin.name:
            content["venue"] = objects.venue(pin.lat, pin.lon, pin.name, pin.address or "")
        self._use_keyboard(phone)
        return self._send(phone, self._message(phone, content), pin=pin)

    def _use_keyboard(self, phone: Phone) -> None:
        if phone.keyboard is not None and phone.keyboard["one_time"]:
            phone.keyboard = None
            self.world.phones.phone_changed(phone)

    def press(self, phone: Phone, button: str, message_id: str | None = None) -> ShownMessage:
        """Press an inline button, by its data or its words, on a given message or the latest that has it.

        A key of the keyboard below the text field sends its words. Raises NothingToPressError.
        """
        if message_id is None and self._is_key(phone, button):
            self._use_keyboard(phone)
            return self.text(phone, button)
        for bubble in reversed(phone.messages):
            if bubble.party is not Party.CITY or (message_id is not None and bubble.id != message_id):
                continue
            for key in (key for row in bubble.buttons for key in row):
                if button in (key["data"], key["text"]) and key["data"]:
                    return self._press(phone, bubble, key)
        raise NothingToPressError("no such button on this phone")

    def _is_key(self, phone: Phone, words: str) -> bool:
        rows = phone.keyboard["rows"] if phone.keyboard else []
        return any(key["text"] == words and not key["request_location"] for row in rows for key in row)

    def _press(self, phone: Phone, bubble: ShownMessage, key: dict[str, str]) -> ShownMessage:
        chat_id, _, number = bubble.id.rpartition(":")
        callback_id = str(self.world.mint.number(10**17, 10**18))
        callbacks = self.bot.callbacks
        callbacks[callback_id] = phone
        while len(callbacks) > CALLBACKS_KEPT:
            callbacks.popitem(last=False)
        body: Json = {
            "id": callback_id,
            "from": objects.resident_user(phone),
            "chat_instance": str(self.world.mint.number(10**17, 10**18)),
            "data": key["data"],
        }
        message = self.bot.sent.get((int(chat_id), int(number)))
        if message is not None:
            body["message"] = message
        note = self.world.phones.show(
            phone, f"callback:{callback_id}", Party.RESIDENT, text=key["text"], note="pressed"
        )
        self.bot.updates.push("callback_query", body, phone, note)
        return note

    def edit(self, phone: Phone, message_id: str, text: str) -> ShownMessage:
        """Change one's own message. Raises NothingToPressError when it is not there."""
        bubble = phone.find(message_id)
        if bubble is None or bubble.party is not Party.RESIDENT or bubble.note:
            raise NothingToPressError("no such message on this phone")
        bubble.text, bubble.edited = text, True
        chat_id, _, number = message_id.rpartition(":")
        private = int(chat_id) == int(phone.address)
        message: Json = {
            "message_id": int(number),
            "from": objects.resident_user(phone),
            "chat": objects.private_chat(phone) if private else objects.group_chat(int(chat_id)),
            "date": int(bubble.at.timestamp()),
            "edit_date": self.bot.stamp(),
            **self._content_of(bubble, text),
        }
        self.world.phones.changed(phone, bubble)
        self.bot.updates.push("edited_message", message, phone)
        return bubble

    def _content_of(self, bubble: ShownMessage, text: str) -> Json:
        """The body of an edited message. A caption's photo is named again under a new file_id."""
        photos = [media for media in bubble.media if media.kind == "photo" and media.url]
        if not photos:
            return {"text": text}
        stored = self.world.media.get((photos[0].url or "").rpartition("/")[2])
        if stored is None:
            return {"text": text}
        return {"photo": self.bot.files.add_photo(recompress(stored.content)), "caption": text}

    def special(self, phone: Phone, kind: str) -> ShownMessage:
        """A sticker, voice message, … Raises NothingToPressError for a kind Telegram does not have."""
        kept = self.bot.files.add(b"simulated " + kind.encode(), "application/octet-stream", kind)
        body = objects.special(kind, kept.as_json())
        if body is None:
            raise NothingToPressError(f"no such kind of message: {kind}")
        message = self._message(phone, {kind: body})
        return self._send(phone, message, media=[ShownMedia(kind)])

    def group(self, phone: Phone, text: str) -> ShownMessage:
        """Put the bot into a group (once), then say something there."""
        phone.started = True
        if phone.group_id is None:
            phone.group_id = -1_000_000_000_000 - int(phone.address)
            self.bot.groups[phone.group_id] = phone.address
            chat = objects.group_chat(phone.group_id)
            joined = objects.membership(phone, chat, self.bot.token, self.bot.stamp(), "left", "member")
            note = self.world.phones.show(
                phone, f"group:{phone.group_id}", Party.RESIDENT, note="group", group=True
            )
            self.bot.updates.push("my_chat_member", joined, phone, note)
        message = self._message(phone, {"text": text}, objects.group_chat(phone.group_id))
        return self._send(phone, message, text=text, group=True)

    def block(self, phone: Phone, *, blocked: bool) -> ShownMessage:
        """Block the bot, or take it back; after that the bot's messages are refused, or pass again."""
        phone.unreachable = blocked
        phone.started = True
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        chat = objects.private_chat(phone)
        note = self.world.phones.show(
            phone,
            f"member:{self.world.mint.hex(16)}",
            Party.RESIDENT,
            note="blocked" if blocked else "unblocked",
        )
        change = objects.membership(phone, chat, self.bot.token, self.bot.stamp(), old, new)
        self.bot.updates.push("my_chat_member", change, phone, note)
        self.world.phones.phone_changed(phone)
        return note
