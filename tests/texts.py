"""Texts as no phone should send them and some do: every category of Unicode, among the words that we read."""

from __future__ import annotations

from hypothesis import strategies as st

# Digits and numbers of every kind, signs, controls, directions, joiners, combining marks, halves of surrogate pairs,
# private and unassigned characters: one of each, so that a hundred examples have met them all.
ODD = (
    *"²³¹⁰₂①⑩⓪❶❿➊⑴⒈٣۴०๓０９𝟏𝟗🯱½Ⅷ〇一፩𐩀꘠🔟",
    *"👍👎👍🏽🙏✅❌\u20e3\ufe0f\u200d\u200b\u200e\u202e\u2066\u061c\u00ad\ufeff\u2028\u2029\x00\x07\x1b\x7f\x85",
    *"\u0301\u0338\u0489\ud83d\ude00\ue000\uffff\u0378ßıİſﬁŐǅ\u00a0\u3000「’–'\"\\/{}%_#*&+-:;,.!?¿",
)  # fmt: skip
KNOWN = (
    "1", "two", "dos", "la segunda", "pico", "4th", "and", "y", "calle", "hundred", "mil", "2G65+J6", "85632G65+", "34.0115",
    "-118.49", "plate", "line", "yes", "no", "sent from my iPhone", "(1/2)", "3 days ago", "11/24", "nov", "lunes", "meter #",
    "a couple", "5 stars", "b/w", "xx", "th", "st", "block", "corner of", "https://plus.codes/", "\n--\n", "not", "/affirm",
)  # fmt: skip
_ANY_CHARACTER = st.characters(exclude_categories=())  # surrogates and unassigned ones among them
_PIECE = st.sampled_from(ODD) | st.sampled_from(KNOWN) | st.text(_ANY_CHARACTER, max_size=3)


def any_text(most_pieces: int = 12) -> st.SearchStrategy[str]:
    """Pieces of any kind, with or without blanks between them."""
    pieces = st.lists(_PIECE, max_size=most_pieces)
    return st.tuples(pieces, st.sampled_from(("", " ", "\n"))).map(lambda drawn: drawn[1].join(drawn[0]))
