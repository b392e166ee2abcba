"""Handing says to Rasa: one response a message, with the others' words before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.reading import Read
from bot.cases.public_links import public_url
from bot.city.current import city
from bot.city.location import Point
from bot.conversation.intake.danger import PRELUDES
from bot.conversation.intake.maps import LINK
from bot.conversation.intake.turn import Say
from bot.conversation.lengths import in_pieces
from bot.conversation.map_links import new_map_link
from bot.conversation.talk.kind_word import SORRY
from bot.conversation.wording_fields import in_words_of_staff, values_of
from bot.conversation.wordings import KEY_OF_RESPONSE, edited_words
from bot.db.session import transaction


async def say(
    dispatcher: CollectingDispatcher,
    says: Iterable[Say],
    heard: Read,
    *,
    first_contact: bool = False,
    about_turn: dict[str, Any] | None = None,
) -> None:
    """Send `says` to the resident, each map link made on the way."""
    linked = [await _linked(one, heard) for one in _with_page(says, heard)]
    worded = await _worded(linked, heard)
    dispatch(
        dispatcher,
        worded,
        heard.turn.language,
        "" if heard.event else heard.turn.channel,  # an update stays one message, whatever staff wrote
        first_contact=first_contact,
        about_turn=about_turn,
    )


def _with_page(says: Iterable[Say], heard: Read) -> list[Say]:
    """The says of an update with the page of its request, which the channel names where there is room."""
    told = list(says)
    request_id = (heard.event or {}).get("request_id")
    if told and request_id and not (heard.event or {}).get("remind"):
        told[-1] = replace(told[-1], custom={**told[-1].custom, "page": public_url(int(request_id))})
    return told


async def _linked(say: Say, heard: Read) -> Say:
    """A say that asks for a map link, with one of its own; any other as it is."""
    if LINK not in say.custom:
        return say
    place = say.custom[LINK]
    async with transaction() as session:
        url = await new_map_link(session, heard.conversation_id, Point(*place) if place else None)
    custom = {name: value for name, value in say.custom.items() if name != LINK}
    return replace(say, values={**say.values, LINK: url}, custom=custom)


async def _worded(says: list[Say], heard: Read) -> list[Say]:
    """The says in the words of staff, where they edited them.

    Read for each update that is told, and never kept: a process that has not heard of an edit would go on with the old words.
    """
    edited = {say.response for say in says if say.response in KEY_OF_RESPONSE}
    if not edited:
        return says
    event = heard.event or {}
    async with transaction() as session:
        service = str(event.get("service_code") or "")
        words = await edited_words(session, edited, heard.turn.language, service)
    if not words:
        return says
    today = heard.turn.at.astimezone(city().time_zone).date()
    known = values_of(event, str(event.get("place") or ""), heard.turn.language, today)
    return in_words_of_staff(says, words, known)


def dispatch(
    dispatcher: CollectingDispatcher,
    says: Iterable[Say],
    language: str,
    channel: str,
    *,
    first_contact: bool = False,
    about_turn: dict[str, Any] | None = None,
) -> None:
    """Send `says` as few messages: those that are `alone` by themselves, runs of the others joined, as far as an SMS holds them.

    `about_turn` travels as `custom` of the last message: what the gateway should know of the turn.
    """
    messages = list(_messages(says))
    if first_contact and messages:
        in_danger = messages[0][0].response in PRELUDES  # comes before everything, who we are included
        if in_danger and len(messages) == 1:
            messages[0].append(Say("utter_city"))
        else:
            messages[int(in_danger)].insert(0, Say("utter_city"))
    if channel == "sms":
        messages = list(_by_sms(messages, language))
    if not messages and about_turn:
        dispatcher.utter_message(
            json_message=about_turn
        )  # nothing to say: the next action of the turn speaks
    for number, parts in enumerate(messages, start=1):
        custom = {name: value for say in parts for name, value in say.custom.items()}
        if number == len(messages) and about_turn:
            custom |= about_turn
        *before, last = [_part(say, language) for say in parts]
        dispatcher.utter_message(**last, before=before, language=language, json_message=custom or None)


def _by_sms(messages: list[list[Say]], language: str) -> Iterable[list[Say]]:
    """The messages as an SMS holds them. A kind word gives way where it would cost one more."""
    words = _city_words(language)
    for parts in messages:
        pieces = list(in_pieces(parts, language, words))
        if SORRY in parts:
            rest = [say for say in parts if say != SORRY]
            shorter = list(in_pieces(rest, language, words)) if rest else []
            pieces = shorter if len(shorter) < len(pieces) else pieces
        yield from pieces


def _messages(says: Iterable[Say]) -> Iterable[list[Say]]:
    joined: list[Say] = []
    for say in says:
        if say.alone and joined and joined != [SORRY]:
            yield joined
            joined = []
        joined.append(say)
        if say.alone:
            yield joined
            joined = []
    if joined:
        yield joined


def _part(say: Say, language: str) -> dict[str, Any]:
    options = [{"title": option.label, "payload": option.payload} for option in say.options]
    return {"response": say.response, "options": options, **_city_words(language), **say.values}


def _city_words(language: str) -> dict[str, str]:
    """What any response may name."""
    here = city()
    return {
        "city": here.names[language],
        "emergency": here.emergency_number,
        "phone": here.human_help.phone[language],
        "hours": here.human_help.hours[language],
    }
