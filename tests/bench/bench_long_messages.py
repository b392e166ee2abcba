"""How long the longest message takes to be read, beside plain words of the same length read for a place.

    .venv/bin/python -m tests.bench.bench_long_messages

A text that repeats a street 200 times is worth some plain ones: everybody else's message waits meanwhile. Prints the
processor time of each kind as a multiple of the plain text's, the worst kind last.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from bot.city.coordinates import find_position
from bot.city.current import catalogue, gazetteer
from bot.city.words import MAX_LENGTH
from bot.conversation.intake.reading import answers_in
from bot.engine.nlu.gloss import spanish_glossary
from tests.unit.city.test_long_messages import PLACES, POSITIONS

DETAILS = ("plate" + " " * 4000, "line" + "\n" * 4000, "no. " * 1000, "99 " * 1300, "red " * 1000)
PLAIN = "the water has been running down here since this morning and nobody came "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    city = gazetteer()
    readers: dict[str, Callable[[], object]] = {
        repr(text): lambda text=text: city.locate((text * MAX_LENGTH)[:MAX_LENGTH])  # type: ignore[misc]
        for text in (PLAIN, *PLACES)
    }
    readers |= {
        f"{text[:24]!r}...": lambda text=text: find_position(text, lambda point: True)  # type: ignore[misc]
        for text in POSITIONS
    }
    questions = [question for service in catalogue().services.values() for question in service.questions]
    readers |= {
        f"details of {text[:12]!r}...": lambda text=text: answers_in(text, questions)  # type: ignore[misc]
        for text in DETAILS
    }
    readers["Spanish without blanks"] = lambda: spanish_glossary().gloss("estacion" * 500)
    plain, *others = ((min(_seconds(read) for _ in range(rounds)), name) for name, read in readers.items())
    print(f"plain words, {MAX_LENGTH} characters: {plain[0] * 1000:.1f} ms")
    for seconds, name in sorted(others):
        print(f"{seconds / plain[0]:6.1f} times  {name}")


def _seconds(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began


if __name__ == "__main__":
    main()
