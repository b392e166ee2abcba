"""Every kind of thing that staff can change, in the order of the page that lists them. A new one is a file here and a line below."""

from __future__ import annotations

from collections.abc import Mapping

from bot.editing.kind import Kind
from bot.editing.kinds import (
    answers,
    calendar,
    departments,
    follow_ups,
    help,
    holidays,
    keeping,
    ready_words,
    services,
    telling,
)

KINDS: Mapping[str, Kind] = {
    module.KIND.code: module.KIND
    for module in (
        services,
        follow_ups,
        departments,
        help,
        calendar,
        holidays,
        answers,
        ready_words,
        telling,
        keeping,
    )
}
