"""Everything that a person reads of a service."""

from __future__ import annotations

from collections.abc import Iterator

from bot.city.catalogue import Service


def texts_of(service: Service) -> Iterator[tuple[str, str]]:
    """Language and text of each."""
    found = [service.names, service.short, service.noun, service.description]
    found += [question.ask for question in service.questions]
    found += [choice.labels for question in service.questions for choice in question.choices]
    found += [service.guidance] if service.guidance else []
    found += [service.handover.text, service.handover.office] if service.handover else []
    for texts in found:
        yield from texts.items()
