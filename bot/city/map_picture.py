"""The map as a picture (PNG): with a pin for the read-back, without one for the page on which the pin is moved.

Pillow draws no smooth lines, so all but the words is drawn at twice the size and made smaller. Words are drawn at
their final size, in the font that comes with Pillow.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont

from bot.city.location import Point
from bot.city.map_drawing import SCALE_FEET, MapDrawing, city_map
from bot.city.map_labels import Label, Line, Mark
from bot.city.map_view import CLOSE, XY, View
from bot.city.phrases import phrase

WIDTH, HEIGHT = (
    320,
    240,
)  # pixels of the web map; a chat shows a picture about as wide, so its names can be read
ZOOM = 16.75  # nearly 400 m of streets: two blocks each way
SHARP = 2.8  # pixels of the picture for one of those: what today's phones can show
PAGE_SHARP = 2.25  # the same for the page, which loads one for every step of the map
_SMOOTH = 2  # pixels drawn for one of the picture
_COLOURS = 32

_OUTSIDE, _CITY, _BORDER = "#d5e3ea", "#f3f0e8", "#8d6fa8"
_EDGE, _ROAD, _MAIN, _FREEWAY, _PATH = "#cfc7b6", "#ffffff", "#ffe3a3", "#f9c58f", "#e4ddcd"
_LABEL, _HALO, _PARK = "#3f3b33", "#ffffff", "#2f6b3c"
_PIN, _PIN_EDGE, _PIN_EYE = "#d3242b", "#8e1016", "#ffffff"

# Widths at zoom CLOSE: of the road and of the line around it.
_WIDTHS = {
    "walkway": (3.0, 0.0),
    "alley": (6.0, 7.5),
    "street": (12.0, 14.5),
    "main": (17.0, 19.5),
    "freeway": (15.0, 17.5),
}
_FILLS = {"walkway": _PATH, "alley": _ROAD, "street": _ROAD, "main": _MAIN, "freeway": _FREEWAY}
_TEXT, _PARK_TEXT, _SCALE_TEXT = 14, 12, 11  # pixels of the web map
_PIN_RADIUS, _PIN_EYE_AT = 13.5, 26.0  # of the pin's head, and its middle above the point
_PIN_FOOT = 4.0  # room for the shadow below the point


@lru_cache(maxsize=128)
def map_picture(point: Point, language: str) -> bytes:
    """PNG of the streets around a point of the city of this process, with a pin on it."""
    # The pin as a whole stands in the middle, not its point.
    view = View(point, WIDTH, HEIGHT, ZOOM).moved(0, -_PIN_EYE_AT / 2)
    return draw_picture(city_map().draw(view, point), language, SHARP, pin=point)


@lru_cache(maxsize=128)
def view_picture(view: View, language: str) -> bytes:
    """PNG of what a view shows of the city of this process, without a pin.

    Names keep clear of the middle: that is where the pin mostly is which the page puts on it.
    """
    return draw_picture(city_map().draw(view, view.centre), language, PAGE_SHARP)


def draw_picture(drawing: MapDrawing, language: str, sharp: float, pin: Point | None = None) -> bytes:
    """PNG of a drawing, `sharp` times as wide and high as its view."""
    view = drawing.view
    brush = _Brush(drawing, sharp)
    brush.ground()
    brush.streets()
    brush.border()
    brush.park_marks()
    image = brush.image.reduce(_SMOOTH)
    words = _Words(image, sharp)
    for label in drawing.labels:
        words.along(label)
    for park in drawing.parks:
        words.park(park)
    words.scale(drawing, language)
    if pin:
        _put_pin(image, view.pixel(pin), sharp)
    out = io.BytesIO()
    image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


class _Brush:
    """Draws shapes given in pixels of the view."""

    def __init__(self, drawing: MapDrawing, sharp: float) -> None:
        self._drawing, self._scale = drawing, sharp * _SMOOTH
        view = drawing.view
        self.image = Image.new(
            "RGB", (_SMOOTH * round(view.width * sharp), _SMOOTH * round(view.height * sharp)), _OUTSIDE
        )
        self._draw = ImageDraw.Draw(self.image)
        # Roads grow with the map, but a street is never thinner than what can be seen.
        self._thick = max(2.0 ** ((view.zoom - CLOSE) * 0.8), 0.12)

    def _at(self, line: Line) -> list[XY]:
        return [(x * self._scale, y * self._scale) for x, y in line]

    def ground(self) -> None:
        """The city's area; rings inside one another take turns, as the even-odd rule wants."""
        mask = Image.new("1", self.image.size)
        for ring in self._drawing.city:
            part = Image.new("1", self.image.size)
            ImageDraw.Draw(part).polygon(self._at(ring), fill=1)
            mask = ImageChops.logical_xor(mask, part)
        self.image.paste(_CITY, mask=mask)

    def streets(self) -> None:
        for edges in (True, False):
            for road, lines in self._drawing.roads:
                width = _WIDTHS[road][1 if edges else 0] * self._thick
                if width:
                    self._lines(lines, width, _EDGE if edges else _FILLS[road])

    def _lines(self, lines: Sequence[Line], width: float, fill: str) -> None:
        thick = max(1, round(width * self._scale))
        radius = thick / 2
        for line in lines:
            points = self._at(line)
            self._draw.line(points, fill, thick, joint="curve" if thick > 3 else None)
            if thick > 3:
                for x, y in (points[0], points[-1]):
                    self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill)

    def border(self) -> None:
        self._lines(self._drawing.border, 1.6, _BORDER)

    def park_marks(self) -> None:
        for park in self._drawing.parks:
            self._disc((park.x, park.y), 4.5, "#ffffff")
            self._disc((park.x, park.y), 3.5, _PARK)

    def _disc(self, at: XY, radius: float, fill: str) -> None:
        x, y, r = at[0] * self._scale, at[1] * self._scale, radius * self._scale
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)


