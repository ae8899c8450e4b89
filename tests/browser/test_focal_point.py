"""The focal point in a real browser: by pointer, by keyboard, and with a file just chosen."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from articles.photos.models import Photo
from articles.photos.renditions import crop_box, ratio_fraction
from tests.articles import pictures
from tests.articles.factories import make_large_photo, make_user

pytestmark = pytest.mark.django_db(transaction=True)

RATIOS = ("16/9", "4/3", "1/1")


@pytest.fixture
def desk(browser_of):
    """A function that opens a page of a member of staff, of a group or with every right."""

    def desk(group=None, **options):
        user = make_user(group, is_superuser=group is None)
        return browser_of(user, **options).new_page()

    return desk


@pytest.fixture
def photo():
    return make_large_photo((1000, 800))


@pytest.fixture
def form(desk, photo):
    """The form of a photo, ready to point at."""
    page = desk()
    page.goto(reverse("admin:articles_photo_change", args=[photo.pk]))
    page.wait_for_selector(".focal-area")
    return page


def drawn(page):
    """The crops as the page draws them: left, upper, width and height."""
    canvases = page.locator(".focal-crops canvas").all()
    return [[int(part) for part in one.get_attribute("data-box").split()] for one in canvases]


def cut(size, focus):
    """The crops as the server cuts them."""
    boxes = [crop_box(size, ratio_fraction(ratio), focus) for ratio in RATIOS]
    return [[left, upper, right - left, lower - upper] for left, upper, right, lower in boxes]


def fields(page):
    return page.input_value("#id_focus_x"), page.input_value("#id_focus_y")


def point_at(page, x, y):
    box = page.locator(".focal-area canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)


def test_click_sets_the_point_and_saving_keeps_it(form, photo):
    point_at(form, 20, 75)

    assert fields(form) == ("20", "75")
    assert drawn(form) == cut((1000, 800), "20-75")
    form.click("[name=_save]")
    form.wait_for_selector(".messagelist .success")
    photo.refresh_from_db()
    assert photo.focus == "20-75"
    assert photo.is_ready


def test_drag_follows_the_pointer_and_stops_at_the_edge(form):
    box = form.locator(".focal-area canvas").bounding_box()
    form.mouse.move(box["x"] + 5, box["y"] + 5)
    form.mouse.down()
    form.mouse.move(box["x"] + box["width"] + 90, box["y"] + box["height"] / 2, steps=4)
    form.mouse.up()
    form.mouse.move(box["x"] + 5, box["y"] + 5)

    assert fields(form) == ("100", "50")


def test_tap_sets_the_point(desk, photo):
    page = desk(has_touch=True, viewport={"width": 360, "height": 700})
    page.goto(reverse("admin:articles_photo_change", args=[photo.pk]))
    area = page.locator(".focal-area canvas")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box["x"] + box["width"] <= 360
    page.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)

    assert [abs(int(value) - 25) <= 1 for value in fields(page)] == [True, True]


def test_keys_move_the_point(form):
    area = form.get_by_role("slider", name="Focal point")
    area.focus()
    for key, expected in (
        ("ArrowRight", ("51", "50")),
        ("ArrowUp", ("51", "49")),
        ("Shift+ArrowLeft", ("41", "49")),
        ("Shift+ArrowDown", ("41", "59")),
        ("Home", ("50", "50")),
    ):
        form.keyboard.press(key)
        assert fields(form) == expected, key
    for _ in range(7):
        form.keyboard.press("Shift+ArrowLeft")
    assert fields(form) == ("0", "50")
    assert drawn(form) == cut((1000, 800), "0-50")


def test_what_changes_is_read_out(form):
    area = form.get_by_role("slider", name="Focal point")
    area.focus()
    form.keyboard.press("Shift+ArrowUp")

    assert area.get_attribute("aria-valuetext") == "50% from the left, 40% from the top"


@pytest.mark.parametrize("point", [(0, 0), (100, 0), (33, 67), (100, 100)])
def test_numbers_move_the_point_and_the_crops(form, point):
    form.fill("#id_focus_x", str(point[0]))
    form.fill("#id_focus_y", str(point[1]))

    assert drawn(form) == cut((1000, 800), "{}-{}".format(*point))
    form.fill("#id_focus_x", "")  # half-typed: the point stays where it is
    assert drawn(form) == cut((1000, 800), "{}-{}".format(*point))


def test_crops_show_what_the_server_cuts(form):
    """The point in the red quarter: nothing of the right half is in the square."""
    form.fill("#id_focus_x", "0")
    form.fill("#id_focus_y", "0")
    colours = form.evaluate(
        """() => {
            const canvas = document.querySelectorAll(".focal-crops canvas")[2];
            const at = (x, y) => [...canvas.getContext("2d").getImageData(
                canvas.width * x, canvas.height * y, 1, 1).data.slice(0, 3)];
            return [at(0.1, 0.1), at(0.9, 0.1), at(0.1, 0.9)];
        }"""
    )

    red, lime, yellow = colours
    assert red[0] > 200 > red[1]
    assert lime[1] > 200 > lime[0]  # 800 of 1000 pixels: the square reaches into the next quarter
    assert min(yellow[:2]) > 200 > yellow[2]


def test_form_to_add_shows_the_chosen_file_with_its_crops(desk):
    page = desk()
    page.goto(reverse("admin:articles_photo_add"))
    assert page.locator(".focal-area").count() == 0
    upright = pictures.lying(6, (640, 480))  # stored on its side, as telephones do
    page.set_input_files(
        "#id_image", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": upright}
    )
    page.wait_for_selector(".focal-area")
    assert drawn(page) == cut((640, 480), "50-50")

    point_at(page, 90, 10)
    assert drawn(page) == cut((640, 480), "90-10")
    page.fill("#id_alt", "Quarters")
    page.fill("#id_credit", "Me")
    page.click("[name=_save]")
    page.wait_for_selector(".messagelist .success")
    assert Photo.objects.get().focus == "90-10"


def test_file_that_the_browser_cannot_show_is_left_to_the_server(desk):
    page = desk()
    page.goto(reverse("admin:articles_photo_add"))
    broken = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.set_input_files("#id_image", broken)
    page.wait_for_selector("text=can’t show the file")
    page.fill("#id_alt", "x")
    page.fill("#id_credit", "x")
    page.click("[name=_save]")

    expect(page.locator(".errorlist", has_text="not a JPEG")).to_be_visible()


def test_who_may_only_look_sees_the_point_and_cannot_move_it(desk, photo):
    page = desk("Writers")
    Photo.objects.update(focus_x=20, focus_y=30)
    page.goto(reverse("admin:articles_photo_change", args=[photo.pk]))
    page.wait_for_selector(".focal-area")
    area = page.get_by_role("slider", name="Focal point")
    point_at(page, 80, 80)

    assert area.get_attribute("aria-readonly") == "true"
    assert area.get_attribute("aria-valuetext") == "20% from the left, 30% from the top"
    assert drawn(page) == cut((1000, 800), "20-30")


def test_form_works_without_scripts(desk, photo):
    page = desk(java_script_enabled=False)
    page.goto(reverse("admin:articles_photo_change", args=[photo.pk]))
    assert page.locator(".focal-point img").is_visible()
    page.fill("#id_focus_x", "12")
    page.fill("#id_focus_y", "34")
    page.click("[name=_save]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.close()  # or the harness would wait for a timer in it, and none runs there

    photo.refresh_from_db()
    assert photo.focus == "12-34"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_form_has_no_accessibility_faults(desk, photo, axe, scheme, width):
    page = desk(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(reverse("admin:articles_photo_change", args=[photo.pk]))
    page.wait_for_selector(".focal-area")

    assert axe(page) == []
    mark = page.locator(".focal-mark").bounding_box()
    assert min(mark["width"], mark["height"]) >= 24
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
