"""The pages "The city": what staff change of services, departments, calendar, answers and settings, with a preview and all that was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.city.current import served
from bot.city.edits import NO_EDITS, ORDER, REMOVED, Edit, Edits, Path, entry_of, found_at, path_of
from bot.db.session import transaction
from bot.editing.fields import Fault, Field, entered_in
from bot.editing.files import file_of
from bot.editing.follow import follow
from bot.editing.kind import Entry, Kind, patch_of
from bot.editing.kinds import KINDS
from bot.editing.store import Change, ChangedMeanwhileError, EditRefusedError, change, changes_of, in_force
from bot.web.access import Posted, admin, administering
from bot.web.console.editing_form import entries_of, read_form, rows_of
from bot.web.console.editing_words import KINDS as CALLED
from bot.web.console.editing_words import base_of, label_of, option_of
from bot.web.console.people import staff_names
from bot.web.templating import render

router = APIRouter(prefix="/console/city", include_in_schema=False)

HERE = "/console/city"
LONGEST_REASON = 200


@router.get("", dependencies=[Depends(admin)])
async def kinds_page(request: Request) -> Response:
    """Everything that can be changed, and what is otherwise than in the city's files."""
    async with transaction() as session:
        changed = await in_force(session)
        names = await staff_names(session)
    kinds = [(kind, *CALLED[kind.code], entries_of(kind), _of_kind(changed, kind)) for kind in KINDS.values()]
    return render(request, "editing/kinds.html", {"kinds": kinds, "names": names})


@router.get("/{code}", dependencies=[Depends(admin)])
async def entries_page(request: Request, code: str, done: str = "", q: str = "") -> Response:
    """The entries of one kind; of a kind that is one form, that form."""
    kind = _kind_or_404(code)
    listed = entries_of(kind, q)
    if kind.is_one_form:
        return RedirectResponse(f"{HERE}/{code}/entry?at={quote(entries_of(kind)[0].entry)}", 303)
    async with transaction() as session:
        changed = {one.path: one for one in _of_kind(await in_force(session), kind)}
        names = await staff_names(session)
    gone = [one for path, one in changed.items() if one.patch == REMOVED]
    called, hint = CALLED[code]
    context = {"kind": kind, "called": called, "hint": hint, "listed": listed, "changed": changed}
    return render(
        request, "editing/entries.html", {**context, "gone": gone, "names": names, "done": done, "q": q}
    )


@router.get("/{code}/entry", dependencies=[Depends(admin)])
async def entry_page(request: Request, code: str, at: str = "", saved: bool = False) -> Response:
    """The form of one entry, what residents read of it, and its history."""
    return await _page(request, _kind_or_404(code), path_of(at), saved=saved)


@router.post("/{code}/entry")
async def save_entry(
    request: Request, code: str, at: str = "", post: Posted = Depends(administering)
) -> Response:
    """`do`: save, preview, back (as the file has it), remove, restore:<change>, earlier:<question>."""
    kind, path, do = _kind_or_404(code), path_of(at), post.text("do")
    entry, of_file = _entry_or_404(kind, path)
    fields = kind.fields(entry, served())
    entered = read_form(fields, post)
    async with transaction() as session:
        earlier = await changes_of(session, kind.file, path)
    patch: Mapping[str, Any] | None
    if do in ("save", "preview"):
        before = earlier[0].patch if earlier else None
        patch, faults = patch_of(fields, entered, of_file or {}, before or {})
        if faults or do == "preview":
            tried = None if faults else patch
            status = 422 if faults else 200
            return await _page(
                request, kind, path, entered=entered, faults=faults, tried=tried, status=status
            )
    else:
        patch = _without_form(do, entry, earlier)
    seen = next(iter(post.numbers("seen")), 0)
    try:
        await _change(kind, path, patch, post, seen=seen)
    except EditRefusedError as error:
        return await _page(request, kind, path, entered=entered, problems=error.problems, status=422)
    except ChangedMeanwhileError as error:
        return await _page(request, kind, path, entered=entered, changed_by=error.by, status=409)
    still_there = found_at(file_of(kind, served().pack, served().edits), path) is not None
    to = f"{HERE}/{code}/entry?saved=true&at={quote(at)}" if still_there else f"{HERE}/{code}?done=removed"
    return RedirectResponse(to, 303)


