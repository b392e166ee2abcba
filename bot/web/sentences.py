"""Sentences for staff that are written down below the console, where the terminal reads them too.

They come here in English, some of them out of the database, and are said in the language of the page. What is none of them,
like the words of a provider, is said as it came. `tests/unit/web/test_language.py` holds that each is still written there.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.channels.twilio.errors import CODES
from bot.conversation.consent import Barrier
from bot.conversation.late_photos import Fault
from bot.web.language import mark, say

WRITTEN_BELOW = (
    # bot.web.console.not_told
    mark("does not want messages"),
    mark("does not want to hear of this request"),
    mark("could not be told"),
    # bot.city.entered
    mark("No place was entered."),
    mark("A place is told in %(most)s characters at most."),
    mark("This lies elsewhere, outside %(city)s."),
    mark("This lies in %(place)s, outside %(city)s."),
    mark("%(street)s is long: add a number or a cross street."),
    mark("%(street)s is long: add a number or a cross street, like %(examples)s."),
    mark("This is a whole area. Name an address, a corner, a park or a building."),
    mark(
        "This place was not found in %(city)s. Name an address, a corner, a park or a building, or enter coordinates."
    ),
    # bot.cases.staff
    mark("A username has 1 to 64 small letters, digits, dots, dashes or underscores."),
    mark("There is an account %(username)s already."),
    mark("This is the last administrator: make another account one first."),
    mark("An administrator reads the whole audit trail, so no department is kept from them."),
    mark("Who sees their own department alone has to be in one."),
    mark("A password has at least %(n)s characters."),
    mark("A password has at most %(n)s characters."),
    mark("A password is more than the username, the city's name or the like and a few characters."),
    mark("A password has at least four different characters."),
    mark("Very many people have this password, so it is tried first."),
    # bot.cases.mail_choices, bot.mail.address
    mark("Say which e-mail address it should go to."),
    mark("An e-mail address looks like ana.ruiz@example.gov."),
    # bot.cases.alerts
    mark("This time is over."),
    mark("Choose how far around it reaches."),
    mark("Write it in both languages: each resident is told in theirs."),
    mark("%(most)s characters at most, so that it fits a text."),
    # Notes that the system leaves in a history: bot.cases, bot.delivery.alerting
    mark("The resident answered."),
    mark("The resident answered after all: %(reference)s."),
    mark("Not fixed, says a resident: %(reference)s."),
    mark("Joined with %(reference)s."),
    mark("%(reference)s joined."),
    mark("%(reference)s was taken out."),
    mark("Known: %(words)s"),
    # bot.delivery
    mark("could not be handed over for a day"),
    mark("its credentials are not set"),
    mark("the carrier never said whether it arrived"),
    mark("the provider cannot be asked yet"),
    mark("it had not gone out"),
    mark("confirmed by looking it up"),
    mark("unconfirmed"),
    mark("its photo is not in the store"),
    mark("a picture could not be loaded"),
    mark("It did not go out before the evening."),
    mark("The worker ended while it was handed over: it may have gone out, and is not sent again."),
    # bot.mail.outcomes
    mark("The mail server does not answer."),
    mark("The mail server does not speak TLS as CITYLINE_SMTP_URL says."),
    mark("The mail server's certificate is not one we trust for that name."),
    mark("The mail server refuses this e-mail address (%(code)s)."),
    mark("The mail server refuses this mail (%(code)s)."),
    mark("The mail server refuses the log-in of CITYLINE_SMTP_URL (%(code)s)."),
    mark("The mail server refuses the sender CITYLINE_MAIL_FROM (%(code)s)."),
    mark("The mail server refuses to talk with us (%(code)s)."),
)
SENTENCES = (
    *(barrier.sentence for barrier in Barrier),
    *(f"the resident {barrier.sentence}" for barrier in Barrier),
    *(fault.sentence for fault in Fault),
    *sorted({code.detail for code in CODES.values()}),
)
_KNOWN = frozenset((*SENTENCES, *(one for one in WRITTEN_BELOW if "%(" not in one)))
_PLACE = re.compile(r"%\((\w+)\)s")
# What stands in a place; of a reference nothing else, or a note of staff could be taken for one of ours.
_REFERENCE, _ANYTHING = r"[A-Z]{1,5}-[A-Z0-9]{4,12}", ".+"


def said(sentence: str) -> str:
    """A sentence in the language that is spoken; of `sentence: detail` whichever of the two is known."""
    if sentence in _KNOWN:
        return say(sentence)
    for written, pattern in _with_places():
        if found := pattern.fullmatch(sentence):
            return say(written, **found.groupdict())
    first, colon, rest = sentence.partition(": ")
    return f"{say(first)}{colon}{said(rest)}" if colon and first in _KNOWN else sentence


@lru_cache(maxsize=1)
def _with_places() -> list[tuple[str, re.Pattern[str]]]:
    """Those in which something is named, the most particular first, each with what finds it filled in."""
    found = [one for one in WRITTEN_BELOW if "%(" in one]
    return [(one, re.compile(_as_pattern(one))) for one in sorted(found, key=len, reverse=True)]


def _as_pattern(written: str) -> str:
    parts = _PLACE.split(written)
    return "".join(
        f"(?P<{part}>{_REFERENCE if part == 'reference' else _ANYTHING})" if odd % 2 else re.escape(part)
        for odd, part in enumerate(parts)
    )
