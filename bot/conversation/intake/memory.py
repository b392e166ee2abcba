"""What a conversation remembers between reports, kept in one slot as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# Photos and words without a report of their own belong to the request just filed for so long.
ADDITIONS_FOR = timedelta(hours=24)
# "Is it fixed?" stays open for so long.
FEEDBACK_FOR = timedelta(days=14)


class Awaiting(StrEnum):
    """What we asked about a finished request."""

    VERDICT = "verdict"  # fixed or not
    RATING = "rating"  # 1 to 5
    COMMENT = "comment"  # a photo or some words, after "not fixed"


@dataclass(frozen=True, slots=True)
class Filed:
    """The request filed last."""

    reference: str
    service: str
    at: datetime  # aware UTC


@dataclass(frozen=True, slots=True)
class OpenFeedback:
    """A request whose resident we asked something."""

    reference: str
    service: str
    awaiting: Awaiting
    at: datetime  # aware UTC


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is still worth asking about a filed request, in order."""

    reference: str
    service: str
    questions: tuple[str, ...]  # codes; the first one is open when `asked`
    asked: bool
    at: datetime  # aware UTC


@dataclass(frozen=True, slots=True)
class LonePhotos:
    """Photos that came without a word and were asked about."""

    photos: tuple[int, ...]
    reference: str  # of the finished request that they may be about
    at: datetime  # aware UTC


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that outlives a report."""

    met: bool = False  # we said who we are
    filed: Filed | None = None
    feedback: OpenFeedback | None = None
    follow_up: FollowUp | None = None
    updates: bool | None = None  # whether the resident wants update texts; None: never asked
    offered: bool = False  # the last thing we said was whether to text updates
    calmed: bool = False  # abuse was answered; once is enough
    lone: LonePhotos | None = None  # until the next turn says what they are about

    def filed_lately(self, now: datetime) -> Filed | None:
        return self.filed if self.filed and now - self.filed.at <= ADDITIONS_FOR else None

    def open_feedback(self, now: datetime) -> OpenFeedback | None:
        return self.feedback if self.feedback and now - self.feedback.at <= FEEDBACK_FOR else None

    def open_follow_up(self, now: datetime) -> FollowUp | None:
        return self.follow_up if self.follow_up and now - self.follow_up.at <= ADDITIONS_FOR else None

    def open_lone_photos(self, now: datetime) -> LonePhotos | None:
        return self.lone if self.lone and now - self.lone.at <= ADDITIONS_FOR else None

    @property
    def answer_is_open(self) -> bool:
        """Whether the next words may be an answer, so that they are no report until that is settled."""
        return self.feedback is not None or bool(self.follow_up and self.follow_up.asked)


def memory_as_json(memory: Memory) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if memory.met:
        data["met"] = True
    if memory.calmed:
        data["calmed"] = True
    if memory.offered:
        data["offered"] = True
    if memory.updates is not None:
        data["updates"] = memory.updates
    if memory.filed:
        data["filed"] = [memory.filed.reference, memory.filed.service, memory.filed.at.isoformat()]
    if memory.feedback:
        about = memory.feedback
        data["feedback"] = [about.reference, about.service, str(about.awaiting), about.at.isoformat()]
    if memory.lone:
        data["lone"] = [list(memory.lone.photos), memory.lone.reference, memory.lone.at.isoformat()]
    if memory.follow_up:
        up = memory.follow_up
        data["follow_up"] = [up.reference, up.service, list(up.questions), up.asked, up.at.isoformat()]
    return data


def memory_from_json(data: Mapping[str, Any] | None) -> Memory:
    """Raises `KeyError`, `ValueError` or `TypeError` when the slot holds something else."""
    data = data or {}
    filed, feedback, up = data.get("filed"), data.get("feedback"), data.get("follow_up")
    lone = data.get("lone")
    return Memory(
        met=bool(data.get("met")),
        calmed=bool(data.get("calmed")),
        offered=bool(data.get("offered")),
        updates=data.get("updates"),
        lone=LonePhotos(tuple(lone[0]), lone[1], datetime.fromisoformat(lone[2])) if lone else None,
        filed=Filed(filed[0], filed[1], datetime.fromisoformat(filed[2])) if filed else None,
        feedback=OpenFeedback(
            feedback[0], feedback[1], Awaiting(feedback[2]), datetime.fromisoformat(feedback[3])
        )
        if feedback
        else None,
        follow_up=FollowUp(up[0], up[1], tuple(up[2]), up[3], datetime.fromisoformat(up[4])) if up else None,
    )
