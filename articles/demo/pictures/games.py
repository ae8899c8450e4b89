"""Scenes for the Games hub."""

import math

from PIL import Image

from articles.demo.pictures.canvas import SIZE, Canvas, Pen

#: Side of one of the pixel landscape's pixels, in points.
PIXEL = 10


def pixel_valley() -> Canvas:
    """A valley in large pixels, a lantern-lit path leading to a cottage."""
    canvas = Canvas("valley", "#1b1440")
    small = Canvas("valley", "#231a5e", "#6b2f86", "#d9557b", "#ffb070", size=(160, 90))
    _pixels(small)
    # Few colours and no smoothing are what makes it look like one drawn by hand.
    few = small.image.quantize(64, dither=Image.Dither.NONE).convert("RGB")
    canvas.image = few.resize(SIZE, Image.Resampling.NEAREST)
    canvas.glow(1030, 590, 260, "#ffd27a", 0.55)
    return canvas


def _pixels(small: Canvas) -> None:
    with small.layer("#ffe9b0") as pen:
        pen.ellipse(80, 46, 14)
    for x, y, width in ((14, 18, 26), (104, 12, 34), (60, 26, 18)):
        with small.layer("#f4a3a8", opacity=0.7) as pen:
            pen.rounded_rectangle(x, y, width, 4, 2)
            pen.rounded_rectangle(x + 5, y - 3, width * 0.5, 4, 2)
    for base, height, colour in ((58, 26, "#7d3a86"), (64, 18, "#4d2b74"), (72, 14, "#2b3a5e")):
        with small.layer(colour) as pen:
            pen.polygon(*small.ridge(base, height, 14))
    with small.layer("#2f6b4f", "#1c4a40") as pen:
        pen.polygon((0, 90), (0, 70), (40, 66), (90, 68), (160, 62), (160, 90))
    with small.layer("#d9a066", "#a8703f") as pen:
        pen.polygon((98, 66), (103, 66), (92, 74), (76, 80), (70, 90), (44, 90), (60, 78), (86, 72))
    _cottage(small)
    with small.layer("#123a35") as pen:
        for x, y, tall in ((14, 74, 22), (30, 70, 16), (136, 72, 24), (150, 78, 30), (4, 84, 26)):
            pen.rectangle(x - 1, y - 4, 2, 8)
            for tier in range(3):
                half = tall * (0.3 - tier * 0.07)
                top = y - tall * (0.35 + tier * 0.3)
                pen.polygon((x - half, y - tall * tier * 0.26), (x, top), (x + half, y - 4))
    with small.layer("#ffe08a") as pen:
        for x, y in ((82, 70), (68, 76), (52, 82)):
            pen.rectangle(x, y - 4, 0.9, 5)
            pen.rectangle(x - 0.5, y - 5, 1.9, 1.9)


def _cottage(small: Canvas) -> None:
    with small.layer("#e8d0a8", "#b98d68") as pen:
        pen.rectangle(93, 55, 20, 11)
    with small.layer("#a5352f", "#6e1f2c") as pen:
        pen.polygon((90, 56), (96, 47), (110, 47), (116, 56))
        pen.rectangle(108, 43, 3, 6)
    with small.layer("#ffe08a") as pen:
        pen.rectangle(105, 58, 4, 4)
        pen.rectangle(96, 58, 3, 3)
    with small.layer("#4a2a24") as pen:
        pen.rectangle(100, 60, 3, 6)
    with small.layer("#e6d4e8", opacity=0.6) as pen:
        for x, y, r in ((110, 40, 1.6), (112, 36, 2.2), (115, 31, 2.8)):
            pen.ellipse(x, y, r)


def island_blocks() -> Canvas:
    """Small islands seen from a slant, floating on a bright sea."""
    canvas = Canvas("islands", "#7fd8d4", "#3fb3c4", "#1f86ab")
    with canvas.layer("#d8fbf2", opacity=0.35) as pen:
        for _ in range(70):
            x, y = canvas.random.uniform(0, 1600), canvas.random.uniform(0, 900)
            pen.rounded_rectangle(x, y, canvas.random.uniform(20, 80), 4, 2)
    for x, y, size, rise in (
        (1330, 190, 120, 30), (300, 240, 150, 40), (800, 470, 300, 70), (1280, 690, 170, 44),
        (270, 720, 130, 36),
    ):  # fmt: skip
        _island(canvas, x, y, size, rise)
    _tower(canvas)
    return canvas


