"""Scenes for the Film hub."""

import math

from articles.demo.pictures.canvas import Canvas, Pen, Point

#: A page of a magazine rather than a screen.
TALL = (1200, 1500)


def cinema_seats() -> Canvas:
    """Rows of red seats before a bright screen, one of them taken."""
    canvas = Canvas("seats", "#160a12", "#2a0d18", "#14060c")
    canvas.glow(800, 260, 900, "#ffcf8a", 0.55)
    with canvas.layer("#fff7e2", "#ffdf9f") as pen:
        pen.rounded_rectangle(330, 70, 940, 400, 14)
    with canvas.layer("#f6b56b", "#d9744a", opacity=0.75) as pen:
        pen.polygon((330, 470), (330, 390), (560, 270), (700, 360), (900, 220), (1270, 400))
        pen.polygon((1270, 400), (1270, 470), (330, 470))
    with canvas.layer("#fffdf4") as pen:
        pen.ellipse(1040, 170, 46)
    with canvas.layer("#5a0f22", "#3a0815") as pen:
        for x in (0, 1395):
            pen.rectangle(x, 0, 205, 620)
    with canvas.layer("#7d1730", "#4d0b1d") as pen:
        for x in (*range(10, 205, 48), *range(1405, 1600, 48)):
            pen.rectangle(x, 0, 20, 620)
    for row in range(4):
        _seats(canvas, row)
    return canvas


def _seats(canvas: Canvas, row: int) -> None:
    width = 118 + row * 34
    top = 520 + row * 100
    shift = (row % 2) * width / 2
    colours = ("#a31c37", "#6e1026") if row % 2 else ("#8d1730", "#5c0c20")
    starts = [x * width - shift - 40 for x in range(-1, round(1600 / width) + 3)]
    with canvas.layer("#20050c", opacity=0.7, blur=10) as pen:
        pen.rectangle(0, top + 30, 1600, 900)
    with canvas.layer(colours[0], colours[0], colours[1]) as pen:
        for x in starts:
            pen.rounded_rectangle(x + 7, top, width - 14, 240, 34)
    with canvas.layer("#ffb38a", opacity=0.3) as pen:
        for x in starts:
            pen.rounded_rectangle(x + 30, top + 5, width - 60, 5, 2)
    if row == 1:
        with canvas.layer("#14060c") as pen:
            pen.ellipse(812, top - 6, 40, 46)
            pen.rounded_rectangle(756, top + 34, 112, 120, 46)


def rain_city() -> Canvas:
    """A city at night in the rain, its lights in the wet street."""
    canvas = Canvas("rain", "#0c1430", "#24265c", "#7a2f72", "#f0705f")
    canvas.glow(800, 610, 640, "#ff9a6b", 0.7)
    for depth, colour in enumerate(("#4b2a6b", "#2c2050", "#120f2b")):
        _skyline(canvas, depth, colour)
    with canvas.layer("#2a1a45", "#0b0a1d") as pen:
        pen.rectangle(0, 700, 1600, 200)
    with canvas.layer("#ff9a6b", "#ff5f8a", opacity=0.75, blur=7, light=True) as pen:
        for _ in range(46):
            x = canvas.random.gauss(800, 420)
            pen.rectangle(x, 704, canvas.random.uniform(4, 20), canvas.random.uniform(40, 190))
    _walker(canvas)
    with canvas.layer("#cfd6ff", opacity=0.3) as pen:
        for _ in range(420):
            x, y = canvas.random.uniform(-40, 1640), canvas.random.uniform(-40, 900)
            length = canvas.random.uniform(18, 60)
            pen.line((x, y), (x - length * 0.24, y + length), width=1.2)
    return canvas


def _skyline(canvas: Canvas, depth: int, colour: str) -> None:
    x, lit = -30.0, []
    with canvas.layer(colour) as pen:
        while x < 1620:
            width = canvas.random.uniform(60, 130)
            middle = 1 - abs(x - 800) / 1100
            height = canvas.random.uniform(120, 240) + 210 * middle - 80 * depth
            if depth == 2 and x + width > 600 and x < 1000:
                height *= 0.25
            pen.rectangle(x, 702 - height, width, height)
            if canvas.random.random() < 0.3:
                pen.line((x + width / 2, 702 - height), (x + width / 2, 650 - height), width=3)
            lit += [(x, 702 - height, width, height)] if height > 60 else []
            x += width + canvas.random.uniform(0, 10)
    with canvas.layer("#ffe3a0", "#ffb072", opacity=0.45 + depth * 0.2) as pen:
        for left, top, width, height in lit:
            for column in range(12, round(width) - 14, 18):
                for row in range(16, round(height) - 16, 24):
                    if canvas.random.random() < 0.34:
                        pen.rectangle(left + column, top + row, 8, 12)


