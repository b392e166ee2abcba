"""The records of the played instance: its queries and its rules, as the public documentation has them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.servicenow.instance import AbortedError, Deed, Happening, Instance, NoRecordError
from bot.simulator.servicenow.query import select

CASES = "sn_customerservice_case"
ROWS = [
    {"number": "CS1", "state": "1", "short_description": "Pothole on Main", "due_date": ""},
    {"number": "CS2", "state": "10", "short_description": "Graffiti", "due_date": "2026-12-03 23:59:00"},
    {"number": "CS3", "state": "6", "short_description": "Second pothole", "due_date": "2026-12-01 23:59:00"},
]


def _numbers(query: str) -> str:
    return " ".join(row["number"] for row in select(ROWS, query))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "CS1 CS2 CS3"),
        ("state=10", "CS2"),
        ("state!=10", "CS1 CS3"),
        ("stateIN1,6", "CS1 CS3"),
        ("stateNOT IN1,6", "CS2"),
        ("short_descriptionLIKEPOTHOLE", "CS1 CS3"),
        ("short_descriptionNOT LIKEpothole", "CS2"),
        ("short_descriptionSTARTSWITHPot", "CS1"),
        ("short_descriptionENDSWITHpothole", "CS3"),
        ("due_dateISEMPTY", "CS1"),
        ("due_dateISNOTEMPTY^due_date>=2026-12-02 00:00:00", "CS2"),
        ("due_dateBETWEEN2026-12-01 00:00:00@2026-12-02 00:00:00", "CS3"),
        ("state=1^ORstate=6", "CS1 CS3"),
        # OR binds tighter than AND.
        ("state=1^ORstate=6^short_descriptionSTARTSWITHSecond", "CS3"),
        ("state=10^NQshort_descriptionSTARTSWITHPot", "CS1 CS2"),
        ("ORDERBYDESCnumber", "CS3 CS2 CS1"),
        ("due_dateISNOTEMPTY^ORDERBYdue_date", "CS3 CS2"),
    ],
)
def test_a_query_means(query: str, found: str) -> None:
    assert _numbers(query) == found


@pytest.mark.parametrize("condition", ["corelation_id=SM-1", "what is this", "state~1"])
def test_what_cannot_be_read_and_fields_that_are_none_drop_out_of_a_query(condition: str) -> None:
    assert _numbers(condition) == "CS1 CS2 CS3"
    assert _numbers(f"{condition}^state=6") == "CS3"


@given(st.sampled_from(["1", "10", "6", "18"]), st.sampled_from(["1", "10", "6", "18"]))
def test_either_of_two_is_what_each_finds_alone(one: str, other: str) -> None:
    alone = {row["number"] for state in (one, other) for row in select(ROWS, f"state={state}")}
    assert {row["number"] for row in select(ROWS, f"state={one}^ORstate={other}")} == alone


def _instance() -> tuple[Instance, list[Happening]]:
    seconds = itertools.count()
    instance = Instance(
        groups=["Public Works"],
        clock=lambda: datetime(2026, 11, 30, 12, 0, next(seconds), tzinfo=UTC),
    )
    happened: list[Happening] = []
    instance.observers.append(happened.append)
    return instance, happened


def test_a_new_record_is_new_and_numbered_and_what_is_no_field_is_passed_over() -> None:
    instance, happened = _instance()
    sys_id = instance.create(CASES, {"short_description": "Pothole", "u_adress": "4th"}, "cityline")
    row = instance.record(CASES, sys_id)
    assert (row["number"], row["state"], row["active"], row["sys_created_by"]) == (
        "CS0001001",
        "1",
        "true",
        "cityline",
    )
    assert "u_adress" not in row
    assert happened == [Happening(Deed.MADE, CASES, sys_id, "cityline")]


def test_a_number_is_never_given_twice_and_files_go_with_their_record() -> None:
    instance, happened = _instance()
    first = instance.create(CASES, {}, "cityline")
    instance.attach(CASES, first, "a.jpg", "image/jpeg", b"x", "cityline")
    instance.delete(CASES, first, "abel.tuter")
    assert instance.attachments == {}
    assert happened[-1] == Happening(Deed.DELETED, CASES, first, "abel.tuter")
    with pytest.raises(NoRecordError):
        instance.update(CASES, first, {"state": "10"}, "abel.tuter")
    assert instance.record(CASES, instance.create(CASES, {}, "cityline"))["number"] == "CS0001002"


def test_a_change_counts_and_is_audited_and_none_is_none() -> None:
    instance, happened = _instance()
    sys_id = instance.create(CASES, {"short_description": "Pothole"}, "cityline")
    instance.update(CASES, sys_id, {"state": "10", "assignment_group": "Public Works"}, "abel.tuter")
    row = instance.record(CASES, sys_id)
    assert (row["sys_mod_count"], row["sys_updated_by"]) == ("1", "abel.tuter")
    assert instance.shown(CASES, "assignment_group", row["assignment_group"]) == "Public Works"
    audited = [(one["fieldname"], one["oldvalue"], one["newvalue"]) for one in instance.audit]
    assert audited == [
        ("state", "1", "10"),
        ("assignment_group", "", instance.group_id("Public Works")),
    ]
    before, count = dict(row), len(happened)
    instance.update(CASES, sys_id, {"state": "10", "comments": "", "no_field": "x"}, "abel.tuter")
    assert (instance.record(CASES, sys_id), len(happened)) == (before, count)


@pytest.mark.parametrize("change", [{"state": "10"}, {"comments": "hello"}, {"work_notes": "x"}, {}])
def test_a_closed_record_is_read_only_but_takes_files(change: dict[str, str]) -> None:
    instance, _ = _instance()
    sys_id = instance.create(CASES, {}, "cityline")
    instance.update(CASES, sys_id, {"state": "3"}, "abel.tuter")
    assert instance.record(CASES, sys_id)["active"] == "false"
    before = dict(instance.record(CASES, sys_id))
    with pytest.raises(AbortedError, match="Closed records are read only"):
        instance.update(CASES, sys_id, change, "admin")
    assert instance.record(CASES, sys_id) == before
    assert instance.journal == []
    instance.attach(CASES, sys_id, "a.jpg", "image/jpeg", b"x", "cityline")
    assert instance.record(CASES, sys_id) == before


def test_the_dictionary_knows_fields_of_the_table_and_of_what_it_is_made_from() -> None:
    instance, _ = _instance()
    parents = instance.rows("sys_db_object", f"name={CASES}")
    assert [row["super_class.name"] for row in parents] == ["task"]
    fields = {row["element"] for row in instance.rows("sys_dictionary", f"nameIN{CASES},task")}
    assert {"resolution_code", "correlation_id", "sys_updated_on"} <= fields
    assert "close_code" not in fields
    states = instance.rows("sys_choice", f"name={CASES}^element=state^ORDERBYvalue")
    assert [row["value"] for row in states] == ["1", "10", "18", "3", "6"]
