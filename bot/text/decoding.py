"""Bytes that are said to be text, read whatever their sender says about them."""

from __future__ import annotations

import codecs
import re

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]{1,40})", re.I)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode_text(content: bytes, content_type: str | None = None) -> str:
    """The text, by its byte order mark, else as UTF-8, else by the charset its type names, else as Windows-1252.

    UTF-8 before the charset: what is valid UTF-8 by chance is not text, but carriers name charsets by chance.
    Never raises; what cannot be read becomes U+FFFD.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    named = _CHARSET.search(content_type or "")
    for encoding in ("utf-8", named[1] if named else "cp1252"):
        try:
            return content.decode(encoding)
        except (
            LookupError,
            UnicodeError,
        ):  # not in it; no such charset, or one of Python's that makes no text
            continue
    return content.decode("cp1252", "replace")
