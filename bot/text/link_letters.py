"""Numbers as the letters that a link in a text is made of.

Phones end a link at a dash or leave it out; 0 and O, 1, l and I read alike, where somebody types it from another screen.
"""

from __future__ import annotations

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"


def letters_of(number: int, length: int) -> str:
    """So many letters for a number from 0, the highest part first. What does not fit into them is cut off."""
    letters = []
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(reversed(letters))


def number_of(letters: str, length: int) -> int | None:
    """The inverse of `letters_of`; None for what never was so many of these letters."""
    if len(letters) != length or not set(letters) <= set(ALPHABET):
        return None
    number = 0
    for letter in letters:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number
