"""Portraits of invented authors, and a ballot box."""

import math

from articles.demo.pictures.canvas import Canvas

PORTRAIT = (900, 900)


def portrait_ada() -> Canvas:
    """A face made of a few shapes: dark bob, round glasses."""
    canvas = Canvas("ada", "#f2b8a0", "#e98f7d", size=PORTRAIT)
    with canvas.layer("#f7d9b5", opacity=0.7) as pen:
        pen.ellipse(450, 400, 330)
    with canvas.layer("#1f2547", "#151a36") as pen:
        pen.rounded_rectangle(252, 170, 396, 480, 190)
    with canvas.layer("#0f6b6b", "#0a4a52") as pen:
        pen.rounded_rectangle(170, 690, 560, 400, 190)
    with canvas.layer("#b9745a", "#a4624b") as pen:
        pen.rounded_rectangle(394, 560, 112, 190, 50)
    with canvas.layer("#d99a78", "#c98565") as pen:
        pen.rounded_rectangle(318, 250, 264, 370, 130)
    with canvas.layer("#1f2547", "#1a2040") as pen:
        pen.polygon(
            (300, 380), (310, 230), (450, 190), (600, 240), (604, 390), (560, 330), (420, 330)
        )
    with canvas.layer("#f6ead2") as pen:
        for x in (380, 520):
            pen.ring(x, 430, 56, 56, 9)
        pen.line((436, 424), (464, 424), width=9)
    with canvas.layer("#2a1a2e") as pen:
        for x in (380, 520):
            pen.ellipse(x, 434, 10, 13)
        pen.arc(450, 500, 56, 40, 140, 8)
        pen.arc(450, 470, 26, 50, 130, 5)
    with canvas.layer("#f6ead2", opacity=0.9) as pen:
        pen.polygon((380, 716), (450, 800), (520, 716), (506, 700), (450, 760), (394, 700))
    return canvas


def portrait_max() -> Canvas:
    """A face made of a few shapes: grey curls, beard, flat cap."""
    canvas = Canvas("max", "#8fc1c4", "#4f8f9f", size=PORTRAIT)
    with canvas.layer("#e8e2c8", opacity=0.7) as pen:
        pen.ellipse(450, 400, 330)
    with canvas.layer("#a63a2b", "#7d2820") as pen:
        pen.rounded_rectangle(150, 680, 600, 400, 190)
    with canvas.layer("#8a5a44", "#7a4d3a") as pen:
        pen.rounded_rectangle(386, 560, 128, 190, 50)
        pen.ellipse(300, 450, 32, 44)
        pen.ellipse(600, 450, 32, 44)
    with canvas.layer("#a9704f", "#98623f") as pen:
        pen.rounded_rectangle(306, 250, 288, 380, 140)
    with canvas.layer("#dcd8d0", "#b9b4ae") as pen:
        pen.rounded_rectangle(306, 500, 288, 200, 120)
        pen.rounded_rectangle(336, 440, 228, 104, 40)
        for x, y in ((300, 350), (294, 390), (600, 350), (606, 390)):
            pen.ellipse(x, y, 34)
    with canvas.layer("#a9704f", "#98623f") as pen:
        pen.rounded_rectangle(342, 380, 216, 120, 44)
        pen.rounded_rectangle(424, 430, 52, 96, 26)
    _cap_and_face(canvas)
    return canvas


def _cap_and_face(canvas: Canvas) -> None:
    with canvas.layer("#2b3a42", "#1e2a31") as pen:
        pen.ellipse(452, 280, 196, 122)
        pen.rounded_rectangle(256, 268, 392, 76, 34)
        pen.polygon((440, 300), (640, 300), (716, 356), (700, 372), (470, 346))
    with canvas.layer("#2a1a16") as pen:
        for x in (392, 508):
            pen.ellipse(x, 430, 11, 14)
            pen.arc(x, 424, 44, 235, 305, 10)
        pen.arc(450, 530, 44, 35, 145, 10)
    with canvas.layer("#4f8f9f", opacity=0.5) as pen:
        for x in (230, 290, 350, 550, 610, 670):
            pen.line((x, 716), (x, 900), width=9)


def ballot_box() -> Canvas:
    """Slips of paper falling into a box."""
    canvas = Canvas("ballot", "#2b2a6b", "#43389a", "#6a4fc4")
    canvas.glow(800, 330, 640, "#ffb8d9", 0.45)
    with canvas.layer("#1d1b4f", opacity=0.6, blur=18) as pen:
        pen.ellipse(800, 836, 520, 40)
    for x, y, turn, colour in (
        (560, 150, -0.5, "#ffd166"), (1010, 130, 0.4, "#ff7b9c"), (760, 250, 0.2, "#fff7e8"),
        (400, 330, 0.7, "#7de2d1"), (1180, 320, -0.4, "#fff7e8"), (880, 390, -0.12, "#ffd166"),
    ):  # fmt: skip
        _slip(canvas, x, y, turn, colour)
    with canvas.layer("#fff1dc", "#f3cfae") as pen:
        pen.polygon((470, 500), (1130, 500), (1090, 836), (510, 836))
    with canvas.layer("#ffe3c2") as pen:
        pen.polygon((470, 500), (560, 440), (1040, 440), (1130, 500))
    with canvas.layer("#2b2a6b") as pen:
        pen.rounded_rectangle(640, 460, 320, 16, 8)
    with canvas.layer("#e4477c", "#c02f66") as pen:
        pen.ellipse(800, 664, 104)
    with canvas.layer("#fff7e8") as pen:
        pen.line((748, 666), (786, 706), (856, 622), width=24)
    return canvas


def _slip(canvas: Canvas, x: float, y: float, turn: float, colour: str) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return (
            x + dx * math.cos(turn) - dy * math.sin(turn),
            y + dx * math.sin(turn) + dy * math.cos(turn),
        )

    with canvas.layer("#1d1b4f", opacity=0.35, blur=8) as pen:
        pen.polygon(
            *[(px + 10, py + 16) for px, py in (at(-62, -44), at(62, -44), at(62, 44), at(-62, 44))]
        )
    with canvas.layer(colour) as pen:
        pen.polygon(at(-62, -44), at(62, -44), at(62, 44), at(-62, 44))
    with canvas.layer("#2b2a6b", opacity=0.7) as pen:
        pen.line(at(-38, -14), at(38, -14), width=6)
        pen.line(at(-38, 10), at(14, 10), width=6)
