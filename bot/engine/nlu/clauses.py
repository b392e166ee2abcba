"""A message in its clauses: "that's not it, it's a leak. does water come? then yes send" puts right, asks and says yes.

Each is read as a reply of its own (`ReplyReader`), so that who knows the conversation can tell what in a message is an answer, what
is told, and what is only manners.
"""

import re

MOST_CHARACTERS = 400  # longer ones are stories
MOST = 8  # clauses
LEAST_WORDS = 2  # fewer say little by themselves: they are read with what follows, unless they say yes or no

_END = re.compile(
    r"(?<=[.!?;\n…])\s*(?=\w|[¿¡])(?<!\d\.)|\n+|(?<=[^\d],)\s+|\s+(?=(?:but|pero|and then|y ya|y luego|anyway)\s)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\W*(?:yes|yeah|yea|yep|yup|sure|ok|okay|no|nope|nah|si|sí|claro|dale|va|sale|thanks|gracias|thx|send|perfect\w*|m[aá]nd\w+|env[ií]\w+)\W*",
    re.IGNORECASE,
)


def clauses(text: str) -> list[str]:
    """The clauses of a text, as they are written and in their order; none of a text that has only one, or very many."""
    if len(text) > MOST_CHARACTERS:
        return []
    found: list[str] = []
    waiting = ""
    for part in _END.split(text):
        part = f"{waiting} {part.strip()}".strip() if waiting else part.strip()
        waiting = ""
        if not re.search(r"\w", part):
            continue
        if len(part.split()) < LEAST_WORDS and not _ANSWERS.fullmatch(part):
            waiting = part
        else:
            found.append(part)
    if waiting and found:
        found[-1] = f"{found[-1]} {waiting}"
    return found if 1 < len(found) <= MOST else []
