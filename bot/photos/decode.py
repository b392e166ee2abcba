"""From a stranger's bytes to upright pixels, whatever the file's name says."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageChops, ImageCms, UnidentifiedImageError

from bot.photos.exif import UPRIGHT, orientation_of_xmp
from bot.photos.jpeg import END, take_apart
from bot.photos.refusal import PhotoRefused, Refusal

MAX_BYTES = 20 * 1024 * 1024
# Pixels of a picture that we open. PNG and HEIC stand whole in memory while they are decoded, HEIC twice: phones take
# up to 50 megapixels (8,192 x 6,144) in HEIC. WebP stands there four times, and no phone takes photos in it.
MAX_PIXELS = {"PNG": 51_000_000, "HEIF": 51_000_000, "WEBP": 26_000_000}
# A baseline JPEG is decoded at a half, a quarter or an eighth of its size and never stands whole in memory, so the
# 200-megapixel phones (16,320 x 12,240) are welcome. A progressive one keeps all its coefficients meanwhile.
MAX_BASELINE_PIXELS = 210_000_000
MAX_PROGRESSIVE_PIXELS = 65_000_000

# Formats we know by their first bytes and do not keep. "An image, but not one I can read" is a kinder word than
# "not an image".
_OTHER_IMAGES = (
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"\x00\x00\x01\x00",
    b"8BPS",
    b"\xff\x0a",
    b"\x00\x00\x00\x0cJXL ",
    b"\x00\x00\x00\x0cjP  ",
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")

# A depth map or a mask beside the photo is not what was sent; a thread more is room more.
pillow_heif.register_heif_opener(depth_images=False, aux_images=False, decode_threads=1)
# Our own limits above take its place: its single one would refuse large photos that we decode reduced.
Image.MAX_IMAGE_PIXELS = None


# What decoders raise for damaged files: struct and index errors come from headers that lie about lengths.
DECODING_ERRORS = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    MemoryError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose header was read; nothing of it is decoded yet."""

    image: Image.Image
    content: bytes  # what `image` reads
    exif: bytes = b""  # of a JPEG; the other formats tell it when they are decoded
    xmp: bytes = b""


def open_image(content: bytes) -> Opened:
    """Open a JPEG, PNG, WebP or HEIC, told by content. Raises PhotoRefused."""
    if len(content) > MAX_BYTES:
        raise PhotoRefused(Refusal.TOO_LARGE)
    file_format = sniff(content)
    exif = xmp = b""
    if file_format == "JPEG":
        parts = take_apart(content)
        if parts is None:
            raise PhotoRefused(Refusal.BROKEN)
        content, exif, xmp = parts.picture, parts.exif, parts.xmp
    image = _opened(content, file_format)
    if image.width * image.height > _most_pixels(image, file_format):
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS)
    return Opened(image, content, exif, xmp)


def _opened(content: bytes, file_format: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=(file_format,))
    except MemoryError:
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS) from None
    except DECODING_ERRORS:
        raise PhotoRefused(Refusal.BROKEN) from None


def _most_pixels(image: Image.Image, file_format: str) -> int:
    if file_format != "JPEG":
        return MAX_PIXELS[file_format]
    return MAX_PROGRESSIVE_PIXELS if image.info.get("progressive") else MAX_BASELINE_PIXELS


