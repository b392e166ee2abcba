"""Is the process alive, and can it do its work? For load balancers, `cityline doctor` and people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import httpx
from alembic.migration import MigrationContext
from fastapi import APIRouter
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from bot.certificates import believed
from bot.db import session as db
from bot.db.migrate import newest_revision
from bot.settings import settings

router = APIRouter(tags=["health"])

PATIENCE = httpx.Timeout(2.0)  # a check that hangs is a failed check


@router.get("/health")
async def health() -> dict[str, str]:
    """The process answers. It says nothing about anything else, so that a restart is never in vain."""
    return {"status": "ok"}


@router.get("/ready")
async def ready() -> JSONResponse:
    """200 when database, schema and an engine are ready to work, else 503; each check in a few words."""
    (database, schema), engine = await asyncio.gather(_database(), _engine())
    checks = {"database": database, "migrations": schema, "engine": engine}
    fine = all(answer == "ok" for answer in checks.values())
    return JSONResponse(
        {"status": "ready" if fine else "not ready", "checks": checks},
        status_code=200 if fine else 503,
        headers={"Cache-Control": "no-store"},
    )


async def _database() -> tuple[str, str]:
    try:
        async with asyncio.timeout(3), db.engine().connect() as connection:
            await connection.execute(text("SELECT 1"))
            revision = await connection.run_sync(_revision)
    except (SQLAlchemyError, TimeoutError, OSError):
        return "cannot be reached", "unknown"
    newest = newest_revision()
    return "ok", "ok" if revision == newest else f"at {revision or 'nothing'}, the code needs {newest}"


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _engine() -> str:
    """One engine with its model loaded is enough to work."""
    async with httpx.AsyncClient(timeout=PATIENCE, verify=believed()) as client:
        answers = await asyncio.gather(*(_model(client, url) for url in settings().engine_urls))
    return "ok" if "ok" in answers else answers[0]


def _model(client: httpx.AsyncClient, url: str) -> Awaitable[str]:
    async def ask() -> str:
        try:
            response = await client.get(f"{url}/webhooks/rest/")
        except httpx.TransportError:
            return "cannot be reached"
        return "ok" if response.status_code == httpx.codes.OK else "no model loaded yet"

    return ask()
