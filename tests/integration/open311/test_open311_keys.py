"""Keys: shown once, kept as a hash, counted by the minute, renewed, revoked."""

from __future__ import annotations

import asyncio
import json
import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.cases.api_keys import (
    KeyNameError,
    KeyTermsError,
    Terms,
    UnknownKeyError,
    UsedTooOftenError,
    add_key,
    list_keys,
    renew_key,
    revoke_key,
    use_key,
)
from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import ApiKey, Audit
from tests.commands import run_command
from tests.open311 import HERE, Sender, a_key, plain_client, problem

pytestmark = pytest.mark.integration

NOON = datetime(2026, 11, 30, 12, 0, 20, tzinfo=UTC)


async def test_a_secret_stands_nowhere(database: EmbeddedDatabase) -> None:
    secret = await a_key()
    async with transaction() as session:
        (row,) = await session.scalars(select(ApiKey))
        kept = {column.name: getattr(row, column.name) for column in ApiKey.__table__.columns}
        audit = list(await session.scalars(select(Audit)))
    assert len(secret) > 40
    assert secret not in repr(kept) + repr([one.__dict__ for one in audit])
    assert secret.encode() not in row.secret_hash
    assert audit[0].action == "api_key.added"


async def test_uses_are_counted_by_the_minute_for_all_processes_together(database: EmbeddedDatabase) -> None:
    secret = await a_key(per_minute=5)

    async def waits(now: datetime) -> int:
        try:
            async with transaction() as session:
                await use_key(session, secret, now)
        except UsedTooOftenError as error:
            return error.seconds
        return 0

    assert sorted(await asyncio.gather(*(waits(NOON) for _ in range(8)))) == [0] * 5 + [40] * 3
    assert await waits(NOON + timedelta(seconds=40)) == 0


async def test_who_asks_too_often_is_told_when_to_come_back(database: EmbeddedDatabase) -> None:
    async with plain_client() as client:
        sender = Sender(client, await a_key(per_minute=2))
        other = Sender(client, await a_key("Other"))
        answers = [await sender.get("requests.json") for _ in range(6)]
        # Six of them fall into two minutes at most.
        assert [answer.status_code for answer in answers].count(429) >= 2
        late = next(answer for answer in answers if answer.status_code == 429)
        assert "wait" in problem(late, 429)
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert (await other.get("requests.json")).status_code == 200


async def test_a_revoked_or_renewed_key_opens_nothing(database: EmbeddedDatabase) -> None:
    async with plain_client() as client:
        sender = Sender(client, await a_key())
        filed = await sender.files()
        async with transaction() as session:
            renewed = Sender(client, await renew_key(session, "FixMyStreet", actor="cli"))
        problem(await sender.get("requests.json"), 403)
        # It is the same key: what was filed with it is its own.
        assert (await renewed.get(f"requests/{filed}.json")).status_code == 200
        async with transaction() as session:
            await revoke_key(session, "FixMyStreet", actor="cli", now=NOON)
        problem(await renewed.get("requests.json"), 403)
        problem(await renewed.post(service_code="pothole", **HERE), 403)
        async with transaction() as session:
            for work in (
                renew_key(session, "FixMyStreet", actor="cli"),
                revoke_key(session, "x", actor="cli", now=NOON),
            ):
                with pytest.raises(UnknownKeyError):
                    await work


@pytest.mark.parametrize(
    "secret", ["", "cl_", "cl_" + "x" * 43, "cl_\x00", "cl_\ud83d", "x" * 10_000, "cl_é"]
)
async def test_what_is_no_key_is_none(database: EmbeddedDatabase, secret: str) -> None:
    await a_key()
    async with transaction() as session:
        with pytest.raises(UnknownKeyError):
            await use_key(session, secret, NOON)


@pytest.mark.parametrize("name", ["", " ", "-x", "x" * 41, "a:b", "é", "<b>"])
async def test_names_are_short_and_plain(database: EmbeddedDatabase, name: str) -> None:
    async with transaction() as session:
        with pytest.raises(KeyNameError):
            await add_key(session, name, Terms(), actor="cli", now=NOON)


async def test_a_name_is_that_of_one_key(database: EmbeddedDatabase) -> None:
    await a_key("City App")
    async with transaction() as session:
        with pytest.raises(KeyNameError):
            await add_key(session, " City  App ", Terms(), actor="cli", now=NOON)
        assert [one.name for one in await list_keys(session)] == ["City App"]


@pytest.mark.parametrize(
    "terms",
    [
        Terms(per_minute=0),
        Terms(per_minute=6_001),
        Terms(media_hosts=("https://x.org",)),
        Terms(media_hosts=("localhost",)),
        Terms(media_hosts=("x.org/photos",)),
        Terms(media_hosts=("*.x.org",)),
        Terms(media_hosts=("",)),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: Terms) -> None:
    with pytest.raises(KeyTermsError):
        terms.checked()


def test_the_command_makes_lists_renews_and_revokes_keys(database: EmbeddedDatabase) -> None:
    def run(*arguments: str) -> str:
        result = run_command(
            "api-key", *arguments, environment={**os.environ, "DATABASE_URL": database.url()}
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    said = run(
        "add", "FixMyStreet", "--right", "file", "--right", "update", "--media-host", ".fixmystreet.com"
    )
    (secret,) = re.findall(r"^Key: (cl_\S+)$", said, re.MULTILINE)
    (listed,) = json.loads(run("list", "--json"))
    assert listed | {"created": None} == {
        "name": "FixMyStreet",
        "rights": ["file", "update"],
        "media_hosts": [".fixmystreet.com"],
        "per_minute": 60,
        "shown": False,
        "created": None,
        "used": None,
        "revoked": None,
    }
    assert secret not in run("list")
    renewed = run("renew", "FixMyStreet")
    assert "Key: cl_" in renewed
    assert secret not in renewed
    run("revoke", "FixMyStreet")
    assert "revoked" in run("list")
    for wrong in (
        ("add", "x", "--right", "fly"),
        ("revoke", "FixMyStreet"),
        ("add", "x", "--media-host", "http://x"),
    ):
        result = run_command("api-key", *wrong, environment={**os.environ, "DATABASE_URL": database.url()})
        assert result.returncode == 1
        assert "Traceback" not in result.stderr
