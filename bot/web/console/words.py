"""The page "Words": how residents are told of their requests, with a preview of what it costs, and everything that was said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cases.telling import ASKING, MustBeAskedError, UnknownMoveError, Whom, all_rules, set_rule
from bot.city.current import city
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
)
from bot.db.session import transaction
from bot.web.access import Posted, admin, administering
from bot.web.console.handover import count_waiting
from bot.web.console.people import staff_names
from bot.web.templating import render

router = APIRouter(prefix="/console/words", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Field:
    """One language of the form: the words as they stand in it, and how they would read."""

    language: str
    words: Words  # as they are said now
    entered: str
    built_in: str
    preview: Preview
    problems: tuple[Problem, ...]


@router.get("", dependencies=[Depends(admin)])
async def words_list(request: Request) -> Response:
    """All words that can be edited, as they are said now."""
    async with transaction() as session:
        found = await all_words(session, city().languages)
        rules = await all_rules(session)
        names, waiting = await staff_names(session), await count_waiting(session)
    by_key = {key: [words for words in found if words.key == key] for key in RESPONSES}
    context = {"keys": by_key, "rules": rules, "names": names, "waiting": waiting}
    return render(request, "words/list.html", context)


@router.get("/{key}", dependencies=[Depends(admin)])
async def words_page(request: Request, key: str, saved: bool = False) -> Response:
    """One key: its words in both languages, and its history."""
    return await _page(request, key, {}, saved=saved)


@router.post("/{key}")
async def save_words(request: Request, key: str, post: Posted = Depends(administering)) -> Response:
    """Save the words of all languages together or none; `do=preview` only shows them, `do=reset:<language>` takes one back."""
    _known_or_404(key)
    do = post.text("do")
    entered = {language: post.text(f"text_{language}") for language in city().languages}
    if do == "preview":
        return await _page(request, key, entered)
    try:
        async with transaction() as session:
            await _save(session, key, do, entered, post.login.staff.author)
    except UnknownWordsError:
        raise HTTPException(422) from None
    except WordsRefusedError:
        return await _page(request, key, entered, refused=True, status=422)
    return RedirectResponse(f"/console/words/{key}?saved=true", 303)


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
    entered = post.text(f"text_{language}")
    try:
        built = words_built_in(key, language)
    except UnknownWordsError:
        raise HTTPException(404) from None
    return render(request, "words/_preview.html", {"field": _field(key, language, entered, built)})


async def _save(session: AsyncSession, key: str, do: str, entered: Mapping[str, str], author: str) -> None:
    if do.startswith("reset:"):
        await reset_words(session, key, do.removeprefix("reset:"), author)
        return
    for language, words in entered.items():
        await set_words(session, key, language, words, author)


async def _page(
    request: Request,
    key: str,
    entered: Mapping[str, str],
    *,
    saved: bool = False,
    refused: bool = False,
    status: int = 200,
) -> Response:
    _known_or_404(key)
    async with transaction() as session:
        now = {
            words.language: words for words in await all_words(session, city().languages) if words.key == key
        }
        edits = await edits_of(session, key)
        rule = (await all_rules(session)).get(key)
        names, waiting = await staff_names(session), await count_waiting(session)
    fields = [
        _field(key, language, entered.get(language, words.text), words_built_in(key, language), words)
        for language, words in now.items()
    ]
    context = {
        "key": key,
        "rule": rule,
        "asks": key in ASKING,
        "whom": tuple(Whom),
        "fields": fields,
        "named": (*fields_of(fields[0].built_in), *sorted(OF_THE_CITY)),
        "edits": edits,
        "saved": saved,
        "refused": refused,
        "names": names,
        "waiting": waiting,
        "most_characters": MOST_CHARACTERS,
        "most_parts": MOST_PARTS,
    }
    return render(request, "words/page.html", context, status=status)


def _field(key: str, language: str, entered: str, built: str, words: Words | None = None) -> Field:
    tidy = tidied(entered)
    now = words or Words(key, language, built)
    return Field(language, now, entered, built, preview(tidy, language), problems_of(built, tidy, language))


def _known_or_404(key: str) -> None:
    if key not in RESPONSES:
        raise HTTPException(404)
