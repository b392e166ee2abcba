"""Carries messages both ways: webhooks and receipts to the city, texts and pictures to the phone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog

from bot.simulator.media import File
from bot.simulator.phones import Kind, Party, Phone, ShownMedia, ShownMessage
from bot.simulator.twilio.inbound import inbound_parameters
from bot.simulator.twilio.keywords import Keyword, keyword_of, network_reply
from bot.simulator.twilio.receipts import plan_receipts, receipt_parameters
from bot.simulator.twilio.resources import Media, Message, Messages
from bot.simulator.twilio.signature import Parameters, sign
from bot.simulator.twilio.twiml import TwimlError, read_twiml
from bot.simulator.webhooks import Answer, Lanes, Post, deliver
from bot.simulator.world import World

log = structlog.get_logger(__name__)

MEDIA_LIMIT = 5 * 1024 * 1024
MEDIA_TYPES = ("image/", "video/", "audio/", "application/pdf", "text/vcard", "text/x-vcard", "text/plain")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message did not arrive, in Twilio's codes."""

    code: int
    message: str


UNREACHABLE = Failure(30003, "Unreachable destination handset")
NO_PICTURES = Failure(30011, "MMS not supported by the receiving phone in this region")
MEDIA_NOT_RETRIEVED = Failure(11200, "HTTP retrieval failure")
MEDIA_WRONG_TYPE = Failure(12300, "Invalid Content-Type")
MEDIA_TOO_LARGE = Failure(11751, "Media exceeds messaging provider size limit")


