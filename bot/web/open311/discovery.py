"""Where the endpoint is, what it speaks and how one gets a key: `GET /open311/discovery`.

https://wiki.open311.org/Service_Discovery
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.city.catalogue import SERVICES_FILE
from bot.city.current import city
from bot.db.session import transaction
from bot.editing.store import changed_at
from bot.settings import settings
from bot.web.open311.errors import language_of
from bot.web.open311.formats import ENDPOINT, answer, in_each_form, w3
from bot.web.texts import page_texts

router = APIRouter(prefix="/open311")

_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@in_each_form(router, "/discovery", "GET", "HEAD")
@in_each_form(router, "/v2/discovery", "GET", "HEAD")
async def get_discovery(request: Request) -> Response:
    """One endpoint; a first try on one's own machine is a test, and tells so."""
    language = language_of(request)
    texts, help_by_people = page_texts("open311", language), city().human_help
    changed = w3(await _changed(settings().city_pack))
    discovery = {
        "changeset": changed,
        "contact": texts["contact"].format(
            office=help_by_people.office[language],
            phone=help_by_people.phone[language],
            url=help_by_people.url,
        ),
        "key_service": texts["key_service"].format(office=help_by_people.office[language]),
        "endpoints": [
            {
                "specification": _SPECIFICATION,
                "url": f"{settings().base_url}{ENDPOINT}",
                "changeset": changed,
                "type": "production" if settings().base_url.startswith("https://") else "test",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer(request, "discovery", discovery, headers={"Cache-Control": "public, max-age=300"})


async def _changed(pack: Path) -> datetime:
    """When the services were changed last, in their file or by staff: who keeps a copy of them asks for them anew then."""
    of_file = datetime.fromtimestamp((pack / SERVICES_FILE).stat().st_mtime, UTC)
    async with transaction() as session:
        of_staff = await changed_at(session, SERVICES_FILE)
    return max(of_file, of_staff or of_file)
