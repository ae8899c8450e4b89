"""Scenes for the Sci-Fi hub."""

import math

from articles.demo.pictures.canvas import Canvas, Pen


def _school_front(pen: Pen) -> None:
    pen.polygon(
        *((250, 900), (250, 520), (292, 502), (310, 528), (352, 496), (388, 470)),
        *((388, 420), (610, 420), (640, 396), (662, 420), (690, 420), (690, 330)),
        *((716, 330), (716, 300), (800, 240), (884, 300), (884, 330), (910, 330)),
        *((910, 420), (1150, 420), (1172, 452), (1196, 440), (1236, 486), (1260, 470)),
        *((1296, 530), (1330, 518), (1352, 560), (1352, 900)),
    )
    for x, height in ((430, 74), (1040, 52), (1062, 34)):
        pen.line((x, 424), (x, 424 - height), width=3)
    pen.line((430, 366), (456, 352), width=3)


def _windows(canvas: Canvas) -> list[tuple[int, int]]:
    rows = (470, 560, 650, 740)
    columns = [*range(400, 680, 62), *range(934, 1200, 62)]
    return [(x, y) for y in rows for x in columns if canvas.random.random() < 0.9]


def school_at_night() -> Canvas:
    """A school, long left, under a large moon."""
    canvas = Canvas("school", "#0b1424", "#12303c", "#2b5a58", "#6f8a66", "#c9a25e")
    canvas.stars(320, 520)
    canvas.glow(800, 330, 620, "#8fd0b8", 0.55)
    with canvas.layer("#f4ecd2", "#e6d5a4") as pen:
        pen.ellipse(800, 350, 236)
    with canvas.layer("#c9b98a", opacity=0.35, blur=6) as pen:
        for x, y, r in ((720, 290, 46), (880, 420, 60), (850, 250, 26), (690, 420, 34)):
            pen.ellipse(x, y, r)
    with canvas.layer("#1a3138", "#26433f", blur=4) as pen:
        pen.polygon(*canvas.ridge(700, 120, 70))
    with canvas.layer("#0d1a22", "#070d13") as pen:
        _school_front(pen)
    windows = _windows(canvas)
    with canvas.layer("#24434a", "#1d3338") as pen:
        for x, y in windows:
            pen.rectangle(x, y, 38, 54)
        pen.ellipse(800, 356, 34)
        pen.rectangle(772, 620, 56, 200)
    _broken_panes(canvas, windows)
    _yard(canvas)
    return canvas


def _broken_panes(canvas: Canvas, windows: list[tuple[int, int]]) -> None:
    with canvas.layer("#081017") as pen:
        for x, y in windows:
            if canvas.random.random() < 0.7:
                dx, dy = canvas.random.uniform(0, 38), canvas.random.uniform(10, 54)
                pen.polygon((x, y), (x + dx, y + 4), (x + 20, y + dy), (x + 4, y + 50))
            pen.line((x + 19, y), (x + 19, y + 54), width=2)
            pen.line((x, y + 26), (x + 38, y + 26), width=2)
        for turn in (-0.6, 2.2):  # the clock's hands
            pen.line((800, 356), (800 + 24 * math.cos(turn), 356 + 24 * math.sin(turn)), width=4)
        pen.line((800, 620), (800, 820), width=3)


def _yard(canvas: Canvas) -> None:
    with canvas.layer("#9fb8a0", opacity=0.28, blur=40) as pen:
        pen.ellipse(800, 830, 900, 60)
    with canvas.layer("#05090d") as pen:
        pen.polygon(*canvas.ridge(850, 26, 30))
        for _ in range(180):
            x, height = canvas.random.uniform(0, 1600), canvas.random.uniform(10, 46)
            pen.line((x, 860), (x + canvas.random.uniform(-14, 14), 850 - height), width=1.5)
        for x, lean in ((120, 26), (1480, -30)):
            pen.line((x, 880), (x + lean, 640), width=14)
            for branch in range(7):
                y = 660 + branch * 22
                reach = canvas.random.uniform(60, 150) * (1 if branch % 2 else -1)
                pen.line((x + lean * 0.8, y), (x + lean + reach, y - 90), width=4)
    with canvas.layer("#05090d") as pen:
        for x, y in ((560, 180), (604, 158), (640, 196), (1050, 140), (1092, 168)):
            pen.line((x - 15, y - 8), (x, y), (x + 15, y - 9), width=3)


