"""Reference codes that people can read out: `SM-` and six characters, the last a check character.

The alphabet holds no look-alikes (0/O/Q, 1/I/L, 2/Z, 5/S, 8/B and U/V keep at most one of each) and no vowels,
so no code spells a word. It has 23 characters, a prime: with weights 1 to 6 the check character
finds every single wrong character and every swap of two.
"""

from __future__ import annotations

import secrets

ALPHABET = "23456789CDFGHJKMNPRTWXY"
LENGTH = 6
# What people write or hear for a character of the alphabet.
_HEARD = str.maketrans({"Z": "2", "S": "5", "B": "8"})


def new_reference(prefix: str) -> str:
    """A random reference, e.g. `SM-7K3R9P`: 23**5 = 6.4 million per prefix."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return f"{prefix}-{body}{check_character(body)}"


def check_character(body: str) -> str:
    """The character that makes the weighted sum of all six divisible by 23."""
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=1))
    # The check character has weight 6; 6 * 4 = 24 = 1 (mod 23), so 4 is the inverse of 6.
    return ALPHABET[(-total * 4) % len(ALPHABET)]


def parse_reference(text: str, prefix: str) -> str | None:
    """The reference someone typed, in its proper form, or None if it is none.

    Takes it with or without prefix, dash and spaces, in any case.
    """
    letters = "".join(text.upper().split()).replace("-", "")
    code = letters.removeprefix(prefix).translate(_HEARD) if letters.startswith(prefix) else letters
    code = code.translate(_HEARD)
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        return None
    return f"{prefix}-{code}" if check_character(code[:-1]) == code[-1] else None
