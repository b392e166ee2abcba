"""What conversations are searched for, read from an address and written to one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from urllib.parse import urlencode

from bot.channels.messages import Channel
from bot.city.current import catalogue
from bot.conversation.review.acts import as_tag
from bot.conversation.review.marks import Mark, Outcome
from bot.conversation.review.worth import Wanted

QUESTIONS = (
    "what", "which_service", "group", "in_group", "where", "which_place", "cross_street", "detail", "photo_place", "photo_about",
    "same_matter", "summary", "change",
)  # fmt: skip
# In the order in which they are offered.
TROUBLES = (
    Mark.LOW_CONFIDENCE,
    Mark.ASKED_TWICE,
    Mark.NOT_FOLLOWED,
    Mark.LOOPED,
    Mark.NEGATIVE,
    Mark.ASKED_PERSON,
    Mark.TOOK_OVER,
    Mark.CORRECTED,
    Mark.NOT_FIXED,
    Mark.PARKED,
    Mark.DANGER,
)


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """ "" for all. Days as 2026-11-30."""

    who: str = ""
    channel: str = ""
    language: str = ""
    outcome: str = ""
    question: str = ""
    trouble: str = ""
    rating: str = ""
    read: str = ""  # "no", "yes" or "flagged"
    service: str = ""
    tag: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, query: dict[str, str]) -> ReviewFilter:
        """What does not exist is left out, so that old bookmarks still work."""
        known: dict[str, set[str]] = {
            "channel": {Channel.SMS, Channel.TELEGRAM},
            "language": {"en", "es"},
            "outcome": set(Outcome),
            "question": set(QUESTIONS),
            "trouble": set(TROUBLES),
            "rating": set("12345"),
            "read": {"no", "yes", "flagged"},
            "service": set(catalogue().services),
        }
        valid = {name: value for name, value in query.items() if value in known.get(name, ())}
        days = {name: value for name in ("since", "until") if _day(value := query.get(name, ""))}
        who = query.get("who", "").replace("\x00", "").strip()[:80]
        return cls(**valid, **days, who=who, tag=as_tag(query.get("tag", "")))

    def wanted(self) -> Wanted:
        named = {
            "channel:": self.channel,
            "language:": self.language,
            "outcome:": self.outcome,
            "at:": self.question,
            "": self.trouble,
            "rating:": self.rating,
            "service:": self.service,
            "tag:": self.tag,
        }
        marks = [f"{kind}{value}" for kind, value in named.items() if value]
        marks += {"yes": [str(Mark.REVIEWED)], "flagged": [str(Mark.FLAGGED)]}.get(self.read, [])
        return Wanted(tuple(marks), self.read == "no", _day(self.since), _day(self.until), self.who)

    def address(self, before: str = "") -> str:
        parts = {name: value for name, value in asdict(self).items() if value}
        parts |= {"before": before} if before else {}
        return "/console/review/find" + (f"?{urlencode(parts)}" if parts else "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
