"""Read what was sent as anybody might, and find planted words where they must not be."""

import base64
import html
import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

_VOID = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }
)
#: Read by machines wherever they stand, so that no box closes over them.
_NEVER_HIDDEN = frozenset({"base", "link", "meta", "noscript", "script", "style", "template"})
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_TAG = re.compile(r"<[^<>]*>")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


class Unreadable(Exception):
    """HTML whose elements don't end where they should: nobody can say what is in a box."""


class Boxes(HTMLParser):
    """A page's source in three heaps: outside every box, in a closed one, in an open one.

    A closed box is ``<section class="spoiler" data-nosnippet><details><div class="spoiler-body">``,
    each right in the other, and ``details`` without ``open``; what is in the box is what is in the
    ``div``. The box's own tags, its label among them, are outside. So is what no element hides.
    """

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.heaps = {"outside": [], "closed": [], "open": []}
        #: Pairs of an open element's name and what it is to a box.
        self.stack = []

    @classmethod
    def read(cls, text):
        """The three heaps as texts."""
        boxes = cls()
        boxes.feed(text)
        boxes.close()
        if boxes.stack:
            raise Unreadable(f"<{boxes.stack[-1][0]}> has no end")
        return {name: "".join(pieces) for name, pieces in boxes.heaps.items()}

    def _heap(self):
        parts = [part for _, part in self.stack]
        if any(name in _NEVER_HIDDEN for name, _ in self.stack):
            return "outside"
        if "closed" in parts:
            return "closed"
        return "open" if "open" in parts else "outside"

    def _add(self, text, heap=None):
        heap = heap or self._heap()
        self.heaps[heap].append(text)
        if heap != "outside":  # what is left around a box is not one word
            self.heaps["outside"].append("\n")

    def _part(self, name, attributes):
        """Return an element's role in a spoiler box, by its ancestors."""
        parent = self.stack[-1][1] if self.stack else ""
        classes = (attributes.get("class") or "").split()
        if name == "section" and "spoiler" in classes and "data-nosnippet" in attributes:
            return "box"
        if name == "details" and parent == "box":
            return "details open" if "open" in attributes else "details closed"
        if name == "div" and "spoiler-body" in classes and parent.startswith("details "):
            return parent.removeprefix("details ")
        return ""

    def handle_starttag(self, name, attributes):
        machines = "outside" if name in _NEVER_HIDDEN else None
        self._add(self.get_starttag_text(), machines)
        if name not in _VOID:
            self.stack.append((name, self._part(name, dict(attributes))))

    def handle_startendtag(self, name, attributes):
        if name not in _VOID and "svg" not in {open_one for open_one, _ in self.stack}:
            raise Unreadable(f"<{name}/> is not ended by its stroke")
        machines = "outside" if name in _NEVER_HIDDEN else None
        self._add(self.get_starttag_text(), machines)

    def handle_endtag(self, name):
        if not self.stack or self.stack[-1][0] != name:
            raise Unreadable(f"</{name}> ends nothing that is open")
        self.stack.pop()
        self._add(f"</{name}>")

    def handle_data(self, data):
        self._add(data)

    def handle_entityref(self, name):
        self._add(f"&{name};")

    def handle_charref(self, name):
        self._add(f"&#{name};")

    def handle_comment(self, data):
        self._add(f" {data} ", "outside")

    def handle_decl(self, decl):
        self._add(f" {decl} ", "outside")

    def unknown_decl(self, data):
        self._add(f" {data} ", "outside")

    def handle_pi(self, data):
        self._add(f" {data} ", "outside")


def _readings(text):
    """A text as it is and as readers, browsers and programs may take it, in lower case."""
    yield text.casefold()
    for _ in range(2):  # HTML within a feed's XML, an address within an address
        text = html.unescape(unquote(text))
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    yield text
    yield _TAG.sub("", text)  # a word of which a part is set in bold, say


def disguises(word):
    """A word as it shows in the middle of base64, however it falls there, and in hexadecimal."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + word.encode()).decode()
        # The characters that hold nothing but the word.
        first, last = (8 * before + 5) // 6, 8 * (before + len(word)) // 6
        yield encoded[first:last]
    yield word.encode().hex()


def words_in(text, plants):
    """The planted words in a text, whole ones by name and pieces of others by the mark."""
    found = set()
    for reading in _readings(text):
        marked = plants.mark in reading
        found |= {word for word in (plants.places if marked else plants.adopted) if word in reading}
        for word in found:
            reading = reading.replace(word, " ")
        if plants.mark in reading:
            found.add(plants.mark)
    found |= {plants.mark for disguise in plants.disguises if disguise in text}
    return found


@dataclass
class Sent:
    """Something that the site has sent: an answer, or a message."""

    name: str
    #: Path of the page that it is, "" for what is none.
    path: str
    #: What was asked for: who asks with a word has it already.
    asked: str = ""
    #: Pairs of a name and a text: headers, body.
    texts: list[tuple[str, str]] = field(default_factory=list)
    #: HTML, whose boxes hide something.
    page: str = ""
    #: Whether it answers a reader who has opened the box.
    opened: bool = False


def read(sent, plants):
    """Return the leaks in a response, and the words that it has in closed boxes."""
    wrong, heaps = [], {"outside": "", "closed": "", "open": ""}
    if sent.page and words_in(sent.page, plants):
        try:
            heaps = Boxes.read(sent.page)
        except Unreadable as error:
            heaps["outside"] = sent.page
            wrong.append(f"{sent.name}: {error}")
    places = [(where, text, None) for where, text in sent.texts]
    places.append(("outside every box", heaps["outside"], None))
    places += [(f"in a box that is {box}", heaps[box], box) for box in ("closed", "open")]
    for where, text, box in places:
        for word in sorted(words_in(text, plants)):
            known = box is None and word in unquote(sent.asked)
            if not known and not plants.allows(word, sent.path, box=box, opened=sent.opened):
                wrong.append(f"{sent.name}: “{plants.name(word)}” is {where}")
    return wrong, words_in(heaps["closed"], plants)
