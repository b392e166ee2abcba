"""Reports by text: how far they come, where people give up, how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.insight.days import Days
from bot.insight.reading import Reader
from bot.insight.talk import STAGE_OF, Kind, Stage
from bot.web.console.insight.asked import Choice
from bot.web.console.insight.chart import Cell, Chart, Drawn, Row, by_size, number, share
from bot.web.console.insight.limits import half, step_name, steps
from bot.web.console.insight.page import Page, tile, totals
from bot.web.language import mark, say

QUESTIONS = {
    "what": mark("What is it?"),
    "group": mark("Which group is it of?"),
    "in_group": mark("Which one of the group?"),
    "which_service": mark("Which of these is it?"),
    "resume": mark("Go on with the report?"),
    "where": mark("Where is it?"),
    "which_place": mark("Which of these places?"),
    "cross_street": mark("Where on that street?"),
    "photo_place": mark("Where the photo was taken?"),
    "same_matter": mark("Is it the same matter?"),
    "detail": mark("A detail the department needs"),
    "summary": mark("Shall it be sent like this?"),
    "change": mark("What shall be changed?"),
}
CHANNELS = {"sms": "SMS", "telegram": "Telegram", "open311": "Open311"}
LANGUAGES = {"en": mark("English"), "es": mark("Spanish"), "": mark("Not known yet")}


@dataclass(slots=True)
class Ended:
    """How the reports of a period came to their ends."""

    filed: int = 0
    with_photo: int = 0
    joined: int = 0
    given_up: Counter[str] = field(default_factory=Counter)  # by the question that was open

    @property
    def began(self) -> int:
        return self.filed + self.joined + sum(self.given_up.values())

    def lost_at(self, stage: Stage) -> int:
        return sum(many for question, many in self.given_up.items() if STAGE_OF.get(question) is stage)


OF_ENDS = ("by_text", "with_photo")
KINDS_OF_ENDS = (Kind.GIVEN_UP, Kind.JOINED)
KINDS = (*KINDS_OF_ENDS, Kind.ASKED, Kind.IN_VAIN, Kind.PERSON)


async def ended_by_text(read: Reader, period: Days) -> Ended:
    """The reports that came to an end in the period, of the channel and language that are asked for."""
    of_all = read.of(read.asked.of_conversations)
    return ends_of(await of_all.total(period, OF_ENDS), await of_all.talk(period, KINDS_OF_ENDS))


def ends_of(sums: Mapping[str, int], talk: Mapping[tuple[str, ...], int]) -> Ended:
    """The same of what was read already."""
    ended = Ended(sums["by_text"], sums["with_photo"])
    for (kind, key), many in talk.items():
        if kind == Kind.JOINED:
            ended.joined += many
        elif kind == Kind.GIVEN_UP:
            ended.given_up[key] += many
    return ended


def given_up_share(ended: Ended) -> Cell:
    return share(sum(ended.given_up.values()), ended.began)


async def reports(read: Reader, choice: Choice) -> Page:
    read = read.of(read.asked.of_conversations)
    both = await totals(read, choice, (*OF_ENDS, "service_corrected", *steps("turns"), *steps("minutes")))
    asked, asked_before = await read.talk(choice.period, KINDS), await read.talk(choice.period.before, KINDS)
    now, before = ends_of(both.now, asked), ends_of(both.before, asked_before)
    persons = (Kind.PERSON, "")
    tiles = (
        tile("given_up_share", given_up_share(now), given_up_share(before)),
        tile("turns_half", half(both.now, "turns"), half(both.before, "turns")),
        tile("minutes_half", half(both.now, "minutes"), half(both.before, "minutes")),
        tile("right_first", _right(both.now), _right(both.before)),
        tile("persons", number(asked.get(persons, 0)), number(asked_before.get(persons, 0))),
    )
    charts = (
        funnel(now, before),
        _given_up(now, before),
        _asked_again(asked, asked_before),
        distribution("turns", mark("Turns"), both.now, both.before),
        distribution("minutes", mark("Time"), both.now, both.before),
        await _channels(read, choice),
    )
    return Page(tiles, charts)


def _right(counts: Mapping[str, int]) -> Cell:
    return share(counts["by_text"] - counts["service_corrected"], counts["by_text"])


def funnel(now: Ended, before: Ended) -> Chart:
    """From the first word to a request."""

    def steps_of(ended: Ended) -> list[int]:
        what = ended.began - ended.lost_at(Stage.BEGUN)
        where = what - ended.lost_at(Stage.WHAT)
        return [ended.began, what, where, ended.filed + ended.joined, ended.joined, ended.with_photo]

    labels = (
        mark("Began"),
        mark("Said what"),
        mark("Said where"),
        mark("Filed or joined"),
        mark("… of which joined"),
        mark("… with photos"),
    )
    rows = tuple(
        Row(say(label), (number(at), share(at, now.began), number(was), share(was, before.began)))
        for label, at, was in zip(labels, steps_of(now), steps_of(before), strict=True)
    )
    return Chart(
        "funnel",
        (
            mark("Step"),
            mark("Reports"),
            mark("Of those begun"),
            mark("Period before"),
            mark("Of those begun"),
        ),
        rows,
        Drawn.BARS,
        (0, 2),
    )


def _given_up(now: Ended, before: Ended) -> Chart:
    all_now = sum(now.given_up.values())
    rows = [
        Row(
            say(QUESTIONS.get(question, question)),
            (
                number(now.given_up[question]),
                share(now.given_up[question], all_now),
                number(before.given_up[question]),
            ),
        )
        for question in {*now.given_up, *before.given_up}
    ]
    return Chart(
        "given_up",
        (mark("Open question"), mark("Given up"), mark("Of all given up"), mark("Period before")),
        by_size(rows),
        Drawn.BARS,
        (0, 2),
    )


def _asked_again(now: Mapping[tuple[str, ...], int], before: Mapping[tuple[str, ...], int]) -> Chart:
    questions = {key for kind, key in (*now, *before) if kind == Kind.ASKED}
    rows = [
        Row(
            say(QUESTIONS.get(question, question)),
            (
                number(now.get((Kind.IN_VAIN, question), 0)),
                share(now.get((Kind.IN_VAIN, question), 0), now.get((Kind.ASKED, question), 0)),
                number(before.get((Kind.IN_VAIN, question), 0)),
            ),
        )
        for question in questions
    ]
    return Chart(
        "asked_again",
        (mark("Question"), mark("In vain"), mark("Of its times open"), mark("Period before")),
        by_size(rows),
        Drawn.BARS,
        (0, 2),
    )


def distribution(
    name: str, head: str, now: Mapping[str, int], before: Mapping[str, int], chart: str = ""
) -> Chart:
    """How many of each step, beside the period before, and how many of all up to it."""
    of, passed, rows = sum(now[count] for count in steps(name)), 0, []
    for count in steps(name):
        passed += now[count]
        rows.append(Row(step_name(count), (number(now[count]), share(passed, of), number(before[count]))))
    return Chart(
        chart or name,
        (head, mark("Requests"), mark("Up to here"), mark("Period before")),
        tuple(rows),
        Drawn.COLUMNS,
        (0, 2),
    )


async def _channels(read: Reader, choice: Choice) -> Chart:
    names = ("by_text", *steps("turns"))
    by = ("channel", "language")
    filed = await read.requests(choice.period, names, by)
    talk = await read.talk(choice.period, KINDS, by)
    rows = []
    for channel, language in sorted({*filed, *(key[2:] for key in talk)}):
        sums = filed.get((channel, language), dict.fromkeys(names, 0))
        of = Counter[str]()
        for (kind, _, *where), many in talk.items():
            of[kind] += many if where == [channel, language] else 0
        began = sums["by_text"] + of[Kind.JOINED] + of[Kind.GIVEN_UP]
        if began or of[Kind.PERSON]:
            label = f"{CHANNELS.get(channel, channel)}, {say(LANGUAGES.get(language, language))}"
            cells = (
                number(began),
                number(sums["by_text"]),
                share(of[Kind.GIVEN_UP], began),
                half(sums, "turns"),
            )
            rows.append(Row(label, (*cells, number(of[Kind.PERSON]))))
    heads = (
        mark("Channel and language"),
        mark("Began"),
        mark("Filed"),
        mark("Given up"),
        mark("Half filed in"),
        mark("Asked for a person"),
    )
    return Chart("channels", heads, tuple(rows))