@router.post("/{code}/put-back")
async def put_back(code: str, at: str = "", post: Posted = Depends(administering)) -> Response:
    """Have an entry of the city's files again that was taken out."""
    kind, path = _kind_or_404(code), path_of(at)
    if found_at(file_of(kind, served().pack), path) is None:
        raise HTTPException(404)
    try:
        await _change(kind, path, None, post)
    except EditRefusedError:
        raise HTTPException(422) from None
    return RedirectResponse(f"{HERE}/{code}/entry?saved=true&at={quote(at)}", 303)


@router.get("/{code}/new", dependencies=[Depends(admin)])
async def new_page(request: Request, code: str, at: str = "") -> Response:
    """The form of an entry that is to be added."""
    return _new_page(request, _kind_or_404(code), at, {})


@router.post("/{code}/new")
async def add_entry(
    request: Request, code: str, at: str = "", post: Posted = Depends(administering)
) -> Response:
    kind = _kind_or_404(code)
    if kind.new is None or kind.place_of_new is None:
        raise HTTPException(404)
    fields = kind.new(served())
    entered = read_form(fields, post)
    patch, faults = patch_of(fields, entered, {}, {})
    if faults:
        return _new_page(request, kind, at, entered, faults=faults, status=422)
    path = kind.place_of_new(patch, at)
    if found_at(file_of(kind, served().pack, served().edits), path) is not None:
        return _new_page(request, kind, at, entered, is_there=path[-1], status=422)
    patch.pop("name" if isinstance(patch.get("name"), str) else "", None)  # its place says it
    try:
        await _change(kind, path, patch, post)
    except EditRefusedError as error:
        return _new_page(request, kind, at, entered, problems=error.problems, status=422)
    return RedirectResponse(f"{HERE}/{code}/entry?saved=true&at={quote(entry_of(path))}", 303)


@router.post("/{code}/preview")
async def live_preview(
    request: Request, code: str, at: str = "", post: Posted = Depends(administering)
) -> Response:
    """What residents would read of the words being typed. Posted, so that they are in no address and no log."""
    kind, path = _kind_or_404(code), path_of(at)
    entry, of_file = _entry_or_404(kind, path)
    fields = kind.fields(entry, served())
    patch, _ = patch_of(fields, read_form(fields, post), of_file or {}, {})
    return render(request, "editing/_said.html", {"said": _said(kind, _with(patch, of_file))})


async def _page(
    request: Request,
    kind: Kind,
    path: Path,
    *,
    entered: Mapping[str, str] | None = None,
    faults: Mapping[str, Fault] | None = None,
    tried: Mapping[str, Any] | None = None,
    problems: Sequence[str] = (),
    changed_by: str = "",
    saved: bool = False,
    status: int = 200,
) -> Response:
    entry, of_file = _entry_or_404(kind, path)
    fields = kind.fields(entry, served())
    async with transaction() as session:
        history = await changes_of(session, kind.file, path)
        names = await staff_names(session)
    shown = _with(tried, of_file) if tried is not None else entry
    now = entered_in(fields, entry)
    context = {
        "kind": kind,
        "called": CALLED[kind.code][0],
        "at": entry_of(path),
        "title": kind.title(entry, path, request.state.login.staff.language or "en"),
        "rows": rows_of(fields, entered if entered is not None else now, of_file, faults or {}),
        "now": now if changed_by else {},
        "said": _said(kind, shown),
        "is_of_file": of_file is not None,
        "is_changed": bool(history and history[0].patch is not None),
        "seen": history[0].id if history else 0,
        "history": [(one, _differences(fields, one)) for one in history],
        "questions": _questions(kind, path, entry),
        "problems": problems,
        "refused": bool(faults or problems),
        "changed_by": changed_by,
        "saved": saved,
        "names": names,
        "longest_reason": LONGEST_REASON,
        "option_of": option_of,
    }
    return render(request, "editing/entry.html", context, status=status)


