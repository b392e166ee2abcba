"""What a resident answered to the questions of a service, in the words in which it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.city.catalogue import Question
from bot.city.current import catalogue
from bot.db.tables import ServiceRequest


def services_of(request: ServiceRequest) -> tuple[str, ...]:
    """Codes of the services that it was, oldest first, and is: what was asked of one stays when it is put right.

    Its updates are loaded.
    """
    puts_right = (update.corrected.get("service") for update in request.updates if update.corrected)
    return (*(changed["before"] for changed in puts_right if changed), request.service_code)


def in_words(
    services: Sequence[str], answers: Mapping[str, object], language: str
) -> Iterator[tuple[str, str]]:
    """Each question and its answer. What the city no longer asks, or offers, is told by its code."""
    asked = {question.code: question for code in services for question in _questions(code)}
    for code, given in answers.items():
        question, answer = asked.get(code), str(given)
        labels = {one.code: one.labels[language] for one in question.choices} if question else {}
        yield (question.ask[language] if question else code), labels.get(answer, answer)


def _questions(service_code: str) -> tuple[Question, ...]:
    service = catalogue().services.get(service_code)
    return service.questions if service else ()
