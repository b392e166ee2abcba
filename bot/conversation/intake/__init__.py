"""Taking a report: the pure half of the dialogue. `advance` is its one door."""

from bot.conversation.intake.advance import advance, begin_second
from bot.conversation.intake.draft import Draft, End, Step

__all__ = ["Draft", "End", "Step", "advance", "begin_second"]
