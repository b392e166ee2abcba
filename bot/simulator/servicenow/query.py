"""Encoded queries, as far as integrations use them: `a=b^ORa=c^d!=e^fINg,h^iISNOTEMPTY^NQj=k^ORDERBYDESCl`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

Row = Mapping[str, str]
Test = Callable[[Row], bool]
_CONDITION = re.compile(
    r"(?P<field>[a-z0-9_.]+)"
    r"(?P<operator>!=|>=|<=|=|>|<|ISNOTEMPTY|ISEMPTY|NOT IN|IN|STARTSWITH|ENDSWITH|NOT LIKE|LIKE|BETWEEN)(?P<value>.*)",
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
    "NOT LIKE": lambda has, wanted: wanted.lower() not in has.lower(),
    "STARTSWITH": lambda has, wanted: has.startswith(wanted),
    "ENDSWITH": lambda has, wanted: has.endswith(wanted),
    "BETWEEN": lambda has, wanted: wanted.partition("@")[0] <= has <= wanted.partition("@")[2],
    "ISEMPTY": lambda has, _: not has,
    "ISNOTEMPTY": lambda has, _: bool(has),
}


@dataclass(slots=True)
class _Query:
    """Queries side by side (`^NQ`), each a list of conditions that all hold, each a list of tests of which one holds (`^OR`)."""

    queries: list[list[list[Test]]] = field(default_factory=lambda: [[]])
    orders: list[tuple[str, bool]] = field(default_factory=list)

    def means(self, row: Row) -> bool:
        return any(
            all(any(test(row) for test in condition) for condition in query)
            for query in self.queries
            if query
        )


def select(rows: Iterable[Row], query: str) -> list[Row]:
    """The rows that a query means, in its order.

    A condition that cannot be read, or that names a field that there is not, is dropped, as the real one does by default
    (`glide.invalid_query.returns_no_rows`): what is left may mean every row.
    """
    found = list(rows)
    asked = _read(query, frozenset(name for row in found for name in row))
    if any(asked.queries):
        found = [row for row in found if asked.means(row)]
    for name, falling in reversed(asked.orders):
        found.sort(key=lambda row: row.get(name, ""), reverse=falling)
    return found


def _read(query: str, fields: AbstractSet[str]) -> _Query:
    asked = _Query()
    for part in query.split("^"):
        if part.startswith("ORDERBYDESC"):
            asked.orders.append((part.removeprefix("ORDERBYDESC"), True))
        elif part.startswith("ORDERBY"):
            asked.orders.append((part.removeprefix("ORDERBY"), False))
        elif part.startswith("NQ"):
            asked.queries.append([])
            _add(asked.queries[-1], part.removeprefix("NQ"), fields, either=False)
        else:
            _add(asked.queries[-1], part.removeprefix("OR"), fields, either=part.startswith("OR"))
    return asked


def _add(conditions: list[list[Test]], part: str, fields: AbstractSet[str], *, either: bool) -> None:
    """One more condition, or one more way to meet the last one."""
    read = _CONDITION.fullmatch(part)
    if read is None or read["field"] not in fields:
        return
    test = _test(read["field"], read["operator"], read["value"])
    if either and conditions:
        conditions[-1].append(test)
    else:
        conditions.append([test])


def _test(name: str, operator: str, value: str) -> Test:
    compare = _TESTS[operator]
    return lambda row: compare(row.get(name, ""), value)
