"""What passes between a provider's channel and the rest of Cityline, the same for every provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """How a resident reaches us."""

    SMS = "sms"
    TELEGRAM = "telegram"


class InboundKind(StrEnum):
    """What an inbound event is, before anybody reads its words."""

    MESSAGE = "message"  # text, photos, a pin, or any of them together
    BUTTON = "button"  # an option pressed; `button` holds its payload
    EDIT = "edit"  # the resident changed a message; `provider_id` is that of the changed message
    BLOCKED = "blocked"  # the resident blocked or left the bot: the same as STOP
    UNBLOCKED = "unblocked"  # and came back: the same as START
    UNSUPPORTED = "unsupported"  # sticker, voice, video, …: `unsupported` says which
    GROUP = "group"  # somebody put the bot into a group chat
    REACTION = "reaction"  # a mark on a message, without words: `reaction` holds it


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file at the provider, not fetched yet."""

    provider_ref: str  # Twilio: media URL; Telegram: file_id
    content_type: str | None = None  # as the provider says it; never trusted
    file_name: str | None = None
    size: int | None = None  # bytes
    compressed: bool = False  # True: a Telegram photo, which has lost its EXIF data


@dataclass(frozen=True, slots=True)
class Pin:
    """A position the resident sent, degrees WGS 84."""

    lat: float
    lon: float
    name: str | None = None  # a venue's name
    address: str | None = None  # a venue's address
    live: bool = False
    from_map: bool = False  # put on the map page of a report, not shared by the phone


@dataclass(frozen=True, slots=True)
class OurEnd:
    """Where a resident reached us, which is where answers come from."""

    address: str | None = None  # Twilio: the number or agent they wrote to, "+1310…", "rcs:city_agent"
    service: str | None = None  # Twilio: the messaging service it belongs to, "MG…"
    topic: int | None = None  # Telegram: message_thread_id of a private chat with topics


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event of a resident's conversation as a provider delivered it."""

    channel: Channel
    kind: InboundKind
    provider_id: str  # unique in its channel: MessageSid, "<chat>:<message>", "callback:<id>"
    address: (
        str  # E.164 number, the same with its channel ("rcs:+1310…", "whatsapp:US.…"), or Telegram chat id
    )
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    pin: Pin | None = None
    button: str | None = None  # payload of a pressed option
    callback_id: str | None = None  # Telegram: what answerCallbackQuery wants
    album_id: str | None = None  # Telegram: media_group_id
    opt_out: str | None = None  # "stop", "start" or "help": what the provider itself made of the words
    unsupported: str | None = None  # "sticker", "voice", "video", …
    display_name: str | None = None
    language_hint: str | None = None  # "en", "es", … as the provider's client says
    sent_at: datetime | None = None  # aware UTC; of an edit: when it was edited
    event_id: str = ""  # unique for this delivery, also among edits of one message: "update:<id>", MessageSid
    our_end: OurEnd | None = None  # None: the event does not say, so that what was known before holds
    about_message_id: str | None = None  # provider id of the message that it answers, quotes or reacts to
    quote: str | None = None  # the words that it quotes
    start: str | None = None  # Telegram: the payload of /start, "" without one; None: no /start
    reaction: str | None = None  # of a REACTION: the emoji, "" when it was taken back
    location_label: bool = False  # Telegram: the words on our location button, sent instead of a location
    automated: bool = False  # a sender behind which nobody sits: a short code


class ReceiptState(StrEnum):
    """In the order in which they may follow each other; a later one never moves back."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says of a message we sent."""

    channel: Channel
    provider_id: str
    state: ReceiptState
    error_code: str | None = None
    message_id: int | None = None  # ours, carried in the callback URL: a receipt can beat our own commit
    outcome: Outcome | None = None  # of one that failed: what its code means, where that is known
    detail: str = ""  # our words for the code; safe to log


class ReceiptsAwayError(Exception):
    """The provider cannot be asked about its messages just now. `retry_after`: seconds, where it said so."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("The provider cannot be asked about its messages just now.")
        self.retry_after = retry_after


class ListProblem(StrEnum):
    """Why a day's list of numbers that were given up could not be read."""

    MISSING = "missing"  # there is none of that day, or not yet
    AWAY = "away"  # ask again later
    REFUSED = "refused"  # our credentials, or the account may not have it
    NO_LIST = "no_list"  # what came is no list of numbers


