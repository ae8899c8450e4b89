"""
What one photo costs, from the upload to its last rendition: `make bench`.

Each figure stands beside a bare Pillow loop that makes the same files from the
same picture, without Django, a database or a check. Both run in processes of
their own, by turns, five times each; the middle one counts. CPU seconds (user
and system) and the peak of memory are those of the whole process, Python and
Django included. The process that starts them stays small, since Linux counts
the memory of the parent as the child's peak.

The picture is 6000 × 4000 (24 megapixels), photograph-like: soft shapes with
grain in five sizes, from a fixed seed. As a PNG it is larger than an upload
may be, so the limit on bytes is raised here.
"""

import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
RUNS = 5
SIZE = (6000, 4000)
#: Grain from coarse to fine: dots across the picture, and how strongly they show.
GRAIN = ((6, 1), (24, 0.4), (96, 0.3), (384, 0.2), (1536, 0.12))
FORMATS = {
    "JPEG": ("photo.jpg", {"quality": 88}),
    "PNG": ("photo.png", {"compress_level": 1}),
    "WEBP": ("photo.webp", {"quality": 85, "method": 0}),
    "AVIF": ("photo.avif", {"quality": 70, "speed": 10}),
}


def photograph(size):
    """The picture to upload."""
    dice = random.Random(1)  # noqa: S311  (a picture, not a secret)
    bands = []
    for _ in range(3):
        band = Image.new("L", size)
        for dots, strength in GRAIN:
            small = (dots, dots * size[1] // size[0])
            noise = Image.frombytes("L", small, dice.randbytes(small[0] * small[1]))
            band = Image.blend(band, noise.resize(size, Image.Resampling.BICUBIC), strength)
        bands.append(band)
    return Image.merge("RGB", bands)


def ours(path):
    """Upload, check, store and make the renditions, as the admin does; how many files."""
    import django

    django.setup()
    from django.core.files.uploadedfile import UploadedFile

    from articles.photos.models import Photo

    with path.open("rb") as file:
        upload = UploadedFile(file, path.name, f"image/{path.suffix[1:]}".replace("jpg", "jpeg"))
        upload.size = path.stat().st_size
        prepared = Photo._meta.get_field("image").formfield().clean(upload)
    photo = Photo(image=prepared, alt="A picture", credit="The benchmark")
    photo.save()
    photo.refresh_from_db()
    assert photo.is_ready
    files = len(photo.all_renditions(photo.focus)) + 1
    photo.delete()
    return files


def floor(path):
    """The same files by the shortest way that Pillow has; how many."""
    from articles.photos import renditions as ours
    from articles.photos.uploads import (
        DRAFT_WIDTH,
        ENCODING_OPTIONS,
        FALLBACK_QUALITY,
        MAX_STORED_WIDTH,
    )

    with Image.open(path) as image:
        picture_format = image.format
        image.draft(None, (DRAFT_WIDTH, 1))
        image.thumbnail((MAX_STORED_WIDTH, image.height))
        stored = io.BytesIO()
        image.save(stored, picture_format, **ENCODING_OPTIONS[picture_format])
    files = 1
    picture = Image.open(stored)
    picture.load()
    for ratio, columns in ours.WIDTH_COUNTS.items():
        cut = picture.crop(ours.crop_box(picture.size, ours.ratio_fraction(ratio), ours.CENTRE))
        widths = [ours.WIDTH_STEP * (column + 1) for column in range(columns)]
        for width in [width for width in widths if width <= cut.width]:
            small = cut.resize((width, width * cut.height // cut.width))
            small.save(io.BytesIO(), "AVIF", **ours.AVIF)
            files += 1
        fallback = cut.resize((1200, 1200 * cut.height // cut.width))
        fallback.convert("RGB").save(io.BytesIO(), "JPEG", quality=FALLBACK_QUALITY)
        files += 1
    return files


def draw(directory):
    """Write the picture in every format."""
    picture = photograph(SIZE)
    for picture_format, (name, options) in FORMATS.items():
        picture.save(Path(directory) / name, picture_format, **options)


def child(kind, path):
    """Run one of the two here and print what it took."""
    if kind == "draw":
        draw(path)
        return
    files = {"ours": ours, "floor": floor}[kind](Path(path))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu": used.ru_utime + used.ru_stime,
                "peak": used.ru_maxrss / 1024,
                "files": files,
            }
        )
    )


def run(environment, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def measure(picture_format, directory, environment):
    """Middle of the runs of both, by turns."""
    path = Path(directory) / FORMATS[picture_format][0]
    taken = {"ours": [], "floor": []}
    for _ in range(RUNS):
        for kind, results in taken.items():
            script = ["-m", "tests.benchmarks.renditions", kind, str(path)]
            results.append(json.loads(run(environment, *script)))
    row = {"format": picture_format, "megabytes": path.stat().st_size / 1e6}
    for kind, results in taken.items():
        for figure in ("cpu", "peak", "files"):
            row[f"{kind}_{figure}"] = statistics.median(result[figure] for result in results)
    assert row["ours_files"] == row["floor_files"], row
    return row


def main():
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "DEVELOPMENT": "true",
            "LOCAL_DIR": directory,
            "MEDIA_ROOT": f"{directory}/media",
            "DATABASE_URL": f"sqlite:///{directory}/db.sqlite3",
            "TASKS_BACKEND": "immediate",
            "PHOTO_MAX_BYTES": "250000000",
        }
        run(environment, "-m", "tests.benchmarks.renditions", "draw", directory)
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        print("24 megapixels    file   CPU s  floor  times   peak MB  floor  files")
        for picture_format in FORMATS:
            row = measure(picture_format, directory, environment)
            rows.append(row)
            print(
                f"{picture_format:<12}{row['megabytes']:>6.1f} MB"
                f"{row['ours_cpu']:>8.2f}{row['floor_cpu']:>7.2f}"
                f"{row['ours_cpu'] / row['floor_cpu']:>7.2f}"
                f"{row['ours_peak']:>10.0f}{row['floor_peak']:>7.0f}{row['ours_files']:>7.0f}",
                flush=True,
            )
    print(json.dumps(rows))


if __name__ == "__main__":
    child(*sys.argv[1:]) if len(sys.argv) > 1 else main()
