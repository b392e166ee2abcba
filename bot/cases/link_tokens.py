"""Tokens of links that are made from the id of a row and the installation's secret; nothing of them is stored.

Of a token's 127 bits 100 prove that we made it, and 27 are the id, hidden, or a link would tell how much there is in this
city. Another kind of link has other tokens for the same id. Never log one: it is all that one needs.
"""

from __future__ import annotations

import hashlib
import hmac

from bot.settings import secret_key, settings
from bot.text.link_letters import letters_of, number_of

LENGTH = 22  # 56**22 is a little more than 2**127
_PROOF_BITS = 100
_ID_BITS = 27  # 134 million rows
_PROOF_BYTES = 13


def token_of(kind: str, row_id: int) -> str:
    """The token of a row, always the same. `kind`: what the link is to. Raises `ValueError` for an id of more than 27 bits."""
    if not 0 < row_id < 1 << _ID_BITS:
        raise ValueError(f"no {kind} for row {row_id}: its id does not fit into {_ID_BITS} bits")
    proof = _keyed(kind, "proof", row_id, _PROOF_BITS)
    return letters_of(proof << _ID_BITS | row_id ^ _mask(kind, proof), LENGTH)


def row_of_token(kind: str, token: str) -> int | None:
    """The id a token was made of; None for one that we did not make. Every wrong one costs the same two hashes."""
    number = number_of(token, LENGTH)
    if number is None:
        return None
    proof = number >> _ID_BITS
    row_id = number & ((1 << _ID_BITS) - 1) ^ _mask(kind, proof)
    expected = _keyed(kind, "proof", row_id, _PROOF_BITS)
    genuine = hmac.compare_digest(proof.to_bytes(_PROOF_BYTES), expected.to_bytes(_PROOF_BYTES))
    return row_id if genuine else None


def _mask(kind: str, proof: int) -> int:
    return _keyed(kind, "mask", proof, _ID_BITS)


def _keyed(kind: str, purpose: str, number: int, bits: int) -> int:
    """So many bits that nobody can tell without the secret."""
    key = secret_key(settings()).encode()
    digest = hmac.digest(key, f"cityline.{kind}.{purpose}:{number}".encode(), hashlib.sha256)
    return int.from_bytes(digest) >> (len(digest) * 8 - bits)