def _new_page(
    request: Request,
    kind: Kind,
    at: str,
    entered: Mapping[str, str],
    *,
    faults: Mapping[str, Fault] | None = None,
    problems: Sequence[str] = (),
    is_there: str = "",
    status: int = 200,
) -> Response:
    if kind.new is None:
        raise HTTPException(404)
    rows = rows_of(kind.new(served()), entered, None, faults or {})
    context = {
        "kind": kind,
        "called": CALLED[kind.code][0],
        "at": at,
        "rows": rows,
        "problems": problems,
        "is_there": is_there,
        "refused": bool(faults or problems or is_there),
        "longest_reason": LONGEST_REASON,
        "option_of": option_of,
    }
    return render(request, "editing/new.html", context, status=status)


async def _change(
    kind: Kind, path: Path, patch: Mapping[str, Any] | None, post: Posted, *, seen: int | None = None
) -> None:
    author, reason = post.login.staff.author, post.text("reason")[:LONGEST_REASON]
    async with transaction() as session:
        await change(session, kind.file, path, patch, author, reason=reason, seen=seen)
    await follow()  # so that the next page shows it; other processes hear of it by themselves


def _without_form(do: str, entry: Entry, earlier: Sequence[Change]) -> Mapping[str, Any] | None:
    """The patch that a button asks for whose form is not read."""
    act, _, which = do.partition(":")
    before = dict(earlier[0].patch or {}) if earlier else {}
    if act == "back":
        return None
    if act == "remove":
        return REMOVED
    if act == "restore":
        found = next((one for one in earlier if str(one.id) == which), None)
        if found is not None:
            return found.patch
    if act == "earlier":
        codes = [str(question["code"]) for question in entry.get("questions") or ()]
        if which in codes[1:]:
            place = codes.index(which)
            codes[place - 1 : place + 1] = codes[place], codes[place - 1]
            return {**before, "questions": {**before.get("questions", {}), ORDER: codes}}
    raise HTTPException(422)


def _with(patch: Mapping[str, Any], of_file: Entry | None) -> Entry:
    """An entry as it would be with a patch."""
    entry = deepcopy(dict(of_file or {}))
    Edits((Edit("", (), patch),)).lay_over("", entry)
    return entry


def _said(kind: Kind, entry: Entry) -> list[tuple[str, Any]]:
    """Language → what residents read."""
    if kind.said is None:
        return []
    return [(language, kind.said(entry, language)) for language in served().city.languages]


def _questions(kind: Kind, path: Path, entry: Entry) -> list[tuple[str, Entry]]:
    """The follow-up questions of a service, each with its address."""
    if kind.code != "services":
        return []
    return [
        (entry_of((*path, "questions", str(question["code"]))), question)
        for question in entry.get("questions") or ()
    ]


def _differences(fields: Sequence[Field], one: Change) -> list[tuple[str, str, str]]:
    """Label, language and value of each field that a change has otherwise than the file."""
    found = []
    for field in fields:
        value: Any = one.patch or {}
        for step in field.path:
            if not isinstance(value, Mapping) or step not in value:
                break
            value = value[step]
        else:
            found.append((label_of(base_of(field)), field.language, option_of(field.shown(value))))
    return found


def _entry_or_404(kind: Kind, path: Path) -> tuple[Entry, Entry | None]:
    """An entry as it is in force, and as its file has it (None: added by staff)."""
    root = file_of(kind, served().pack, served().edits)
    if path not in set(kind.places(root)):
        raise HTTPException(404)
    entry = found_at(root, path)
    of_file = found_at(file_of(kind, served().pack), path)
    return entry, of_file


def _of_kind(changed: Sequence[Change], kind: Kind) -> list[Change]:
    """Those of the changes that are of its entries, those that were taken out among them."""
    edits = (served().edits, NO_EDITS)
    places = {path for one in edits for path in kind.places(file_of(kind, served().pack, one))}
    return [one for one in changed if one.file == kind.file and one.path in places]


def _kind_or_404(code: str) -> Kind:
    if code not in KINDS:
        raise HTTPException(404)
    return KINDS[code]
