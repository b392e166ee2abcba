"""Working days: known dates of years to come, what always holds of due dates, how days are said, and mistakes told by key."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.twilio.gsm7 import GSM_BASIC, to_gsm7
from bot.city.calendar import Holiday, WorkCalendar, load_calendar
from bot.city.calendar_words import said
from bot.city.check import check_pack, errors
from bot.city.errors import PackError
from bot.city.facts import load_city
from bot.city.working_days import WorkingDays
from bot.settings import PACKS

PACK = PACKS / "santa_monica"
HERE = ZoneInfo("America/Los_Angeles")
CALENDAR = load_calendar(PACK, HERE)


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=HERE)


def day_of(text: str) -> date:
    return date.fromisoformat(text)


def weekdays_off(year: int) -> list[str]:
    """The days from Monday to Friday on which the city does not work."""
    days = (date(year, 1, 1) + timedelta(n) for n in range(366))
    return [
        f"{day:%m-%d}"
        for day in days
        if day.year == year and day.weekday() < 5 and not CALENDAR.is_working(day)
    ]


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2026, "01-01 01-19 02-16 03-30 05-25 06-19 07-03 09-07 11-26 11-27 12-24 12-25 12-31"),
        # June 19 is a Saturday and July 4 a Sunday; Christmas is kept on its eve, New Year's Day on New Year's Eve.
        (2027, "01-01 01-18 02-15 03-29 05-31 06-18 07-05 09-06 11-25 11-26 12-24 12-31"),
        (2028, "01-17 02-21 03-27 05-29 06-19 07-04 09-04 11-23 11-24 12-25"),
        (2029, "01-01 01-15 02-19 03-26 05-28 06-19 07-04 09-03 11-22 11-23 12-24 12-25 12-31"),
        (2030, "01-01 01-21 02-18 03-25 05-27 06-19 07-04 09-02 11-28 11-29 12-24 12-25 12-31"),
    ],
)
def test_the_holidays_of_a_year_are_the_days_off_between_monday_and_friday(year: int, off: str) -> None:
    assert weekdays_off(year) == off.split()


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        ("2026-11-26", "Thanksgiving Day", "Día de Acción de Gracias"),
        ("2026-07-03", "Independence Day", "Día de la Independencia"),
        ("2026-07-04", "Independence Day", "Día de la Independencia"),
        ("2027-12-31", "New Year's Eve", "Víspera de Año Nuevo"),  # its own day before the one kept on it
        ("2028-01-01", "New Year's Day", "Año Nuevo"),
        ("2029-01-01", "New Year's Day", "Año Nuevo"),
        ("2026-12-08", None, None),
        ("2026-12-05", None, None),  # a Saturday is off, but no holiday
    ],
)
def test_a_holiday_has_a_name_in_each_language(day: str, english: str | None, spanish: str | None) -> None:
    assert CALENDAR.holiday_on(day_of(day), "en") == english
    assert CALENDAR.holiday_on(day_of(day), "es") == spanish
    assert CALENDAR.holiday_on(day_of(day), "fr") == english


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (at("2026-12-08"), 0, "2026-12-08"),
        (at("2026-12-08"), 1, "2026-12-09"),
        (at("2026-12-08", "06:30"), 1, "2026-12-09"),  # before hours is still that day
        (at("2026-12-08", "16:59"), 1, "2026-12-09"),
        (at("2026-12-08", "17:00"), 1, "2026-12-10"),
        (at("2026-12-04"), 1, "2026-12-07"),  # over a weekend
        (at("2026-12-04", "18:00"), 0, "2026-12-07"),
        (at("2026-12-05"), 1, "2026-12-08"),  # a Saturday counts from Monday
        (at("2026-11-25"), 1, "2026-11-30"),  # over Thanksgiving and the day after
        (at("2026-11-26"), 2, "2026-12-02"),
        (at("2026-12-23"), 3, "2026-12-30"),
        (at("2026-12-30"), 1, "2027-01-04"),  # over the year's end
        (at("2027-12-30"), 1, "2028-01-03"),
    ],
)
def test_due_days_skip_weekends_and_holidays(start: datetime, days: int, due: str) -> None:
    assert CALENDAR.due_by(start, days) == day_of(due)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # The clocks go forward on March 14 and back on November 7, 2027, both Sundays.
        (datetime(2027, 3, 13, 0, 59, tzinfo=UTC), "2027-03-15"),  # Friday 16:59, the last one of winter
        (datetime(2027, 3, 13, 1, 0, tzinfo=UTC), "2027-03-16"),  # Friday 17:00
        (datetime(2027, 3, 15, 23, 59, tzinfo=UTC), "2027-03-16"),  # Monday 16:59, the first one of summer
        (datetime(2027, 3, 16, 0, 0, tzinfo=UTC), "2027-03-17"),  # Monday 17:00
        (datetime(2027, 3, 14, 9, 59, tzinfo=UTC), "2027-03-16"),  # Sunday 01:59, a minute before
        (datetime(2027, 3, 14, 10, 0, tzinfo=UTC), "2027-03-16"),  # Sunday 03:00
        (datetime(2027, 11, 5, 23, 59, tzinfo=UTC), "2027-11-08"),  # Friday 16:59, the last one of summer
        (datetime(2027, 11, 9, 0, 59, tzinfo=UTC), "2027-11-09"),  # Monday 16:59, the first one of winter
        (datetime(2027, 11, 9, 1, 0, tzinfo=UTC), "2027-11-10"),  # Monday 17:00
    ],
)
def test_days_and_hours_are_the_citys_own_when_the_clocks_change(start: datetime, due: str) -> None:
    assert CALENDAR.due_by(start, 1) == day_of(due)


STARTS = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
DAYS = st.integers(0, 60)


@given(STARTS, DAYS)
def test_a_due_day_is_a_working_day_and_exactly_so_many_later(start: datetime, days: int) -> None:
    begins, due = CALENDAR.due_by(start, 0), CALENDAR.due_by(start, days)
    local = start.astimezone(HERE)
    assert local.date() <= begins <= due
    assert CALENDAR.is_working(begins)
    assert CALENDAR.is_working(due)
    after = (begins + timedelta(n) for n in range(1, (due - begins).days + 1))
    assert sum(map(CALENDAR.is_working, after)) == days
    # Nothing but days off, and an evening, lies between the start and the day that counts as its own.
    skipped = [local.date() + timedelta(n) for n in range((begins - local.date()).days)]
    assert [day for day in skipped if CALENDAR.is_working(day)] == (
        [local.date()] if local.time() >= time(17) and CALENDAR.is_working(local.date()) else []
    )


@given(STARTS, st.timedeltas(timedelta(0), timedelta(days=30)), DAYS)
def test_who_writes_later_or_is_given_more_days_is_due_no_earlier(
    start: datetime, later: timedelta, days: int
) -> None:
    assert CALENDAR.due_by(start, days) <= CALENDAR.due_by(start + later, days)
    assert CALENDAR.due_by(start, days) < CALENDAR.due_by(start, days + 1)


@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_some_day_of_any_seven_is_a_working_day(day: date) -> None:
    week = [day + timedelta(n) for n in range(7)]
    assert any(map(CALENDAR.is_working, week))


def test_a_start_without_a_time_zone_and_days_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.due_by(at("2026-12-08").replace(tzinfo=None), 1)
    with pytest.raises(ValueError, match="0 or more"):
        CALENDAR.due_by(at("2026-12-08"), -1)


def test_a_pack_without_a_calendar_works_from_monday_to_friday_and_till_midnight(tmp_path: Path) -> None:
    calendar = load_calendar(tmp_path, HERE)
    assert calendar == WorkCalendar(HERE)
    assert calendar.due_by(at("2026-12-24", "23:59"), 1) == date(2026, 12, 25)
    assert calendar.due_by(at("2026-12-25"), 1) == date(2026, 12, 28)
    assert calendar.holiday_on(date(2026, 12, 25), "en") is None


def test_the_city_has_its_calendar_and_a_new_pack_a_starter_of_one(port_aldine_pack: Path) -> None:
    assert load_city(PACK).calendar == CALENDAR
    aldine = load_city(port_aldine_pack).calendar
    assert (aldine.weekdays, aldine.holidays, aldine.closes) == (frozenset(range(5)), (), time(17))


@pytest.mark.parametrize("holiday", CALENDAR.holidays, ids=lambda holiday: holiday.code)
def test_every_holiday_says_where_it_is_known_from(holiday: Holiday) -> None:
    assert "https://" in holiday.source
    assert holiday.checked >= date(2026, 11, 1)


GOOD = """
weekdays: [monday, tuesday, wednesday, thursday]
closes: "16:30"
observed: {friday: thursday, saturday: thursday, sunday: monday}
holidays:
- code: founders
  name: {en: Founders Day, es: Día de los Fundadores}
  rule: The Fourth Thursday in November
  source: https://example.gov/days
  checked: 2026-11-29
