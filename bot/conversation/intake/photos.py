"""Photos of a draft: any time, at most ten, a kind word for those we could not take."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.draft import MAX_PHOTOS, Draft
from bot.conversation.intake.turn import Say, Turn

_REFUSED = {
    "too_large": "utter_photo_too_large",
    "too_many_pixels": "utter_photo_too_large",
    "unsupported_format": "utter_photo_not_image",
    "not_an_image": "utter_photo_not_image",
    "too_many": "utter_photo_too_many",
    "broken": "utter_photo_broken",
}
_UNSEEN = {
    "video": "utter_unseen_video",
    "video_note": "utter_unseen_video",
    "animation": "utter_unseen_video",
    "voice": "utter_unseen_voice",
    "audio": "utter_unseen_voice",
}
# Everything that is said of a turn's files beside its words, and is worth saying whatever else is.
SAID_OF_FILES = (*dict.fromkeys(_REFUSED.values()), *dict.fromkeys(_UNSEEN.values()), "utter_unseen_file")


def with_photos(draft: Draft, turn: Turn) -> tuple[Draft, tuple[Say, ...]]:
    """The draft with the turn's photos, each once, and what to say of those that found no room."""
    wanted = tuple(dict.fromkeys((*draft.photos, *turn.photos)))
    says = refusals(turn)
    if len(wanted) > MAX_PHOTOS and "too_many" not in turn.refused:
        says += (Say("utter_photo_too_many"),)
    return replace(draft, photos=wanted[:MAX_PHOTOS]), says


def refusals(turn: Turn) -> tuple[Say, ...]:
    """What could not be taken or seen: one kind word for each reason, not for each file."""
    names = [_REFUSED.get(reason, "utter_photo_broken") for reason in turn.refused]
    names += [_UNSEEN.get(kind, "utter_unseen_file") for kind in turn.unseen]
    return tuple(Say(name) for name in dict.fromkeys(names))
