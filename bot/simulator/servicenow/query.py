"""Encoded queries, as far as integrations use them: `a=b^c!=d^eINf,g^hISNOTEMPTY^ORDERBYDESCi`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

Row = Mapping[str, str]
_CONDITION = re.compile(
    r"(?P<field>[a-z0-9_.]+)(?P<operator>!=|>=|<=|=|>|<|ISNOTEMPTY|ISEMPTY|NOT IN|IN|STARTSWITH|LIKE)(?P<value>.*)",
    re.DOTALL,
)
_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda has, wanted: has == wanted,
    "!=": lambda has, wanted: has != wanted,
    ">": lambda has, wanted: has > wanted,
    ">=": lambda has, wanted: has >= wanted,
    "<": lambda has, wanted: has < wanted,
    "<=": lambda has, wanted: has <= wanted,
    "IN": lambda has, wanted: has in wanted.split(","),
    "NOT IN": lambda has, wanted: has not in wanted.split(","),
    "LIKE": lambda has, wanted: wanted.lower() in has.lower(),
    "STARTSWITH": lambda has, wanted: has.startswith(wanted),
    "ISEMPTY": lambda has, _: not has,
    "ISNOTEMPTY": lambda has, _: bool(has),
}


def select(rows: Iterable[Row], query: str) -> list[Row]:
    """The rows that a query means, in its order. A condition that cannot be read is passed over, as the real one does."""
    found = list(rows)
    orders: list[tuple[str, bool]] = []
    for part in query.split("^"):
        if part.startswith("ORDERBYDESC"):
            orders.append((part.removeprefix("ORDERBYDESC"), True))
        elif part.startswith("ORDERBY"):
            orders.append((part.removeprefix("ORDERBY"), False))
        elif condition := _CONDITION.fullmatch(part):
            test, field, value = _TESTS[condition["operator"]], condition["field"], condition["value"]
            found = [row for row in found if test(row.get(field, ""), value)]
    for field, falling in reversed(orders):
        found.sort(key=lambda row: row.get(field, ""), reverse=falling)
    return found