def _island(canvas: Canvas, x: float, y: float, size: float, rise: float) -> None:
    half = size / 2
    with canvas.layer("#0d5f86", opacity=0.45, blur=10) as pen:
        pen.ellipse(x + 14, y + rise + half * 0.6, size * 1.06, half * 0.8)
    with canvas.layer("#b98350", "#8c5a3c") as pen:
        pen.polygon((x - size, y), (x, y + half), (x, y + half + rise), (x - size, y + rise))
    with canvas.layer("#8c5a3c", "#6a4030") as pen:
        pen.polygon((x + size, y), (x, y + half), (x, y + half + rise), (x + size, y + rise))
    with canvas.layer("#f3d68a") as pen:
        pen.polygon((x, y - half), (x + size, y), (x, y + half), (x - size, y))
    with canvas.layer("#a9d66b", "#7dbb56") as pen:
        k = 0.8
        pen.polygon((x, y - half * k), (x + size * k, y), (x, y + half * k), (x - size * k, y))
    for _ in range(round(size / 16)):
        a, b = canvas.random.uniform(-0.6, 0.6), canvas.random.uniform(-0.6, 0.6)
        spot = (x + (a - b) * half, y + (a + b) * half / 2)
        if abs(a) + abs(b) > 0.4:
            _tree(canvas, *spot, size * 0.1 + 10)


def _tree(canvas: Canvas, x: float, y: float, size: float) -> None:
    with canvas.layer("#5b3a2c") as pen:
        pen.rectangle(x - 3, y - size, 6, size)
    with canvas.layer("#2f8f5b") as pen:
        pen.polygon((x - size * 0.6, y - size * 0.6), (x, y - size * 2.2), (x, y - size * 0.4))
    with canvas.layer("#1f6f4d") as pen:
        pen.polygon((x + size * 0.6, y - size * 0.6), (x, y - size * 2.2), (x, y - size * 0.4))


def _tower(canvas: Canvas) -> None:
    x, y = 800, 480
    for level, (half, height) in enumerate(((92, 110), (70, 100), (48, 90))):
        with canvas.layer("#f8f1e0", "#e5d6bd") as pen:
            pen.polygon(
                (x - half, y - half / 2), (x, y), (x, y - height), (x - half, y - height - half / 2)
            )
        with canvas.layer("#d2b894", "#b3946f") as pen:
            pen.polygon(
                (x + half, y - half / 2), (x, y), (x, y - height), (x + half, y - height - half / 2)
            )
        with canvas.layer("#ffffff") as pen:
            top = y - height
            pen.polygon(
                (x - half, top - half / 2), (x, top), (x + half, top - half / 2), (x, top - half)
            )
        with canvas.layer("#36546b") as pen:
            for share in (0.35, 0.7):
                spot = x - half * share
                base = y - half * share / 2 - height * 0.35
                pen.polygon((spot - 7, base - 4), (spot + 7, base + 3),
                            (spot + 7, base - 27), (spot - 7, base - 34))  # fmt: skip
        y -= height + (8 if level < 2 else 14)
    with canvas.layer("#e4572e") as pen:
        pen.polygon((x - 44, y + 4), (x, y + 26), (x, y - 70))
    with canvas.layer("#b53a22") as pen:
        pen.polygon((x + 44, y + 4), (x, y + 26), (x, y - 70))


def deep_street() -> Canvas:
    """A diver with a lamp above the roofs of a drowned street."""
    canvas = Canvas("fathom", "#6fe0d2", "#1f9aa8", "#0d4f78", "#071d3f", "#040b1f")
    with canvas.layer("#e6fff6", opacity=0.32, blur=18, light=True) as pen:
        for top, foot in ((300, -60), (620, 470), (860, 900), (1090, 1420)):
            pen.polygon((top, -20), (top + 110, -20), (foot + 330, 900), (foot, 900))
    for base, colour in ((760, "#0f4a70"), (860, "#08294c")):
        _sunken_houses(canvas, base, colour)
    canvas.glow(890, 500, 420, "#ffe7a0", 0.75)
    with canvas.layer("#fff3c4", opacity=0.3, blur=16, light=True) as pen:
        pen.polygon((880, 488), (1700, 520), (1560, 960), (1300, 960))
    _diver(canvas)
    with canvas.layer("#e9fffb", opacity=0.7) as pen:
        for step in range(16):
            x = 744 + 22 * math.sin(step * 0.9) + canvas.random.uniform(-8, 8)
            pen.ring(x, 400 - step * 26, 5 + step * 0.7, 5 + step * 0.7, 2)
    with canvas.layer("#ffb347", "#ff8a5c") as pen:
        for x, y in ((330, 420), (390, 450), (300, 470), (1250, 330), (1310, 350), (440, 405)):
            pen.ellipse(x, y, 17, 8)
            pen.polygon((x - 14, y), (x - 29, y - 9), (x - 29, y + 9))
    return canvas


