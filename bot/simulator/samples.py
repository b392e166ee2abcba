"""Sample photos, drawn: simple and honest pictures of what residents report."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 900


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn photo: its name in the API and what people read."""

    name: str
    title: str
    draw: Callable[[Image.Image, random.Random], None]


def gradient(
    image: Image.Image,
    top: tuple[int, int, int],
    bottom: tuple[int, int, int],
    box: tuple[int, int, int, int],
) -> None:
    """A box that goes from one colour to another, top to bottom."""
    left, upper, right, lower = box
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), top)
    strip.putpixel((0, 1), bottom)
    image.paste(strip.resize((right - left, lower - upper), Image.Resampling.BILINEAR), (left, upper))


def grain(
    image: Image.Image,
    chance: random.Random,
    box: tuple[int, int, int, int],
    count: int,
    tones: tuple[int, int],
) -> None:
    """Specks, so that a surface looks like one."""
    pen = ImageDraw.Draw(image)
    for _ in range(count):
        x, y = chance.uniform(box[0], box[2]), chance.uniform(box[1], box[3])
        tone, size = chance.randint(*tones), chance.choice((1, 1, 2, 3))
        pen.ellipse((x, y, x + size * 2, y + size), fill=(tone, tone, tone + 3))


def street(image: Image.Image, chance: random.Random) -> ImageDraw.ImageDraw:
    """Sky, houses, kerb and road."""
    gradient(image, (160, 204, 232), (232, 240, 240), (0, 0, WIDTH, 330))
    pen = ImageDraw.Draw(image)
    x = -20
    while x < WIDTH:
        width, height = chance.randint(130, 230), chance.randint(120, 230)
        wall = chance.choice(((226, 208, 184), (214, 196, 190), (196, 208, 206), (236, 226, 204)))
        pen.rectangle((x, 330 - height, x + width, 330), fill=wall)
        for column in range(x + 22, x + width - 40, 52):
            for row in range(330 - height + 24, 290, 56):
                pen.rectangle((column, row, column + 26, row + 32), fill=(104, 130, 148))
        x += width + chance.randint(4, 16)
    pen.rectangle((0, 330, WIDTH, 405), fill=(198, 192, 182))
    for seam in range(-80, WIDTH, 150):
        pen.line((seam + 40, 330, seam, 405), fill=(172, 166, 156), width=3)
    pen.rectangle((0, 405, WIDTH, 428), fill=(226, 222, 214))
    gradient(image, (96, 98, 102), (74, 76, 80), (0, 428, WIDTH, HEIGHT))
    grain(image, chance, (0, 428, WIDTH, HEIGHT), 5200, (58, 122))
    return pen


def blob(
    chance: random.Random, x: float, y: float, rx: float, ry: float, points: int = 26
) -> list[tuple[float, float]]:
    """The outline of something irregular around a point, with these radii."""
    return [
        (
            x + math.cos(step * 2 * math.pi / points) * rx * chance.uniform(0.84, 1.12),
            y + math.sin(step * 2 * math.pi / points) * ry * chance.uniform(0.84, 1.12),
        )
        for step in range(points)
    ]


def _pothole(image: Image.Image, chance: random.Random) -> None:
    pen = street(image, chance)
    for dash in range(-60, WIDTH, 260):
        pen.polygon(
            [(dash + 40, 500), (dash + 170, 500), (dash + 158, 516), (dash + 22, 516)], fill=(232, 202, 92)
        )
    pen.polygon(blob(chance, 610, 690, 318, 124), fill=(112, 110, 106))
    pen.polygon(blob(chance, 612, 696, 268, 98), fill=(58, 55, 52))
    pen.polygon(blob(chance, 622, 712, 212, 70), fill=(36, 33, 31))
    for _ in range(150):
        x, y, size = chance.gauss(610, 190), chance.gauss(712, 62), chance.randint(3, 11)
        tone = chance.randint(86, 150)
        pen.ellipse((x, y, x + size * 1.5, y + size), fill=(tone, tone - 4, tone - 10))
    pen.ellipse((520, 718, 700, 758), fill=(70, 92, 108))
    pen.arc((540, 722, 680, 746), 190, 300, fill=(170, 194, 206), width=4)
    for left, upper, way in ((300, 660, -1), (930, 720, 1)):
        at: tuple[int, int] = (left, upper)
        for _ in range(9):
            to = (at[0] + way * chance.randint(16, 40), at[1] + chance.randint(-22, 24))
            pen.line((*at, *to), fill=(44, 43, 42), width=4)
            at = to


