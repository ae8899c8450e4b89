"""Text that XML can hold."""

import re

# XML 1.0, section 2.2: these characters can't be written, not even as references.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Return the text without the characters that XML 1.0 can't hold."""
    return _NOT_IN_XML.sub("", text)
