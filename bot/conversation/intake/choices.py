"""What the options of our menus do to the draft, and the way back."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake.draft import Asking, Draft
from bot.conversation.intake.places import chosen_place
from bot.conversation.intake.setting import Setting
from bot.text.digits import whole_number

DROP = "drop"  # of "what should I change?": give the report up, which ends it instead of changing it


def choose(draft: Draft, choice: str, setting: Setting) -> Draft | None:
    """The draft after a chosen option; None for one that is not (or no longer) on offer.

    The draft that comes back may still lack things; CHANGE as its question is meant.
    """
    kind, _, value = choice.partition(":")
    match kind:
        case "service" if setting.service(value) is not None:
            return replace(draft, service=value, guesses=(), group=None, unclear=0, asking=Asking.CONFIRM)
        case "group" if any(group.code == value for group in setting.catalogue.groups):
            return _without_service(draft, Asking.SERVICE, group=value)
        case "menu":
            return _without_service(draft, Asking.GROUP)
        case "place":
            index = whole_number(value)
            return chosen_place(draft, index) if index is not None else None
        case "placeless":
            return replace(draft, placeless=True, places=(), street=None, asking=Asking.CONFIRM)
        case "elsewhere":
            return replace(draft, places=(), street=None, misses=max(1, draft.misses), asking=Asking.WHERE)
        case "change" if value != DROP:
            return _to_change(draft, value)
        case _:
            return None


def _without_service(draft: Draft, asking: Asking, group: str | None = None) -> Draft:
    return replace(draft, service=None, guesses=(), group=group, asking=asking, unclear=max(2, draft.unclear))


def _to_change(draft: Draft, part: str) -> Draft | None:
    match part:
        case "what":
            return _without_service(draft, Asking.GROUP)
        case "where":
            return replace(draft, location=None, places=(), street=None, placeless=False, asking=Asking.WHERE)
        case "photos":
            return replace(draft, photos=(), asking=Asking.CONFIRM)
        case "nothing":
            return replace(draft, asking=Asking.CONFIRM)
        case _:
            return None


def back(draft: Draft, setting: Setting) -> Draft:
    """One question back, nothing lost that need not be asked again."""
    match draft.asking:
        case Asking.SERVICE | Asking.WHICH_SERVICE:
            return _without_service(draft, Asking.GROUP)
        case Asking.GROUP:
            return replace(draft, asking=Asking.WHAT, group=None, guesses=(), unclear=0)
        case Asking.WHERE | Asking.CROSS_STREET if draft.street is None:
            return _without_service(draft, Asking.GROUP)
        case Asking.WHICH_PLACE | Asking.CROSS_STREET:
            return replace(draft, places=(), street=None, asking=Asking.WHERE)
        case Asking.PHOTO_PLACE:
            return replace(draft, spot=None, spot_declined=True, asking=Asking.WHERE)
        case Asking.CONFIRM | Asking.SIMILAR | Asking.DETAIL:
            return replace(draft, asking=Asking.CHANGE)
        case Asking.CHANGE:
            return replace(draft, asking=Asking.CONFIRM)
        case _:
            return draft
