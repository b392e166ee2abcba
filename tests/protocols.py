"""Checks what we send against the providers' machine-readable specifications, where these are at hand.

They lie beside the checkout in `shared/protocols`, or where CITYLINE_TEST_PROTOCOLS says; without them the tests
that ask here are skipped and say so.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

_FOLDER = Path(
    os.environ.get(
        "CITYLINE_TEST_PROTOCOLS", str(Path(__file__).resolve().parents[2] / "shared" / "protocols")
    )
)
_JSON_TYPES = {"Integer": int, "Float": (int, float), "Boolean": bool, "True": bool, "String": str}


@lru_cache
def _specification(name: str) -> dict[str, Any]:
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"NOT CHECKED against {name}: the specification is not at hand")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def assert_telegram_call(method: str, fields: dict[str, str]) -> None:
    """A call of the Bot API as it came in a form: known method, known fields, right types all the way down."""
    specification = _specification("telegram_bot_api.json")
    known = {field["name"]: field for field in specification["methods"][method]["fields"]}
    files = {name for name in fields if name not in known}
    for name, field in known.items():
        if field["required"]:
            assert name in fields, f"{method}: {name} is missing"
    for name, text in fields.items():
        if name in files:  # a file, which some attach:// must point to
            assert any(f"attach://{name}" in value for value in fields.values()), f"{method}: {name}"
            continue
        _assert_type(_decoded(text, known[name]["types"]), known[name]["types"], f"{method}.{name}")


def assert_telegram_type(type_name: str, value: Any) -> None:
    """An object as Telegram sends it."""
    _assert_type(value, [type_name], type_name)


def _decoded(text: str, types: list[str]) -> Any:
    if types in (["String"], ["Integer", "String"], ["InputFile", "String"]):
        return text
    return json.loads(text)


def _assert_type(value: Any, types: list[str], where: str) -> None:
    errors = []
    for wanted in types:
        try:
            _assert_one(value, wanted, where)
        except AssertionError as error:
            errors.append(str(error))
        else:
            return
    raise AssertionError("; ".join(errors))


def _assert_one(value: Any, wanted: str, where: str) -> None:
    if wanted == "InputFile":
        assert isinstance(value, str), where
        return
    if wanted in _JSON_TYPES:
        assert isinstance(value, _JSON_TYPES[wanted]), f"{where} is no {wanted}"
        return
    if wanted.startswith("Array of "):
        assert isinstance(value, list), f"{where} is no array"
        inner = wanted.removeprefix("Array of ").replace(" and ", ", ").split(", ")
        for index, item in enumerate(value):
            _assert_type(item, inner, f"{where}[{index}]")
        return
    description = _specification("telegram_bot_api.json")["types"][wanted]
    if "subtypes" in description:
        _assert_type(value, description["subtypes"], where)
        return
    assert isinstance(value, dict), f"{where} is no {wanted}"
    known = {field["name"]: field for field in description.get("fields", [])}
    for name, field in known.items():
        assert not field["required"] or name in value, f"{where}.{name} is missing"
    for name, inner_value in value.items():
        assert name in known, f"{where}.{name} is not known"
        _assert_type(inner_value, known[name]["types"], f"{where}.{name}")


def assert_twilio_form(path: str, form: dict[str, list[str]]) -> None:
    """A form as posted to Twilio: known fields, required ones there, one value where one is wanted."""
    operation = _specification("twilio_api_v2010.json")["paths"][path]["post"]
    schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    for name in schema.get("required", []):
        assert name in form, f"{name} is missing"
    for name, values in form.items():
        assert name in schema["properties"], f"{name} is not known"
        if schema["properties"][name]["type"] != "array":
            assert len(values) == 1, f"{name} is there more than once"


def assert_twilio_query(path: str, query: dict[str, list[str]]) -> None:
    """The query of a GET: known names only."""
    operation = _specification("twilio_api_v2010.json")["paths"][path]["get"]
    names = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    assert set(query) <= names


def assert_twilio_schema(name: str, value: dict[str, Any]) -> None:
    """A resource as Twilio answers it."""
    specification = _specification("twilio_api_v2010.json")
    schema = {
        **_nullable(specification["components"]["schemas"][name]),
        "components": _nullable(specification["components"]),
    }
    jsonschema.validate(value, schema)


def _nullable(schema: Any) -> Any:
    """OpenAPI's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [_nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _nullable(value) for key, value in schema.items()}
    if changed.get("nullable") and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed
