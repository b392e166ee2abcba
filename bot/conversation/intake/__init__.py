"""Taking a report: the pure half of the dialogue. `advance` is its one door."""

from bot.conversation.intake.advance import advance
from bot.conversation.intake.beginning import begin_later
from bot.conversation.intake.draft import Draft, End, Step

__all__ = ["Draft", "End", "Step", "advance", "begin_later"]
