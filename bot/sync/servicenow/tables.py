"""Records, journals, files and the dictionary of an instance, as its REST APIs have them. No meaning of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import count
from typing import Any

from bot.sync.failures import AwayError
from bot.sync.servicenow.client import Client

PAGE = 100  # records at a time


class Tables:
    """One table of records, and what belongs to them."""

    def __init__(self, client: Client, table: str, *, case_api: bool) -> None:
        self._client = client
        self.table = table
        self._of_records = "/api/sn_customerservice/case" if case_api else f"/api/now/table/{table}"
        # The Case API replaces a record's values as the Table API's PATCH does: what is not named stays.
        self._update = "PUT" if case_api else "PATCH"

    async def find(self, query: str, fields: str) -> list[dict[str, Any]]:
        """Records of an encoded query with their sys_id and `fields`, the newest first."""
        answer = await self._client.get(
            f"/api/now/table/{self.table}",
            sysparm_query=f"{query}^ORDERBYDESCsys_created_on",
            sysparm_fields=f"sys_id,{fields}",
            sysparm_limit=PAGE,
        )
        return _rows(answer)

    async def read(self, sys_id: str) -> dict[str, dict[str, str]]:
        """A record: field → `value` and `display_value`."""
        answer = await self._client.get(f"/api/now/table/{self.table}/{sys_id}", sysparm_display_value="all")
        return _both(answer)

    async def create(self, values: Mapping[str, str]) -> str:
        """A new record; gives its sys_id."""
        return _sys_id(await self._client.send("POST", self._of_records, values))

    async def write(self, sys_id: str, values: Mapping[str, str]) -> None:
        await self._client.send(self._update, f"{self._of_records}/{sys_id}", values)

    async def journal(self, sys_id: str, elements: str) -> list[dict[str, Any]]:
        """What was written into its journals, oldest first. `elements`: their fields, separated by commas."""
        answer = await self._client.get(
            "/api/now/table/sys_journal_field",
            sysparm_query=f"element_id={sys_id}^elementIN{elements}^ORDERBYsys_created_on",
            sysparm_fields="sys_id,element,value,sys_created_by,sys_created_on",
            sysparm_limit=1000,
        )
        return _rows(answer)

    async def files(self, sys_id: str) -> list[dict[str, Any]]:
        answer = await self._client.get(
            "/api/now/attachment",
            sysparm_query=f"table_name={self.table}^table_sys_id={sys_id}^ORDERBYsys_created_on",
            sysparm_limit=1000,
        )
        return _rows(answer)

    async def attach(self, sys_id: str, name: str, content_type: str, content: bytes) -> str:
        answer = await self._client.request(
            "POST",
            "/api/now/attachment/file",
            params={"table_name": self.table, "table_sys_id": sys_id, "file_name": name},
            headers={"Content-Type": content_type},
            content=content,
        )
        return _sys_id(answer.json().get("result"))

    async def fetch(self, file_id: str) -> bytes:
        return (await self._client.request("GET", f"/api/now/attachment/{file_id}/file")).content

    async def newest(
        self, table: str, query: str, ordered_by: str, fields: str
    ) -> AsyncIterator[dict[str, Any]]:
        """Records, last changed first: what changes meanwhile comes to the front, so that none is missed."""
        for page in count():
            answer = await self._client.get(
                f"/api/now/table/{table}",
                sysparm_query=f"{query}^ORDERBYDESC{ordered_by}",
                sysparm_fields=fields,
                sysparm_limit=PAGE,
                sysparm_offset=page * PAGE,
            )
            rows = _rows(answer)
            for row in rows:
                yield row
            if len(rows) < PAGE:
                return

    async def rows(self, table: str, query: str, fields: str) -> list[dict[str, Any]]:
        """Whatever a query finds in any table, as far as one page goes."""
        answer = await self._client.get(
            f"/api/now/table/{table}", sysparm_query=query, sysparm_fields=fields, sysparm_limit=1000
        )
        return _rows(answer)


def _rows(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise AwayError("ServiceNow answered with something else than a list.")
    return answer


def _both(answer: Any) -> dict[str, dict[str, str]]:
    if not isinstance(answer, dict) or "sys_id" not in answer:
        raise AwayError("ServiceNow answered with something else than a record.")
    return dict(_pairs(answer))


def _pairs(answer: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, pair in answer.items():
        if isinstance(pair, dict):
            yield name, {part: str(pair.get(part) or "") for part in ("value", "display_value")}
        else:
            yield name, {"value": str(pair or ""), "display_value": str(pair or "")}


def _sys_id(answer: Any) -> str:
    found = answer.get("sys_id") if isinstance(answer, dict) else None
    value = found.get("value") if isinstance(found, dict) else found
    if not isinstance(value, str) or not value:
        raise AwayError("ServiceNow gave no id of what it made.")
    return value
