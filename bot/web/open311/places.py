"""Where a request is: to the house for the key that filed it, by its block for everybody else."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cases.published import Published
from bot.city.blocks import block_of
from bot.city.current import gazetteer
from bot.city.location import Point


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it may be told; "" and None for what happened nowhere, or where no block is known."""

    address: str
    point: Point | None


def place_of(request: Published, language: str) -> Place:
    """May read the city's pack: not for an event loop."""
    if request.exact:
        address = gazetteer().retold(request.address, language) if request.address else ""
        return Place(address, request.point)
    block = block_of(gazetteer(), request.address, request.point, request.kind, language)
    return Place(block.name, block.point) if block else Place("", None)
