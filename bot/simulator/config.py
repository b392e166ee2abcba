"""What the simulator needs to know: who it plays, where webhooks go, how much it may keep."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.city.facts import load_city
from bot.settings import Settings

MEBIBYTE = 1024 * 1024
OTHER_LOOPBACK = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}  # two hosts on one machine


def _derived(purpose: str) -> bytes:
    return hashlib.sha256(f"cityline simulator {purpose}".encode()).digest()


def utc_now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The accounts the simulator plays. They open nothing but the simulator."""

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str
    messaging_service_sid: str
    telegram_token: str = field(repr=False)
    telegram_secret: str = field(repr=False)

    def environment(self, base_url: str, telegram_mode: str = "webhook") -> dict[str, str]:
        """The variables that make Cityline's other processes use the simulator at `base_url`."""
        base = base_url.rstrip("/")
        return {
            "TWILIO_ACCOUNT_SID": self.account_sid,
            "TWILIO_AUTH_TOKEN": self.auth_token,
            "TWILIO_FROM": self.from_number,
            "TWILIO_API_BASE_URL": base,
            "TELEGRAM_BOT_TOKEN": self.telegram_token,
            "TELEGRAM_WEBHOOK_SECRET": self.telegram_secret,
            "TELEGRAM_MODE": telegram_mode,
            "TELEGRAM_API_BASE_URL": base,
        }


# Derived rather than written out: scanners look for literals of exactly these shapes.
SIMULATOR_CREDENTIALS = Credentials(
    account_sid="AC" + _derived("account").hex()[:32],
    auth_token=_derived("auth token").hex()[:32],
    from_number="+13105550100",
    messaging_service_sid="MG" + _derived("messaging service").hex()[:32],
    telegram_token="7310311:" + base64.urlsafe_b64encode(_derived("bot token")).decode()[:35],
    telegram_secret=_derived("webhook secret").hex()[:40],
)


@dataclass(frozen=True, slots=True)
class InstanceAccount:
    """Who Cityline is at the instance of ServiceNow that is played, and what the instance signs its calls with."""

    client_id: str
    client_secret: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    sync_secret: str = field(repr=False)  # "": it calls nobody

    def environment(self, base_url: str) -> dict[str, str]:
        """The variables that make Cityline's other processes use the instance at `base_url`."""
        return {
            "SERVICENOW_URL": base_url.rstrip("/"),
            "SERVICENOW_CLIENT_ID": self.client_id,
            "SERVICENOW_CLIENT_SECRET": self.client_secret,
            "CITYLINE_SYNC_SECRET": self.sync_secret,
        }


SIMULATOR_INSTANCE = InstanceAccount(
    client_id=_derived("oauth client").hex()[:32],
    client_secret=_derived("oauth secret").hex()[:32],
    username="cityline",
    password=_derived("account of the instance").hex()[:32],
    sync_secret=_derived("sync secret").hex(),
)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a webhook is repeated when nobody takes it, with growing pauses in seconds."""

    attempts: int
    first_pause: float = 0.25
    longest_pause: float = 5.0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after failed attempt number `attempt`, counted from 1."""
        return min(self.first_pause * 2.0 ** min(attempt - 1, 16), self.longest_pause)


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """Everything that can be set; times in seconds, sizes in bytes."""

    sms_webhook: str = "http://127.0.0.1:8311/channels/sms"
    telegram_webhook: str | None = (
        "http://127.0.0.1:8311/channels/telegram"  # as if setWebhook had been called
    )
    base_url: str = "http://127.0.0.1:8319"  # how the product reaches the simulator
    media_base_url: str | None = (
        None  # host of redirected MMS media; None: base_url with the other loopback name
    )
    public_base: str | None = None  # webhooks are signed over this address …
    connect_base: str | None = None  # … but delivered here, when the public one leads elsewhere
    credentials: Credentials = SIMULATOR_CREDENTIALS
    instance: InstanceAccount | None = None  # of ServiceNow; None: none is played
    sync_webhook: str = "http://127.0.0.1:8311/sync/servicenow"
    groups: tuple[str, ...] = ()  # to which its cases are assigned
    seed: int | None = None  # makes ids and faults repeatable
    city: str = "santa_monica"
    receipt_pause: float = 0.15  # between queued, sent and delivered
    network_replies: bool = True  # Twilio's own answers to STOP, START and HELP
    # Twilio: `#rc=5&rp=all` in the webhook URL, which the documentation recommends for 311 numbers.
    sms_retries: Retries = Retries(attempts=6, first_pause=1.0, longest_pause=16.0)
    # Telegram repeats an update for about a day.
    telegram_retries: Retries = Retries(attempts=10_000)
    # Whatever a business rule could not tell is found by looking.
    sync_retries: Retries = Retries(attempts=4, first_pause=0.5)
    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    hang: float = 30.0  # how long an injected time-out holds a request
    max_phones: int = 20_000
    max_messages_per_phone: int = 400
    max_provider_messages: int = 50_000
    max_updates: int = 50_000
    max_media: int = 512 * MEBIBYTE
    clock: Callable[[], datetime] = utc_now

    @property
    def media_base(self) -> str:
        """Where fetched MMS media are redirected to."""
        if self.media_base_url:
            return self.media_base_url.rstrip("/")
        parts = urlsplit(self.base_url)
        other = OTHER_LOOPBACK.get(parts.hostname or "", "")
        netloc = f"{other}:{parts.port}" if other and parts.port else other or parts.netloc
        return parts._replace(netloc=netloc).geturl().rstrip("/")

    def connect_url(self, url: str) -> str:
        """Where to connect for `url`: the public address may only exist on the internet."""
        if self.public_base and self.connect_base and url.startswith(self.public_base):
            return self.connect_base + url.removeprefix(self.public_base)
        return url

    @property
    def map_file(self) -> Path:
        """Simple lines for the pin chooser; need not exist."""
        return Path(__file__).parent / "maps" / f"{Path(self.city).name}.json"


