"""A JPEG taken apart: what decoders need, and the EXIF data beside it.

Phones, messengers and carriers write more into a JPEG than any decoder expects: second pictures, headers twice,
trailers, segments that lie about themselves. A decoder gets none of it, so none of it can cost the photo.
Layout: ITU T.81, annex B; segments: JFIF 1.02, CIPA DC-008 4.7, ICC.1 annex B.4.
"""

from __future__ import annotations

from dataclasses import dataclass

START, END = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_STANDALONE = (0x01, *range(0xD0, 0xDA))  # markers without a length: TEM, RSTn, SOI, EOI
# Of the segments for applications only these change colours: JFIF, ICC profiles, Adobe's colour transform.
_KEPT_APPLICATIONS = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
_APPLICATIONS = range(0xE0, 0xF0)
_COMMENT = 0xFE
_EXIF_APPLICATION, _EXIF = 0xE1, b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"


@dataclass(frozen=True, slots=True)
class JpegParts:
    """A JPEG's picture alone, and what was written about it."""

    picture: bytes  # a JPEG with what decoding needs, from its first byte to the end of the file
    exif: bytes = b""
    xmp: bytes = b""


def take_apart(content: bytes) -> JpegParts | None:
    """The parts of a JPEG; None when it ends before its picture begins. Never raises."""
    kept = [START]
    exif = xmp = b""
    at = 2
    while True:
        at = _next_marker(content, at)
        if at + 4 > len(content):
            return None
        marker = content[at + 1]
        if marker in _STANDALONE:
            at += 2
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at + 4 : end]
        if marker == _SCAN:
            return JpegParts(b"".join((*kept, content[at:])), exif, xmp)
        if marker == _EXIF_APPLICATION:
            # Of two the first counts, as with every other program.
            exif = exif or (segment if segment.startswith(_EXIF) else b"")
            xmp = xmp or (segment if segment.startswith(_XMP) else b"")
        if _decoders_need(marker, segment):
            kept.append(content[at:end])
        at = max(end, at + 4)


def _next_marker(content: bytes, at: int) -> int:
    """Where the next marker stands: stuffing before it is passed over, and rubbish between segments, too."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] not in (0x00, 0xFF):
            return at
        at += 1


def _decoders_need(marker: int, segment: bytes) -> bool:
    if marker == _COMMENT:
        return False
    if marker not in _APPLICATIONS:
        return True
    wanted = _KEPT_APPLICATIONS.get(marker)
    return wanted is not None and segment.startswith(wanted)
