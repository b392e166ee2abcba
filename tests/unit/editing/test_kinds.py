"""Every kind that staff can change, over the pack of the first city: its entries, its forms, and what a form changes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.city.current import ServedCity
from bot.city.edits import REMOVED, Edit, Edits, found_at
from bot.editing.fields import Fault, entered_in
from bot.editing.files import file_of
from bot.editing.kind import Kind, patch_of
from bot.editing.kinds import KINDS
from bot.settings import PACKS

CITY = ServedCity(PACKS / "santa_monica")


def entries(kind: Kind) -> list[tuple[tuple[str, ...], Any]]:
    root = file_of(kind, CITY.pack)
    return [(path, found_at(root, path)) for path in kind.places(root)]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_form_that_is_sent_as_it_came_changes_nothing(kind: Kind) -> None:
    assert entries(kind)
    for path, entry in entries(kind):
        fields = kind.fields(entry, CITY)
        assert fields
        assert patch_of(fields, entered_in(fields, entry), entry, {}) == ({}, {}), path


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_entry_has_a_title_and_what_is_said_of_it(kind: Kind) -> None:
    for path, entry in entries(kind):
        for language in ("en", "es"):
            assert kind.title(entry, path, language) or len(entries(kind)) == 1
            if kind.said:
                assert all(one.text for one in kind.said(entry, language))


def changed(kind: str, path: tuple[str, ...], before: dict[str, Any] | None = None, **entered: str) -> Any:
    of_pack = found_at(file_of(KINDS[kind], CITY.pack), path)
    fields = KINDS[kind].fields(of_pack, CITY)
    return patch_of(fields, {**entered_in(fields, of_pack), **entered}, of_pack, before or {})


def test_only_what_differs_is_kept() -> None:
    patch, faults = changed(
        "services", ("services", "pothole"), **{"names.en": "Hole", "usual_days.p80": "20"}
    )
    assert (patch, faults) == ({"names": {"en": "Hole"}, "usual_days": {"p80": 20}}, {})


def test_what_is_entered_as_the_file_has_it_is_the_way_back() -> None:
    before = {"names": {"en": "Hole"}, "questions": {"*order": ["lane", "size"]}}
    patch, _ = changed("services", ("services", "pothole"), before)
    assert patch == {"questions": {"*order": ["lane", "size"]}}  # what the form does not ask for stays


def test_words_of_one_language_alone_are_refused() -> None:
    _, faults = changed("services", ("services", "pothole"), **{"guidance.es": ""})
    assert faults == {"guidance.es": Fault.EMPTY}
    patch, faults = changed("services", ("services", "pothole"), **{"guidance.en": "", "guidance.es": ""})
    assert faults == {}
    without = ServedCity(CITY.pack, Edits((Edit("services.yml", ("services", "pothole"), patch),)))
    assert without.catalogue.services["pothole"].guidance is None


def test_one_text_for_all_languages_becomes_one_for_each() -> None:
    """A pack may say a telephone number once; staff may have it otherwise in Spanish."""
    of_pack = {
        "office": {"en": "311", "es": "311"},
        "phone": "311",
        "hours": {"en": "9-5", "es": "9-5"},
        "url": "x",
    }
    fields = KINDS["help"].fields(of_pack, CITY)
    entered = {**entered_in(fields, of_pack), "phone.es": "311, en español"}
    patch, faults = patch_of(fields, entered, of_pack, {})
    assert (patch, faults) == ({"phone": {"en": "311", "es": "311, en español"}}, {})
    Edits((Edit("", (), patch),)).lay_over("", of_pack)
    assert of_pack["phone"] == {"en": "311", "es": "311, en español"}


def test_what_can_be_added_is_a_whole_entry() -> None:
    added: dict[str, dict[str, str]] = {
        "follow-ups": {"ask.en": "Which door?", "ask.es": "¿Qué puerta?", "kind": "text", "required": "yes"},
        "departments": {"name": "Beach & Pier", "es": "Playa y Muelle"},
        "holidays": {
            "name.en": "Founding Day",
            "name.es": "Día de la Fundación",
            "rule": "july 10",
            "source": "a resolution",
            "checked": "2026-12-01",
        },
        "ready-words": {"name": "Rain", "use": "message", "text.en": "It rains.", "text.es": "Llueve."},
    }
    assert added.keys() == {kind.code for kind in KINDS.values() if kind.new}
    for code, entered in added.items():
        kind = KINDS[code]
        assert kind.new is not None
        assert kind.place_of_new is not None
        patch, faults = patch_of(kind.new(CITY), entered, {}, {})
        assert faults == {}
        path = kind.place_of_new(patch, "bulky_item")
        edited = ServedCity(CITY.pack, Edits((Edit(kind.file, path, patch),)))
        edited.check()
        assert path in list(kind.places(file_of(kind, CITY.pack, edited.edits)))


def test_what_may_go_leaves_a_whole_city() -> None:
    for kind in KINDS.values():
        for path, _ in entries(kind)[:2] if kind.may_go else ():
            ServedCity(CITY.pack, Edits((Edit(kind.file, path, REMOVED),))).check()
