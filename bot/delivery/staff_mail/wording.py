"""The words of mail to staff: references, services, blocks and numbers, and no word of any resident."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from bot.cases.mentions import Mentioned
from bot.cases.promises import Promised, Standing
from bot.cases.resident_news import News, ToldRequest, told_as
from bot.cases.running_late import MOST_NAMED, LateDepartment, LateRequest
from bot.cases.week import Figures, ServiceWeek, Week
from bot.city.blocks import block_of
from bot.city.calendar_words import said
from bot.city.current import calendar, catalogue, city, gazetteer
from bot.delivery.staff_mail.texts import mail_texts

# Services in the figures of a week, those with most reports first; the console has them all.
MOST_SERVICES = 15

_CHANNELS = {"sms": "SMS", "telegram": "Telegram"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Words in one language, on one day of the city. `console`: its address, "" where nobody can reach it by one."""

    language: str
    today: date
    console: str = ""

    def late(
        self,
        departments: Sequence[LateDepartment],
        of: str | None = None,
        mailed: Collection[str] | None = None,
    ) -> Words:
        """What runs late. `of`: the reader's department, None for all; then `mailed`: those in which somebody is told.

        Looks up every place on the streets, which takes a moment: not in the event loop.
        """
        total = Promised(
            sum(one.promised.soon for one in departments), sum(one.promised.overdue for one in departments)
        )
        sections = ["\n".join(self._department(one, mailed)) for one in departments]
        narrowed = {"status": "unfinished", **({"department": of} if of else {}), "sort": "promise"}
        return self._mail(
            self._said("late_subject", city=self._city, standing=self._standing(total)),
            self._said("late_opening"),
            *sections,
            self._link("late_link", f"/requests?{urlencode(narrowed)}"),
        )

    def told(self, news: News, told: Sequence[ToldRequest], of: str | None = None) -> Words:
        """What residents say is not fixed, or what they added to. `of`: as in `late`, and as slow."""
        lines = [
            self._said(
                "request", reference=one.reference, about=self._about(one), when=self._since(news, one.since)
            )
            for one in told[:MOST_NAMED]
        ]
        if rest := len(told) - len(lines):
            lines.append(self._said("more", count=rest))
        narrowed = {"news": str(news), **({"department": of} if of else {})}
        return self._mail(
            self._said(f"{news}_subject", city=self._city, count=len(told)),
            self._said(f"{news}_opening"),
            "\n".join(lines),
            self._link(f"{news}_link", f"/requests?{urlencode(narrowed)}"),
        )

    def mentioned(self, notes: Sequence[Mentioned]) -> Words:
        """Notes that name the reader and that they have not seen: which requests, and no word of a note. As slow as `late`."""
        lines = [
            self._said(
                "request",
                reference=one.request.reference,
                about=self._about(told_as(one.request, one.at)),
                when=self._said("mentioned_since", day=self._day(self._local(one.at))),
            )
            for one in notes[:MOST_NAMED]
        ]
        if rest := len(notes) - len(lines):
            lines.append(self._said("more", count=rest))
        return self._mail(
            self._said("mentioned_subject", city=self._city, count=len(notes)),
            self._said("mentioned_opening"),
            "\n".join(lines),
            self._link("mentioned_link", "/mentions"),
        )

    def week(self, week: Week) -> Words:
        """The figures of a week."""
        begins, ends = self._day(week.begins), self._day(week.ends)
        lines = [line for line in map(self._service, week.services) if line]
        services, rest = lines[:MOST_SERVICES], len(lines) - MOST_SERVICES
        if rest > 0:
            services.append(self._said("more", count=rest))
        return self._mail(
            self._said("week_subject", city=self._city, begins=begins),
            self._said("week_opening", begins=begins, ends=ends),
            "\n".join(self._figures(week.all)) if week.services else self._said("nothing"),
            "\n".join(services),
            self._link("week_link", f"/week?of={week.begins}"),
        )

    def danger(self, told_at: datetime, channel: str, conversation_id: int) -> Words:
        """That a resident told of danger, and nobody has said that they see to it."""
        told = told_at.astimezone(calendar().time_zone)
        link = self._link("danger_link", f"/conversations/{conversation_id}")
        opening = self._said("danger_opening", time=f"{told:%H:%M}", channel=_CHANNELS.get(channel, channel))
        closing = self._link("danger_closing_link", "/account#alarms") or self._said("danger_closing")
        parts = (opening, link or self._said("danger_number", number=conversation_id), closing)
        return Words(self._said("danger_subject", city=self._city), "\n\n".join(parts) + "\n")

    def test(self) -> Words:
        """That mail arrives, and nothing else."""
        return Words(self._said("test_subject", city=self._city), f"{self._said('test')}\n")

    def _mail(self, subject: str, *parts: str) -> Words:
        closing = self._link("closing_link", "/account") or self._said("closing")
        return Words(subject, "\n\n".join(part for part in (*parts, closing) if part) + "\n")

    def _department(self, department: LateDepartment, mailed: Collection[str] | None) -> Iterable[str]:
        name = department.name or self._said("no_department")
        yield self._said("department", department=name, standing=self._standing(department.promised))
        for request in department.requests:
            about, when = self._about(request), self._when(request)
            yield self._said("request", reference=request.reference, about=about, when=when)
        rest = department.promised.soon + department.promised.overdue - len(department.requests)
        if rest:
            yield self._said("more", count=rest)
        if department.name and mailed is not None and department.name not in mailed:
            yield self._said("nobody_mailed")

    def _standing(self, promised: Promised) -> str:
        counts = (("overdue", promised.overdue), ("soon", promised.soon))
        return ", ".join(self._said(name, count=count) for name, count in counts if count)

    def _about(self, request: LateRequest | ToldRequest) -> str:
        block = block_of(gazetteer(), request.address, request.point, request.location_kind, self.language)
        service = self._service_name(request.service_code)
        return f"{service}, {block.name}" if block and block.name else service

    def _since(self, news: News, at: datetime) -> str:
        return self._said(f"{news}_since", day=self._day(self._local(at)))

    def _local(self, at: datetime) -> date:
        return at.astimezone(calendar().time_zone).date()

    def _when(self, request: LateRequest) -> str:
        if request.standing is Standing.SOON:
            return self._said("due", day=self._day(request.due_on))
        return self._number("day_late", "days_late", (self.today - request.due_on).days)

    def _figures(self, figures: Figures) -> Iterable[str]:
        yield self._said("filed", count=figures.filed)
        if figures.median_days is None:
            yield self._said("done", count=figures.done)
        else:
            yield self._said("done_in", count=figures.done, days=self._working_days(figures.median_days))
        if figures.ended_otherwise:
            yield self._said("ended_otherwise", count=figures.ended_otherwise)
        if answers := figures.fixed + figures.not_fixed:
            yield self._said("answers", count=figures.fixed, all=answers)
        if figures.rating is not None:
            yield self._said("rating", rating=figures.rating)
        yield self._said("overdue_now", count=figures.overdue)

    def _service(self, one: ServiceWeek) -> str:
        """A line; "" for a service of which nothing but opinions came in, which the figures of all hold."""
        figures = one.figures
        parts = [
            self._said("service_filed", count=figures.filed) if figures.filed else "",
            self._said("service_done", count=figures.done) if figures.done else "",
            self._pace(one),
            self._said("service_otherwise", count=figures.ended_otherwise) if figures.ended_otherwise else "",
            self._said("overdue", count=figures.overdue) if figures.overdue else "",
        ]
        told = ", ".join(part for part in parts if part)
        return (
            self._said("service", service=self._service_name(one.service_code), figures=told) if told else ""
        )

    def _pace(self, one: ServiceWeek) -> str:
        if one.figures.median_days is None:
            return ""
        days = self._working_days(one.figures.median_days)
        if one.usual_days is None:
            return self._said("service_days", days=days)
        return self._said("service_usual", days=days, usual=one.usual_days)

    def _service_name(self, code: str) -> str:
        service = catalogue().services.get(code)
        return service.names.get(self.language, code) if service else code

    def _working_days(self, days: float) -> str:
        return self._number("working_day", "working_days", days)

    def _number(self, one: str, many: str, count: float) -> str:
        return self._said(one if count == 1 else many, count=f"{count:g}")

    def _day(self, day: date) -> str:
        return said(day, self.language, self.today)

    def _link(self, name: str, path: str) -> str:
        return self._said(name, link=f"{self.console}{path}") if self.console else ""

    @property
    def _city(self) -> str:
        return city().names[self.language]

    def _said(self, name: str, **parts: object) -> str:
        return mail_texts(self.language)[name].format(**parts)
