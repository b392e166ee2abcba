"""What residents can ask for, and the questions that belong to it: `GET /services` and `GET /services/{code}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.city.catalogue import Question, QuestionKind, Service
from bot.city.current import catalogue
from bot.web.open311.errors import language_of, refused
from bot.web.open311.formats import ENDPOINT, answer, in_each_form, without_ending
from bot.web.open311.keys import check_jurisdiction
from bot.web.open311.params import query_of
from bot.web.texts import page_texts

router = APIRouter(prefix=ENDPOINT)

_KEPT = {"Cache-Control": "public, max-age=300"}
_DATATYPES = {
    QuestionKind.TEXT: "string",
    QuestionKind.NUMBER: "number",
    QuestionKind.CHOICE: "singlevaluelist",
    QuestionKind.DATE: "datetime",
}


@in_each_form(router, "/services", "GET", "HEAD")
async def get_services(request: Request) -> Response:
    """All services, in the order of the menus."""
    check_jurisdiction(query_of(request))
    language = language_of(request)
    listed = [
        _service(catalogue().services[code], group.names[language], language)
        for group in catalogue().groups
        for code in group.services
    ]
    return answer(request, "services", listed, headers=_KEPT)


@in_each_form(router, "/services/{name}", "GET", "HEAD")
async def get_definition(request: Request, name: str) -> Response:
    """The questions of a service. 404 for a code that is none."""
    check_jurisdiction(query_of(request))
    service = service_of(without_ending(name))
    language = language_of(request)
    attributes = [
        _attribute(number, question, language) for number, question in enumerate(service.questions, start=1)
    ]
    definition = {"service_code": service.code, "attributes": attributes}
    return answer(request, "service_definition", definition, headers=_KEPT)


def service_of(code: str) -> Service:
    """Raises 404 for a code that is none."""
    service = catalogue().services.get(code)
    if service is None:
        raise refused(404, "unknown_service")
    return service


def _service(service: Service, group: str, language: str) -> Mapping[str, Any]:
    return {
        "service_code": service.code,
        "service_name": service.names[language],
        "description": service.description[language],
        "metadata": bool(service.questions),
        "type": "realtime",
        "keywords": ", ".join(service.keywords[language]),
        "group": group,
    }


def _attribute(number: int, question: Question, language: str) -> Mapping[str, Any]:
    texts = page_texts("open311", language)
    fields: dict[str, Any] = {
        "variable": True,
        "code": question.code,
        "datatype": _DATATYPES[question.kind],
        "required": question.required,
        "datatype_description": texts["day"] if question.kind is QuestionKind.DATE else None,
        "order": number,
        "description": question.ask[language],
    }
    if question.choices:
        fields["values"] = [
            {"key": choice.code, "name": choice.labels[language]} for choice in question.choices
        ]
    return fields
