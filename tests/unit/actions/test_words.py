"""Every text a resident reads: complete in both languages, within its SMS budget, free of reserved words."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions.effects import LAST_WORD, WHERE_LIMIT
from bot.cases.link_codes import as_told
from bot.cases.status import Status
from bot.channels.messages import Channel, Option, Outbound
from bot.channels.twilio.render import render
from bot.city.calendar_words import said
from bot.city.catalogue import LANGUAGES, load_catalogue
from bot.city.current import city_questions
from bot.city.facts import load_city
from bot.conversation.intake.days import tell_day
from bot.conversation.intake.quoting import MOST
from bot.conversation.reserved import reserved_word
from bot.settings import PACKS, ROOT
from tests.domain import responses

PACK = PACKS / "santa_monica"
MOST_SEGMENTS = 2
LONGEST_REFERENCE = "SM-WWWWWW"
# The longest a place is likely to be called; real names of the pack are shorter.
LONGEST_MAP_LINK = "https://311.smallcity.example.gov/m/WWWWWWWWWW"
LONGEST_PLACE = "near Santa Monica Blvd & Princeton St, between 26"

catalogue = load_catalogue(PACK)
city = load_city(PACK)
questions = city_questions()


def language_of(variant: dict[str, Any]) -> str:
    return str(variant["condition"][0]["value"])


def variants() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, listed in responses().items():
        for variant in listed:
            yield name, language_of(variant), variant


def longest(texts: Iterator[str]) -> str:
    return max(texts, key=len)


def worst_values(language: str) -> dict[str, str]:
    """The longest value of every placeholder."""
    services = catalogue.services.values()
    noun = longest(service.noun[language] for service in services)
    return {
        "what": longest(service.short[language] for service in services),
        "where": LONGEST_PLACE,
        "first": noun,
        "second": noun,
        "third": noun,
        "about": f"{noun}, {LONGEST_PLACE}",
        "corrected": f"{noun}, {LONGEST_PLACE}",
        "other": LONGEST_REFERENCE,
        "when": max((tell_day(date(2026, 11, 30), date(2026, day, 1), language) for day in (1, 12)), key=len),
        "due": max((said(date(2026, 9, day), language, date(2026, 8, 1)) for day in range(1, 31)), key=len),
        "whose": "W" * 40,
        "page": "https://311.smallcity.example.gov/r/" + "W" * 22,
        "guidance": longest(service.guidance[language] for service in services if service.guidance),
        "feet": "490",
        "count": "1000",
        "map_link": LONGEST_MAP_LINK,
        "question": longest(question.ask[language] for service in services for question in service.questions),
        "reference": LONGEST_REFERENCE,
        "new": LONGEST_REFERENCE,
        "department": longest(city.department_called(name, language) for name in city.departments),
        "days": "30",
        "photos": "10",
        "quote": "W" * MOST,
        "said": "W" * LAST_WORD,
        "link": as_told("W" * 12, language),
        "answer": longest(question.answer[language] for question in questions.values()),
        "subject": longest(question.about[language] for question in questions.values()),
        "office": longest(question.office[language] for question in questions.values()),
        "number": longest(question.phone for question in questions.values() if question.phone),
        "street": "Santa Monica Blvd",
        "example": "Santa Monica Blvd & Princeton St",
        "words": "w" * 60,
        "elsewhere": longest(neighbor.name[language] for neighbor in city.neighbors),
        "contact": longest(neighbor.contact[language] for neighbor in city.neighbors),
        "city": city.names[language],
        "emergency": city.emergency_number,
        "phone": city.human_help.phone[language],
        "hours": city.human_help.hours[language],
        "note": longest(service.handover.text[language] for service in services if service.handover),
    }


def of_one_question(language: str) -> dict[str, str]:
    """What a question is about and its answer, where both stand in one text: of the question with the longest two."""
    pairs = [(each.about[language], each.answer[language]) for each in questions.values()]
    return dict(zip(("subject", "answer"), max(pairs, key=lambda pair: len("".join(pair))), strict=True))


def told_in_danger(language: str) -> str:
    """The longest of what stands below the emergency number: whose the danger is, or the guidance of a service."""
    theirs = [each.in_danger.answer or each.answer for each in questions.values() if each.in_danger]
    guidance = [
        one.guidance for one in catalogue.services.values() if one.guidance and "911" in one.guidance["en"]
    ]
    return longest(texts[language] for texts in (*theirs, *guidance))


def filled(text: str, language: str) -> str:
    values = worst_values(language)
    if "{emergency}" in text and "{answer}" in text:
        values["answer"] = told_in_danger(language)
    if "{subject}" in text and "{answer}" in text:
        values |= of_one_question(language)
    return re.sub(r"\{(\w+)\}", lambda found: values[found.group(1)], text)


def text_of(name: str, language: str, channel: str | None = None) -> tuple[str, tuple[Option, ...]]:
    listed = [variant for variant in responses()[name] if language_of(variant) == language]
    variant = next((v for v in listed if v.get("channel") == channel), listed[0])
    options = tuple(Option(button["title"], button["payload"]) for button in variant.get("buttons", ()))
    return filled(variant["text"], language), options


def segments(text: str, options: tuple[Option, ...] = ()) -> int:
    return render(Outbound(text, options), to="+13105550100", message_id=1).segments


@pytest.mark.parametrize("name", sorted(responses()))
def test_a_response_stands_in_both_languages(name: str) -> None:
    plain = [language_of(variant) for variant in responses()[name] if "channel" not in variant]
    assert sorted(plain) == sorted(LANGUAGES)


@pytest.mark.parametrize(("name", "language", "variant"), list(variants()), ids=lambda value: str(value)[:40])
def test_a_response_alone_fits_two_segments_at_its_longest(
    name: str, language: str, variant: dict[str, Any]
) -> None:
    options = tuple(Option(button["title"], button["payload"]) for button in variant.get("buttons", ()))
    text = filled(variant["text"], language)
    assert "{" not in text
    assert segments(text, options) <= MOST_SEGMENTS, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_of_all_responses_need_one_segment_only(language: str) -> None:
    counts = [segments(*text_of(name, language)) for name in responses()]
    assert statistics.median(counts) == 1


# What is joined into one message, at its longest: the first answer of a conversation leads with the city's name.
JOINED = [
    ("utter_city", "utter_summary_photos", "utter_usual_days", "utter_map"),
    ("utter_city", "utter_summary", "utter_usual_days", "utter_map"),
    ("utter_city", "utter_three_things"),
    ("utter_city", "utter_photo_too_large", "utter_summary_photos", "utter_usual_days"),
    ("utter_city", "utter_photo_place"),
    ("utter_city", "utter_similar_in_progress"),
    ("utter_city", "utter_similar_here_in_progress"),
    ("utter_city", "utter_similar_own"),
    ("utter_similar_gone", "utter_summary_photos", "utter_usual_days", "utter_map"),
    ("utter_following", "utter_offer_updates"),
    ("utter_following", "utter_promise", "utter_offer_updates"),
    ("utter_updates_on", "utter_detail_first"),
    ("utter_updates_on", "utter_detail_first_open"),
    ("utter_where_again", "utter_map_where"),
    ("utter_where_landmark", "utter_map_where"),
    ("utter_where_last", "utter_map_where"),
    ("utter_city", "utter_office", "utter_summary_placeless_photos", "utter_usual_days"),
    ("utter_city", "utter_ask_where"),
    ("utter_city", "utter_outside_contact", "utter_where_inside"),
    ("utter_city", "utter_greet"),
    ("utter_city", "utter_services", "utter_offer_list"),
    ("utter_city", "utter_calm", "utter_offer_list"),
    ("utter_filed", "utter_guidance", "utter_offer_updates"),
    ("utter_filed", "utter_guidance", "utter_will_update"),
    ("utter_filed_next", "utter_summary_photos", "utter_usual_days", "utter_map"),
    ("utter_person", "utter_confirm_again"),
    ("utter_about_bot", "utter_where_last"),
    ("utter_hours", "utter_where_last"),
    ("utter_resume_where",),
    ("utter_update_resolved", "utter_ask_fixed"),
    ("utter_update_nothing_found", "utter_ask_still_there"),
    ("utter_update_will_not_do", "utter_may_object"),
    ("utter_reopened", "utter_confirm_again"),
    ("utter_words_and_photos_added", "utter_open_again", "utter_promise_now"),
    ("utter_told_staff", "utter_open_again", "utter_promise_now"),
    ("utter_reopened_with", "utter_promise_now"),
    ("utter_renamed", "utter_promise_now"),
    ("utter_reopened", "utter_promise_now", "utter_photos_added"),
    ("utter_update_corrected", "utter_promise_now", "utter_not_right"),
    ("utter_update_corrected_both_placeless", "utter_promise_now", "utter_not_right"),
    ("utter_update_corrected_place", "utter_not_right"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", JOINED, ids=lambda names: " + ".join(names).replace("utter_", ""))
def test_what_is_joined_fits_two_segments_at_its_longest(names: tuple[str, ...], language: str) -> None:
    parts = [text_of(name, language) for name in names]
    text = "\n".join(words for words, _ in parts)
    assert segments(text, tuple(option for _, options in parts for option in options)) <= MOST_SEGMENTS, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_requests_fit_two_segments(language: str) -> None:
    noun = longest(service.noun[language] for service in catalogue.services.values())
    for status in Status:
        line = next(v["text"] for v in responses()[f"utter_status_{status}"] if language_of(v) == language)
        values = {"reference": LONGEST_REFERENCE, "about": f"{noun}, {'W' * WHERE_LIMIT}"}
        assert segments("\n".join([line.format(**values)] * 3)) <= MOST_SEGMENTS, status


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_follow_up_question_with_its_choices_fits_two_segments(language: str) -> None:
    lead = text_of("utter_updates_on", language)[0]
    text, skip = text_of("utter_detail_first", language)
    longest_question = worst_values(language)["question"]
    for service in catalogue.services.values():
        for question in service.questions:
            choices = tuple(Option(choice.labels[language], "/x") for choice in question.choices)
            asked = text.replace(longest_question, question.ask[language])
            assert segments(f"{lead}\n{asked}", choices + skip) <= MOST_SEGMENTS, (
                service.code,
                question.code,
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_menus_fit_two_segments(language: str) -> None:
    groups = tuple(Option(group.names[language], "/x") for group in catalogue.groups)
    assert segments(text_of("utter_which_group", language)[0], groups) <= MOST_SEGMENTS
    text, back = text_of("utter_which_in_group", language)
    for group in catalogue.groups:
        services = tuple(Option(service.short[language], "/x") for service in catalogue.in_group(group.code))
        assert segments(text, services + back) <= MOST_SEGMENTS, group.code


def test_no_option_asks_for_a_word_that_carriers_keep() -> None:
    for name, _, variant in variants():
        for button in variant.get("buttons", ()):
            assert reserved_word(Channel.SMS, button["title"]) is None, (name, button["title"])
        for quoted in re.findall(r'"([^"]+)"', variant["text"]):
            assert reserved_word(Channel.SMS, quoted) is None, (name, quoted)


def test_every_response_named_in_the_dialogue_exists_and_none_is_left_over() -> None:
    named = set()
    dialogue = ROOT / "bot" / "conversation"
    for folder in (dialogue / "intake", dialogue / "questions", dialogue / "talk", ROOT / "actions"):
        for path in Path(folder).glob("*.py"):
            named |= set(re.findall(r'f?"(utter_\w+)', path.read_text("utf-8")))
    prefixes = {
        *(
            "utter_detail_first",
            "utter_detail_next",
            "utter_status_",
            "utter_update_",
            "utter_usual",
            "utter_summary",
            "utter_outside",
            "utter_similar_",
        ),
    }
    missing = {name for name in named if name not in responses() and name not in prefixes}
    assert not missing
    left = {
        name
        for name in responses()
        if name not in named and not any(name.startswith(prefix) for prefix in prefixes)
    }
    assert not left
