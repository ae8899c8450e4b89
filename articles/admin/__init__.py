"""The admin of articles, editions, photos, hubs, titles, topics and authors."""

from articles.admin import article, edition, photo, taxonomy

__all__ = ["article", "edition", "photo", "taxonomy"]