def ring_station() -> Canvas:
    """A ring-shaped station before a banded planet."""
    canvas = Canvas("station", "#070a1c", "#151238", "#2c1a4d")
    canvas.stars(650, 900)
    canvas.glow(1080, 520, 760, "#ff7e5f", 0.5)
    with canvas.layer("#ffd29d", "#ff9a76", "#c74f6b", "#5b2a63") as pen:
        pen.ellipse(1040, 560, 400)
    _bands(canvas)
    with canvas.layer("#0a0a1e", blur=30, opacity=0.8) as pen:
        pen.ellipse(1040, 560, 404)
        pen.ellipse(900, 450, 440, ink=0)
    with canvas.layer("#f5efe2", "#a9a3bd") as pen:
        pen.ring(640, 400, 330, 118, 20)
        pen.line((310, 400), (970, 400), width=7)
        pen.line((520, 296), (760, 504), width=7)
        pen.line((520, 504), (760, 296), width=7)
        pen.rounded_rectangle(604, 268, 72, 264, 34)
    with canvas.layer("#2b2348") as pen:
        pen.rounded_rectangle(624, 300, 32, 200, 16)
    with canvas.layer("#ffd97a", light=True) as pen:
        for step in range(44):
            turn = step / 44 * math.tau
            pen.ellipse(640 + 320 * math.cos(turn), 400 + 108 * math.sin(turn), 3.4)
        for y in range(316, 490, 22):
            pen.rectangle(636, y, 8, 10)
    canvas.glow(640, 400, 190, "#ffd97a", 0.35)
    return canvas


def _bands(canvas: Canvas) -> None:
    for y, height, colour in ((380, 26, "#fff0cf"), (470, 54, "#b8435f"), (610, 30, "#ffc58b")):
        half = math.sqrt(400**2 - (y - 560) ** 2) - 18
        with canvas.layer(colour, opacity=0.35, blur=5) as pen:
            pen.rounded_rectangle(1040 - half, y, 2 * half, height, height / 2)


def open_door() -> Canvas:
    """A small figure before a tall door full of light."""
    canvas = Canvas("door", "#0a0d1f", "#15203c", "#0b0f20")
    canvas.glow(800, 420, 640, "#5ce1d0", 0.5)
    with canvas.layer("#1b2a4a", "#0f1a31") as pen:
        for inset in (0, 150, 290):
            pen.polygon((inset, 0), (inset + 90, 0), (inset + 90, 860), (inset, 900))
            pen.polygon(
                *((1600 - inset, 0), (1510 - inset, 0), (1510 - inset, 860), (1600 - inset, 900))
            )
    with canvas.layer("#e9fff6", "#8cf0dc", "#3cb7b5") as pen:
        pen.polygon((690, 760), (690, 210), (800, 110), (910, 210), (910, 760))
    canvas.glow(800, 430, 420, "#d9fff4", 0.8)
    with canvas.layer("#c9fff0", "#5fd8c8", opacity=0.35, blur=14, light=True) as pen:
        pen.polygon((690, 760), (910, 760), (1250, 900), (350, 900))
    with canvas.layer("#060812") as pen:
        pen.ellipse(800, 606, 15, 18)
        pen.rounded_rectangle(778, 628, 44, 100, 20)
        pen.line((782, 644), (768, 692), (772, 730), width=11)
        pen.line((818, 644), (832, 692), (828, 730), width=11)
        pen.polygon((780, 690), (820, 690), (834, 760), (766, 760))
        pen.line((790, 750), (786, 812), width=14)
        pen.line((810, 750), (816, 812), width=14)
    with canvas.layer("#060812", opacity=0.6, blur=7) as pen:
        pen.polygon((780, 812), (822, 812), (880, 900), (730, 900))
    with canvas.layer("#7df3e1", opacity=0.8) as pen:
        pen.line((690, 760), (690, 210), (800, 110), (910, 210), (910, 760), width=5)
    return canvas


