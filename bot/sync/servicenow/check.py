"""Comparing a city's naming with the live instance: it ignores a misspelt field without a word, so that nobody would notice."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.city.current import catalogue, city
from bot.sync.servicenow.naming import Naming
from bot.sync.servicenow.tables import Tables
from bot.sync.system import Complaint


async def complaints(tables: Tables, naming: Naming) -> AsyncIterator[Complaint]:
    """What is wrong or worth knowing. Raises a `SyncError` where the instance cannot be asked."""
    names = await _with_parents(tables, naming.table)
    if not names:
        yield Complaint(True, f"There is no table {naming.table}, or our account may not see it.")
        return
    fields = {
        str(row.get("element"))
        for row in await tables.rows(
            "sys_dictionary", f"nameIN{','.join(names)}^elementISNOTEMPTY", "element"
        )
    }
    for ours, theirs in naming.fields.model_dump().items():
        if theirs and theirs not in fields:
            yield Complaint(True, f"fields.{ours}: {naming.table} has no field {theirs}.")
    async for complaint in _choices(tables, naming, names):
        yield complaint
    for department, group in naming.departments.items():
        if department not in city().departments:
            yield Complaint(True, f"departments: the city pack has no department {department}.")
        if not await tables.rows("sys_user_group", f"name={group}", "sys_id"):
            yield Complaint(True, f"departments: there is no group {group}.")
    unnamed = [one for one in city().departments if one not in naming.departments]
    if naming.fields.department and unnamed:
        yield Complaint(
            False, f"departments: nothing is said of {', '.join(unnamed)}: their requests go to no group."
        )
    strange = [code for code in naming.services if code not in catalogue().services]
    if strange:
        yield Complaint(True, f"services: the catalogue has no {', '.join(strange)}.")


async def _with_parents(tables: Tables, table: str) -> list[str]:
    """The table and those it is made from, as the instance names them."""
    names: list[str] = []
    row = await tables.rows("sys_db_object", f"name={table}", "name,super_class.name")
    while row and len(names) < 10:
        names.append(str(row[0].get("name")))
        parent = str(row[0].get("super_class.name") or "")
        row = await tables.rows("sys_db_object", f"name={parent}", "name,super_class.name") if parent else []
    return names


async def _choices(tables: Tables, naming: Naming, names: list[str]) -> AsyncIterator[Complaint]:
    """The states and resolution codes against the lists that people choose from there."""
    state, resolution = naming.fields.state, naming.fields.resolution
    wanted = [("states", state, one.theirs) for one in naming.states]
    wanted += [("closed", state, one) for one in naming.closed]
    wanted += [("resolutions", resolution, one.theirs) for one in naming.resolutions if resolution]
    listed = ",".join(names)
    for element in sorted({element for _, element, _ in wanted}):
        rows = await tables.rows(
            "sys_choice", f"nameIN{listed}^element={element}^inactive=false", "value,label"
        )
        values = {str(row.get("value")): str(row.get("label")) for row in rows}
        for part, _, value in [one for one in wanted if one[1] == element]:
            if value not in values:
                listed_values = ", ".join(f"{code} ({label})" for code, label in sorted(values.items()))
                yield Complaint(
                    True, f"{part}: {element} has no choice {value}. It has {listed_values or 'none'}."
                )
        if element == resolution:
            told = {one.theirs for one in naming.resolutions}
            unnamed = [f"{value} ({label})" for value, label in sorted(values.items()) if value not in told]
            if unnamed:
                yield Complaint(
                    False,
                    f"resolutions: {', '.join(unnamed)} not named: requests that end so stay as they are here.",
                )
        if element == state:
            known = {one.theirs for one in naming.states}
            for value, label in sorted(values.items()):
                if value not in known:
                    yield Complaint(
                        False,
                        f"states: {value} ({label}) is not named: requests in it stay as they are here.",
                    )
