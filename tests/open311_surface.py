"""Explores the whole surface of an Open311 endpoint with schemathesis: `python -m tests.open311_surface ADDRESS KEY REQUEST`.

In a process of its own: schemathesis changes Hypothesis for all who share one with it, down to how counter-examples are printed.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.web.open311.description import described

EXAMPLES = 20  # of each operation, always the same ones
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def explore(address: str, key: str, reference: str) -> dict[str, Counter[int]]:
    """Operation → how often it answered with which status. Raises for an answer that is not as described."""
    schema = schemathesis.openapi.from_dict(described())
    names = [one["operationId"] for methods in described()["paths"].values() for one in methods.values()]
    sensible = {
        "service_code": "pothole",
        "lat": 34.021034,
        "long": -118.487499,
        "jurisdiction_id": "",
        "service_request_id": reference,
        "token": reference,
    }
    return {name: _answers(schema.find_operation_by_id(name), address, key, sensible) for name in names}


def _answers(operation: Any, address: str, key: str, sensible: dict[str, Any]) -> Counter[int]:
    """Sends what the description allows, and what it does not."""
    seen: Counter[int] = Counter()

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def each(case: Any) -> None:
        # With a key that is right it goes on to what is behind.
        if isinstance(case.query, dict):
            case.query.pop("api_key", None)
        if isinstance(case.body, dict):
            case.body["api_key"] = key
        if seen.total() % 2:  # and every second one past the first questions, too
            for fields in (case.body, case.path_parameters):
                if isinstance(fields, dict):
                    fields.update(
                        {name: sensible[name] for name in sensible if name in fields or fields is case.body}
                    )
        answer = case.call(base_url=address)
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        # The same in the other form: well-formed, and with the same end.
        again = answer.request.copy()
        again.url = again.url.replace(".json", ".xml", 1)
        other = requests.Session().send(again, timeout=30)
        assert other.status_code // 100 == answer.status_code // 100
        ElementTree.fromstring(other.content)  # noqa: S314 - our own

    each()
    return seen


if __name__ == "__main__":
    for name, seen in explore(*sys.argv[1:4]).items():
        print(name, *(f"{status}:{count}" for status, count in sorted(seen.items())))
