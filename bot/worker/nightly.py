"""What a worker does once in a while: takeovers that were forgotten, missed promises, reminders, mail to staff and departments, what ends by itself, the
nightly sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.conversation.review.facts import keep_facts
from bot.conversation.takeovers import hand_back_forgotten
from bot.db.session import transaction
from bot.delivery.danger_mail import mail_danger
from bot.delivery.ends import end_by_themselves
from bot.delivery.mailbox.send import mail_mailboxes
from bot.delivery.missing_receipts import ask_for_receipts
from bot.delivery.number_lists import read_number_lists
from bot.delivery.push import tell_of_delays
from bot.delivery.reminders import remind
from bot.delivery.staff_mail.send import mail_staff
from bot.insight.counting import count_figures
from bot.keeping.clocks import Clock
from bot.keeping.sweep import claim_night, sweep
from bot.settings import settings
from bot.worker.clocks import Work
from bot.worker.services import Services
from bot.worker.teaching import begin_trainings


def clocks(services: Services) -> Mapping[Clock, Work]:
    """What each clock does; that of `bot.worker.recovery` goes with the jobs."""

    async def takeovers(now: datetime) -> None:
        await hand_back_forgotten(services.settings, now)

    async def promises(now: datetime) -> None:
        async with transaction() as session:
            await tell_of_delays(session, now)

    async def endings(now: datetime) -> None:
        async with transaction() as session:
            await end_by_themselves(session, settings(), now)

    async def reminders(now: datetime) -> None:
        async with transaction() as session:
            await remind(session, settings(), now)

    async def receipts(now: datetime) -> None:
        await ask_for_receipts(services.providers, now)

    async def numbers(now: datetime) -> bool:
        return await read_number_lists(services.providers, now)

    async def mail(now: datetime) -> None:
        await mail_danger(services.settings, now)
        await mail_staff(services.settings, now)

    async def mailboxes(now: datetime) -> None:
        await mail_mailboxes(services.settings, now)

    async def figures(now: datetime) -> bool:
        return await count_figures(now)

    async def facts(now: datetime) -> None:
        await keep_facts(now)

    async def teaching(now: datetime) -> None:
        await begin_trainings(services.settings, now)

    async def night(now: datetime) -> bool:
        if not await claim_night(now):
            return False
        await sweep(settings(), services.photos)
        return True

    return {
        Clock.TAKEOVERS: takeovers,
        Clock.PROMISES: promises,
        Clock.ENDINGS: endings,
        Clock.REMINDERS: reminders,
        Clock.RECEIPTS: receipts,
        Clock.NUMBERS: numbers,
        Clock.MAIL: mail,
        Clock.MAILBOXES: mailboxes,
        Clock.FIGURES: figures,
        Clock.FACTS: facts,
        Clock.TEACHING: teaching,
        Clock.NIGHT: night,
    }