def _walker(canvas: Canvas) -> None:
    with canvas.layer("#090818") as pen:
        pen.polygon((776, 590), (824, 590), (846, 760), (754, 760))
        pen.ellipse(800, 566, 19, 22)
        pen.line((786, 750), (776, 822), width=13)
        pen.line((814, 750), (826, 818), width=13)
        pen.line((822, 610), (838, 540), width=9)
    with canvas.layer("#e2364f", "#a51c3f") as pen:
        dome = [
            (838 + 128 * math.cos(a), 512 + 84 * math.sin(a)) for a in _turns(math.pi, math.tau)
        ]
        scallops: list[Point] = []
        for part in range(4):
            middle = 966 - 32 - part * 64
            scallops += [
                (middle + 32 * math.cos(a), 512 - 15 * math.sin(a)) for a in _turns(0, math.pi)
            ]
        pen.polygon(*dome, *scallops)
        pen.line((838, 428), (838, 412), width=5)
    with canvas.layer("#ff8a8f", opacity=0.5) as pen:
        pen.polygon((838, 428), (780, 458), (742, 512), (774, 500))
    with canvas.layer("#090818", opacity=0.55, blur=6) as pen:
        pen.polygon((760, 826), (842, 822), (870, 900), (730, 900))


def _turns(start: float, end: float, steps: int = 24) -> list[float]:
    return [start + (end - start) * step / steps for step in range(steps + 1)]


def mountain_train() -> Canvas:
    """A night train on a viaduct between snowy mountains."""
    canvas = Canvas("train", "#16224a", "#33508a", "#8fb0cf", "#f4d9c6")
    canvas.stars(240, 380)
    with canvas.layer("#fff4de") as pen:
        pen.ellipse(1190, 180, 62)
    canvas.glow(1190, 180, 260, "#fff1d0", 0.6)
    for foot, rise, colours in (
        (560, 400, ("#6d8cb8", "#5b79a8")),
        (680, 330, ("#3f5b8f", "#355083")),
    ):
        _peaks(canvas, foot, rise, colours)
    _viaduct(canvas)
    with canvas.layer("#eef4fb", "#b9cbe2") as pen:
        pen.polygon(*canvas.ridge(850, 40, 120))
    with canvas.layer("#142448") as pen:
        for _ in range(34):
            x, height = canvas.random.uniform(-20, 1620), canvas.random.uniform(60, 150)
            if 520 < x < 1080:
                height *= 0.5
            for tier in range(3):
                y = 860 - height * tier * 0.3
                half = height * (0.26 - tier * 0.06)
                pen.polygon((x - half, y), (x, y - height * 0.5), (x + half, y))
    with canvas.layer("#ffffff", opacity=0.9) as pen:
        for _ in range(300):
            flake = canvas.random.choice((1.2, 1.8, 2.8))
            pen.ellipse(canvas.random.uniform(0, 1600), canvas.random.uniform(0, 900), flake)
    return canvas


def _peaks(canvas: Canvas, base: float, height: float, colours: tuple[str, ...]) -> None:
    summits = [
        (x + canvas.random.uniform(-60, 60), height * canvas.random.uniform(0.55, 1))
        for x in range(0, 1700, 250)
    ]
    with canvas.layer(*colours) as pen:
        for x, rise in summits:
            pen.polygon((x - rise * 0.95, base), (x, base - rise), (x + rise * 0.95, base))
        pen.rectangle(0, base - 2, 1600, 400)
    with canvas.layer("#f7f4f2", "#cfdcec") as pen:
        for x, rise in summits:
            edge, cap = base - rise, rise * 0.34
            pen.polygon(
                *((x, edge), (x + cap * 0.95, edge + cap), (x + cap * 0.5, edge + cap * 0.82)),
                *((x + cap * 0.15, edge + cap * 1.2), (x - cap * 0.3, edge + cap * 0.86)),
                (x - cap * 0.95, edge + cap),
            )


