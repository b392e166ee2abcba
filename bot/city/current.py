"""The city that this process serves: its pack, loaded when it is first asked for, with what staff changed of it laid over.

`serve` changes what the other functions give, all at once; what was taken from them before stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.city.calendar import WorkCalendar
from bot.city.catalogue import SERVICES_FILE, Catalogue, load_catalogue
from bot.city.edits import NO_EDITS, Edit, Edits
from bot.city.errors import PackError
from bot.city.facts import CITY_FILE, City, load_city
from bot.city.questions import CityQuestion, load_questions
from bot.city.ready_words import ReadyWords, load_ready_words
from bot.settings import settings

if TYPE_CHECKING:
    from bot.city.gazetteer import Gazetteer
    from bot.city.online import OnlineGeocoder


class ServedCity:
    """A pack with edits laid over it, each file read when it is first asked for."""

    def __init__(self, pack: Path, edits: Edits = NO_EDITS) -> None:
        self.pack = pack
        self.edits = edits

    @cached_property
    def catalogue(self) -> Catalogue:
        return load_catalogue(self.pack, self.edits)

    @cached_property
    def city(self) -> City:
        return load_city(self.pack, self.edits)

    @cached_property
    def questions(self) -> Mapping[str, CityQuestion]:
        return load_questions(self.pack, self.edits)

    @cached_property
    def ready_words(self) -> tuple[ReadyWords, ...]:
        return load_ready_words(self.pack, self.edits)

    def check(self) -> None:
        """Load everything. Raises `PackError` with all that is wrong."""
        problems: list[str] = []
        for part in ("city", "catalogue", "questions", "ready_words"):
            try:
                getattr(self, part)
            except PackError as error:
                problems += error.problems
        problems = problems or [*self._unrouted(), *self._unanswered()]
        if problems:
            raise PackError(problems)

    def _unanswered(self) -> Iterator[str]:
        for one in self.city.run_by_others:
            if one.answer not in self.questions:
                yield f"{CITY_FILE}: run_by_others: {one.answer!r} is no answer of questions.yml."

    def _unrouted(self) -> Iterator[str]:
        for service in self.catalogue.services.values():
            if service.department not in self.city.departments:
                yield f"{SERVICES_FILE}: services.{service.code}: department: is {service.department!r}, which is no department of the city."


_served: ServedCity | None = None


def served() -> ServedCity:
    """What is in force in this process."""
    global _served
    if _served is None:
        _served = ServedCity(settings().city_pack)
    return _served


def serve(city: ServedCity | None) -> None:
    """Serve this one from now on, checked; None: the pack as it is set, without edits."""
    global _served
    if city is not None:
        city.check()
    _served = city


def fitting(pack: Path, edits: Iterable[Edit]) -> tuple[ServedCity, tuple[Edit, ...]]:
    """The pack with those edits that fit it together, and the edits that do not, as after a change of the pack itself."""
    every = tuple(edits)
    whole = ServedCity(pack, Edits(every))
    try:
        whole.check()
    except PackError:
        kept: list[Edit] = []
        for edit in every:
            try:
                ServedCity(pack, Edits((*kept, edit))).check()
            except PackError:
                continue
            kept.append(edit)
        return ServedCity(pack, Edits(tuple(kept))), tuple(edit for edit in every if edit not in kept)
    return whole, ()


def catalogue() -> Catalogue:
    return served().catalogue


def city() -> City:
    return served().city


def calendar() -> WorkCalendar:
    return city().calendar


def city_questions() -> Mapping[str, CityQuestion]:
    return served().questions


def ready_words() -> tuple[ReadyWords, ...]:
    return served().ready_words


@lru_cache(maxsize=1)
def neighborhoods() -> tuple[str, ...]:
    """Their names as requests have them, sorted."""
    from bot.city.pack import read_neighborhoods  # few processes ask

    return read_neighborhoods(settings().city_pack)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    from bot.city.gazetteer import load_gazetteer  # most processes never ask where something is

    return load_gazetteer(settings().city_pack)


@lru_cache(maxsize=1)
def geocoder() -> OnlineGeocoder | None:
    """The online geocoder behind the gazetteer; None where none is set. Asking it blocks."""
    if settings().geocoder == "none":
        return None
    from bot.city.online import online_geocoder  # few cities ask one

    return online_geocoder(settings(), gazetteer())
