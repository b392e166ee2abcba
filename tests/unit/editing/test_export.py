"""A pack with what staff changed, written into its files: what is loaded from there is what was in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.city.current import ServedCity
from bot.city.edits import ORDER, REMOVED, Edit, Edits
from bot.editing.export import export_pack
from bot.settings import PACKS

PACK = PACKS / "santa_monica"
POTHOLE = ("services", "pothole")
EDITS = Edits(
    (
        Edit(
            "services.yml",
            POTHOLE,
            {"names": {"en": "Hole: big, or #2"}, "questions": {ORDER: ["lane", "size"]}},
        ),
        Edit(
            "services.yml",
            (*POTHOLE, "questions", "since"),
            {"kind": "date", "ask": {"en": "When?", "es": "¿Cuándo?"}},
        ),
        Edit("services.yml", ("services", "sidewalk"), {"guidance": None, "usual_days": {"p80": 99}}),
        Edit("city.yml", ("departments", "Public Works"), {"en": "the crews"}),
        Edit("city.yml", ("departments", "Beach"), {"es": "Playa"}),
        Edit("calendar.yml", ("holidays", "chavez"), REMOVED),
        Edit("calendar.yml", (), {"closes": "16:30", "weekdays": ["monday"], "observed": None}),
        Edit(
            "questions.yml",
            ("questions", "trash_day"),
            {"answer": {"en": "On Mondays."}, "checked": "2026-12-01"},
        ),
        Edit("ready-words.yml", ("words", "A photo"), {"text": {"en": "A picture, please."}}),
        Edit("settings", ("telling",), {"quiet_hours": "22:00-07:00"}),
        Edit("settings", ("keeping",), {"keep_photos_days": 90}),
    )
)


def test_what_is_loaded_from_the_export_is_what_was_in_force(tmp_path: Path) -> None:
    written = export_pack(PACK, EDITS, tmp_path / "new")
    assert written == (
        "calendar.yml",
        "city.yml",
        "questions.yml",
        "ready-words.yml",
        "services.yml",
        "settings.env",
    )
    exported, running = ServedCity(tmp_path / "new"), ServedCity(PACK, EDITS)
    assert exported.catalogue == running.catalogue
    assert exported.city == running.city
    assert exported.questions == running.questions
    assert exported.ready_words == running.ready_words
    assert (tmp_path / "new" / "settings.env").read_text() == (
        "CITYLINE_KEEP_PHOTOS_DAYS=90\nCITYLINE_QUIET_HOURS=22:00-07:00\n"
    )


def test_the_difference_is_what_was_changed_and_comments_stay(tmp_path: Path) -> None:
    edits = Edits((Edit("services.yml", POTHOLE, {"names": {"en": "Hole"}}),))
    assert export_pack(PACK, edits, tmp_path) == ("services.yml",)
    before = (PACK / "services.yml").read_text().splitlines()
    after = (tmp_path / "services.yml").read_text().splitlines()
    assert [line for line in before if line.startswith("#")] == [
        line for line in after if line.startswith("#")
    ]
    changed = [line for line in after if line not in set(before)]
    assert '    names: {en: "Hole", es: "Bache o calle en mal estado"}' in changed
    assert len(changed) < 15  # a few long comments behind a list are set in by another blank
    for file in PACK.iterdir():
        if file.is_file() and file.name != "services.yml":
            assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        export_pack(PACK, EDITS, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
