"""What can be wrong with a city pack."""

from __future__ import annotations


class PackError(ValueError):
    """A city pack is wrong; the message has a sentence a line, each naming the file and the entry."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))