def salt_lighthouse() -> Canvas:
    """A lighthouse on a dry white sea, two moons above it."""
    canvas = Canvas("salt", "#f7c8a0", "#f3a683", "#d9727b", "#8b4a78")
    with canvas.layer("#fff2dc", opacity=0.95) as pen:
        pen.ellipse(1140, 240, 104)
    with canvas.layer("#ffdcb8", opacity=0.8) as pen:
        pen.ellipse(1320, 150, 44)
    with canvas.layer("#b0607d", "#8b4a78", opacity=0.8) as pen:
        pen.polygon(*canvas.ridge(640, 130, 130))
    with canvas.layer("#fff6ec", "#fff6ec", "#f3dccb", "#d8b3b4") as pen:
        pen.rectangle(0, 630, 1600, 270)
    with canvas.layer("#c79aa3", opacity=0.6) as pen:
        for row in range(7):
            y = 648 + row**2 * 5.4
            pen.line((0, y), (1600, y), width=1 + row / 4)
        for column in range(-14, 15):
            pen.line((800 + column * 40, 630), (800 + column * 260, 900), width=1.6)
    with canvas.layer("#fff6cf", opacity=0.75, blur=10, light=True) as pen:
        pen.polygon((660, 236), (0, 110), (0, 330))
        pen.polygon((660, 236), (1600, 330), (1600, 480))
    _tower(canvas)
    return canvas


def _tower(canvas: Canvas) -> None:
    with canvas.layer("#7a3f6d", opacity=0.5, blur=8) as pen:
        pen.polygon((600, 700), (720, 700), (420, 800), (250, 790))
    with canvas.layer("#5c2e5c", "#3a1f48") as pen:
        pen.polygon((622, 290), (698, 290), (732, 712), (588, 712))
        pen.polygon((608, 200), (660, 150), (712, 200))
        pen.rectangle(604, 278, 112, 16)
        pen.polygon((520, 712), (560, 680), (760, 680), (800, 712))
    with canvas.layer("#f3a683", "#d9727b") as pen:
        for y in (360, 500, 620):
            spread = (y - 290) * 0.081
            pen.polygon(
                *((622 - spread, y), (698 + spread, y)),
                *((702 + spread, y + 46), (618 - spread, y + 46)),
            )
    with canvas.layer("#fffbe0") as pen:
        pen.rectangle(622, 204, 76, 72)
    with canvas.layer("#5c2e5c") as pen:
        for x in (622, 659, 695):
            pen.rectangle(x, 202, 4, 76)
    canvas.glow(660, 238, 230, "#fff3b0", 0.9)


def deck_nine_garden() -> Canvas:
    """A garden under glass domes on a red moon."""
    canvas = Canvas("garden", "#0b1026", "#2a1a44", "#7c2f4e", "#d8604a")
    canvas.stars(380, 560)
    canvas.glow(800, 650, 700, "#ff9f5a", 0.5)
    with canvas.layer("#4f1f3f", "#3a1734") as pen:
        pen.polygon(*canvas.ridge(640, 150, 90))
    for x, r in ((360, 190), (1240, 190), (800, 330)):
        _dome(canvas, x, r)
    with canvas.layer("#2a1029", "#160818") as pen:
        pen.polygon(*canvas.ridge(756, 16, 60))
        pen.rectangle(0, 760, 1600, 140)
    with canvas.layer("#7be0a0", opacity=0.25, blur=30, light=True) as pen:
        pen.ellipse(800, 790, 520, 34)
    return canvas


def _dome(canvas: Canvas, x: float, r: float) -> None:
    with canvas.layer("#bdf5d0", "#3f9c7c", opacity=0.5) as pen:
        pen.ellipse(x, 760, r)
    canvas.glow(x, 720, r * 1.1, "#c8ffd2", 0.6)
    with canvas.layer("#1f6b4c", "#0d3b31") as pen:
        for _ in range(round(r / 7)):
            spot = x + canvas.random.uniform(-0.82, 0.82) * r
            room = math.sqrt(max(0, r**2 - (spot - x) ** 2)) * canvas.random.uniform(0.25, 0.72)
            pen.line((spot, 770), (spot, 760 - room), width=4)
            for leaf in range(4):
                y = 760 - room * (0.4 + leaf * 0.18)
                pen.ellipse(spot + (16 if leaf % 2 else -16), y, 19, 9)
    with canvas.layer("#e9fff0", opacity=0.75) as pen:
        pen.arc(x, 760, r, 180, 360, 5)
        for share in (0.36, 0.74):
            pen.ring(x, 760, r * share, r, 2.5)
        pen.arc(x - r * 0.05, 760 - r * 0.02, r * 0.86, 200, 245, 8)
