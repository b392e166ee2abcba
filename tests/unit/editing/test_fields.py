"""What a form of the city asks for: read as a pack's file would have it, or refused with what is wrong."""

from __future__ import annotations

import pytest

from bot.editing.fields import Fault, Field, FieldError, FieldKind


@pytest.mark.parametrize(
    ("kind", "entered", "value"),
    [
        (FieldKind.LINE, "  Two   words ", "Two words"),
        (FieldKind.NUMBER, "12", 12),
        (FieldKind.FLAG, "yes", True),
        (FieldKind.FLAG, "", False),
        (FieldKind.DAY, "2026-02-28", "2026-02-28"),
        (FieldKind.TIME, "9:05", "09:05"),
        (FieldKind.WEEKDAYS, "sunday monday", ["monday", "sunday"]),
        (FieldKind.MAILBOX, "Works@Example.gov", "Works@example.gov"),
        (FieldKind.RULE, "last monday of may", "last monday of may"),
        (FieldKind.RULE, "day after thanksgiving", "day after thanksgiving"),
        (FieldKind.HOURS, "22:00 - 07:30", "22:00-07:30"),
        (FieldKind.HOURS, "none", "none"),
    ],
)
def test_what_is_entered_well_is_read(kind: FieldKind, entered: str, value: object) -> None:
    assert Field("x", kind).read(entered) == value


@pytest.mark.parametrize(
    ("kind", "entered", "fault"),
    [
        (FieldKind.LINE, "   ", Fault.EMPTY),
        (FieldKind.LINE, "x" * 201, Fault.TOO_LONG),
        (FieldKind.NUMBER, "-1", Fault.NO_NUMBER),
        (FieldKind.NUMBER, "201", Fault.NO_NUMBER),
        (FieldKind.NUMBER, "٣", Fault.NO_NUMBER),
        (FieldKind.NUMBER, "9" * 400, Fault.NO_NUMBER),
        (FieldKind.DAY, "2026-02-30", Fault.NO_DAY),
        (FieldKind.TIME, "24:00", Fault.NO_TIME),
        (FieldKind.TIME, "5 pm", Fault.NO_TIME),
        (FieldKind.TIME, "²:30", Fault.NO_TIME),
        (FieldKind.WEEKDAYS, "someday", Fault.NO_CHOICE),
        (FieldKind.WEEKDAYS, "", Fault.EMPTY),
        (FieldKind.MAILBOX, "works at example", Fault.NO_MAILBOX),
        (FieldKind.RULE, "february 30", Fault.NO_RULE),
        (FieldKind.RULE, "now and then", Fault.NO_RULE),
        (FieldKind.HOURS, "21:00-21:00", Fault.NO_HOURS),
        (FieldKind.ONE_OF, "elsewhere", Fault.NO_CHOICE),
    ],
)
def test_what_cannot_be_taken_says_why_and_not_what_it_was(
    kind: FieldKind, entered: str, fault: Fault
) -> None:
    with pytest.raises(FieldError) as refused:
        Field("x", kind, options=("here",)).read(entered)
    assert refused.value.fault is fault
    assert not entered.strip() or entered not in str(refused.value)


def test_what_need_not_be_there_may_be_empty() -> None:
    assert Field("x", needed=False).read(" ") is None
