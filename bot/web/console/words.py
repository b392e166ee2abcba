"""The page "Words": how residents are told of their requests, with a preview of what it costs, and everything that was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.telling import ASKING, MustBeAskedError, UnknownMoveError, Whom, all_rules, set_rule
from bot.city.current import catalogue, city
from bot.conversation.worded import (
    MOST_CHARACTERS,
    MOST_PARTS,
    OF_THE_CITY,
    Preview,
    Problem,
    fields_of,
    preview,
    problems_of,
    tidied,
)
from bot.conversation.wording_fields import MAY_NAME
from bot.conversation.wordings import (
    RESPONSES,
    UnknownWordsError,
    Words,
    WordsRefusedError,
    all_words,
    edits_of,
    reset_words,
    set_words,
    words_built_in,
    words_of_services,
    words_said,
)
from bot.db.session import transaction
from bot.web.access import Posted, admin, administering
from bot.web.console.people import staff_names
from bot.web.templating import in_language, render

router = APIRouter(prefix="/console/words", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Field:
    """One language of the form: the words as they stand in it, and how they would read."""

    language: str
    words: Words  # as they are said now
    entered: str
    without: str  # what is said where these words are taken back: the built-in ones, or those of all services
    preview: Preview
    problems: tuple[Problem, ...]


@router.get("", dependencies=[Depends(admin)])
async def words_list(request: Request) -> Response:
    """All words that can be edited, as they are said now."""
    async with transaction() as session:
        found = await all_words(session, city().languages)
        of_services = await words_of_services(session)
        rules = await all_rules(session)
        names = await staff_names(session)
    by_key = {key: [words for words in found if words.key == key] for key in RESPONSES}
    services = {key: _services(words for words in of_services if words.key == key) for key in RESPONSES}
    context = {"keys": by_key, "services": services, "rules": rules, "names": names}
    return render(request, "words/list.html", context)


@router.get("/{key}", dependencies=[Depends(admin)])
async def words_page(request: Request, key: str, saved: bool = False, service: str = "") -> Response:
    """One key, of all services or of one: its words in both languages, and its history."""
    return await _page(request, key, service, {}, saved=saved)


@router.post("/{key}")
async def save_words(request: Request, key: str, post: Posted = Depends(administering)) -> Response:
    """Save the words of all languages together or none; `do=preview` only shows them, `do=reset:<language>` takes one back."""
    service = post.text("service")
    _known_or_404(key, service)
    do = post.text("do")
    entered = {language: post.text(f"text_{language}") for language in city().languages}
    if do == "preview":
        return await _page(request, key, service, entered)
    try:
        async with transaction() as session:
            await _save(session, key, service, do, entered, post.login.staff.author)
    except UnknownWordsError:
        raise HTTPException(422) from None
    except WordsRefusedError:
        return await _page(request, key, service, entered, refused=True, status=422)
    of_service = f"&service={quote(service)}" if service else ""
    return RedirectResponse(f"/console/words/{key}?saved=true{of_service}", 303)


@router.post("/{key}/told")
async def save_rule(request: Request, key: str, post: Posted = Depends(administering)) -> Response:
    """Save who is told of this move, and whether at night too."""
    _known_or_404(key)
    try:
        whom = Whom(post.text("whom"))
        async with transaction() as session:
            await set_rule(session, key, whom, post.login.staff.author, urgent=post.text("urgent") == "yes")
    except UnknownMoveError:
        raise HTTPException(404) from None
    except (ValueError, MustBeAskedError):
        raise HTTPException(422) from None
    return RedirectResponse(f"/console/words/{key}?saved=true", 303)


@router.post("/{key}/preview/{language}")
async def live_preview(
    request: Request, key: str, language: str, post: Posted = Depends(administering)
) -> Response:
    """How the words being typed read and what they cost. Posted, so that they are in no address and no log."""
    service = post.text("service")
    _known_or_404(key, service)
    try:
        built = words_built_in(key, language)
    except UnknownWordsError:
        raise HTTPException(404) from None
    words = Words(key, language, built, service)
    field = _field(words, service, post.text(f"text_{language}"), built)
    return render(request, "words/_preview.html", {"field": field})


async def _save(
    session: AsyncSession, key: str, service: str, do: str, entered: Mapping[str, str], author: str
) -> None:
    if do.startswith("reset:"):
        await reset_words(session, key, do.removeprefix("reset:"), author, service)
        return
    for language, words in entered.items():
        await set_words(session, key, language, words, author, service)


async def _page(
    request: Request,
    key: str,
    service: str,
    entered: Mapping[str, str],
    *,
    saved: bool = False,
    refused: bool = False,
    status: int = 200,
) -> Response:
    _known_or_404(key, service)
    async with transaction() as session:
        now = [await words_said(session, key, one, service) for one in city().languages]
        of_all = {one: (await words_said(session, key, one)).text for one in city().languages}
        edits = await edits_of(session, key, service)
        of_services = await words_of_services(session, key)
        rule = (await all_rules(session)).get(key)
        names = await staff_names(session)
    fields = [
        _field(
            words,
            service,
            entered.get(words.language, words.text),
            of_all[words.language] if service else words_built_in(key, words.language),
        )
        for words in now
    ]
    needed = fields_of(words_built_in(key, fields[0].language))
    also = sorted(MAY_NAME.get(key, frozenset()) - {*needed})
    context = {
        "key": key,
        "service": service,
        "groups": [
            (in_language(group.names), catalogue().in_group(group.code)) for group in catalogue().groups
        ],
        "services": _services(of_services),
        "rule": None if service else rule,
        "asks": key in ASKING,
        "whom": tuple(Whom),
        "fields": fields,
        "named": (*needed, *sorted(OF_THE_CITY)),
        "also": also,
        "edits": edits,
        "saved": saved,
        "refused": refused,
        "names": names,
        "most_characters": MOST_CHARACTERS,
        "most_parts": MOST_PARTS,
    }
    return render(request, "words/page.html", context, status=status)


def _field(words: Words, service: str, entered: str, without: str) -> Field:
    tidy, key, language = tidied(entered), words.key, words.language
    problems = problems_of(words_built_in(key, language), tidy, language, MAY_NAME.get(key, ()), service)
    return Field(language, words, entered, without, preview(tidy, language, service), problems)


def _services(words: Iterable[Words]) -> tuple[str, ...]:
    """The services that have words of their own, each once, in the pack's order."""
    return tuple(dict.fromkeys(one.service for one in words))


def _known_or_404(key: str, service: str = "") -> None:
    if key not in RESPONSES or (service and service not in catalogue().services):
        raise HTTPException(404)
