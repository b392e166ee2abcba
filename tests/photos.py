"""Photos made for tests: with EXIF, in every format, and damaged ones."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from datetime import datetime

import pillow_heif
from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

SANTA_MONICA = (34.0112, -118.4916)

pillow_heif.register_heif_opener()

# What x265 might save is looked for ten times as long as no test needs.
QUICK_HEIF = {"enc_params": {"preset": "ultrafast"}}


def picture(width: int = 640, height: int = 480, *, mode: str = "RGB", shade: int = 90) -> Image.Image:
    """A picture whose upper left quarter is red and whose rest is grey, so that its way up can be seen."""
    image = Image.new("RGB", (width, height), (shade, shade, shade))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(220, 30, 30))
    return image.convert(mode)


def exif(
    position: tuple[float, float] | None = None,
    *,
    orientation: int | None = None,
    taken: datetime | None = None,
    camera: str | None = "Secret Camera 5",
) -> Image.Exif:
    """EXIF data as a phone writes it; `taken` is aware."""
    data = Image.Exif()
    if camera:
        data[Base.Model] = camera
    if orientation:
        data[Base.Orientation] = orientation
    if taken:
        offset = taken.strftime("%z")
        data.get_ifd(IFD.Exif).update(
            {
                Base.DateTimeOriginal: taken.strftime("%Y:%m:%d %H:%M:%S"),
                Base.OffsetTimeOriginal: f"{offset[:3]}:{offset[3:5]}",
            }
        )
    if position:
        lat, lon = position
        data.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
                GPS.GPSLatitude: _sexagesimal(abs(lat)),
                GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
                GPS.GPSLongitude: _sexagesimal(abs(lon)),
            }
        )
    return data


# TIFF 6.0, section 2: how one value of each type is packed.
TIFF_TYPES = {
    1: "B",
    2: "B",
    3: "H",
    4: "L",
    5: "LL",
    6: "b",
    7: "B",
    8: "h",
    9: "l",
    10: "ll",
    11: "f",
    12: "d",
}

Entry = tuple[
    int, int, tuple[float, ...]
]  # tag, type, values; of a fraction numerator and denominator in turn


def raw_exif(main: Iterable[Entry], gps: Iterable[Entry] = (), *, order: str = ">") -> bytes:
    """EXIF data with tags of any type, sensible or not: what no library would write."""
    header = b"Exif\x00\x00" + (b"MM\x00*" if order == ">" else b"II*\x00") + struct.pack(order + "L", 8)
    main, gps = list(main), list(gps)
    start_of_gps = 8 + 2 + 12 * (len(main) + bool(gps)) + 4 + _outside(main)
    if gps:
        main.append((IFD.GPSInfo, 4, (start_of_gps,)))
    return header + _directory(main, 8, order) + (_directory(gps, start_of_gps, order) if gps else b"")


def _outside(entries: list[Entry]) -> int:
    sizes = [struct.calcsize("=" + TIFF_TYPES[kind][0]) * len(values) for _, kind, values in entries]
    return sum(size for size in sizes if size > 4)


def _directory(entries: list[Entry], start: int, order: str) -> bytes:
    fields, beyond = b"", b""
    for tag, kind, values in entries:
        code = TIFF_TYPES[kind]
        packed = b"".join(struct.pack(order + code[0], value) for value in values)
        count = len(values) // len(code)
        if len(packed) > 4:
            field = struct.pack(order + "L", start + 2 + 12 * len(entries) + 4 + len(beyond))
            beyond += packed
        else:
            field = packed.ljust(4, b"\x00")
        fields += struct.pack(order + "HHL", tag, kind, count) + field
    return struct.pack(order + "H", len(entries)) + fields + bytes(4) + beyond


def with_exif(file_format: str, data: bytes, width: int = 64, height: int = 32) -> bytes:
    """A small photo of a format with EXIF data as they are given."""
    return _saved(picture(width, height), file_format, exif=data)


def flat_png(width: int, height: int, *, depth: int = 8, colour: int = 2, interlaced: bool = False) -> bytes:
    """A PNG of one colour and any size, made without ever standing in memory."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    packer = zlib.compressobj(1)
    data = []
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        row = b"\x00" + b"\x40" * -(-columns * samples * depth // 8)
        many = row * 64
        data += [packer.compress(many) for _ in range(rows // 64)]
        data.append(packer.compress(row * (rows % 64)))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    body = b"".join((*data, packer.flush()))
    return PNG_START + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


PNG_START = b"\x89PNG\r\n\x1a\n"
# PNG 1.2, 2.6: first column and row of each pass, and the steps to the next.
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _sexagesimal(value: float) -> tuple[float, float, float]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return float(degrees), float(minutes), round((value - degrees - minutes / 60) * 3600, 4)


def jpeg(
    width: int = 640,
    height: int = 480,
    *,
    position: tuple[float, float] | None = None,
    orientation: int | None = None,
    taken: datetime | None = None,
    shade: int = 90,
    progressive: bool = False,
) -> bytes:
    """A JPEG as a phone takes it; different `shade`s make different photos."""
    data = exif(position, orientation=orientation, taken=taken)
    return _saved(
        picture(width, height, shade=shade),
        "JPEG",
        exif=data,
        comment=b"taken at my home",
        progressive=progressive,
    )


def png(width: int = 640, height: int = 480, *, mode: str = "RGB") -> bytes:
    return _saved(picture(width, height, mode=mode), "PNG")


def webp(width: int = 640, height: int = 480) -> bytes:
    return _saved(picture(width, height), "WEBP")


def heic(width: int = 640, height: int = 480, *, position: tuple[float, float] | None = None) -> bytes:
    return _saved(picture(width, height), "HEIF", exif=exif(position).tobytes(), quality=60, **QUICK_HEIF)


def gif() -> bytes:
    return _saved(picture(), "GIF")


def truncated(content: bytes, share: float = 0.5) -> bytes:
    """The first part of a file, as a broken upload leaves it."""
    return content[: int(len(content) * share)]


def _saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