class NumberListError(Exception):
    """A day's list of numbers that were given up could not be read. `retry_after`: seconds, where the provider said so."""

    def __init__(self, problem: ListProblem, retry_after: float | None = None) -> None:
        super().__init__(f"The list of numbers that were given up could not be read: {problem}.")
        self.problem = problem
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a menu."""

    label: str  # what the resident reads
    payload: str  # what the engine gets, e.g. "/affirm" or '/choose{"choice": "pothole"}'


@dataclass(frozen=True, slots=True)
class OutboundPhoto:
    """A photo of ours to send."""

    photo_id: int
    url: str  # signed, short-lived, public: what Twilio fetches
    content: bytes | None = None  # JPEG: what is uploaded to Telegram
    size: int | None = None  # bytes behind `url`, where known: an MMS holds 5 MB in all
    file_name: str | None = None  # of an upload; None: the id with the ending of a JPEG
    link: str = ""  # as `url`, for the resident to open in the days to come


@dataclass(frozen=True, slots=True)
class Outbound:
    """One reply or update, before it takes a provider's form."""

    text: str
    options: tuple[Option, ...] = ()
    photos: tuple[OutboundPhoto, ...] = ()
    photo_links: tuple[
        str, ...
    ] = ()  # of photos that the carrier does not take: SMS names the first, and what others fit
    page: str = ""  # link to the public page of the request it is about, named where it makes no part more
    ask_location: bool = False  # Telegram: show the request-location button
    venue: Pin | None = None  # Telegram: sendVenue with it
    map_picture: bytes | None = None  # PNG; Telegram: a photo with the words below it. An SMS goes without
    language: str = "en"
    drop_location_button: bool = (
        False  # Telegram: the last message showed the button and it is no longer wanted
    )
    our_end: OurEnd | None = None  # where it goes out from; None: the default of the settings


class Outcome(StrEnum):
    """What became of one attempt to send."""

    SENT = "sent"
    RETRY = "retry"  # the provider did not take it and asks to try again (later)
    REJECTED = "rejected"  # the provider will never take it
    PICTURE_REFUSED = "picture_refused"  # nor with its pictures; the words alone it may
    OPTED_OUT = "opted_out"  # the resident does not want messages
    UNREACHABLE = "unreachable"  # the address exists no more or cannot be reached now
    AMBIGUOUS = "ambiguous"  # sent or not? look before sending again
    MISCONFIGURED = "misconfigured"  # our credentials or settings are wrong: people must act


class PictureFault(StrEnum):
    """Why a message failed that it had pictures."""

    REFUSED = "refused"  # the carrier or the phone does not take them: a link to them will do
    UNFETCHED = "unfetched"  # our address was out of the provider's reach: so would a link be


@dataclass(frozen=True, slots=True)
class SendResult:
    """Outcome of one attempt, without any private data in it."""

    outcome: Outcome
    provider_ids: tuple[str, ...] = ()  # of what was sent, in order
    retry_after: float | None = None  # seconds; of an AMBIGUOUS outcome: how long to wait before look_up
    error_code: str | None = None  # the provider's own code
    detail: str = ""  # our words for the code; safe to log
    parts_sent: int = 0  # of the rendered parts, counted from the first: where a further attempt starts
    parts: int = 0  # rendered in all
    picture_part: int | None = None  # index of the first part with a picture; what follows has no words
    picture: PictureFault | None = None  # of PICTURE_REFUSED
    segments: int = 0  # SMS that this attempt sent, pictures not counted; of other channels 0
    pictures: int = 0  # messages with pictures (MMS) that this attempt sent; of other channels 0


class Trace(StrEnum):
    """What a provider knows of a send with an ambiguous outcome."""

    FOUND = "found"  # it went out: record its id, never send it again
    NOT_FOUND = "not_found"  # it did not go out: send it again
    UNKNOWABLE = "unknowable"  # the provider can never say: count it as sent, marked unconfirmed
    UNREACHED = "unreached"  # the provider did not answer: look up again later


@dataclass(frozen=True, slots=True)
class LookUp:
    """Answer of `look_up` for the part whose outcome was ambiguous."""

    trace: Trace
    provider_id: str | None = None  # with FOUND
    more: bool = False  # with FOUND: the reply has a part after this one, which may have gone out, too
    retry_after: float | None = None  # with UNREACHED: seconds, where the provider said so


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record when a message is looked up: provider ids that cannot be its own."""

    # Older than the attempt: what the conversation was sent before, and the newest of the channel from before it began.
    earlier: frozenset[str] = frozenset()
    latest: frozenset[str] = frozenset()  # the newest of the channel, in either direction, whenever they came
    # The message before this one may have gone out too, and its id is not on record.
    gap: bool = False


class MediaProblem(StrEnum):
    """Why a resident's file could not be fetched."""

    TOO_LARGE = "too_large"
    GONE = "gone"  # the provider no longer has it
    FORBIDDEN_HOST = "forbidden_host"  # the link leads to a host that is not the provider's
    UNAVAILABLE = "unavailable"  # time-out, 5xx, slow down: try again later
    MISCONFIGURED = "misconfigured"  # our credentials are wrong: people must act


class MediaError(Exception):
    """A file could not be fetched; the message is safe to log."""

    def __init__(self, problem: MediaProblem, retry_after: float | None = None) -> None:
        super().__init__(f"media {problem.value}")
        self.problem = problem
        self.retry_after = retry_after  # seconds, where the provider said so

    @property
    def retryable(self) -> bool:
        """Whether the same fetch may succeed later."""
        return self.problem in (MediaProblem.UNAVAILABLE, MediaProblem.MISCONFIGURED)


@dataclass(frozen=True, slots=True)
class FetchedMedia:
    """A resident's file, as the provider gave it."""

    content: bytes
    content_type: str | None = None  # as the provider says it; never trusted


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a provider's credentials work, for `cityline doctor`."""

    ok: bool
    sentence: str  # what is wrong and how to mend it, or what works; without secrets


class ChannelError(ValueError):
    """A provider's request could not be understood; the message is safe to log."""


class SignatureError(ChannelError):
    """The request was not signed by the provider."""
