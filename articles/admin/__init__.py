"""The desk: everything editors do, in the stock admin."""

from articles.admin import article, edition, photo, taxonomy

__all__ = ["article", "edition", "photo", "taxonomy"]
