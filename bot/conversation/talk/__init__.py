"""Taking a turn: what was said is heard, answered, and the next question asked. `converse` is its one door."""

from bot.conversation.talk.converse import converse
from bot.conversation.talk.progress import Progress

__all__ = ["Progress", "converse"]