def config_from_settings(
    settings: Settings, *, base_url: str, connect_base: str | None = None, seed: int | None = None
) -> SimulatorConfig:
    """Webhooks go to this installation's web process, signed over its public address."""
    public = settings.base_url
    base_url = base_url.rstrip("/")
    return SimulatorConfig(
        credentials=_credentials_in_use(settings, base_url),
        sms_webhook=f"{public}/channels/sms",
        telegram_webhook=f"{public}/channels/telegram" if settings.telegram_mode == "webhook" else None,
        base_url=base_url,
        public_base=public,
        connect_base=connect_base
        or f"http://{settings.host}:{settings.port}".replace("//0.0.0.0", "//127.0.0.1"),
        seed=seed,
        city=settings.city,
        instance=_instance_in_use(settings, base_url),
        sync_webhook=f"{public}/sync/servicenow",
        groups=tuple(load_city(settings.city_pack).departments) if settings.sync == "servicenow" else (),
    )


def _credentials_in_use(settings: Settings, base_url: str) -> Credentials:
    """The simulator's own, unless the settings point other ones at it. Real accounts are none of its business."""
    given = SIMULATOR_CREDENTIALS
    twilio_token, bot_token = settings.twilio_auth_token, settings.telegram_bot_token
    if settings.twilio_api_base_url == base_url and settings.twilio_account_sid and twilio_token:
        sender = settings.twilio_from or given.from_number
        service = sender.startswith("MG")
        given = replace(
            given,
            account_sid=settings.twilio_account_sid,
            auth_token=twilio_token.get_secret_value(),
            from_number=given.from_number if service else sender,
            messaging_service_sid=sender if service else given.messaging_service_sid,
        )
    if settings.telegram_api_base_url == base_url and bot_token:
        secret = settings.telegram_webhook_secret
        given = replace(
            given,
            telegram_token=bot_token.get_secret_value(),
            telegram_secret=secret.get_secret_value() if secret else given.telegram_secret,
        )
    return given


def _instance_in_use(settings: Settings, base_url: str) -> InstanceAccount | None:
    """The account of the instance that is played; None where requests are worked elsewhere."""
    if settings.servicenow_is_played:
        return SIMULATOR_INSTANCE
    if settings.sync != "servicenow" or settings.servicenow_url != base_url:
        return None
    given, secret, password = (
        SIMULATOR_INSTANCE,
        settings.servicenow_client_secret,
        settings.servicenow_password,
    )
    return replace(
        given,
        client_id=settings.servicenow_client_id or given.client_id,
        client_secret=secret.get_secret_value() if secret else given.client_secret,
        username=settings.servicenow_username or given.username,
        password=password.get_secret_value() if password else given.password,
        sync_secret=settings.sync_secret.get_secret_value() if settings.sync_secret else "",
    )
