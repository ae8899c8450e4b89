"""Functions that read the photo tag's HTML and the files that it names."""

import io
import re
from pathlib import Path

from django.template import Context, Template
from PIL import Image


def files(settings):
    """Every file in the media storage, by its name there."""
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def html(photo, ratio=None, **options):
    """Return the HTML of ``{% photo %}``."""
    arguments = " ".join(f'{name}="{value}"' for name, value in options.items())
    ratio = f'ratio="{ratio}"' if ratio else ""
    template = Template(f"{{% load photos %}}{{% photo photo {ratio} {arguments} %}}")
    return template.render(Context({"photo": photo}))


def printed(text):
    """The addresses and widths of the sources; address, width and height of the fallback."""
    sources = re.findall(r"(/media/\S+) (\d+)w", text)
    fallback = re.search(r'<img[^>]* src="([^"]+)" width="(\d+)" height="(\d+)"', text)
    measured = (fallback[1], int(fallback[2]), int(fallback[3]))
    return [(url, int(width)) for url, width in sources], measured


def stored(settings, url):
    """The picture at an address."""
    path = Path(settings.MEDIA_ROOT) / url.removeprefix("/media/")
    return Image.open(io.BytesIO(path.read_bytes()))
