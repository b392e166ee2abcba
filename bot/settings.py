"""Every setting of Cityline: one typed place, read from the environment and `.env`.

`load_settings()` raises `SettingsError`, whose message is a list of sentences, one for
each wrong or missing value, naming the variable and what it should look like.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import phonenumbers
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.mail.address import MailAddressError, mail_server, sender_address

ROOT = Path(__file__).resolve().parent.parent
PACKS = Path(__file__).resolve().parent / "city" / "packs"

TWILIO_API = "https://api.twilio.com"
TELEGRAM_API = "https://api.telegram.org"


ROLES = frozenset({"reviewer", "crew", "agent", "manager", "admin"})  # what they may: bot.cases.roles
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")  # of a bot, as @BotFather takes it
ARE_HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-(?!\1)(?:[01]\d|2[0-3]):[0-5]\d|none")


class SettingsError(ValueError):
    """One or more settings are missing or wrong; the message says which and how to mend them."""


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _pairs(value: str) -> tuple[tuple[str, str], ...]:
    """`a=b,c=d` as pairs; the last = divides, since names of groups may have one."""
    parts = (part.strip().rpartition("=") for part in value.split(",") if part.strip())
    return tuple((left.strip(), right.strip()) for left, _, right in parts)


class Settings(BaseSettings):
    """What a city's IT team can set. `.env.example` is generated from these descriptions."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True, frozen=True
    )

    database_url: str | None = Field(
        None,
        alias="DATABASE_URL",
        description="PostgreSQL to use, as postgresql://user:password@host:5432/name. "
        "Empty: an embedded PostgreSQL in the data folder.",
    )
    listen_url: str | None = Field(
        None,
        alias="CITYLINE_LISTEN_URL",
        description="The same database, reached without a pooler that gives each transaction another connection: web processes hear "
        "there what changed. Empty: DATABASE_URL.",
    )
    data: Path = Field(
        ROOT / "var",
        alias="CITYLINE_DATA",
        description="Folder for the embedded database, photos, trained models and logs.",
    )
    photo_store: str | None = Field(
        None,
        alias="CITYLINE_PHOTO_STORE",
        description="Where photos are kept, as an fsspec URL (file:///srv/photos, s3://bucket/photos). "
        "Empty: the folder `photos` in the data folder.",
    )
    port: int = Field(
        8311,
        alias="CITYLINE_PORT",
        ge=1,
        le=65535,
        description="Port of the web process (webhooks, console).",
    )
    host: str = Field("127.0.0.1", alias="CITYLINE_HOST", description="Address the web process listens on.")
    public_url: str | None = Field(
        None,
        alias="PUBLIC_URL",
        description="How the internet reaches the web process, as https://311.example.gov. "
        "Twilio signs it into every webhook. Empty: http://127.0.0.1:<port>.",
    )
    proxies: Annotated[list[str], NoDecode, BeforeValidator(_split)] = Field(
        default_factory=lambda: ["127.0.0.1", "::1"],
        alias="CITYLINE_PROXIES",
        description="Addresses or networks of the reverse proxies, separated by commas: what they say of who asks (X-Forwarded-For) is believed, and nobody else. "
        "Whoever guesses is slowed down by that address.",
    )
    secret_key: SecretStr | None = Field(
        None,
        alias="CITYLINE_SECRET",
        description="Key that signs media and map links, at least 32 characters. "
        "Empty: made on first start and kept in the data folder. All machines of one city need the same.",
    )
    city: str = Field(
        "santa_monica",
        alias="CITYLINE_CITY",
        description="City pack: a name below bot/city/packs or a folder.",
    )
    engine_urls: Annotated[list[str], NoDecode, BeforeValidator(_split)] = Field(
        default_factory=lambda: ["http://127.0.0.1:8315"],
        alias="ENGINE_URLS",
        description="Addresses of the Rasa engines, separated by commas.",
    )
    engine_token: SecretStr | None = Field(
        None,
        alias="CITYLINE_ENGINE_TOKEN",
        description="What workers show the engines, at least 16 characters. Empty: made from CITYLINE_SECRET.",
    )
    actions_url: str = Field(
        "http://127.0.0.1:8316",
        alias="ACTIONS_URL",
        description="Address of the action server, for the engines.",
    )

    twilio_account_sid: str | None = Field(
        None, alias="TWILIO_ACCOUNT_SID", description="Account SID of Twilio: AC and 32 hexadecimal digits."
    )
    twilio_auth_token: SecretStr | None = Field(
        None, alias="TWILIO_AUTH_TOKEN", description="Auth token of that account; it also signs webhooks."
    )
    twilio_from: str | None = Field(
        None,
        alias="TWILIO_FROM",
        description="Number to send from, as +13105550100, or a messaging service, MG and 32 hexadecimal digits.",
    )
    public_number: str | None = Field(
        None,
        alias="CITYLINE_PUBLIC_NUMBER",
        description="Number that residents text, as +13105550100: public pages offer it. Empty: TWILIO_FROM, where that is a "
        "number. A messaging service needs it.",
    )
    twilio_api_base_url: str = Field(
        TWILIO_API,
        alias="TWILIO_API_BASE_URL",
        description="Where the Twilio API is; change it for a stand-in.",
    )

    telegram_bot_token: SecretStr | None = Field(
        None, alias="TELEGRAM_BOT_TOKEN", description="Token that @BotFather gave, as 123456:ABC-DEF."
    )
    telegram_bot_name: str | None = Field(
        None,
        alias="TELEGRAM_BOT_NAME",
        description="Username of the bot, as CityHallBot: public pages link to its chat. Empty: they do not.",
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None,
        alias="TELEGRAM_WEBHOOK_SECRET",
        description="1 to 256 letters, digits, _ or -: Telegram sends it with every update.",
    )
    telegram_mode: Literal["webhook", "polling"] = Field(
        "polling",
        alias="TELEGRAM_MODE",
        description="webhook (needs a public https address) or polling (needs none; the mode for a first try).",
    )
    telegram_api_base_url: str = Field(
        TELEGRAM_API,
        alias="TELEGRAM_API_BASE_URL",
        description="Where the Bot API is; change it for a stand-in.",
    )

    geocoder: Literal["none", "nominatim", "photon", "arcgis", "google"] = Field(
        "none",
        alias="CITYLINE_GEOCODER",
        description="Online geocoder for what the city pack does not know: nominatim, photon, arcgis, google or none.",
    )
    geocoder_url: str | None = Field(
        None, alias="CITYLINE_GEOCODER_URL", description="Address of your own Nominatim or Photon."
    )
    geocoder_key: SecretStr | None = Field(
        None, alias="CITYLINE_GEOCODER_KEY", description="API key of the geocoder, where it needs one."
    )
    tile_url: str | None = Field(
        None,
        alias="CITYLINE_TILE_URL",
        description="Map tiles for the console, as https://…/{z}/{x}/{y}.png. Empty: the city pack's own streets.",
    )
    city_page: Literal["off", "on", "indexed"] = Field(
        "off",
        alias="CITYLINE_CITY_PAGE",
        description="on: `/` shows everybody the requests that staff chose to show, by block, and how long the work took "
        "lately. indexed: search engines may list that page, too. off: `/` leads to the console.",
    )
    open311: Literal["off", "listed", "all"] = Field(
        "listed",
        alias="CITYLINE_OPEN311",
        description="Who may read requests at `/open311/v2`. listed: everybody those that staff chose to show. all: everybody every one. "
        "Both by their block; whoever filed one with a key sees where it is. off: there is no such address.",
    )
    open311_descriptions: Literal["staff", "residents"] = Field(
        "staff",
        alias="CITYLINE_OPEN311_DESCRIPTIONS",
        description="What a request is about, at `/open311/v2`. staff: what staff wrote for the public, or nothing. residents: else their own "
        "words, without telephone numbers and e-mail addresses; names and homes may stand in them.",
    )
    our_jurisdiction: str | None = Field(
        None,
        alias="CITYLINE_OPEN311_JURISDICTION",
        description="jurisdiction_id of the city at `/open311/v2`, as santamonica.gov. Empty: the host of the city pack's own page.",
    )
    smtp_url: SecretStr | None = Field(
        None,
        alias="CITYLINE_SMTP_URL",
        description="Server that mail to staff and to departments goes through, as smtp+starttls://user:password@mail.example.gov:587, or smtps://… "
        "Signs in the password are percent-encoded. Empty: nobody is mailed.",
    )
    mail_from: str | None = Field(
        None,
        alias="CITYLINE_MAIL_FROM",
        description="Who that mail is from, as no-reply@example.gov or City 311 <no-reply@example.gov>.",
    )
    sync: Literal["none", "servicenow", "open311"] = Field(
        "none",
        alias="CITYLINE_SYNC",
        description="The city's own system in which requests are worked, too: servicenow, open311 or none. See docs/howto/.",
    )
    sync_map: str = Field(
        "sync.yml",
        alias="CITYLINE_SYNC_MAP",
        description="How our words are called there: a file of the city pack, or the path of one.",
    )
    sync_poll_seconds: float = Field(
        5,
        alias="CITYLINE_SYNC_POLL_SECONDS",
        ge=1,
        le=3600,
        description="Seconds between two looks at what was changed there.",
    )
    servicenow_url: str | None = Field(
        None,
        alias="SERVICENOW_URL",
        description="The instance, as https://example.service-now.com. Empty in a first try, without providers: the simulator plays one.",
    )
    servicenow_client_id: str | None = Field(
        None, alias="SERVICENOW_CLIENT_ID", description="OAuth client of Cityline there."
    )
    servicenow_client_secret: SecretStr | None = Field(
        None, alias="SERVICENOW_CLIENT_SECRET", description="Its secret."
    )
    servicenow_username: str | None = Field(
        None,
        alias="SERVICENOW_USERNAME",
        description="Account that Cityline works with there: for basic authentication, or for OAuth with a password.",
    )
    servicenow_password: SecretStr | None = Field(
        None, alias="SERVICENOW_PASSWORD", description="Its password."
    )
    open311_endpoint_url: str | None = Field(
        None,
        alias="OPEN311_URL",
        description="The Open311 endpoint of another city system that requests are filed with, as https://311.example.gov/open311/v2.",
    )
    open311_endpoint_key: SecretStr | None = Field(
        None, alias="OPEN311_API_KEY", description="The key that it gave us."
    )
    open311_endpoint_jurisdiction: str = Field(
        "", alias="OPEN311_JURISDICTION", description="The jurisdiction_id there, where it wants one."
    )
    sync_secret: SecretStr | None = Field(
        None,
        alias="CITYLINE_SYNC_SECRET",
        description="What their business rule signs its calls with, at least 32 characters. Empty: changes are found by looking.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        alias="CITYLINE_METRICS_TOKEN",
        min_length=16,
        description="What a Prometheus has to send to GET /metrics as its bearer token, at least 16 characters. Empty: there is no such page.",
    )
    log_format: Literal["console", "json"] = Field(
        "console", alias="CITYLINE_LOG_FORMAT", description="console (for people) or json (for machines)."
    )
    second_step_roles: Annotated[list[str], NoDecode, BeforeValidator(_split)] = Field(
        default_factory=list,
        alias="CITYLINE_SECOND_STEP",
        description="Roles whose login needs a code of an app as well, separated by commas: reviewer, crew, agent, manager, admin. "
        "Empty: who wants one sets it up under Account.",
    )
    oidc_issuer: str | None = Field(
        None,
        alias="CITYLINE_OIDC_ISSUER",
        description="The city's identity provider (OpenID Connect), as it calls itself: https://login.example.gov. Empty: accounts of the console alone.",
    )
    oidc_client_id: str = Field("", alias="CITYLINE_OIDC_CLIENT_ID", description="Client of Cityline there.")
    oidc_client_secret: SecretStr | None = Field(
        None, alias="CITYLINE_OIDC_CLIENT_SECRET", description="Its secret."
    )
    oidc_scopes: str = Field(
        "openid profile email",
        alias="CITYLINE_OIDC_SCOPES",
        description="What is asked for there, with blanks between.",
    )
    oidc_claim: str = Field(
        "groups", alias="CITYLINE_OIDC_CLAIM", description="The claim that lists somebody's groups or roles."
    )
    oidc_roles: str = Field(
        "",
        alias="CITYLINE_OIDC_ROLES",
        description="Which of them has which role here, the highest first: 311-admins=admin,311-desk=agent. Who is in none is not let in.",
    )
    takeover_hours: float = Field(
        12,
        alias="CITYLINE_TAKEOVER_HOURS",
        ge=0,
        description="Hours without a word of staff after which a conversation goes back to the bot. 0: never.",
    )
    sms_price: float = Field(
        0,
        alias="CITYLINE_SMS_PRICE",
        ge=0,
        description="What one SMS costs to send, carrier fees included, in dollars, as 0.0113: insight reckons with it. 0: no cost is shown.",
    )
    mms_price: float = Field(
        0,
        alias="CITYLINE_MMS_PRICE",
        ge=0,
        description="The same of a message with pictures (MMS).",
    )
    quiet_hours: str = Field(
        "21:00-08:00",
        alias="CITYLINE_QUIET_HOURS",
        description="When residents are not told of updates, on the city's clock. What waits is told in the morning; who "
        "wrote a moment ago, and what staff call urgent, is told at once. none: no such hours.",
    )
    answer_days: int = Field(
        7,
        alias="CITYLINE_ANSWER_DAYS",
        ge=1,
        description="Days that a question of staff waits for its resident; then the request is closed without an answer.",
    )
    reopen_days: int = Field(
        14,
        alias="CITYLINE_REOPEN_DAYS",
        ge=1,
        description="Days after the end of the work after which a request that nobody has found fault with is closed for good.",
    )
    keep_texts_days: int = Field(
        730,
        alias="CITYLINE_KEEP_TEXTS_DAYS",
        ge=0,
        description="Days that words, pins and photos outside of requests are kept after the last message of a conversation "
        "without an open request. 0: for ever. docs/privacy.md says why each of these is as long as it is.",
    )
    keep_numbers_days: int = Field(
        1095,
        alias="CITYLINE_KEEP_NUMBERS_DAYS",
        ge=0,
        description="The same for numbers and names; who said STOP stays known. 0: for ever.",
    )
    keep_request_words_days: int = Field(
        0,
        alias="CITYLINE_KEEP_REQUEST_WORDS_DAYS",
        ge=0,
        description="Days that the words of a finished request are kept, its notes and comments included. "
        "0: for ever, as the city's record.",
    )
    keep_photos_days: int = Field(
        0,
        alias="CITYLINE_KEEP_PHOTOS_DAYS",
        ge=0,
        description="Days that the photos of a finished request are kept. 0: as long as the request.",
    )
    keep_tracker_days: int = Field(
        30,
        alias="CITYLINE_KEEP_TRACKER_DAYS",
        ge=0,
        description="Days that the engine's events of finished sessions are kept. 0: for ever.",
    )
    keep_receipts_days: int = Field(
        90,
        alias="CITYLINE_KEEP_RECEIPTS_DAYS",
        ge=0,
        description="Days that delivery receipts are kept. 0: for ever.",
    )
    keep_audit_days: int = Field(
        1826,
        alias="CITYLINE_KEEP_AUDIT_DAYS",
        ge=0,
        description="Days that the audit trail is kept. 0: for ever.",
    )
    keep_set_aside_days: int = Field(
        30,
        alias="CITYLINE_KEEP_SET_ASIDE_DAYS",
        ge=0,
        description="Days that provider events which could not be stored are kept as they came. 0: for ever.",
    )
    keep_jobs_days: int = Field(
        30,
        alias="CITYLINE_KEEP_JOBS_DAYS",
        ge=0,
        description="Days that finished jobs of the queue are kept. 0: for ever.",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: Any, info: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            field = cls.model_fields[info.field_name]
            if info.field_name.startswith("keep_"):
                return 0  # an empty period, as zero: for ever
            return field.get_default(call_default_factory=True)
        return value

    @field_validator("database_url", "listen_url")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("should look like postgresql://user:password@host:5432/name")
        return value

    @field_validator(
        "public_url",
        "twilio_api_base_url",
        "telegram_api_base_url",
        "actions_url",
        "servicenow_url",
        "open311_endpoint_url",
    )
    @classmethod
    def _is_http_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("should look like https://311.example.gov")
        return value.rstrip("/")

    @field_validator("servicenow_url")
    @classmethod
    def _is_instance(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).path or urlsplit(value).query):
            raise ValueError(
                "should be the address of the instance alone, as https://example.service-now.com"
            )
        return value

    @field_validator("engine_urls")
    @classmethod
    def _are_http_addresses(cls, value: list[str]) -> list[str]:
        if not value:
            raise ValueError("should name at least one engine, as http://127.0.0.1:8315")
        for url in value:
            if urlsplit(url).scheme not in ("http", "https"):
                raise ValueError("should look like http://127.0.0.1:8315,http://10.0.0.2:8315")
        return [url.rstrip("/") for url in value]

    @field_validator("oidc_issuer")
    @classmethod
    def _is_issuer(cls, value: str | None) -> str | None:
        # Compared letter by letter with what the provider calls itself: a slash at its end stays.
        if value is not None and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("should look like https://login.example.gov")
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _are_groups_with_roles(cls, value: str) -> str:
        if not all(group and role in ROLES for group, role in _pairs(value)):
            raise ValueError("should look like 311-admins=admin,311-desk=agent")
        return value

    @field_validator("second_step_roles")
    @classmethod
    def _are_roles(cls, value: list[str]) -> list[str]:
        if not set(value) <= ROLES:
            raise ValueError(f"should name some of {', '.join(sorted(ROLES))}, separated by commas")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        if not ARE_HOURS.fullmatch(value):
            raise ValueError("should look like 21:00-08:00, or none")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            mail_server(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                sender_address(value)
            except MailAddressError:
                raise ValueError(
                    "should look like no-reply@example.gov or City 311 <no-reply@example.gov>"
                ) from None
        return value

    @field_validator("secret_key", "sync_secret")
    @classmethod
    def _secret_is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("should have at least 32 characters")
        return value

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, value: list[str]) -> list[str]:
        for each in value:
            try:
                ipaddress.ip_network(each)
            except ValueError:
                raise ValueError("should look like 10.0.0.5 or 10.0.0.0/24") from None
        return value

    @field_validator("engine_token")
    @classmethod
    def _token_is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            text = value.get_secret_value()
            if len(text) < 16 or not (text.isascii() and text.isprintable()) or " " in text:
                raise ValueError("should have at least 16 letters, digits or signs, and no blanks")
        return value

    @field_validator("twilio_from")
    @classmethod
    def _sender_is_number_or_service(cls, value: str | None) -> str | None:
        if value is None:
            return None
        number = value.startswith("+") and value[1:].isdigit()
        service = value.startswith("MG") and len(value) == 34
        if not (number or service):
            raise ValueError("should be a number as +13105550100 or a messaging service as MG and 32 digits")
        return value

    @field_validator("public_number")
    @classmethod
    def _is_number(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                possible = phonenumbers.is_possible_number(phonenumbers.parse(value, None))
            except phonenumbers.NumberParseException:
                possible = False
            if not (possible and value[1:].isascii() and value[1:].isdigit()):
                raise ValueError("should be a number as +13105550100")
        return value

    @field_validator("telegram_bot_name")
    @classmethod
    def _is_username(cls, value: str | None) -> str | None:
        if value is None:
            return None
        name = value.removeprefix("https://t.me/").removeprefix("@")
        if not _USERNAME.fullmatch(name):
            raise ValueError("should be the bot's username, as CityHallBot: 5 to 32 letters, digits or _")
        return name

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _webhook_secret_alphabet(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            text = value.get_secret_value()
            if len(text) > 256 or not text.replace("-", "").replace("_", "").isalnum() or not text.isascii():
                raise ValueError("should be 1 to 256 letters, digits, _ or -")
        return value

    @model_validator(mode="after")
    def _credentials_are_whole(self) -> Settings:
        twilio = {
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
            "TWILIO_FROM": self.twilio_from,
        }
        if any(twilio.values()) and not all(twilio.values()):
            missing = ", ".join(name for name, value in twilio.items() if not value)
            raise ValueError(
                f"{missing}: missing, while other Twilio settings are there. Set all three or none"
            )
        if self.telegram_bot_token and self.telegram_mode == "webhook" and not self.telegram_webhook_secret:
            raise ValueError(
                "TELEGRAM_WEBHOOK_SECRET: missing; TELEGRAM_MODE=webhook needs it so that nobody else can post updates"
            )
        mail = {"CITYLINE_SMTP_URL": self.smtp_url, "CITYLINE_MAIL_FROM": self.mail_from}
        if any(mail.values()) and not all(mail.values()):
            missing = next(name for name, value in mail.items() if not value)
            raise ValueError(
                f"{missing}: missing, while the other setting of mail is there. Set both or none"
            )
        if self.sync == "servicenow" and not self.servicenow_is_played:
            self._check_servicenow()
        if self.sync == "open311" and not self.open311_endpoint_url:
            raise ValueError("OPEN311_URL: missing; CITYLINE_SYNC=open311 needs the address of the endpoint")
        if not (PACKS / self.city).is_dir() and not Path(self.city).is_dir():
            raise ValueError(f"CITYLINE_CITY: there is no city pack {self.city!r}")
        return self

    def _check_servicenow(self) -> None:
        if not self.servicenow_url:
            raise ValueError(
                "SERVICENOW_URL: missing; CITYLINE_SYNC=servicenow needs the address of the instance"
            )
        oauth, basic = self.servicenow_client_id, self.servicenow_username
        if not (oauth or basic):
            raise ValueError(
                "SERVICENOW_CLIENT_ID or SERVICENOW_USERNAME: missing; ServiceNow lets nobody in without one of them"
            )
        if oauth and not self.servicenow_client_secret:
            raise ValueError("SERVICENOW_CLIENT_SECRET: missing, while SERVICENOW_CLIENT_ID is there")
        if basic and not self.servicenow_password:
            raise ValueError("SERVICENOW_PASSWORD: missing, while SERVICENOW_USERNAME is there")

    # What follows from the settings.

    @property
    def base_url(self) -> str:
        """The public address, without a slash at the end."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def city_pack(self) -> Path:
        """Folder of the city pack."""
        return PACKS / self.city if (PACKS / self.city).is_dir() else Path(self.city)

    @property
    def sync_map_file(self) -> Path:
        """Where it stands how our words are called in the city's own system."""
        own = self.city_pack / self.sync_map
        return own if own.is_file() else Path(self.sync_map)

    @property
    def oidc_configured(self) -> bool:
        return self.oidc_issuer is not None and bool(self.oidc_client_id)

    @property
    def oidc_role_map(self) -> tuple[tuple[str, str], ...]:
        """Group and role, in the order in which they count."""
        return _pairs(self.oidc_roles)

    @property
    def photo_store_url(self) -> str:
        """fsspec URL of the photo store."""
        return self.photo_store or f"file://{self.data.absolute() / 'photos'}"

    @property
    def texted_number(self) -> str:
        """The number that residents text, as +13105550100; "" where there is none to show."""
        sender = self.public_number or self.twilio_from or ""
        return sender if self.sms_configured and sender.startswith("+") else ""

    @property
    def shown_bot(self) -> str:
        """The username of the bot that residents write to; "" where there is none to show."""
        return (self.telegram_bot_name or "") if self.telegram_configured else ""

    @property
    def sms_configured(self) -> bool:
        return self.twilio_account_sid is not None

    @property
    def telegram_configured(self) -> bool:
        return self.telegram_bot_token is not None

    @property
    def servicenow_is_played(self) -> bool:
        """Whether nothing is said of an instance, nor of a real provider: the simulator stands in for all of them."""
        named = (self.servicenow_url, self.servicenow_client_id, self.servicenow_client_secret)
        let_in = (self.servicenow_username, self.servicenow_password)
        real = self.sms_configured or self.telegram_configured
        return self.sync == "servicenow" and not real and not any((*named, *let_in))

    @property
    def mail_configured(self) -> bool:
        return self.smtp_url is not None


def load_settings(**overrides: Any) -> Settings:
    """Read and check all settings; `overrides` go by field name or variable and win over the environment."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_sentences(error)) from None


def _sentences(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        message = problem["msg"].removeprefix("Value error, ")
        name = str(problem["loc"][0]) if problem["loc"] else ""
        field = Settings.model_fields.get(name)
        variable = (field.alias if field and field.alias else name) if name else ""
        lines.append(f"{variable}: {message}." if variable else f"{message}.")
    return "\n".join(lines)


# What staff change without a restart: the rest is the business of whoever runs the machines.
CHANGEABLE = (
    "quiet_hours",
    "answer_days",
    "reopen_days",
    "keep_texts_days",
    "keep_numbers_days",
    "keep_request_words_days",
    "keep_photos_days",
    "keep_tracker_days",
    "keep_receipts_days",
    "keep_audit_days",
    "keep_set_aside_days",
    "keep_jobs_days",
)
_changed: dict[str, Any] = {}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once, with what staff changed of them."""
    return load_settings(**_changed)


def check_settings(changed: Mapping[str, Any]) -> None:
    """Raises `SettingsError` where these cannot be changed, or not to that."""
    if unknown := set(changed) - set(CHANGEABLE):
        raise SettingsError(f"{', '.join(sorted(unknown))}: cannot be changed here.")
    load_settings(**changed)


def change_settings(changed: Mapping[str, Any]) -> None:
    """Have some of `CHANGEABLE` otherwise than the environment says, from now on. Raises `SettingsError`, and changes nothing."""
    check_settings(changed)
    if dict(changed) != _changed:
        _changed.clear()
        _changed.update(changed)
        settings.cache_clear()


def secret_key(config: Settings) -> str:
    """The key that signs links: `CITYLINE_SECRET`, or one made on first start and kept in the data folder."""
    if config.secret_key is not None:
        return config.secret_key.get_secret_value()
    path = config.data / "secret.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        config.data.mkdir(parents=True, exist_ok=True)
    # Two processes may start at once: each writes its own file, and the link is made only once.
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text(encoding="ascii").strip()


def engine_token(config: Settings) -> str:
    """What workers show the engines: `CITYLINE_ENGINE_TOKEN`, or one that follows from the key all machines share."""
    if config.engine_token is not None:
        return config.engine_token.get_secret_value()
    return hmac.new(secret_key(config).encode(), b"cityline.engine-token", hashlib.sha256).hexdigest()
