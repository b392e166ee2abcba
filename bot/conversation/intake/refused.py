"""What a refusal does to a draft: the service is not guessed again, and what else the words point to is weighed."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.intake import places
from bot.conversation.intake.draft import Draft, HalfService
from bot.conversation.intake.naming import singular
from bot.conversation.intake.refusing import (
    changes_it,
    is_denied,
    is_not_so,
    is_refused,
    names_in,
    only_its_state,
    says_none,
    told_besides,
)
from bot.conversation.intake.services import (
    ASKED_ENOUGH,
    CATCH_ALL,
    HEARD,
    PLAINLY,
    SURE,
    likely_services,
    names_service,
    of_service,
    sure_service,
    without_service,
    worth_a_menu,
)
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess, Turn
from bot.text.fold import fold

MOST_HEARD = 5  # guesses kept of all words so far
# What was said before counts less than what is said now; the share of a refused service goes to the others, up to so many times theirs.
BEFORE = 0.8
MOST_TIMES = 3.0
TELLS = 3  # words beside a refusal that say what it is


def with_refusals(draft: Draft, setting: Setting) -> tuple[Draft, Setting]:
    """The draft with what the turn says it is not, and the turn without the guesses that are refused."""
    turn = setting.turn
    if turn.choice is not None or turn.edited or not turn.text:
        return draft, setting
    now = _refused_now(draft, setting)
    if now:
        refused = tuple(dict.fromkeys((*draft.refused, *now)))
        draft = replace(draft, refused=refused, unclear=draft.unclear + 1)
    if not draft.refused:
        return draft, setting
    left = replace(turn, guesses=_left(turn.guesses, draft.refused), problems=())
    return draft, replace(setting, turn=left)


def without_what_refuses(before: Draft, after: Draft, setting: Setting) -> Draft:
    """The draft whose new words leave out the clauses that only refuse something: to staff they say nothing of the matter."""
    told = before.description
    if not after.refused or not after.description.startswith(told) or after.description == told:
        return after
    more = told_besides(after.description[len(told) :].strip(), after.refused, setting)
    return replace(after, description=f"{told}\n{more}".strip())


def with_heard(draft: Draft, turn: Turn) -> Draft:
    """The draft with what the words of the turn point to beside those before."""
    return replace(draft, heard=_together(turn.guesses, draft.heard)[:MOST_HEARD])


def instead_of(draft: Draft, setting: Setting) -> Draft:
    """The draft of what is meant instead of a service that is refused: what the words now and before point to, a menu where that
    leaves a choice; after a second refusal, or where they are like nothing we know, whatever staff make of the words themselves."""
    turn = setting.turn
    first = draft.unclear < ASKED_ENOUGH  # after a second one only what is named, or almost sure, is no guess
    both = replace(turn, guesses=_together(turn.guesses, _left(draft.heard, draft.refused)), vague=False)
    both = replace(both, guesses=tuple(guess for guess in both.guesses if guess.code != CATCH_ALL))
    named = [guess.code for guess in both.guesses if names_service(turn.text, guess.code, setting)]
    code = named[0] if len(named) == 1 else _meant_before(draft, turn) or sure_service(turn, setting)
    code = code or sure_service(both, setting)
    surely = code is not None and (len(named) == 1 or both.guesses[0].confidence >= PLAINLY)
    if code is not None and (first or surely):
        return of_service(draft, code)
    if first and not tells_instead(draft, setting):
        return without_service(draft)
    offers = likely_services(both, setting)
    offered_before = draft.half_service.codes if draft.half_service else ()
    if first and len(offers) > 1 and worth_a_menu(both, offers) and not offered_before:
        return replace(draft, service=None, half_service=HalfService(offers))
    return of_service(draft, CATCH_ALL)


def _meant_before(draft: Draft, turn: Turn) -> str | None:
    """The service that words before surely meant and nobody refused, where the words now may mean it as well."""
    now = {guess.code for guess in turn.guesses}
    sure = (
        guess.code for guess in draft.heard if guess.confidence >= SURE and guess.code not in draft.refused
    )
    return next((code for code in sure if code in now and code != CATCH_ALL), None)


def tells_instead(draft: Draft, setting: Setting) -> bool:
    """Whether words beside the refusal say what it is."""
    return len(told_besides(setting.turn.text, draft.refused, setting).split()) >= TELLS


def _refused_now(draft: Draft, setting: Setting) -> tuple[str, ...]:
    """The services that the words say it is not: the draft's, or of those on offer."""
    turn = setting.turn
    offered = _offered(draft, setting)
    if offered and says_none(turn.text):
        return offered
    if draft.service is not None:
        code = draft.service
        if _refuses_what_is_read_back(draft, setting):
            return (code,)
        return (code,) if _is_not_it(code, setting) and not _is_about_the_place(code, draft, setting) else ()
    return tuple(code for code in offered if _is_not_it(code, setting))


def _refuses_what_is_read_back(draft: Draft, setting: Setting) -> bool:
    """Whether words refuse the kind without naming it, where the report was read back: "none of those, it is ...", "change it to ..."."""
    if draft.open is None or draft.open.slot != "confirmation" or draft.location is None:
        return False
    text = setting.turn.text
    elsewhere = places.corrected_place(draft, setting).location
    return says_none(text) or (changes_it(text) and elsewhere is None)


def _is_not_it(code: str, setting: Setting) -> bool:
    turn = setting.turn
    if sure_service(turn, setting) in (None, code) and only_its_state(turn.text):
        return False  # "the drain isn't clogged, they pour oil into it"
    return (
        is_denied(turn, code, setting)
        or is_not_so(turn.text, code, setting)
        or is_refused(turn.text, code, setting)
    )


def _is_about_the_place(code: str, draft: Draft, setting: Setting) -> bool:
    """Whether what is said not to be it is the place: "no not the pier, muscle beach", of a "beach or pier problem"."""
    if draft.location is None:
        return False
    found = places.corrected_place(draft, setting)
    if found.location is None:
        return False
    of_place = set(fold(f"{draft.location.name} {found.used} {found.location.name}").split())
    return names_in(setting.turn.text, code, setting) <= singular(of_place)


def _offered(draft: Draft, setting: Setting) -> tuple[str, ...]:
    left = draft.half_service
    if left is None or draft.service is not None:
        return ()
    if left.group is None:
        return left.codes
    known = any(group.code == left.group for group in setting.catalogue.groups)
    return tuple(service.code for service in setting.catalogue.in_group(left.group)) if known else ()


def _left(guesses: tuple[Guess, ...], refused: tuple[str, ...]) -> tuple[Guess, ...]:
    """The guesses without those refused, whose share the others take."""
    gone = sum(guess.confidence for guess in guesses if guess.code in refused)
    times = min(MOST_TIMES, 1 / max(1 - gone, HEARD))
    return tuple(
        replace(guess, confidence=min(1.0, guess.confidence * times))
        for guess in guesses
        if guess.code not in refused
    )


def _together(now: tuple[Guess, ...], before: tuple[Guess, ...]) -> tuple[Guess, ...]:
    """What two texts point to, best first."""
    shares: dict[str, float] = {}
    for guesses, weight in ((now, 1.0), (before, BEFORE)):
        for guess in guesses:
            shares[guess.code] = shares.get(guess.code, 0.0) + weight * guess.confidence
    best = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(Guess(code, min(1.0, share)) for code, share in best)