def wall(image: Image.Image, chance: random.Random) -> ImageDraw.ImageDraw:
    """Bricks and the pavement below."""
    gradient(image, (214, 200, 178), (196, 182, 160), (0, 0, WIDTH, 720))
    pen = ImageDraw.Draw(image)
    for row in range(0, 720, 48):
        pen.line((0, row, WIDTH, row), fill=(178, 164, 144), width=3)
        for brick in range(-60 if (row // 48) % 2 else 0, WIDTH, 120):
            pen.line((brick, row, brick, row + 48), fill=(178, 164, 144), width=3)
    gradient(image, (176, 170, 160), (150, 146, 140), (0, 720, WIDTH, HEIGHT))
    grain(image, chance, (0, 720, WIDTH, HEIGHT), 1800, (128, 188))
    return pen


def _graffiti(image: Image.Image, chance: random.Random) -> None:
    pen = wall(image, chance)
    letters = (
        [(170, 300), (150, 500), (300, 520), (320, 330), (210, 320)],
        [(380, 540), (400, 300), (520, 520), (540, 290)],
        [(740, 310), (610, 330), (620, 530), (760, 510), (750, 420), (690, 420)],
        [(830, 300), (850, 530), (990, 510)],
        [(1040, 520), (1000, 300), (1110, 300)],
    )
    for colour, shift, width in (((30, 30, 44), 12, 58), ((236, 74, 122), 0, 42), ((250, 190, 214), -8, 10)):
        for stroke in letters:
            points = [(x + shift, y + shift) for x, y in stroke]
            pen.line(points, fill=colour, width=width, joint="curve")
            for x, y in points:
                pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)
    for _ in range(24):
        column, top = chance.randint(150, 1100), chance.randint(480, 540)
        pen.line((column, top, column, top + chance.randint(30, 150)), fill=(236, 74, 122), width=5)
    for _ in range(700):
        left, upper = chance.gauss(640, 330), chance.gauss(420, 130)
        pen.ellipse((left, upper, left + 3, upper + 3), fill=(236, 110, 150))


def _bin(image: Image.Image, chance: random.Random) -> None:
    pen = street(image, chance)
    pen.ellipse((400, 776, 830, 834), fill=(52, 53, 56))
    pen.polygon([(448, 392), (776, 392), (740, 806), (486, 806)], fill=(38, 108, 82))
    pen.polygon([(448, 392), (520, 392), (536, 806), (486, 806)], fill=(52, 130, 100))
    for x in range(560, 760, 52):
        pen.line((x, 424, x - (x - 612) * 0.08, 790), fill=(28, 86, 64), width=7)
    pen.rectangle((430, 372, 794, 402), fill=(26, 80, 60))
    bags = (
        (520, 342, 92, 66, (52, 54, 60)),
        (660, 326, 104, 80, (66, 68, 76)),
        (742, 358, 66, 46, (238, 236, 230)),
        (372, 774, 96, 62, (58, 60, 66)),
        (880, 782, 74, 48, (236, 232, 224)),
    )
    for x, y, rx, ry, colour in bags:
        pen.polygon(blob(chance, x, y, rx, ry), fill=colour)
        pen.line(
            (x - rx * 0.3, y - ry * 0.5, x + rx * 0.1, y + ry * 0.4),
            fill=tuple(min(255, c + 34) for c in colour),
            width=6,
        )
    pen.polygon([(590, 268), (676, 244), (700, 330), (612, 350)], fill=(196, 150, 96))
    pen.line((634, 256, 656, 340), fill=(160, 118, 72), width=6)
    for _ in range(16):
        x, y = chance.randint(250, 1010), chance.randint(800, 868)
        colour = chance.choice(((244, 244, 240), (214, 70, 60), (240, 200, 90), (150, 190, 214)))
        pen.polygon(blob(chance, x, y, chance.randint(10, 30), chance.randint(6, 14), 7), fill=colour)


def _streetlight(image: Image.Image, chance: random.Random) -> None:
    gradient(image, (18, 24, 52), (66, 58, 96), (0, 0, WIDTH, 640))
    pen = ImageDraw.Draw(image)
    for _ in range(90):
        x, y = chance.randint(0, WIDTH), chance.randint(0, 420)
        pen.ellipse((x, y, x + 3, y + 3), fill=(196, 200, 224))
    x = -30
    while x < WIDTH:
        width, height = chance.randint(120, 220), chance.randint(110, 260)
        pen.rectangle((x, 640 - height, x + width, 640), fill=(30, 31, 50))
        for column in range(x + 20, x + width - 36, 46):
            for row in range(640 - height + 22, 610, 50):
                lit = chance.random() < 0.28
                pen.rectangle(
                    (column, row, column + 20, row + 26), fill=(244, 208, 122) if lit else (44, 46, 70)
                )
        x += width + 6
    gradient(image, (48, 48, 60), (30, 30, 38), (0, 640, WIDTH, HEIGHT))
    glow = Image.new("RGB", (WIDTH, HEIGHT))
    ImageDraw.Draw(glow).ellipse((880, 560, 1260, 780), fill=(120, 96, 40))
    ImageDraw.Draw(glow).ellipse((1010, 330, 1100, 420), fill=(255, 220, 130))
    light = glow.filter(ImageFilter.GaussianBlur(46))
    image.paste(Image.blend(image, Image.composite(light, image, light.convert("L")), 0.55))
    pen = ImageDraw.Draw(image)
    for foot, top, works in ((420, 130, False), (1080, 360, True)):
        pen.line(
            (foot, 760 if not works else 650, foot, top), fill=(14, 15, 22), width=18 if not works else 9
        )
        reach = 150 if not works else 60
        pen.line((foot, top, foot + reach * 0.9, top - 16), fill=(14, 15, 22), width=12 if not works else 6)
        lamp = (foot + reach * 0.62, top - 18, foot + reach * 1.25, top + (34 if not works else 8))
        pen.ellipse(lamp, fill=(255, 226, 150) if works else (40, 42, 56), outline=(14, 15, 22), width=4)
    pen.line((506, 132, 536, 146, 528, 164, 560, 158), fill=(120, 124, 148), width=3)


SAMPLES = (
    Sample("pothole", "Pothole", _pothole),
    Sample("graffiti", "Graffiti", _graffiti),
    Sample("bin", "Overflowing bin", _bin),
    Sample("streetlight", "Dark street light", _streetlight),
)


@cache
def sample_photo(name: str) -> bytes | None:
    """The JPEG of a sample, 1200 × 900 pixels, always the same; None for an unknown name."""
    sample = next((one for one in SAMPLES if one.name == name), None)
    return None if sample is None else drawn(sample)


def drawn(sample: Sample) -> bytes:
    """A sample as the JPEG of a camera."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    sample.draw(image, random.Random(sample.name))  # noqa: S311 - the same picture every time
    image = image.filter(ImageFilter.GaussianBlur(0.8))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86)
    return out.getvalue()
