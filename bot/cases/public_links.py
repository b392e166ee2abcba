"""The link to the public page of a request, `/r/<token>`: whoever has it may see the page, and nobody can guess it.

A token is made from the request's id and the installation's secret (`bot.cases.link_tokens`), and nothing of it is stored.
So every request has one, also those filed before there was a page; text and page agree on it without a look-up; and who
reads the tables alone cannot open a page. The price is that another secret makes other links (`cityline installation adopt`
warns of it). `bot.web.public_page` shows the page.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.link_tokens import row_of_token, token_of
from bot.cases.lookup import UnknownRequestError
from bot.db.tables import ServiceRequest
from bot.settings import settings

PATH = "/r/"
_KIND = "public-link"


def public_token(request_id: int) -> str:
    """The token of a request, always the same. Never log it: it is all that one needs to see the page."""
    return token_of(_KIND, request_id)


def public_url(request_id: int) -> str:
    """The whole address of the public page of a request."""
    return f"{settings().base_url}{PATH}{public_token(request_id)}"


async def request_of_token(session: AsyncSession, token: str) -> ServiceRequest:
    """The request that a token is of, as it was filed, joined with another or not. Raises `UnknownRequestError`.

    Every wrong token costs the same two hashes, and no look-up in the database.
    """
    request_id = row_of_token(_KIND, token)
    request = await session.get(ServiceRequest, request_id) if request_id is not None else None
    if request is None:
        raise UnknownRequestError("There is no request with this link.")
    return request
