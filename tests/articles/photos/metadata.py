"""
What came with a picture: a reader of files, independent of Pillow.

`found(data)` lists everything in a JPEG, PNG, WebP or AVIF file that is not needed to show its
pixels, by name. It knows what is needed rather than what is not: a kind of metadata that nobody
has thought of is found too.
"""

import struct

#: JPEG: frames, tables, scans and the JFIF header, which holds the pixels' shape and no more.
_JPEG_NEEDED = {0xC0, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0}
_PNG_NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_WEBP_NEEDED = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
#: AVIF: boxes that hold others (and how many bytes of their own come first), and leaves.
_AVIF_CONTAINERS = {b"meta": 4, b"iprp": 0, b"ipco": 0}
_AVIF_NEEDED = {
    *(b"ftyp", b"hdlr", b"pitm", b"iloc", b"iinf", b"iref", b"ipma", b"ispe", b"pixi"),
    *(b"av1C", b"colr", b"auxC", b"mdat"),
}


def found(data):
    if data[:2] == b"\xff\xd8":
        return list(_in_jpeg(data))
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return list(_in_png(data))
    if data[:4] == b"RIFF":
        return list(_in_webp(data))
    if data[4:8] == b"ftyp":
        return list(_in_avif(data))
    return ["unknown kind of file"]


def _in_jpeg(data):
    at = 2
    while True:
        marker = data[at + 1]
        assert data[at] == 0xFF
        if marker == 0xD9:
            break
        length = struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xDA:
            at = _end_of_scan(data, at + 2 + length)
            continue
        content = data[at + 4 : at + 2 + length]
        if marker not in _JPEG_NEEDED or (marker == 0xE0 and content[:5] != b"JFIF\0"):
            yield f"segment {marker:X} {content[:12]!r}"
        at += 2 + length
    if data[at + 2 :]:
        yield "bytes behind the picture"


def _end_of_scan(data, at):
    """The next marker that is neither stuffing nor a restart."""
    while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
        at += 1
    return at


def _in_png(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind not in _PNG_NEEDED:
            yield f"chunk {kind.decode()}"
        at += 12 + length
        if kind == b"IEND":
            break
    if data[at:]:
        yield "bytes behind the picture"


def _in_webp(data):
    size = struct.unpack_from("<I", data, 4)[0]
    at = 12
    while at < 8 + size:
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind not in _WEBP_NEEDED:
            yield f"chunk {kind.decode()}"
        at += 8 + length + length % 2
    if data[at:]:
        yield "bytes behind the picture"


def _in_avif(data):
    for kind, content in _boxes(data):
        if kind not in _AVIF_NEEDED:
            yield f"box {kind.decode()}"
        elif kind == b"colr" and content[:4] != b"nclx":
            yield f"colour profile {content[:4].decode()}"
        elif kind == b"iinf":
            yield from _items(content)


def _boxes(data):
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        size = size or len(data) - at
        assert size >= 8
        content = data[at + 8 : at + size]
        if kind in _AVIF_CONTAINERS:
            yield from _boxes(content[_AVIF_CONTAINERS[kind] :])
        else:
            yield kind, content
        at += size


def _items(content):
    """The kinds of the items of an AVIF: a picture, its transparency, or something else."""
    for kind, entry in _boxes(content[6:]):
        assert kind == b"infe"
        if entry[8:12] != b"av01":
            yield f"item {entry[8:12].decode()}"