def sniff(content: bytes) -> str:
    """Pillow's name of the format; raises PhotoRefused for everything we do not keep."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp":
        brands = (content[8:12], *(content[at : at + 4] for at in range(16, _ftyp_end(content), 4)))
        if b"avif" in brands or b"avis" in brands:
            raise PhotoRefused(Refusal.UNSUPPORTED_FORMAT)
        if any(brand in _HEIC_BRANDS for brand in brands):
            return "HEIF"
        raise PhotoRefused(Refusal.NOT_AN_IMAGE)  # MP4 and MOV begin alike
    if content.startswith(_OTHER_IMAGES):
        raise PhotoRefused(Refusal.UNSUPPORTED_FORMAT)
    raise PhotoRefused(Refusal.NOT_AN_IMAGE)


def _ftyp_end(content: bytes) -> int:
    return min(int.from_bytes(content[:4], "big"), 256, len(content))


def decode(opened: Opened, max_side: int) -> Image.Image:
    """The picture as the file holds it, shrunk to `max_side` pixels while it is decoded or right after.

    Raises PhotoRefused(BROKEN) for files that are cut off or damaged, TOO_MANY_PIXELS where memory does not suffice.
    """
    try:
        return _decoded(opened.image, max_side)
    except MemoryError:
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS) from None
    except DECODING_ERRORS:
        if opened.image.format != "JPEG":
            raise PhotoRefused(Refusal.BROKEN) from None
    return _without_its_end(opened.content, max_side)


def _decoded(image: Image.Image, max_side: int) -> Image.Image:
    scale = min(1.0, max_side / max(image.size))
    wanted = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    image.draft(
        "RGB", wanted
    )  # JPEG is decoded at 1/2, 1/4 or 1/8; of a HEIC its own smaller copy, if it has one
    image.load()
    # Before anything else is done to it: turning or colouring the whole picture would take its memory again.
    pixels = _plain_mode(image)
    pixels.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return pixels


# What a JPEG without its last bytes may lack and still be kept: so much of its height.
MAY_BE_MISSING = 1 / 32
# Bits that are no marker and no picture, to see from where on a picture depends on what is not there.
_FILLER = bytes(range(1, 255)) * 16


def _without_its_end(content: bytes, max_side: int) -> Image.Image:
    """A JPEG that lacks its end marker, or a little more; raises PhotoRefused(BROKEN) where it lacks a part to see.

    Decoders make up what is missing and do not say how much it was. So it is decoded twice, with different bits
    in the place of the missing ones: the first row that differs is where the picture ends.
    """
    try:
        pixels, other = (_decoded(_opened(content + tail + END, "JPEG"), max_side) for tail in (b"", _FILLER))
    except DECODING_ERRORS:
        raise PhotoRefused(Refusal.BROKEN) from None
    differing = ImageChops.difference(pixels, other).getbbox()
    if differing is not None and pixels.height - differing[1] > max(2.0, pixels.height * MAY_BE_MISSING):
        raise PhotoRefused(Refusal.BROKEN)
    return pixels


def exif_of(opened: Opened) -> bytes:
    """The EXIF data of a decoded picture, b"" without any."""
    info = opened.image.info
    if legacy := info.get("Raw profile type exif"):  # in a PNG by ImageMagick: three lines, then hexadecimal
        try:
            return bytes.fromhex("".join(str(legacy).split("\n")[3:]))
        except ValueError:
            return b""
    found = opened.exif or info.get("exif")
    return found if isinstance(found, bytes) else b""


def orientation_of(opened: Opened, by_exif: int) -> int:
    """How a decoded picture is to be turned; XMP counts where EXIF says nothing."""
    if opened.image.format == "HEIF":
        return (
            UPRIGHT  # turned by its decoder, which knows better: EXIF is a copy there (ISO 23008-12, annex A)
        )
    info = opened.image.info
    packet = opened.xmp or info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode("utf-8", "replace") if isinstance(packet, str) else packet
    return by_exif if by_exif != UPRIGHT else orientation_of_xmp(packet)


# EXIF 2.32, 4.6.4: which row and column of the photo the first of the file are.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright_srgb(pixels: Image.Image, orientation: int) -> Image.Image:
    """A small picture turned as its orientation says, in sRGB, without transparency."""
    turn = _TURNS.get(orientation)
    return _srgb(pixels.transpose(turn) if turn is not None else pixels)


def _plain_mode(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be made smaller: no palette, no 16 bits."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return image.point(lambda value: value / 256).convert("L")  # 16-bit grey PNG
    if image.mode in ("L", "RGB", "CMYK", "RGBA", "LA") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    elif not (profile and image.mode == "CMYK"):
        image = image.convert("RGB")
    if profile:
        image = _converted(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as they were meant, without the profile: iPhones take photos in Display P3."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a damaged profile: slightly dull colours are better than no photo
    return converted or image
