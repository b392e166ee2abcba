"""How the console calls what can be changed of the city: kinds, fields, and what is wrong with what was entered."""

from __future__ import annotations

from collections.abc import Mapping

from bot.editing.fields import Fault, Field
from bot.web.language import mark, say

# Kind → its name, and what it is for.
KINDS: Mapping[str, tuple[str, str]] = {
    "services": (
        mark("Services"),
        mark("What residents can report: names, department, usual days, what they are told."),
    ),
    "follow-ups": (mark("Follow-up questions"), mark("What is asked of a report besides what and where.")),
    "departments": (
        mark("Departments"),
        mark(
            "Who does the work, what residents read of them, and mailboxes of those who work from their mail."
        ),
    ),
    "help": (mark("Where a person answers"), mark("The office that residents are sent to.")),
    "calendar": (mark("Working days"), mark("Due dates are counted in them.")),
    "holidays": (mark("Holidays"), mark("Days on which nothing is promised.")),
    "answers": (mark("Answers"), mark("What the city says to small questions, and where it is known from.")),
    "ready-words": (mark("Ready words"), mark("What staff begin a text to a resident with.")),
    "telling": (
        mark("Quiet hours and waiting"),
        mark("When residents are told, and how long they are waited for."),
    ),
    "keeping": (
        mark("How long things are kept"),
        mark("What the nightly sweep forgets, and after how many days."),
    ),
}

# Field without its language → its label, and a hint or "".
FIELDS: Mapping[str, tuple[str, str]] = {
    "names": (mark("Name"), ""),
    "name": (mark("Name"), ""),
    "short": (mark("Line of a menu"), mark("30 characters at most.")),
    "noun": (mark("Inside a sentence"), mark("As in: your report of a … is filed.")),
    "description": (mark("Description"), mark("One line, for other systems and for staff.")),
    "department": (mark("Department"), ""),
    "usual_days.median": (
        mark("Usual days, half of them"),
        mark("Working days in which half of the requests are done."),
    ),
    "usual_days.p80": (
        mark("Usual days, most of them"),
        mark("In which four of five are done. Promises are counted by it."),
    ),
    "completion_photo": (mark("Done only with a photo of the work"), ""),
    "guidance": (mark("What residents should know"), mark("Told with the report. Both languages, or none.")),
    "handover.office": (mark("Another office"), ""),
    "handover.contact": (mark("Its telephone"), ""),
    "handover.text": (mark("What residents are told of it"), ""),
    "duplicates.radius_m": (
        mark("The same matter within, in metres"),
        mark("An open request as near as this may be the same. 0: every one is its own."),
    ),
    "duplicates.hours": (
        mark("For so many hours"),
        mark("For things that move. Empty: as long as the other is open."),
    ),
    "ask": (mark("Question"), ""),
    "required": (mark("Asked before the report is read back"), mark("If not, once it is filed.")),
    "kind": (mark("Answered by"), ""),
    "choices": (mark("Choice"), mark("30 characters at most.")),
    "mailbox": (
        mark("Mailbox"),
        mark("New requests are mailed there, with a page for the crew. Empty: they work here."),
    ),
    "read": (mark("What residents read"), mark("After “Your report is now with”. Empty: its name.")),
    "office": (mark("Office"), ""),
    "phone": (mark("Telephone"), ""),
    "hours": (mark("Hours"), ""),
    "url": (mark("Page on the web"), ""),
    "weekdays": (mark("Weekdays"), ""),
    "closes": (
        mark("A day is over from"),
        mark("What comes later counts from the next working day. Empty: midnight."),
    ),
    "observed.saturday": (mark("A holiday on a Saturday is kept on"), mark("Empty: it is not moved.")),
    "observed.sunday": (mark("A holiday on a Sunday is kept on"), mark("Empty: it is not moved.")),
    "rule": (
        mark("Day"),
        mark("july 4, third monday of january, last monday of may, day after thanksgiving"),
    ),
    "source": (mark("Where it is known from"), mark("A page or a document.")),
    "checked": (mark("Looked at there on"), ""),
    "answer": (mark("Answer"), mark("300 characters at most: two SMS.")),
    "use": (mark("Offered for"), ""),
    "text": (mark("Words"), ""),
    "quiet_hours": (
        mark("Quiet hours"),
        mark("As 21:00-08:00, or none. Urgent matters are told all the same."),
    ),
    "answer_days": (
        mark("Days that a question waits for its resident"),
        mark("Then the request is closed without an answer."),
    ),
    "reopen_days": (mark("Days after which a finished request is closed for good"), ""),
    "keep_texts_days": (mark("Words, pins and photos outside of requests"), ""),
    "keep_numbers_days": (mark("Numbers and names"), mark("Who said STOP stays known.")),
    "keep_request_words_days": (mark("Words of finished requests"), ""),
    "keep_photos_days": (mark("Photos of finished requests"), ""),
    "keep_tracker_days": (mark("Events of the dialogue engine"), ""),
    "keep_receipts_days": (mark("Delivery receipts"), ""),
    "keep_audit_days": (mark("The audit trail"), ""),
    "keep_set_aside_days": (mark("Events that could not be stored"), ""),
    "keep_jobs_days": (mark("Finished jobs"), ""),
}

OPTIONS: Mapping[str, str] = {
    "text": mark("their words"),
    "number": mark("a number"),
    "date": mark("a day"),
    "message": mark("a message"),
    "ask": mark("a question"),
    "in_progress": mark("work has started"),
    "on_hold": mark("on hold"),
    "resolved": mark("done"),
    "closed": mark("closed"),
    "monday": mark("Monday"),
    "tuesday": mark("Tuesday"),
    "wednesday": mark("Wednesday"),
    "thursday": mark("Thursday"),
    "friday": mark("Friday"),
    "saturday": mark("Saturday"),
    "sunday": mark("Sunday"),
}

FAULTS: Mapping[Fault, str] = {
    Fault.EMPTY: mark("There has to be something here."),
    Fault.TOO_LONG: mark("That is too long: %(most)s characters fit."),
    Fault.NO_NUMBER: mark("A whole number from 0 to %(most)s, please."),
    Fault.NO_DAY: mark("A day, please, as 2026-11-28."),
    Fault.NO_TIME: mark("A time of day, please, as 17:00."),
    Fault.NO_CHOICE: mark("This is none of the choices."),
    Fault.NO_MAILBOX: mark("An address of mail, please, as streets@example.gov."),
    Fault.NO_RULE: mark(
        "A day of every year, please, as july 4, third monday of january or day after thanksgiving."
    ),
    Fault.NO_HOURS: mark("Two times of day, please, as 21:00-08:00, or none."),
}


def base_of(field: Field) -> str:
    """The field without its language: both languages of a text are one row of a form."""
    return ".".join(field.path[:-1]) if field.language else field.name


def label_of(base: str) -> str:
    return say(FIELDS[_known(base)][0])


def hint_of(base: str) -> str:
    hint = FIELDS[_known(base)][1]
    return say(hint) if hint else ""


def fault_of(field: Field, fault: Fault) -> str:
    return say(FAULTS[fault], most=field.most) if "%(most)s" in FAULTS[fault] else say(FAULTS[fault])


def option_of(option: str) -> str:
    """How a choice is called; departments are called by their name."""
    return say(OPTIONS[option]) if option in OPTIONS else option


def _known(base: str) -> str:
    # What residents read of a department stands in its entry without a name of its own.
    return "choices" if base.startswith("choices.") else base or "read"
