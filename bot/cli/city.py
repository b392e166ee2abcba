"""`cityline city`: make, check and try city packs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.output import console, print_json, print_table

if TYPE_CHECKING:
    from bot.city.check import ClippedNames
    from bot.city.location import Location, Resolution
    from bot.editing.store import Change

app = typer.Typer(
    help="Make, check and try city packs: streets, places and services of a city.", no_args_is_help=True
)

Sources = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, help="GeoJSON of streets, boundary, areas; CSV of places."),
]
SourceName = Annotated[str, typer.Option("--source", help="Whose data it is; kept inside the pack.")]


@app.command()
def build(
    sources: Sources,
    out: Annotated[Path, typer.Option("--out", help="Folder of the pack.")],
    source: SourceName = "open data",
) -> None:
    """Compile open data into a pack's tables; its hand-kept files stay as they are."""
    from bot.city.build import build_pack

    built = build_pack(sources, out, source)
    console().print(
        f"{out}: {built.streets} streets in {built.segments} segments, {built.areas} areas, {built.places} places."
    )


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The city's name.")],
    sources: Sources,
    out: Annotated[Path, typer.Option("--out", help="Folder of the new pack.")],
    source: SourceName = "open data",
) -> None:
    """Start a pack for another city: its tables, and starters of the files kept by hand."""
    from bot.city.build import start_pack

    built = start_pack(name, sources, out, source)
    console().print(f"{out}: {built.streets} streets, {built.areas} areas, {built.places} places.")
    console().print(
        "Now edit city.yml, calendar.yml, services.yml and names.yml there, then run: cityline city check "
        + str(out)
    )


@app.command()
def check(
    pack: Annotated[
        Path | None, typer.Argument(help="Folder of the pack; the configured city without.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
    notices: Annotated[bool, typer.Option(help="Show also what is only odd.")] = True,
    clipped: Annotated[
        bool,
        typer.Option("--clipped", help="Show the clipped names of streets instead, and which are ambiguous."),
    ] = False,
) -> None:
    """Examine a pack: every street reachable, ranges sane, every service routed, texts complete. Exit code 1 on errors."""
    from bot.city.check import Level, check_pack, clipped_names, errors

    folder = pack or _configured()
    if clipped:
        _show_clipped(clipped_names(folder), as_json)
        return
    found = [finding for finding in check_pack(folder) if notices or finding.level is Level.ERROR]
    if as_json:
        print_json([{"level": f.level, "where": f.where, "message": f.message} for f in found])
    else:
        rows = [(finding.level, finding.where, finding.message) for finding in found]
        print_table(("level", "where", "what"), rows, f"{folder.name}: nothing to mend.")
    if errors(found):
        raise typer.Exit(1)
    if not as_json:
        names = clipped_names(folder)
        asked = sum(bool(name.asked) for name in names)
        console().print(
            f"{len(names)} streets are known by clipped names too, {asked} of them share one: see check --clipped."
        )


def _show_clipped(names: Sequence[ClippedNames], as_json: bool) -> None:
    if as_json:
        print_json([{"street": n.street, "understood": n.understood, "asked": n.asked} for n in names])
        return
    rows = [
        (
            n.street,
            ", ".join(_grown(n.understood)),
            "; ".join(f"{form}: {', '.join(n.asked[form.rstrip('…')])}" for form in _grown(n.asked)),
        )
        for n in names
    ]
    print_table(("street", "understood", "asked, for it may be"), rows, "No street has a name to clip.")


def _grown(forms: Iterable[str]) -> list[str]:
    """Forms without those that only have letters more: "wil…" for "wil", "wils", "wilsh"."""
    forms = list(forms)
    return [
        f"{form}…" if any(other[:-1] == form for other in forms) else form
        for form in forms
        if form[:-1] not in forms
    ]


@app.command()
def changes(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """What staff changed in the console that is otherwise than the pack's files and the settings."""
    from bot.cli.database import with_database
    from bot.db.session import transaction
    from bot.editing.store import in_force

    async def read() -> list[Change]:
        async with transaction() as session:
            return await in_force(session)

    found = with_database(read)
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    rows = [
        (one.file, one.entry, one.edited_by, f"{one.edited_at:%Y-%m-%d %H:%M}", one.reason or "")
        for one in found
    ]
    print_table(("file", "entry", "by", "at", "why"), rows, "Everything is as the files have it.")


def _as_json(one: Change) -> dict[str, Any]:
    return {
        "file": one.file,
        "entry": one.entry,
        "patch": one.patch,
        "reason": one.reason,
        "by": one.edited_by,
        "at": one.edited_at.isoformat(),
    }


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="An empty or new folder.")],
) -> None:
    """Write the configured pack with what staff changed in the console into a folder, ready to be the pack from now on."""
    from bot.city.current import served
    from bot.cli.database import with_database
    from bot.cli.errors import CommandError
    from bot.editing.export import export_pack
    from bot.editing.follow import follow

    with_database(follow)
    try:
        written = export_pack(_configured(), served().edits, out)
    except FileExistsError:
        raise CommandError(f"{out} is not empty: name a new folder.") from None
    if not written:
        console().print(f"{out}: the pack as it is; nothing was changed in the console.")
        return
    console().print(
        f"{out}: {', '.join(written)} differ{'s' if len(written) == 1 else ''} from {_configured()}."
    )
    console().print(
        "With this pack in place (CITYLINE_CITY), take the changes back in the console: they are in the files now. "
        "A changed services.yml or questions.yml is trained anew at the next start."
    )


