"""Edits of staff laid over a pack's files: entries changed, added, taken out and put in another order."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.city.catalogue import load_catalogue
from bot.city.current import ServedCity, fitting
from bot.city.edits import NO_EDITS, ORDER, REMOVED, Edit, Edits, entry_of, found_at, path_of
from bot.city.errors import PackError
from bot.city.facts import load_city
from bot.settings import PACKS

PACK = PACKS / "santa_monica"
POTHOLE = ("services", "pothole")


def with_edits(*edits: Edit) -> ServedCity:
    return ServedCity(PACK, Edits(edits))


def of_services(path: tuple[str, ...], **patch: object) -> Edit:
    return Edit("services.yml", path, patch)


def of_city(path: tuple[str, ...], **patch: object) -> Edit:
    return Edit("city.yml", path, patch)


def of_calendar(path: tuple[str, ...], patch: object) -> Edit:
    return Edit("calendar.yml", path, patch)  # type: ignore[arg-type]


def test_what_is_changed_is_otherwise_and_the_rest_as_the_file_has_it() -> None:
    plain = load_catalogue(PACK).services["pothole"]
    edited = with_edits(of_services(POTHOLE, names={"en": "Hole"}, usual_days={"p80": 20})).catalogue
    pothole = edited.services["pothole"]
    assert pothole.names == {"en": "Hole", "es": plain.names["es"]}
    assert (pothole.median_days, pothole.p80_days) == (plain.median_days, 20)
    assert pothole.questions == plain.questions
    assert edited.services["sidewalk"] == load_catalogue(PACK).services["sidewalk"]


def test_a_question_is_put_otherwise_comes_earlier_or_goes() -> None:
    size = (*POTHOLE, "questions", "size")
    edits = (
        of_services(POTHOLE, questions={ORDER: ["lane", "size"]}),
        of_services(size, required=True, choices={"tire": {"en": "A tire"}, "larger": REMOVED}),
    )
    first, second = with_edits(*edits).catalogue.services["pothole"].questions
    assert (first.code, second.code, second.required) == ("lane", "size", True)
    assert [choice.labels["en"] for choice in second.choices] == ["Like a dinner plate", "A tire"]
    gone = with_edits(Edit("services.yml", size, REMOVED)).catalogue.services["pothole"].questions
    assert [question.code for question in gone] == ["lane"]


def test_a_question_is_added_where_there_was_none() -> None:
    code = next(s.code for s in load_catalogue(PACK).services.values() if not s.questions)
    path = ("services", code, "questions", "which_door")
    added = of_services(path, kind="text", ask={"en": "Which door?", "es": "¿Qué puerta?"})
    (question,) = with_edits(added).catalogue.services[code].questions
    assert (question.code, question.ask["es"], question.required) == ("which_door", "¿Qué puerta?", False)


def test_departments_and_holidays_are_added_and_changed() -> None:
    city = with_edits(
        of_city(("departments", "Public Works"), en="the crews", mailbox="works@example.gov"),
        of_city(("departments", "Beach & Pier"), es="Playa y Muelle"),
        of_calendar(("holidays", "chavez"), REMOVED),
        of_calendar(
            ("holidays", "founding"),
            {
                "name": {"en": "Founding Day", "es": "Día de la Fundación"},
                "rule": "july 10",
                "source": "a council's resolution",
                "checked": "2026-12-01",
            },
        ),
        of_calendar((), {"closes": "16:00", "weekdays": ["monday"], "observed": None}),
    ).city
    assert city.department_called("Public Works", "en") == "the crews"
    assert city.department_called("Public Works", "es") == "Obras Públicas"
    assert city.mailboxes == {"Public Works": "works@example.gov"}
    assert city.departments[-1] == "Beach & Pier"
    codes = [holiday.code for holiday in city.calendar.holidays]
    assert "chavez" not in codes
    assert codes[-1] == "founding"
    assert city.calendar.weekdays == {0}
    assert city.calendar.closes is not None
    assert city.calendar.closes.hour == 16


def test_an_answer_is_checked_on_another_day_which_came_as_text() -> None:
    edited = with_edits(
        Edit("questions.yml", ("questions", "trash_day"), {"checked": "2026-12-01", "phone": None})
    )
    question = edited.questions["trash_day"]
    assert question.checked.isoformat() == "2026-12-01"
    assert question.phone is None
    assert question.answer


def test_what_the_pack_would_refuse_is_refused() -> None:
    long = with_edits(of_services(POTHOLE, short={"en": "x" * 31}))
    with pytest.raises(PackError, match=r"services\.yml: services\.pothole\.short\.en: has 31 characters"):
        long.check()
    nowhere = with_edits(of_services(POTHOLE, department="Nobody"))
    with pytest.raises(PackError, match="'Nobody', which is no department"):
        nowhere.check()


def test_edits_that_no_longer_fit_are_set_aside_and_the_rest_holds() -> None:
    good = of_services(POTHOLE, names={"en": "Hole"})
    bad = of_services(("services", "sidewalk"), short={"en": "x" * 31})
    served, aside = fitting(PACK, [good, bad])
    assert aside == (bad,)
    assert served.catalogue.services["pothole"].names["en"] == "Hole"
    assert served.catalogue.services["sidewalk"] == load_catalogue(PACK).services["sidewalk"]


def test_nothing_is_changed_without_edits(tmp_path: Path) -> None:
    assert load_city(PACK, NO_EDITS) == load_city(PACK)


@pytest.mark.parametrize(
    "path", [("services", "pothole"), ("words", "Yes/no, 100 %"), ("departments", "A & B"), ()]
)
def test_a_path_is_an_address_and_back(path: tuple[str, ...]) -> None:
    assert path_of(entry_of(path)) == path


def test_a_plain_text_in_a_list_is_found_by_it() -> None:
    assert found_at({"departments": ["Fire"]}, ("departments", "Fire")) == {"name": "Fire"}
    assert found_at({"departments": ["Fire"]}, ("departments", "Water")) is None
