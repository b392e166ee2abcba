"""Notices that come to nothing: what staff changed and put back before anybody was told."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from bot.db.tables import ServiceRequest

PUT_BACK = "put_back"  # why a notice is suppressed; beside the reasons of `bot.conversation.consent.Barrier`

# What is told whatever else became of it: words, pictures, whose it is, and the kinds of news that are no change of staff's.
_SAYS = ("public_text", "photos", "referred_to", "joined", "taken_out_of", "known", "late")


def standing_of(request: ServiceRequest) -> dict[str, Any]:
    """How a request stands, as far as residents are told; to be kept in the event of an update, before it and after."""
    return {
        "status": str(request.status),
        "resolution": str(request.resolution) if request.resolution else None,
        "due_on": request.due_on.isoformat() if request.due_on else None,
        "service_code": request.service_code,
        "place": [request.address, request.lat, request.lon],
    }


def is_put_back(events: Sequence[Mapping[str, Any]]) -> bool:
    """Whether updates of one request, in order, end where they began, and say nothing beside.

    False where something happened between them that they do not tell of (a resident reopened it, or took it back): what
    stands there then is news again.
    """
    if not events or any(event.get(says) for event in events for says in _SAYS):
        return False
    stood = [event.get("stood") for event in events]
    if not all(stood):
        return False
    unbroken = all(
        one["after"] == other["before"] for one, other in itertools.pairwise(stood) if one and other
    )
    first, last = stood[0], stood[-1]
    return unbroken and first is not None and last is not None and first["before"] == last["after"]