def _sunken_houses(canvas: Canvas, base: float, colour: str) -> None:
    x, windows = -40.0, []
    with canvas.layer(colour) as pen:
        while x < 1640:
            width, height = canvas.random.uniform(110, 170), canvas.random.uniform(90, 190)
            if 640 < x < 1000:
                height *= 0.6
            pen.rectangle(x, base - height, width, 500)
            pen.polygon(
                (x - 8, base - height),
                (x + width / 2, base - height - 70),
                (x + width + 8, base - height),
            )
            windows.append((x + width * 0.25, base - height + 30))
            x += width + canvas.random.uniform(4, 60)
    with canvas.layer("#04142e", opacity=0.7) as pen:
        for left, top in windows:
            pen.rectangle(left, top, 22, 32)
            pen.rectangle(left + 48, top, 22, 32)
        for _ in range(50):
            weed = canvas.random.uniform(0, 1600)
            points = [(weed + 8 * math.sin(k), base + 60 - k * 16) for k in range(7)]
            pen.line(*points, width=5)


def _diver(canvas: Canvas) -> None:
    with canvas.layer("#06101f") as pen:
        pen.line((740, 470), (640, 520), (560, 500), width=26)
        pen.line((740, 484), (650, 560), (580, 580), width=26)
        pen.polygon((566, 486), (490, 450), (500, 500), (560, 516))
        pen.polygon((590, 566), (510, 570), (530, 612), (590, 596))
        pen.line((730, 470), (800, 446), width=58)
        pen.line((800, 460), (850, 500), (888, 494), width=18)
        pen.rounded_rectangle(700, 404, 108, 34, 16)
        pen.ellipse(838, 424, 36)
    with canvas.layer("#ffd166") as pen:
        pen.ellipse(852, 422, 19)
    with canvas.layer("#fffbe6") as pen:
        pen.ellipse(892, 494, 11)
        pen.ellipse(858, 416, 6)


def arcade() -> Canvas:
    """A row of arcade machines in a dark room, one screen calling."""
    canvas = Canvas("arcade", "#12082b", "#241047", "#0c0620")
    canvas.glow(800, 400, 720, "#ff4fa3", 0.4)
    canvas.glow(800, 860, 620, "#2bd9ff", 0.35)
    with canvas.layer("#3a1a66", opacity=0.6) as pen:
        for column in range(-16, 17):
            pen.line((800 + column * 60, 760), (800 + column * 210, 900), width=2)
        for row in range(6):
            pen.line((0, 762 + row**2 * 5), (1600, 762 + row**2 * 5), width=2)
    for x, scale in ((150, 0.82), (1450, 0.82), (450, 0.92), (1150, 0.92), (800, 1.12)):
        _machine(canvas, x, scale)
    return canvas


def _machine(canvas: Canvas, x: float, scale: float) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * scale, 800 + dy * scale

    main = scale > 1
    with canvas.layer("#2b1457", "#150a30") as pen:
        pen.polygon(at(-140, 0), at(-140, -600), at(140, -600), at(140, 0))
    with canvas.layer("#ff4fa3" if main else "#7a2f8f", "#6b2a9a" if main else "#4a2370") as pen:
        pen.rounded_rectangle(*at(-126, -588), 252 * scale, 78 * scale, 10)
        pen.polygon(at(-140, -250), at(140, -250), at(160, -190), at(-160, -190))
    with canvas.layer("#07051a") as pen:
        pen.rounded_rectangle(*at(-116, -490), 232 * scale, 216 * scale, 16)
    _game(canvas, at(-104, -478), scale, lit=main)
    with canvas.layer("#ffd166", "#ff5f8a") as pen:
        pen.line(at(-70, -215), at(-78, -262), width=8 * scale)
        pen.ellipse(*at(-79, -268), 15 * scale)
        for dx in (20, 60, 100):
            pen.ellipse(*at(dx, -220), 14 * scale, 8 * scale)
    with canvas.layer("#0a0520") as pen:
        pen.rounded_rectangle(*at(-40, -130), 80 * scale, 96 * scale, 8)
    if main:
        canvas.glow(*at(0, -380), 330, "#5ef2ff", 0.5)


def _game(canvas: Canvas, corner: tuple[float, float], scale: float, *, lit: bool) -> None:
    left, top = corner
    colours = ("#5ef2ff", "#38ffb0", "#ffe66d") if lit else ("#2a7f96", "#6a4fa0")

    def block(pen: Pen, column: float, row: float, wide: float = 1) -> None:
        cell = 13 * scale
        pen.rectangle(left + column * cell, top + row * cell, cell * wide * 0.9, cell * 0.9)

    with canvas.layer("#10265c" if lit else "#0e1338") as pen:
        pen.rounded_rectangle(left, top, 208 * scale, 192 * scale, 8)
    with canvas.layer(*colours) as pen:
        for row in range(1, 7, 2):
            for column in range(2, 14, 2):
                if canvas.random.random() < 0.85:
                    block(pen, column, row)
        block(pen, 6, 12, 3)
        block(pen, 7, 11)
        block(pen, 7.2, 8.5, 0.4)