- code: founders_eve
  name: {en: Eve, es: Víspera}
  rule: day before founders
  source: https://example.gov/days
  checked: 2026-11-29
- code: harbor
  name: {en: Harbor Day, es: Día del Puerto}
  rule: may 1
  source: https://example.gov/days
  checked: 2026-11-29
"""


def read(folder: Path, text: str) -> WorkCalendar:
    (folder / "calendar.yml").write_text(text, "utf-8")
    return load_calendar(folder, HERE)


def test_another_citys_week_and_rules_are_read(tmp_path: Path) -> None:
    calendar = read(tmp_path, GOOD)
    assert (calendar.weekdays, calendar.closes) == (frozenset(range(4)), time(16, 30))
    assert calendar.holiday_on(date(2026, 11, 26), "es") == "Día de los Fundadores"
    assert calendar.holiday_on(date(2026, 11, 25), "en") == "Eve"
    # May 1 is a Friday in 2026, a Saturday in 2027 and a Monday in 2028.
    kept = [date(2026, 4, 30), date(2027, 4, 29), date(2028, 5, 1)]
    assert [calendar.holiday_on(day, "en") for day in kept] == ["Harbor Day"] * 3
    assert calendar.due_by(at("2026-11-24", "16:30"), 1) == date(2026, 12, 1)


BROKEN = [
    ("[monday, ", "[moonday, ", "calendar.yml: weekdays: has 'moonday'; the weekdays are monday, tuesday"),
    ("weekdays: [monday, tuesday, wednesday, thursday]", "weekdays: []", "weekdays: should list at least one"),
    ('closes: "16:30"', "closes: 16:30", 'closes: has 990; it should be a time of day in quotes, as "17:00"'),
    ('closes: "16:30"', 'closes: "25:00"', "closes: has '25:00'"),
    ("sunday: monday", "sonntag: monday", "observed: has 'sonntag'; the weekdays are"),
    ("sunday: monday", "sunday: montag", "observed.sunday: has 'montag'"),
    ("sunday: monday", "sunday: friday", "observed.sunday: moves to friday, which is no working weekday"),
    ("sunday: monday", "tuesday: monday", "observed.tuesday: is a working weekday"),
    ("rule: may 1", "rule: may day", "holidays[harbor].rule: has 'may day', which is no rule; a rule looks like 'july 4'"),
    ("rule: may 1", "rule: fifth monday of may", "holidays[harbor].rule: has 'fifth monday of may', which is no rule"),
    ("rule: may 1", "rule: june 31", "holidays[harbor].rule: has 'june 31', a day that june does not have"),
    ("rule: may 1", "rule: february 29", "holidays[harbor].rule: has 'february 29', which does not come every year"),
    ("rule: day before founders", "rule: day before harbor", "[founders_eve].rule: has 'day before harbor', but no holiday further up"),
    ("  rule: may 1\n", "", "holidays[harbor].rule: should be a text"),
    ("  rule: may 1\n  source: https://example.gov/days\n", "  rule: may 1\n", "holidays[harbor].source: should be a text"),
    ("checked: 2026-11-29", "checked: lately", "holidays[founders].checked: should be a day, as 2026-11-28"),
    ("{en: Eve, es: Víspera}", "{en: Eve}", "holidays[founders_eve].name.es: should be a text"),
    ("code: harbor", "code: founders", "holidays[founders].code: names founders a second time"),
    ("holidays:", "holydays:", "has holydays; known are closes, holidays, observed, weekdays"),
    ("  rule: may 1\n", "  rule: may 1\n  observed: none\n", "holidays[harbor]: has observed; known are checked, code"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "told"), BROKEN)
def test_mistakes_are_told_by_key(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in GOOD
    with pytest.raises(PackError) as refused:
        read(tmp_path, GOOD.replace(right, wrong, 1))
    assert told in str(refused.value)


def test_an_unreadable_rule_is_the_only_thing_told(tmp_path: Path) -> None:
    with pytest.raises(PackError) as refused:
        read(tmp_path, GOOD.replace("The Fourth Thursday in November", "when the leaves fall"))
    assert len(refused.value.problems) == 1


def test_the_check_of_a_pack_tells_what_is_wrong_with_its_calendar(
    port_aldine_pack: Path, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(port_aldine_pack, pack)
    (pack / "calendar.yml").write_text(GOOD, "utf-8")
    assert errors(check_pack(pack)) == []
    wrong = GOOD.replace("monday, tuesday", "monday, tuesdy").replace("rule: may 1", "rule: mayday")
    (pack / "calendar.yml").write_text(wrong, "utf-8")
    found = [(finding.where, finding.message) for finding in errors(check_pack(pack))]
    assert [where for where, _ in found] == ["calendar.yml", "calendar.yml"]
    assert "has 'tuesdy'" in found[0][1]
    assert "holidays[harbor].rule: has 'mayday'" in found[1][1]


TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        ("2026-11-29", "today", "hoy"),
        ("2026-11-30", "tomorrow", "mañana"),
        ("2026-12-08", "Tuesday, Dec 8", "el martes 8 de diciembre"),
        ("2026-12-02", "Wednesday, Dec 2", "el miércoles 2 de diciembre"),
        ("2027-02-01", "Monday, Feb 1", "el lunes 1 de febrero"),
        ("2027-06-05", "Saturday, Jun 5, 2027", "el sábado 5 de junio de 2027"),
        ("2026-01-02", "Friday, Jan 2", "el viernes 2 de enero"),
        ("2025-12-31", "Wednesday, Dec 31, 2025", "el miércoles 31 de diciembre de 2025"),
    ],
)
def test_a_day_is_said_as_people_say_it(day: str, english: str, spanish: str) -> None:
    assert said(day_of(day), "en", TODAY) == english
    assert said(day_of(day), "es", TODAY) == spanish
    assert said(day_of(day), "fr", TODAY) == english


def test_the_years_end_changes_nothing_about_the_days_next_to_it() -> None:
    assert said(date(2027, 1, 1), "en", date(2026, 12, 31)) == "tomorrow"
    assert said(date(2026, 12, 31), "en", date(2027, 1, 1)) == "Thursday, Dec 31"
    assert said(date(2027, 1, 4), "es", date(2026, 12, 31)) == "el lunes 4 de enero"


@given(st.dates(date(2026, 1, 1), date(2031, 12, 31)), st.sampled_from(["en", "es"]))
def test_a_day_fits_the_sms_alphabet_once_accents_are_dropped(day: date, language: str) -> None:
    text = said(day, language, TODAY)
    assert set(to_gsm7(text, fold_accents=True)) <= GSM_BASIC
    assert set(text) - GSM_BASIC <= {"á"}  # of "sábado"; é and ñ are in the alphabet


@given(
    minutes=st.integers(0, 6 * 366 * 24 * 60),
    days=st.integers(0, 60),
)
def test_days_taken_are_the_inverse_of_days_due(minutes: int, days: int) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = CALENDAR.due_by(start, days)
    assert WorkingDays(CALENDAR).taken(start, datetime.combine(due, time(12), HERE)) == days


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (("2026-11-20", "10:00"), ("2026-11-20", "11:00"), 0),
        (("2026-11-20", "10:00"), ("2026-11-22", "11:00"), 0),  # done on a Sunday
        (("2026-11-20", "10:00"), ("2026-11-23", "11:00"), 1),  # from Friday to Monday
        (("2026-11-21", "10:00"), ("2026-11-21", "11:00"), 0),  # all on a Saturday
        (("2026-11-25", "10:00"), ("2026-11-30", "11:00"), 1),  # over Thanksgiving
        (("2026-11-23", "10:00"), ("2026-11-20", "11:00"), 0),  # a clock that was put right
    ],
)
def test_days_taken_leave_out_days_off(start: tuple[str, str], end: tuple[str, str], days: int) -> None:
    assert WorkingDays(CALENDAR).taken(at(*start), at(*end)) == days


def test_days_taken_need_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        WorkingDays(CALENDAR).taken(datetime(2026, 11, 20), at("2026-11-23"))  # noqa: DTZ001
