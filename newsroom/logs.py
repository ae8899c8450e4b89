"""What the log must not hold: the secret part of an address that is one."""

import logging
import re

#: The token in the address of a draft's share link, or of a link in a newsletter's message.
_TOKEN = re.compile(
    r"(/(?:share|newsletters/(?:confirm|unsubscribe|manage|change/(?:old|new)))/)[^/\s?#]+"
)


class HideTokens(logging.Filter):
    """Take tokens out of the addresses that lines name; what an error's line names, say."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, rewritten where it holds one."""
        message = record.getMessage()
        hidden = _TOKEN.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True
