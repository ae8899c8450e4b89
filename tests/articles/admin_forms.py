"""Form data that the tests of the article form send, and functions that read responses."""

from django.urls import reverse

from articles.blocks import BLOCKS


def change(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def transition(article, name):
    return reverse("admin:articles_article_transition", args=[article.pk, name])


def form_data(text=None, block=None, **fields):
    """Return the data that a browser sends for a form with at most one text block."""
    data = {"_version": 0, "headline": "A headline", "spoiler": "none"}
    prefixes = ["bylines", "title_links"]
    prefixes += [f"articles_{model._meta.model_name}_set" for model in BLOCKS]
    for prefix in prefixes:
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    if text is not None:
        prefix = "articles_textblock_set"
        data |= {
            f"{prefix}-TOTAL_FORMS": 1,
            f"{prefix}-INITIAL_FORMS": 1 if block else 0,
            f"{prefix}-0-id": block.pk if block else "",
            f"{prefix}-0-region": "body",
            f"{prefix}-0-ordering": 10,
            f"{prefix}-0-html": text,
        }
    return data | fields


def messages_of(response):
    return [str(message) for message in response.context["messages"]]
