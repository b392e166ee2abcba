"""The link to the public page of a request, `/r/<token>`: whoever has it may see the page, and nobody can guess it.

A token is made from the request's id and the installation's secret, and nothing of it is stored. So every request has one,
also those filed before there was a page; text and page agree on it without a look-up; and who reads the tables alone cannot
open a page. The price is that another secret makes other links (`cityline installation adopt` warns of it).

Of its 127 bits 100 prove that we made it, and 27 are the id, hidden, or a link would tell how much is reported in this city.
`bot.web.public_page` shows the page.
"""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.lookup import UnknownRequestError
from bot.db.tables import ServiceRequest
from bot.settings import secret_key, settings
from bot.text.link_letters import letters_of, number_of

PATH = "/r/"
LENGTH = 22  # 56**22 is a little more than 2**127
_PROOF_BITS = 100
_ID_BITS = 27  # 134 million requests
_PROOF_BYTES = 13


def public_token(request_id: int) -> str:
    """The token of a request, always the same. Never log it: it is all that one needs to see the page."""
    if not 0 < request_id < 1 << _ID_BITS:
        raise ValueError(f"no public link for request {request_id}: its id does not fit into {_ID_BITS} bits")
    proof = _keyed("proof", request_id, _PROOF_BITS)
    return letters_of(proof << _ID_BITS | request_id ^ _mask(proof), LENGTH)


def public_url(request_id: int) -> str:
    """The whole address of the public page of a request."""
    return f"{settings().base_url}{PATH}{public_token(request_id)}"


async def request_of_token(session: AsyncSession, token: str) -> ServiceRequest:
    """The request that a token is of, as it was filed, joined with another or not. Raises `UnknownRequestError`.

    Every wrong token costs the same two hashes, and no look-up in the database.
    """
    request_id = _request_id(token)
    request = await session.get(ServiceRequest, request_id) if request_id is not None else None
    if request is None:
        raise UnknownRequestError("There is no request with this link.")
    return request


def _request_id(token: str) -> int | None:
    number = number_of(token, LENGTH)
    if number is None:
        return None
    proof = number >> _ID_BITS
    request_id = number & ((1 << _ID_BITS) - 1) ^ _mask(proof)
    expected = _keyed("proof", request_id, _PROOF_BITS)
    genuine = hmac.compare_digest(proof.to_bytes(_PROOF_BYTES), expected.to_bytes(_PROOF_BYTES))
    return request_id if genuine else None


def _mask(proof: int) -> int:
    return _keyed("mask", proof, _ID_BITS)


def _keyed(purpose: str, number: int, bits: int) -> int:
    """So many bits that nobody can tell without the secret."""
    key = secret_key(settings()).encode()
    digest = hmac.digest(key, f"cityline.public-link.{purpose}:{number}".encode(), hashlib.sha256)
    return int.from_bytes(digest) >> (len(digest) * 8 - bits)