class _Words:
    """Writes on a picture, each word with a halo so that it can be read on anything."""

    def __init__(self, image: Image.Image, scale: float) -> None:
        self._image, self._scale = image, scale
        self._draw = ImageDraw.Draw(image)

    def along(self, label: Label) -> None:
        """A street's name, turned as the street runs."""
        font, halo = _font(_TEXT * self._scale), round(1.8 * self._scale)
        left, top, right, bottom = font.getbbox(label.text, stroke_width=halo, anchor="mm")
        size = (round(right - left) + 2, round(bottom - top) + 2)
        middle = (1 - left, 1 - top)
        for fill, stroke in ((_HALO, halo), (_LABEL, 0)):
            mask = Image.new("L", size)
            ImageDraw.Draw(mask).text(
                middle, label.text, fill=255, font=font, anchor="mm", stroke_width=stroke
            )
            turned = mask.rotate(-label.turn, Image.Resampling.BICUBIC, expand=True)
            x, y = label.x * self._scale - turned.width / 2, label.y * self._scale - turned.height / 2
            self._image.paste(fill, (round(x), round(y)), turned)

    def park(self, park: Mark) -> None:
        self._level((park.x + 8, park.y), park.text, _PARK_TEXT, _PARK, "lm")

    def scale(self, drawing: MapDrawing, language: str) -> None:
        """The bar in the lower left, with its length."""
        if not drawing.scale:
            return
        (left, y), (right, _) = drawing.scale
        for fill, thick in ((_HALO, 4.0), (_LABEL, 1.4)):
            corners = ((left, y - 6), (left, y), (right, y), (right, y - 6))
            points = [(x * self._scale, y * self._scale) for x, y in corners]
            self._draw.line(points, fill, round(thick * self._scale), joint="curve")
        words = phrase(language, "feet", number=str(SCALE_FEET))
        self._level(((left + right) / 2, y - 8), words, _SCALE_TEXT, _LABEL, "mm")

    def _level(self, at: XY, text: str, size: float, fill: str, anchor: str) -> None:
        self._draw.text(
            (at[0] * self._scale, at[1] * self._scale),
            text,
            fill=fill,
            font=_font(size * self._scale),
            anchor=anchor,
            stroke_width=round(1.5 * self._scale),
            stroke_fill=_HALO,
        )


def _put_pin(image: Image.Image, point: XY, sharp: float) -> None:
    """The pin on top of everything, its point at `point` (pixels of the view)."""
    tile = _pin_tile(sharp)
    image.paste(
        tile,
        (round(point[0] * sharp - tile.width / 2), round((point[1] + _PIN_FOOT) * sharp - tile.height)),
        tile,
    )


@lru_cache(maxsize=1)
def _pin_tile(sharp: float) -> Image.Image:
    """The pin on nothing, drawn at four times its size and made smaller, so that its edges are smooth."""
    scale = sharp * 4
    width, height = 2 * (_PIN_RADIUS + 3), _PIN_EYE_AT + _PIN_RADIUS + 3 + _PIN_FOOT
    tile = Image.new("RGBA", (round(width * scale), round(height * scale)))
    draw = ImageDraw.Draw(tile)
    x, y = width / 2, height - _PIN_FOOT
    shadow = Image.new("RGBA", tile.size)
    ImageDraw.Draw(shadow).ellipse(
        [v * scale for v in (x - 8, y - 2.5, x + 8, y + 3.5)], fill=(40, 30, 20, 90)
    )
    tile.alpha_composite(shadow)
    head = y - _PIN_EYE_AT
    for grown, fill in ((2.2, "#ffffff"), (1.0, _PIN_EDGE), (0.0, _PIN)):
        side, foot = _PIN_RADIUS + grown, y + grown * 1.6
        draw.ellipse([v * scale for v in (x - side, head - side, x + side, head + side)], fill=fill)
        shoulder = head + side * 0.42
        corners = ((x - side * 0.905, shoulder), (x + side * 0.905, shoulder), (x, foot))
        draw.polygon([(a * scale, b * scale) for a, b in corners], fill=fill)
    draw.ellipse([v * scale for v in (x - 5, head - 5, x + 5, head + 5)], fill=_PIN_EYE)
    return tile.resize((round(width * sharp), round(height * sharp)), Image.Resampling.BOX)


@lru_cache(maxsize=8)
def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise OSError("this Pillow was built without FreeType, so it cannot write on a map")
    return font
