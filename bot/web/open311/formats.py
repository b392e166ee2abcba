"""The two forms of an answer: XML, which the specification requires, and JSON, which is made of it by the "Spark convention".

A list is an element with one child for each entry, named here; in JSON it is an array, and the outermost element is left out.
https://wiki.open311.org/JSON_and_XML_Conversion
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

ENDPOINT = "/open311/v2"


class Format(StrEnum):
    XML = "xml"
    JSON = "json"


_MEDIA_TYPES = {Format.XML: "text/xml", Format.JSON: "application/json"}
# List → its entries. Open311 names these; whatever else there is has no list.
_ENTRIES = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "photos": "photo",
}
# What XML 1.0 cannot hold, however it is written.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Any site may read what everybody may read. No cookie is looked at here, so none is at risk.
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


Answers = Callable[..., Awaitable[Response]]


def in_each_form(router: APIRouter, path: str, *methods: str) -> Callable[[Answers], Answers]:
    """Serve an address with `.xml`, with `.json` and bare; where its last part is a name, that holds the ending."""
    endings = [""] if path.endswith("}") else ["", *(f".{form}" for form in Format)]

    def serve(answers: Answers) -> Answers:
        for ending in endings:
            router.add_api_route(path + ending, answers, methods=list(methods))
            router.add_api_route(path + ending, preflight, methods=["OPTIONS"])
        return answers

    return serve


async def preflight() -> Response:
    """Pages of other sites may read here. Keys have no place in a browser, so nothing may be written from there."""
    headers = {
        **OPEN_TO_ALL,
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "X-Api-Key",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


def format_of(request: Request) -> Format:
    """The form that is asked for: by the end of the path, else by `Accept`, else XML."""
    ending = request.url.path.rpartition(".")[2]
    if ending in set(Format):
        return Format(ending)
    return Format.JSON if "json" in request.headers.get("accept", "") else Format.XML


def without_ending(name: str) -> str:
    """The last part of a path without `.xml` or `.json`."""
    plain, dot, ending = name.rpartition(".")
    return plain if dot and ending in set(Format) else name


def answer(
    request: Request,
    root: str,
    value: Mapping[str, Any] | Sequence[Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What is asked for, in the form in which it is. `root` names the outermost element of the XML."""
    wanted = format_of(request)
    body = orjson.dumps(value) if wanted is Format.JSON else as_xml(root, value)
    kept = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language", **OPEN_TO_ALL, **(headers or {})}
    return Response(body, status, kept, media_type=f"{_MEDIA_TYPES[wanted]}; charset=utf-8")


def as_xml(root: str, value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """A document, with its declaration."""
    document: bytes = ElementTree.tostring(_element(root, value), encoding="utf-8", xml_declaration=True)
    return document


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(inner, one) for inner, one in value.items())
    elif isinstance(value, list | tuple):
        element.extend(_element(_ENTRIES[name], one) for one in value)
    elif value is not None:
        element.text = _NOT_XML.sub("", _as_text(value))
    return element


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def w3(moment: datetime) -> str:
    """A moment as `2026-11-30T21:05:00Z`: https://www.w3.org/TR/NOTE-datetime."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
