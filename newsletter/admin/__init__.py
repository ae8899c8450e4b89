"""The admin of newsletters, policies, subscribers and the consent ledger."""

from newsletter.admin import ledger, newsletter, policies, subscriber

__all__ = ["ledger", "newsletter", "policies", "subscriber"]
