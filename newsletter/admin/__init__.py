"""The desk's side of newsletters: what is agreed to, who signed up, and what proves it."""

from newsletter.admin import ledger, newsletter, policies, subscriber

__all__ = ["ledger", "newsletter", "policies", "subscriber"]
