"""Pictures of finished work, drawn: what a crew would send of what the phone page's samples report."""

from __future__ import annotations

import random
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from bot.simulator.samples import HEIGHT, WIDTH, Sample, blob, drawn, gradient, grain, street, wall


def _filled(image: Image.Image, chance: random.Random) -> None:
    pen = street(image, chance)
    for dash in range(-60, WIDTH, 260):
        pen.polygon(
            [(dash + 40, 500), (dash + 170, 500), (dash + 158, 516), (dash + 22, 516)], fill=(232, 202, 92)
        )
    patch = [(300, 590), (920, 590), (985, 815), (250, 815)]
    pen.polygon(patch, fill=(44, 45, 48))
    grain(image, chance, (330, 600, 890, 805), 1500, (34, 70))
    pen.line((*patch, patch[0]), fill=(26, 26, 28), width=9, joint="curve")
    _cone(pen, 130, 808)
    _cone(pen, 1010, 816)


def _cone(pen: ImageDraw.ImageDraw, left: int, foot: int) -> None:
    pen.rectangle((left - 8, foot - 12, left + 98, foot), fill=(206, 86, 30))
    pen.polygon([(left + 8, foot - 12), (left + 82, foot - 12), (left + 52, foot - 150), (left + 38, foot - 150)], fill=(240, 108, 40))  # fmt: skip
    pen.polygon([(left + 22, foot - 70), (left + 68, foot - 70), (left + 60, foot - 104), (left + 30, foot - 104)], fill=(246, 244, 238))  # fmt: skip


def _painted(image: Image.Image, chance: random.Random) -> None:
    pen = wall(image, chance)
    for left in range(130, 1100, 60):
        upper, lower = 262 + chance.randint(-8, 8), 566 + chance.randint(-8, 8)
        pen.rectangle((left, upper, left + 60, lower), fill=(212, 198, 176))
    for row in range(288, 560, 48):
        pen.line((132, row, 1146, row), fill=(200, 186, 164), width=2)
    pen.ellipse((980, 760, 1090, 800), fill=(120, 116, 108))
    pen.rectangle((984, 668, 1086, 782), fill=(176, 182, 186))
    pen.ellipse((984, 650, 1086, 688), fill=(226, 214, 194))
    pen.arc((984, 610, 1086, 720), 180, 360, fill=(110, 114, 118), width=5)


def _emptied(image: Image.Image, chance: random.Random) -> None:
    pen = street(image, chance)
    pen.ellipse((400, 776, 830, 834), fill=(52, 53, 56))
    pen.polygon([(448, 392), (776, 392), (740, 806), (486, 806)], fill=(38, 108, 82))
    pen.polygon([(448, 392), (520, 392), (536, 806), (486, 806)], fill=(52, 130, 100))
    for x in range(560, 760, 52):
        pen.line((x, 424, x - (x - 612) * 0.08, 790), fill=(28, 86, 64), width=7)
    pen.ellipse((430, 350, 794, 430), fill=(26, 80, 60))
    pen.ellipse((462, 364, 762, 418), fill=(22, 26, 26))
    grain(image, chance, (250, 830, 1000, 880), 60, (84, 110))


def _lit(image: Image.Image, chance: random.Random) -> None:
    gradient(image, (18, 24, 52), (66, 58, 96), (0, 0, WIDTH, 640))
    pen = ImageDraw.Draw(image)
    for _ in range(90):
        x, y = chance.randint(0, WIDTH), chance.randint(0, 420)
        pen.ellipse((x, y, x + 3, y + 3), fill=(196, 200, 224))
    gradient(image, (60, 58, 64), (40, 40, 46), (0, 640, WIDTH, HEIGHT))
    glow = Image.new("RGB", (WIDTH, HEIGHT))
    light = ImageDraw.Draw(glow)
    light.polygon([(540, 130), (640, 130), (900, 880), (240, 880)], fill=(130, 108, 52))
    light.ellipse((480, 60, 700, 200), fill=(255, 224, 140))
    soft = glow.filter(ImageFilter.GaussianBlur(48))
    image.paste(Image.blend(image, Image.composite(soft, image, soft.convert("L")), 0.6))
    pen = ImageDraw.Draw(image)
    pen.line((420, 760, 420, 130), fill=(14, 15, 22), width=18)
    pen.line((420, 130, 560, 114), fill=(14, 15, 22), width=12)
    pen.ellipse((520, 108, 660, 160), fill=(255, 236, 176), outline=(14, 15, 22), width=4)
    pen.polygon(blob(chance, 420, 770, 60, 14), fill=(20, 20, 26))


FINISHED = (
    Sample("filled", "Pothole filled", _filled),
    Sample("painted", "Wall painted", _painted),
    Sample("emptied", "Bin emptied", _emptied),
    Sample("lit", "Light works", _lit),
)


@cache
def finished_photo(name: str) -> bytes | None:
    """The JPEG of finished work, 1200 × 900 pixels, always the same; None for an unknown name."""
    sample = next((one for one in FINISHED if one.name == name), None)
    return None if sample is None else drawn(sample)
