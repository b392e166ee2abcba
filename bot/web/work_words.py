"""What the page of a department's crew says of its request, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.cases.status import ACTIVE, FINISHED, Resolution
from bot.cases.updates import MAX_PUBLIC_TEXT
from bot.cases.work_view import SaidAs, WorkView
from bot.city.calendar_words import said
from bot.city.current import catalogue, city, gazetteer
from bot.city.map_drawing import SCALE_FEET
from bot.city.phrases import phrase
from bot.web.map_svg import drawn_map
from bot.web.public_words import language_names
from bot.web.texts import page_texts
from bot.web.work_form import MOST_PHOTOS, MOST_WHOSE, other_departments, steps_for


def page_words(view: WorkView, language: str, now: datetime) -> Mapping[str, Any]:
    """What the template shows, but for the form. Takes a second when first asked for a place: never in the event loop."""
    texts = page_texts("work", language)
    place = gazetteer().retold(view.address, language) if view.address else ""
    service = catalogue().services.get(view.service_code)
    today = _local(now)
    return {
        "language": language,
        "languages": language_names(language),
        "texts": texts,
        "service": view.service(language),
        "reference": view.reference,
        "department": view.department,
        "about": view.about,
        "place": place,
        "place_text": view.place_text,
        "point": view.point,
        "map": drawn_map(view.point.lat, view.point.lon) if view.point else None,
        "map_name": texts["map"].format(place=place),
        "map_scale": phrase(language, "feet", number=str(SCALE_FEET)),
        "standing": _standing(view, language),
        "due": _due(view, language, today),
        "heard": [
            (
                texts["report_said" if one.said_as is SaidAs.REPORT else one.said_as],
                _day(one.at, language, today),
                one.text,
            )
            for one in view.words
        ],
        "answers": list(view.answers_in(language)),
        "told": [(_day(one.at, language, today), one.text) for one in view.told],
        "photos": [
            (one.photo_id, texts["of_work" if one.of_work else "of_report"], _day(one.at, language, today))
            for one in view.photos
        ],
        "steps": steps_for(view),
        "ended": "joined" if view.joined else "ended" if view.status in FINISHED else "",
        "departments": other_departments(view),
        "reads": texts["reads"].format(language=texts.get(f"in_{view.language}", view.language)),
        "photo_needed": service is not None and service.completion_photo,
        "most_photos": MOST_PHOTOS,
        "most_whose": MOST_WHOSE,
        "most_words": MAX_PUBLIC_TEXT,
    }


def _standing(view: WorkView, language: str) -> str:
    """How it stands, in the words of the page that residents see."""
    texts = page_texts("request", language)
    if view.resolution is None:
        return texts[f"{view.status}_title"]
    return texts["fixed_title" if view.resolution is Resolution.FIXED else "closed_title"]


def _due(view: WorkView, language: str, today: date) -> str:
    if view.due_on is None or view.status not in ACTIVE:
        return ""
    return page_texts("work", language)["due"].format(day=said(view.due_on, language, today))


def _day(at: datetime, language: str, today: date) -> str:
    day = said(_local(at), language, today)
    return day[:1].upper() + day[1:]


def _local(at: datetime) -> date:
    return at.astimezone(city().time_zone).date()