class Carrier:
    """The telephone network of one Twilio account."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.messages = Messages(world.config.max_provider_messages)
        self.started: datetime = world.now()
        self._lanes = Lanes()
        # Twilio keeps opt-outs by pair of numbers; there is one city number here.
        self._blocked: set[str] = set()
        self._given_up: dict[date, list[str]] = {}

    # From the phone to the city.

    def say(self, phone: Phone, text: str, files: tuple[File, ...] = ()) -> ShownMessage:
        """A resident sends a text; returns the bubble at once, the webhook follows."""
        world, config = self.world, self.world.config
        now = world.now()
        message = Message(
            sid=world.mint.sid("MM" if files else "SM"),
            direction="inbound",
            from_=phone.address,
            to=config.credentials.from_number,
            body=text,
            status="received",
            created=now,
            updated=now,
            sent=now,
            num_media=len(files),
        )
        shown_media = []
        for file in files:
            stored = world.keep(file.content, file.content_type, file.name)
            message.media.append(Media(world.mint.sid("ME"), stored.key, file.content_type, now))
            shown_media.append(
                ShownMedia(
                    "photo", f"/simulator/media/{stored.key}", file.content_type, len(file.content), file.name
                )
            )
        self.messages.add(message)
        shown = world.phones.show(phone, message.sid, Party.RESIDENT, text=text, media=shown_media)
        reply = self._reserved_word(phone, text) if not files else None
        world.begin(self._hand_over(phone, message, shown, reply))
        return shown

    def _reserved_word(self, phone: Phone, text: str) -> str | None:
        """Settle STOP and START as the network does; returns what the network answers."""
        keyword = keyword_of(text)
        blocked = phone.address in self._blocked
        if keyword is Keyword.STOP:
            self._blocked.add(phone.address)
        elif keyword is Keyword.START:
            self._blocked.discard(phone.address)
        phone.opted_out = phone.address in self._blocked
        if phone.opted_out != blocked:
            self.world.phones.phone_changed(phone)
        unchanged = keyword in (Keyword.STOP, Keyword.START) and phone.opted_out == blocked
        if keyword is None or unchanged or not self.world.config.network_replies:
            return None
        return network_reply(keyword)

    async def _hand_over(
        self, phone: Phone, message: Message, shown: ShownMessage, reply: str | None
    ) -> None:
        if reply is not None:
            self.world.phones.show(phone, self.world.mint.sid("SM"), Party.NETWORK, text=reply)
        config = self.world.config
        parameters = inbound_parameters(message, config.credentials.account_sid, config.base_url)
        async with self._lanes.of(phone.key):
            answer = await self._post(config.sms_webhook, parameters)
        if not answer.taken:
            self.world.phones.mark(phone, shown, "failed", f"webhook:{answer.status}")
            return
        self.world.phones.mark(phone, shown, "delivered", f"webhook:{answer.status}")
        self._twiml_replies(phone, answer)

    def _twiml_replies(self, phone: Phone, answer: Answer) -> None:
        try:
            replies = read_twiml(answer.content_type, answer.body)
        except TwimlError as error:
            log.warning("simulator.twiml_refused", reason=str(error))
            return
        for body, media_urls in replies:
            self.accept(phone.address, body, media_urls, direction="outbound-reply")

    async def _post(self, url: str, parameters: Parameters) -> Answer:
        config = self.world.config
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Twilio-Signature": sign(config.credentials.auth_token, url, parameters),
            "I-Twilio-Idempotency-Token": self.world.mint.uuid(),
        }
        post = Post("sms", url, urlencode(parameters).encode(), headers)
        return await deliver(self.world, post, config.sms_retries, repeat_refused=False)

    # Numbers that are given up.

    def give_up(self, number: str, day: date) -> None:
        """Put a number on the list of a day."""
        self._given_up.setdefault(day, []).append(number)

    def given_up(self, day: date) -> list[str] | None:
        """The list of a day; None before the day is over, when there is none yet."""
        return self._given_up.get(day, []) if day < self.world.now().date() else None

    # From the city to the phone.

    def is_blocked(self, number: str) -> bool:
        return number in self._blocked

    def accept(
        self,
        to: str,
        body: str,
        media_urls: tuple[str, ...] = (),
        callback: str | None = None,
        *,
        service_sid: str | None = None,
        direction: str = "outbound-api",
    ) -> Message:
        """Take a message for delivery; it travels on its own."""
        now = self.world.now()
        message = self.messages.add(
            Message(
                sid=self.world.mint.sid("MM" if media_urls else "SM"),
                direction=direction,
                from_=self.world.config.credentials.from_number,
                to=to,
                body=body,
                status="queued",
                created=now,
                updated=now,
                service_sid=service_sid,
                num_media=len(media_urls),
            )
        )
        phone = self.world.phones.ensure(Kind.SMS, to.removeprefix("whatsapp:"))
        # The bubble's place is its place in the queue, even if its photos take a while to load.
        self.world.begin(self._carry(phone, message, media_urls, callback))
        return message

    async def _carry(
        self, phone: Phone, message: Message, media_urls: tuple[str, ...], callback: str | None
    ) -> None:
        async with self._lanes.of(f"down:{phone.key}"):
            media, failure = await self._load_media(message, media_urls)
            refused = bool(media_urls) and self.world.faults.takes_no_pictures("sms")
            if phone.unreachable or refused:
                failure = UNREACHABLE if phone.unreachable else NO_PICTURES
            shown = None
            # A picture that cannot be fetched fails the whole message at Twilio: nothing arrives. The bubble
            # is shown all the same, marked as failed, so that whoever plays or tests notices.
            if not (phone.unreachable or refused):
                shown = self.world.phones.show(phone, message.sid, Party.CITY, text=message.body, media=media)
        await self._report(phone, message, shown, failure, callback)

    async def _load_media(
        self, message: Message, urls: tuple[str, ...]
    ) -> tuple[list[ShownMedia], Failure | None]:
        shown: list[ShownMedia] = []
        failure: Failure | None = None
        for url in urls:
            item, problem = await self._fetch(message, url)
            shown.append(item)
            failure = failure or problem
        return shown, failure

    async def _fetch(self, message: Message, url: str) -> tuple[ShownMedia, Failure | None]:
        """Fetch one picture as Twilio does: plain GET, no credentials, redirects followed, size bounded."""
        try:
            response = await self.world.http.get(
                self.world.config.connect_url(url),
                follow_redirects=True,
                headers={"User-Agent": "TwilioProxy/1.1"},
            )
        except httpx.HTTPError as error:
            return ShownMedia("photo", source=url, problem=type(error).__name__), MEDIA_NOT_RETRIEVED
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code != 200:
            return ShownMedia(
                "photo", source=url, problem=f"HTTP {response.status_code}"
            ), MEDIA_NOT_RETRIEVED
        if not kind.startswith(MEDIA_TYPES):
            return ShownMedia("photo", source=url, problem=f"type {kind or 'missing'}"), MEDIA_WRONG_TYPE
        if len(response.content) > MEDIA_LIMIT:
            return ShownMedia("photo", source=url, problem="over 5 MB"), MEDIA_TOO_LARGE
        stored = self.world.keep(response.content, kind)
        message.media.append(Media(self.world.mint.sid("ME"), stored.key, kind, self.world.now()))
        address = f"/simulator/media/{stored.key}"
        return ShownMedia("photo", address, kind, len(response.content), source=url), None

    async def _report(
        self,
        phone: Phone,
        message: Message,
        shown: ShownMessage | None,
        failure: Failure | None,
        callback: str | None,
    ) -> None:
        """Move the message through its states and post each to the StatusCallback."""
        config = self.world.config
        final = (
            "delivered"
            if failure is None
            else ("undelivered" if failure in (UNREACHABLE, NO_PICTURES) else "failed")
        )
        states = ["queued", "sent", final] if final != "failed" else ["queued", "failed"]
        faults = self.world.faults.for_receipts("sms") if callback else []
        for state in states:
            if state != "queued":
                await asyncio.sleep(config.receipt_pause)
                self._advance(message, state, failure if state == final else None)
            if shown is not None:
                self.world.phones.mark(
                    phone, shown, state, failure.message if failure and state == final else None
                )
            if callback and not faults:
                await self._receipt(callback, message, state, failure if state == final else None)
        if callback and faults:
            for pause, state in plan_receipts(states, faults):
                await asyncio.sleep(pause)
                await self._receipt(callback, message, state, failure if state == final else None)

    def _advance(self, message: Message, state: str, failure: Failure | None) -> None:
        message.status = state
        message.updated = self.world.now()
        message.sent = message.sent or message.updated
        if failure is not None:
            message.error_code, message.error_message = failure.code, failure.message

    async def _receipt(self, callback: str, message: Message, state: str, failure: Failure | None) -> None:
        account = self.world.config.credentials.account_sid
        code = failure.code if failure else None
        await self._post(callback, receipt_parameters(message, account, state, code, self.world.now()))

    def as_json(self, message: Message) -> dict[str, Any]:
        return message.as_json(self.world.config.credentials.account_sid)
