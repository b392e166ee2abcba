"""Hearing what is meant: every reading of a turn is weighed against the question that is open, and the likeliest one counts.

`heard` is its door, `scene_of` what is open. `evidence` tells what the words show, `competition` how likely each reading is, `acts` what the winner is
to the questions.
"""

from bot.conversation.hearing.hear import heard, scene_of

__all__ = ["heard", "scene_of"]