def _viaduct(canvas: Canvas) -> None:
    with canvas.layer("#22335f", "#182749") as pen:
        pen.rectangle(0, 620, 1600, 36)
        for x in range(-40, 1640, 160):
            pen.rectangle(x, 650, 44, 250)
            pen.polygon((x + 44, 650), (x + 160, 650), (x + 160, 720), (x + 44, 720))
            pen.ellipse(x + 102, 728, 58, 66, ink=0)
            pen.rectangle(x + 44, 728, 116, 180, ink=0)
    with canvas.layer("#b3262e", "#7d1526") as pen:
        for x in range(250, 1060, 204):
            pen.rounded_rectangle(x, 548, 198, 70, 12)
        pen.polygon((1066, 548), (1190, 548), (1262, 618), (1066, 618))
    with canvas.layer("#ffe7a6") as pen:
        for x in range(250, 1060, 204):
            for window in range(5):
                pen.rounded_rectangle(x + 16 + window * 35, 562, 24, 26, 4)
        pen.polygon((1180, 558), (1196, 558), (1222, 586), (1180, 586))
    with canvas.layer("#fff2c4", opacity=0.7, blur=14, light=True) as pen:
        pen.polygon((1250, 600), (1600, 560), (1600, 650), (1250, 612))
    canvas.glow(660, 580, 420, "#ffd27a", 0.35)


def desert_road() -> Canvas:
    """A straight road into a striped evening sun."""
    canvas = Canvas("desert", "#2a1b57", "#93306f", "#f2605a", "#ffc05c")
    canvas.stars(140, 300)
    with canvas.layer("#fff1a8", "#ffd166", "#ff7a59", "#e0447c") as pen:
        pen.ellipse(800, 470, 300)
        for step in range(7):
            y = 400 + step * 32
            pen.rectangle(480, y, 640, 4 + step * 2.4, ink=0)
    canvas.glow(800, 540, 560, "#ffb25c", 0.5)
    with canvas.layer("#6d2461", "#51194f") as pen:
        pen.polygon((0, 600), (0, 430), (250, 430), (300, 520), (420, 540), (520, 600))
        pen.polygon((1600, 600), (1600, 400), (1390, 400), (1350, 480), (1210, 500), (1080, 600))
    with canvas.layer("#c9503f", "#7a2748", "#33133c") as pen:
        pen.rectangle(0, 590, 1600, 310)
    with canvas.layer("#3a1840", "#1c0d26") as pen:
        pen.polygon((794, 590), (806, 590), (1180, 900), (420, 900))
    with canvas.layer("#ffd98a") as pen:
        for start, end in ((0.02, 0.07), (0.13, 0.22), (0.34, 0.5), (0.68, 0.95)):
            near, far = 590 + 310 * end, 590 + 310 * start
            pen.polygon((800 - 12 * start, far), (800 + 12 * start, far),
                        (800 + 12 * end, near), (800 - 12 * end, near))  # fmt: skip
    with canvas.layer("#1c0d26") as pen:
        for x, y, size in ((330, 700, 1.0), (1240, 730, 1.2), (150, 650, 0.55), (1440, 660, 0.6)):
            _cactus(pen, x, y, size)
    return canvas


def _cactus(pen: Pen, x: float, y: float, size: float) -> None:
    pen.rounded_rectangle(x - 16 * size, y - 210 * size, 32 * size, 220 * size, 16 * size)
    for side, reach, low, high in ((-1, 62, 80, 160), (1, 56, 110, 190)):
        arm = x + side * reach * size
        pen.line((x, y - low * size), (arm, y - low * size), width=20 * size)
        pen.rounded_rectangle(
            arm - 11 * size, y - high * size, 22 * size, (high - low + 10) * size, 10 * size
        )


def reel_poster() -> Canvas:
    """A film reel and its ribbon, flat as a poster."""
    canvas = Canvas("reel", "#f3e3c3", "#eed2a4", size=TALL)
    with canvas.layer("#e4572e") as pen:
        pen.ellipse(600, 640, 470)
    with canvas.layer("#17323d") as pen:
        ribbon = [(x, 990 + 60 * math.sin(x / 190)) for x in range(-20, 1240, 20)]
        pen.line(*ribbon, width=112)
        pen.ellipse(600, 600, 340)
        pen.ring(600, 600, 384, 384, 3)
    with canvas.layer("#f3e3c3") as pen:
        for turn in _turns(0, math.tau, 5)[:-1]:
            pen.ellipse(600 + 200 * math.cos(turn - 1.57), 600 + 200 * math.sin(turn - 1.57), 88)
        pen.ellipse(600, 600, 30)
        for x in range(-10, 1240, 40):
            y = 990 + 60 * math.sin(x / 190)
            pen.rounded_rectangle(x, y - 46, 20, 15, 4)
            pen.rounded_rectangle(x, y + 32, 20, 15, 4)
    with canvas.layer("#f2a541") as pen:
        for x in range(30, 1240, 160):
            pen.rounded_rectangle(x - 56, 967 + 60 * math.sin(x / 190), 116, 48, 6)
    return canvas
