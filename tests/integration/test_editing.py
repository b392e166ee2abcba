"""What staff change of the city: kept with its history, checked before, and known to every process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.city.current import catalogue, city
from bot.city.edits import REMOVED
from bot.db.session import transaction
from bot.editing.follow import follow, forget
from bot.editing.store import ChangedMeanwhileError, EditRefusedError, change, changes_of, in_force
from bot.settings import settings

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

FILE, POTHOLE = "services.yml", ("services", "pothole")
HOLE = {"names": {"en": "Hole"}}
ADA = "staff:ada"


@pytest.fixture(autouse=True)
def _as_the_files_have_it() -> Iterator[None]:
    yield
    forget()


async def have(patch: object, path: tuple[str, ...] = POTHOLE, file: str = FILE, **more: object) -> bool:
    async with transaction() as session:
        return await change(session, file, path, patch, ADA, **more)  # type: ignore[arg-type]


async def test_a_change_holds_where_it_is_followed_and_goes_back() -> None:
    plain = catalogue().services["pothole"].names["en"]
    assert await have(HOLE, reason="as people say")
    assert catalogue().services["pothole"].names["en"] == plain  # another process does not know yet
    assert await follow()
    assert catalogue().services["pothole"].names["en"] == "Hole"
    assert not await follow()  # nothing is new
    assert not await have(HOLE)  # and nothing is written twice
    assert await have(None)
    assert await follow()
    assert catalogue().services["pothole"].names["en"] == plain
    async with transaction() as session:
        assert await in_force(session) == []
        back, first = await changes_of(session, FILE, POTHOLE)
        assert (first.patch, first.reason, first.edited_by) == (HOLE, "as people say", ADA)
        assert back.patch is None
        trail = await session.execute(text("SELECT action, subject_id, detail FROM audit ORDER BY id"))
        assert [tuple(row) for row in trail] == [
            ("city.changed", "pothole", {"entry": "services.yml/services/pothole", "fields": ["names"]}),
            ("city.put_back", "pothole", {"entry": "services.yml/services/pothole", "fields": []}),
        ]


async def test_what_the_pack_refuses_is_not_kept() -> None:
    with pytest.raises(EditRefusedError, match=r"short\.en: has 31 characters"):
        await have({"short": {"en": "x" * 31}})
    with pytest.raises(EditRefusedError, match="no department"):
        await have({"department": "Nobody"})
    async with transaction() as session:
        assert await in_force(session) == []


async def test_two_changes_are_checked_together() -> None:
    """A department is added by one, a service goes there by another: neither order leaves a city that is not whole."""
    pier = ("departments", "Beach & Pier")
    await have({"es": "Playa y Muelle"}, pier, "city.yml")
    await have({"department": "Beach & Pier"})
    with pytest.raises(EditRefusedError, match="no department"):
        await have(None, pier, "city.yml")
    await follow()
    assert catalogue().services["pothole"].department == "Beach & Pier"
    assert city().departments[-1] == "Beach & Pier"


async def test_who_saves_over_somebody_is_told() -> None:
    await have(HOLE, seen=0)
    with pytest.raises(ChangedMeanwhileError) as refused:
        await have({"names": {"en": "Pit"}}, seen=0)
    assert refused.value.by == ADA


async def test_settings_are_changed_and_the_environment_comes_back() -> None:
    before = settings().quiet_hours
    await have({"quiet_hours": "22:00-07:00"}, ("telling",), "settings")
    await have({"keep_photos_days": 90}, ("keeping",), "settings")
    await follow()
    assert (settings().quiet_hours, settings().keep_photos_days) == ("22:00-07:00", 90)
    await have(None, ("telling",), "settings")
    await follow()
    assert (settings().quiet_hours, settings().keep_photos_days) == (before, 90)


async def test_no_other_setting_can_be_changed_and_none_to_nonsense() -> None:
    with pytest.raises(EditRefusedError, match="cannot be changed here"):
        await have({"database_url": "postgresql://elsewhere"}, ("telling",), "settings")
    with pytest.raises(EditRefusedError, match="21:00-08:00"):
        await have({"quiet_hours": "at night"}, ("telling",), "settings")


async def test_what_no_longer_fits_is_set_aside_and_the_rest_holds() -> None:
    await have(HOLE)
    async with (
        transaction() as session
    ):  # as after a change of the pack: a row that its check would refuse now
        await session.execute(
            text(
                "INSERT INTO city_edits (file, entry, patch, edited_by) VALUES "
                "('services.yml', 'services/sidewalk', '{\"department\": \"Gone\"}', 'staff:ada'), "
                "('settings', 'telling', '{\"quiet_hours\": \"never\"}', 'staff:ada')"
            )
        )
    await follow()
    assert catalogue().services["pothole"].names["en"] == "Hole"
    assert catalogue().services["sidewalk"].department != "Gone"
    assert settings().quiet_hours != "never"


async def test_the_longest_name_in_any_script_is_kept() -> None:
    name = "Ñandú " * 13 + "%&"
    assert await have({"es": "Ñ" * 80}, ("departments", name), "city.yml")
    await follow()
    assert name in city().departments


async def test_a_holiday_is_taken_out() -> None:
    await have(REMOVED, ("holidays", "chavez"), "calendar.yml")
    await follow()
    assert "chavez" not in {holiday.code for holiday in city().calendar.holidays}
