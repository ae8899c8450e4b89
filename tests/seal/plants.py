"""Words that can't be guessed, each planted in one place of its own."""

import secrets
import string
from collections import defaultdict

from tests.seal.reading import disguises

#: No secret: stands beside the boxes of one article, and nowhere else.
BESIDE = "quillwort"


def letters(number):
    """So many small letters by chance."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(number))


class Plants:
    """The planted words, and the places where each may be found.

    All words begin with the same mark, by which a piece of one is noticed too. The words of one
    source, such as an article's boxes, may be found on the same pages.
    """

    def __init__(self):
        self.mark = letters(10)
        self.disguises = tuple(disguises(self.mark))
        #: Word → its source and place.
        self.places = {}
        #: Those without the mark.
        self.adopted = set()
        #: Source → paths of pages on which closed boxes hold its words.
        self.boxed_on = defaultdict(set)
        #: Source → paths of pages for readers who have opened the box.
        self.opened_on = defaultdict(set)
        #: Source → paths of pages that may hold its words wherever they like.
        self.open_on = defaultdict(set)

    def word(self, source, place):
        """A new word, to be planted in a place."""
        return self.adopt(source, place, self.mark + letters(6))

    def adopt(self, source, place, word):
        """A word that somebody else has made up: the name of a picture's file."""
        self.places[word] = (source, place)
        if not word.startswith(self.mark):
            self.adopted.add(word)
        return word

    def bed(self, source):
        """A function that makes the words of one source, by the place."""
        return lambda place: self.word(source, place)

    def of(self, *sources):
        """The words of some sources."""
        return {word for word, (source, _) in self.places.items() if source in sources}

    def name(self, word):
        """Return the name of a word in a report; a part of a word has none."""
        source, place = self.places.get(word, ("a planted word", "a piece of it"))
        return f"{source}: {place}"

    def boxed(self):
        """Pairs of a path and a word that stands in a closed box there."""
        return {
            (path, word)
            for word, (source, _) in self.places.items()
            for path in self.boxed_on[source]
        }

    def allows(self, word, path, *, box=None, opened=False):
        """Whether a page may hold a word outside its boxes, or in one that is “closed” or “open”.

        ``opened``: the page answers a reader who has opened the box.
        """
        source, _ = self.places.get(word, ("", ""))
        if path in self.open_on[source]:
            return True
        if opened and path in self.opened_on[source]:
            return box is not None
        return box == "closed" and path in self.boxed_on[source]
