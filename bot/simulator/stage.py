"""Everything on stage: the network, the bot, the residents; turns a `Say` into what they do."""

from __future__ import annotations

from bot.simulator.config import SimulatorConfig
from bot.simulator.media import File
from bot.simulator.phones import Kind, Phone, ShownMessage, ShownPin
from bot.simulator.requests import Say
from bot.simulator.samples import sample_photo
from bot.simulator.telegram.bot import TelegramBot
from bot.simulator.telegram.resident import NothingToPressError, Resident
from bot.simulator.twilio.api import is_e164
from bot.simulator.twilio.carrier import Carrier
from bot.simulator.world import World

ATTACHMENT_LIMIT = 10
SIZE_LIMIT = 50 * 1024 * 1024


class CannotSayError(ValueError):
    """The phone cannot do that; the message says why."""


class Stage:
    """The whole simulation."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.world = World(config)
        self.carrier = Carrier(self.world)
        self.bot = TelegramBot(self.world)
        self.resident = Resident(self.bot)

    def end_waiting(self) -> None:
        """Ends event streams and polls, so that the process can stop."""
        self.world.hub.close()
        self.bot.updates.close()

    def phone(self, channel: str, address: str) -> Phone:
        """The phone with that address, switched on if need be. Raises CannotSayError."""
        if channel == Kind.SMS:
            if not is_e164(address) or not address.startswith("+"):
                raise CannotSayError("an SMS address looks like +13105550123")
            return self.world.phones.ensure(Kind.SMS, address)
        if channel == Kind.TELEGRAM:
            if not (address.isascii() and address.isdigit() and 0 < int(address) < 2**52):
                raise CannotSayError("a Telegram address is a chat id, a positive whole number")
            return self.world.phones.ensure(Kind.TELEGRAM, str(int(address)))
        raise CannotSayError("the channel is sms or telegram")

    def free_number(self) -> str:
        """A number nobody plays with. 555 numbers belong to no one."""
        for _ in range(200):
            number = f"+1310555{self.world.mint.number(1000, 9999)}"
            if self.world.phones.get(Kind.SMS, number) is None:
                return number
        return f"+1424555{self.world.mint.number(1000, 9999)}"

    def free_chat(self) -> str:
        return str(self.world.mint.number(1_000_000_000, 7_999_999_999))

    async def act(self, phone: Phone, say: Say, uploads: list[File]) -> list[ShownMessage]:
        """Do what `say` asks; returns the bubbles it made. Raises CannotSayError."""
        phone.name = say.name or phone.name
        phone.language = say.language or phone.language
        files = [*(_file(one.sample, one.content, one.content_type, one.name) for one in say.files), *uploads]
        if len(files) > ATTACHMENT_LIMIT:
            raise CannotSayError("at most 10 files at once")
        if sum(len(file.content) for file in files) > SIZE_LIMIT:
            raise CannotSayError("the files are larger than 50 MB together")
        if phone.kind is Kind.SMS:
            return self._act_sms(phone, say, files)
        try:
            return await self._act_telegram(phone, say, files)
        except NothingToPressError as error:
            raise CannotSayError(str(error)) from None

    def _act_sms(self, phone: Phone, say: Say, files: list[File]) -> list[ShownMessage]:
        if say.block is not None:
            phone.unreachable = say.block
            self.world.phones.phone_changed(phone)
            return []
        if say.give_up is not None:
            self.carrier.give_up(phone.address, say.give_up)
            return []
        if say.edit or say.sticker or say.special or say.group:
            raise CannotSayError("an SMS phone cannot do that")
        text = say.text or say.button or ""
        if say.pin is not None:
            # What phones send by SMS when asked to share a position.
            text = f"{text} https://maps.google.com/?q={say.pin.lat:.6f},{say.pin.lon:.6f}".strip()
        if not text and not files:
            raise CannotSayError("nothing to say")
        return [self.carrier.say(phone, text, tuple(files))]

    async def _act_telegram(self, phone: Phone, say: Say, files: list[File]) -> list[ShownMessage]:
        resident = self.resident
        if say.block is not None:
            return [resident.block(phone, blocked=say.block)]
        if phone.unreachable:
            raise CannotSayError("this resident has blocked the bot: unblock it first")
        if say.edit is not None:
            return [resident.edit(phone, say.edit.id, say.edit.text)]
        if say.button is not None:
            return [resident.press(phone, say.button, say.message_id)]
        if say.group:
            return [resident.group(phone, say.text or "hello")]
        if say.sticker or say.special:
            return [resident.special(phone, say.special or "sticker")]
        if say.pin is not None:
            pin = ShownPin(say.pin.lat, say.pin.lon, say.pin.name, say.pin.address)
            return [resident.pin(phone, pin, live=say.pin.live)]
        if files:
            return await resident.files(
                phone, files, say.text, as_document=say.as_document, album_pause=say.album_pause
            )
        if not say.text.strip():
            raise CannotSayError("nothing to say")
        return [resident.text(phone, say.text)]


def _file(sample: str | None, content: bytes, content_type: str, name: str | None) -> File:
    if sample is None:
        return File(content, content_type, name)
    photo = sample_photo(sample)
    if photo is None:
        raise CannotSayError("there is no sample photo of that name")
    return File(photo, "image/jpeg", f"{sample}.jpg")
