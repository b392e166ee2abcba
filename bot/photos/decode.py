"""From a stranger's bytes to upright pixels, whatever the file's name says."""

from __future__ import annotations

import io
import struct

import pillow_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from bot.photos.refusal import PhotoRefused, Refusal

MAX_BYTES = 20 * 1024 * 1024
# What may be decoded whole: 4 bytes a pixel make 256 MB. Phones take up to 50 megapixels in HEIC.
MAX_PIXELS = 64_000_000
# A baseline JPEG is decoded at a half, a quarter or an eighth of its size and never stands whole in memory, so the
# 200-megapixel phones (16,320 x 12,240) are welcome. A progressive one keeps all its coefficients meanwhile.
MAX_BASELINE_PIXELS = 210_000_000

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

pillow_heif.register_heif_opener()
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


def open_image(content: bytes) -> Image.Image:
    """Open a JPEG, PNG, WebP or HEIC, told by content; nothing is decoded yet. Raises PhotoRefused."""
    if len(content) > MAX_BYTES:
        raise PhotoRefused(Refusal.TOO_LARGE)
    file_format = sniff(content)
    try:
        image = Image.open(io.BytesIO(content), formats=(file_format,))
    except DECODING_ERRORS:
        raise PhotoRefused(Refusal.BROKEN) from None
    width, height = image.size
    reducible = file_format == "JPEG" and not image.info.get("progressive")
    if width * height > (MAX_BASELINE_PIXELS if reducible else MAX_PIXELS):
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS)
    return image


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


def upright_pixels(image: Image.Image, max_side: int) -> Image.Image:
    """Decode, turn as EXIF says, bring to sRGB without transparency, and shrink to `max_side` pixels.

    Raises PhotoRefused(BROKEN) for files that are cut off or damaged.
    """
    try:
        scale = min(1.0, max_side / max(image.size))
        wanted = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image.draft("RGB", wanted)  # only JPEG does anything here: decodes at 1/2, 1/4 or 1/8
        image.load()
        turned = ImageOps.exif_transpose(image)
        pixels = _srgb(turned)
        pixels.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except DECODING_ERRORS:
        raise PhotoRefused(Refusal.BROKEN) from None
    return pixels


def _srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = image.point(lambda value: value / 256).convert("L")  # 16-bit grey PNG
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
    else:
        flat = image if image.mode in ("RGB", "CMYK") and profile else image.convert("RGB")
    if profile and flat.mode in ("RGB", "CMYK"):
        flat = _converted(flat, profile)
    return flat.convert("RGB") if flat.mode != "RGB" else flat


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as they were meant, without the profile: iPhones take photos in Display P3."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a damaged profile: slightly dull colours are better than no photo
    return converted or image
