"""The phone page and what it needs: its files, the sample photos, the lines of the small map."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from bot.simulator.samples import SAMPLES, sample_photo
from bot.simulator.stage import Stage

HERE = Path(__file__).parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STATIC = {path.name: TYPES[path.suffix] for path in (HERE / "static").iterdir() if path.suffix in TYPES}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def page_router(stage: Stage) -> APIRouter:
    """Routes of the page; everything is served from here, nothing from elsewhere."""
    router = APIRouter(include_in_schema=False)
    templates = Jinja2Templates(directory=HERE / "templates")

    @router.get("/", response_class=HTMLResponse)
    async def page(request: Request) -> Response:
        number = stage.world.config.credentials.from_number
        context = {
            "samples": [{"name": sample.name, "title": sample.title} for sample in SAMPLES],
            "has_cases": stage.world.config.instance is not None,
            "city_number": number,
            "city_number_spaced": re.sub(r"^\+1(\d{3})(\d{3})(\d{4})$", r"+1 \1-\2-\3", number),
        }
        return templates.TemplateResponse(
            request, "phones.html", context, headers={"Content-Security-Policy": CONTENT_POLICY}
        )

    @router.get("/simulator/static/{name}")
    async def static(name: str) -> Response:
        if name not in STATIC:
            return Response(status_code=404)
        return Response(
            (HERE / "static" / name).read_bytes(),
            media_type=STATIC[name],
            headers={"Cache-Control": "no-cache"},
        )

    @router.get("/simulator/samples/{name}.jpg")
    async def sample(name: str) -> Response:
        photo = sample_photo(name)
        if photo is None:
            return Response(status_code=404)
        return Response(photo, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})

    @router.get("/simulator/map")
    async def city_map() -> dict[str, Any]:
        """Streets as simple lines and a few well-known places; empty for a city without them."""
        path = stage.world.config.map_file
        if not path.is_file():
            return {"lines": [], "places": [], "bounds": None}
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    return router