@app.command()
def locate(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help='JSON lines {"id", "text"}; standard input without.'
        ),
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="One message instead of a file.")] = None,
    pack: Annotated[
        Path | None, typer.Option("--pack", help="Folder of the pack; the configured city without.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Language of names: en or es.")] = "en",
) -> None:
    """Say where each message's place is, as JSON lines."""
    from bot.city.gazetteer import load_gazetteer

    gazetteer = load_gazetteer(pack or _configured())
    for identity, message in [(None, text)] if text is not None else _messages(file):
        answer = {"id": identity, **_answer(gazetteer.locate(message or "", language))}
        print(json.dumps(answer, ensure_ascii=False))


def _configured() -> Path:
    from bot.settings import settings

    return settings().city_pack


def _messages(file: Path | None) -> Iterator[tuple[Any, str]]:
    if file is None:
        yield from _parsed(sys.stdin)
    else:
        with file.open(encoding="utf-8") as lines:
            yield from _parsed(lines)


def _parsed(lines: Iterable[str]) -> Iterator[tuple[Any, str]]:
    from bot.cli.errors import CommandError

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row.get("id"), str(row["text"])
        except (json.JSONDecodeError, KeyError, AttributeError):
            raise CommandError(
                f'Line {number} should look like {{"id": 1, "text": "pothole at Pico and 4th"}}.'
            ) from None


def _answer(resolution: Resolution) -> dict[str, Any]:
    """One resolution as JSON: a point only where exactly one place is meant; `inside` is null where nobody knows."""
    from bot.city.location import ResolutionOutcome

    location = resolution.location
    outside = resolution.outcome is ResolutionOutcome.OUTSIDE
    known = location or (resolution.candidates[0] if outside and resolution.candidates else None)
    return {
        "lat": known.point.lat if known else None,
        "lon": known.point.lon if known else None,
        "kind": known.kind if known else None,
        "name": known.name if known else resolution.street,
        "confidence": known.confidence if known else 0.0,
        "inside": True if location or (resolution.candidates and not outside) else False if outside else None,
        "candidates": [_candidate(candidate) for candidate in resolution.candidates],
        "used": resolution.used,
        "outcome": resolution.outcome,
        "examples": list(resolution.examples),
        "elsewhere": resolution.elsewhere,
        "contact": resolution.elsewhere_contact,
        "hint": resolution.hint,
    }


def _candidate(location: Location) -> dict[str, Any]:
    return {
        "lat": location.point.lat,
        "lon": location.point.lon,
        "kind": location.kind,
        "name": location.name,
        "confidence": location.confidence,
        "inside": location.inside,
        "neighborhood": location.neighborhood,
        "zip": location.zip_code,
    }
