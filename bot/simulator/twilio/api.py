"""Twilio's REST API, version 2010-04-01: Messages, their Media, and the Account."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from datetime import date
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from bot.simulator.failing import media_with_faults, with_faults
from bot.simulator.faults import Fault
from bot.simulator.twilio import errors
from bot.simulator.twilio.carrier import Carrier
from bot.simulator.twilio.errors import TwilioError, error_response
from bot.simulator.twilio.pages import InvalidFilterError, filter_messages, page_json
from bot.simulator.twilio.resources import API, Media, Message, account_json, media_json

TEXT_LIMIT = 1600
MEDIA_COUNT_LIMIT = 10


def _refuse(status: int, fault: Fault) -> Response:
    if status == 429:
        return error_response(errors.TOO_MANY_REQUESTS, {"Retry-After": str(fault.retry_after)})
    return error_response(errors.INTERNAL)


def is_e164(number: str) -> bool:
    """A plus sign and 8 to 15 digits, as Twilio checks before it knows the country."""
    digits = number.removeprefix("whatsapp:").removeprefix("+")
    return (
        "+" in number
        and digits.isascii()
        and digits.isdigit()
        and 8 <= len(digits) <= 15
        and digits[0] != "0"
    )


class TwilioApi:
    """Answers the account's requests; every method first asks whether a fault is in force."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self.world = carrier.world
        self.account = self.world.config.credentials.account_sid

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        messages = f"{API}/Accounts/{{account}}/Messages"
        for method, path, name, endpoint in (
            ("POST", f"{messages}.json", "Messages.create", self.create),
            ("GET", f"{messages}.json", "Messages.list", self.list),
            ("GET", f"{messages}/{{sid}}.json", "Messages.fetch", self.fetch),
            ("POST", f"{messages}/{{sid}}.json", "Messages.update", self.update),
            ("DELETE", f"{messages}/{{sid}}.json", "Messages.delete", self.delete),
            ("GET", f"{messages}/{{sid}}/Media.json", "Media.list", self.list_media),
            ("GET", f"{messages}/{{sid}}/Media/{{media}}.json", "Media.fetch", self.fetch_media),
            ("DELETE", f"{messages}/{{sid}}/Media/{{media}}.json", "Media.delete", self.delete_media),
            ("DELETE", f"{messages}/{{sid}}/Media/{{media}}", "Media.delete", self.delete_media),
            ("GET", f"{messages}/{{sid}}/Media/{{media}}", "Media.content", self.media_content),
            ("GET", f"{API}/Accounts/{{account}}.json", "Accounts.fetch", self.fetch_account),
        ):
            router.add_api_route(path, self._guarded(name, endpoint), methods=[method])
        router.add_api_route("/v1/Deactivations", self.deactivations, methods=["GET"])
        router.add_api_route("/deactivations/{key}.txt", self.deactivated, methods=["GET"])
        router.add_api_route("/cdn/{account}/{key}", self.cdn, methods=["GET"])
        return router

    def _guarded(
        self, name: str, endpoint: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if not self._authorised(request):
                return error_response(errors.AUTHENTICATE, {"WWW-Authenticate": 'Basic realm="Twilio API"'})
            if request.path_params["account"] != self.account:
                return error_response(errors.NOT_FOUND)
            # Read now: a caller that hangs up during a fault must not leave the body unread.
            await request.body()
            return await with_faults(self.world, request, "sms", name, lambda: endpoint(request), _refuse)

        return answer

    def _authorised(self, request: Request) -> bool:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        wanted = f"{self.account}:{self.world.config.credentials.auth_token}".encode()
        return hmac.compare_digest(given, wanted)

    # Messages

    async def create(self, request: Request) -> Response:
        form = await request.form()
        fields = {name: str(value) for name, value in form.items()}
        media = tuple(str(url) for url in form.getlist("MediaUrl"))
        error = self._problem(fields, media)
        if error is not None:
            return error_response(error)
        service = fields.get("MessagingServiceSid") or None
        message = self.carrier.accept(
            fields["To"],
            fields.get("Body", ""),
            media,
            fields.get("StatusCallback") or None,
            service_sid=service,
        )
        return JSONResponse(self.carrier.as_json(message), 201)

    def _problem(self, fields: dict[str, str], media: tuple[str, ...]) -> TwilioError | None:
        to, body = fields.get("To", ""), fields.get("Body", "")
        callback = fields.get("StatusCallback")
        checks: tuple[tuple[bool, TwilioError], ...] = (
            (not to, errors.NO_TO),
            (not is_e164(to), errors.INVALID_TO),
            (not body and not media, errors.NOTHING_TO_SAY),
            (len(body) > TEXT_LIMIT, errors.TOO_LONG),
            (len(media) > MEDIA_COUNT_LIMIT, errors.TOO_MANY_MEDIA),
            (any(not _is_http(url) for url in media), errors.INVALID_MEDIA_URL),
            (bool(callback) and not _is_http(callback or ""), errors.INVALID_CALLBACK),
        )
        for wrong, error in checks:
            if wrong:
                return error
        return self._sender_problem(fields) or (errors.OPTED_OUT if self.carrier.is_blocked(to) else None)

    def _sender_problem(self, fields: dict[str, str]) -> TwilioError | None:
        credentials = self.world.config.credentials
        service, sender = fields.get("MessagingServiceSid"), fields.get("From")
        if service:
            return None if service == credentials.messaging_service_sid else errors.NO_SERVICE
        if not sender:
            return errors.NO_FROM
        if not is_e164(sender):
            return errors.INVALID_FROM
        return None if sender.removeprefix("whatsapp:") == credentials.from_number else errors.FOREIGN_FROM

    async def list(self, request: Request) -> Response:
        query = request.query_params.multi_items()
        try:
            matching = filter_messages(self.carrier.messages.newest_first(), query)
        except InvalidFilterError:
            return error_response(errors.INVALID_DATE)
        path = f"{API}/Accounts/{self.account}/Messages.json"
        return JSONResponse(
            page_json(path, "messages", [self.carrier.as_json(one) for one in matching], query)
        )

    def _message(self, request: Request) -> Message | None:
        return self.carrier.messages.get(request.path_params["sid"])

    async def fetch(self, request: Request) -> Response:
        message = self._message(request)
        return JSONResponse(self.carrier.as_json(message)) if message else error_response(errors.NOT_FOUND)

    async def update(self, request: Request) -> Response:
        """Redaction: an empty Body removes the text."""
        message = self._message(request)
        if message is None:
            return error_response(errors.NOT_FOUND)
        form = await request.form()
        if form.get("Body") == "":
            message.body, message.updated = "", self.world.now()
        return JSONResponse(self.carrier.as_json(message))

    async def delete(self, request: Request) -> Response:
        message = self.carrier.messages.drop(request.path_params["sid"])
        if message is None:
            return error_response(errors.NOT_FOUND)
        return Response(status_code=204)

    # Media

    def _media(self, request: Request) -> tuple[Message | None, Media | None]:
        message = self._message(request)
        wanted = request.path_params["media"].removesuffix(".json")
        return message, next((one for one in message.media if one.sid == wanted), None) if message else None

    async def list_media(self, request: Request) -> Response:
        message = self._message(request)
        if message is None:
            return error_response(errors.NOT_FOUND)
        path = f"{API}/Accounts/{self.account}/Messages/{message.sid}/Media.json"
        items = [media_json(self.account, message, media) for media in message.media]
        return JSONResponse(page_json(path, "media_list", items, request.query_params.multi_items()))

    async def fetch_media(self, request: Request) -> Response:
        message, media = self._media(request)
        if message is None or media is None:
            return error_response(errors.NOT_FOUND)
        return JSONResponse(media_json(self.account, message, media))

    async def delete_media(self, request: Request) -> Response:
        message, media = self._media(request)
        if message is None or media is None:
            return error_response(errors.NOT_FOUND)
        message.media.remove(media)
        return Response(status_code=204)

    async def media_content(self, request: Request) -> Response:
        """The file itself is on another host, as at Twilio."""
        _, media = self._media(request)
        if media is None:
            return error_response(errors.NOT_FOUND)
        return RedirectResponse(f"{self.world.config.media_base}/cdn/{self.account}/{media.key}", 307)

    async def cdn(self, request: Request) -> Response:
        """The other host: the key is the permission. Credentials of the first host have no business here."""
        elsewhere = self.world.config.media_base != self.world.config.base_url
        if elsewhere and "authorization" in request.headers:
            return Response("Only one authorisation mechanism is allowed.", 400)
        stored = self.world.media.get(request.path_params["key"])
        if stored is None:
            return Response(status_code=404)

        def missing() -> Response:
            return Response(status_code=404)

        return await media_with_faults(self.world, "sms", stored.content, stored.content_type, missing)

    # Numbers that were given up: a host of its own at Twilio, and the file at Amazon's

    async def deactivations(self, request: Request) -> Response:
        if not self._authorised(request):
            return error_response(errors.AUTHENTICATE, {"WWW-Authenticate": 'Basic realm="Twilio API"'})
        return await with_faults(
            self.world, request, "sms", "Deactivations.fetch", lambda: self._list_of_day(request), _refuse
        )

    async def _list_of_day(self, request: Request) -> Response:
        try:
            day = date.fromisoformat(request.query_params.get("Date", ""))
        except ValueError:
            return error_response(errors.INVALID_DATE)
        numbers = self.carrier.given_up(day)
        if numbers is None:
            return error_response(errors.NOT_FOUND)
        file = "".join(f"{number}\n" for number in numbers).encode()
        stored = self.world.keep(file, "text/plain", None)
        # As Twilio does: no Location, the link stands in the body.
        link = f"{self.world.config.media_base}/deactivations/{stored.key}.txt"
        return JSONResponse({"redirect_to": link}, 307)

    async def deactivated(self, request: Request) -> Response:
        """The key is the permission, as with `cdn`."""
        stored = self.world.media.get(request.path_params["key"])
        return Response(stored.content, media_type="text/plain") if stored else Response(status_code=404)

    # Account

    async def fetch_account(self, request: Request) -> Response:
        return JSONResponse(account_json(self.account, self.carrier.started))


def _is_http(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
