"""A small newsroom with a planted word in every place where a spoiler may stand."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import time_machine
from django.urls import reverse

from articles.blocks import (
    AdvertSlotBlock,
    PhotoBlock,
    PollBlock,
    PullQuoteBlock,
    SignUpBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
    VideoBlock,
)
from articles.models import ShareLink
from articles.publishing import publish as publishing
from polls import transitions
from tests.articles.factories import (
    make_article,
    make_author,
    make_hub,
    make_photo,
    make_title,
    make_topic,
    revise,
)
from tests.newsletter.factories import ago, ahead
from tests.polls.factories import make_ballot, make_poll
from tests.seal.newsletters import make_newsletter_world
from tests.seal.plants import BESIDE, Plants, letters

_order = itertools.count(1000)
COMING = datetime(2090, 1, 1, tzinfo=UTC)
BOXES = """
<spoiler-box><h2>{heading}</h2><p>{text} <strong>{bold}</strong></p>
<ul><li><p>{a list}</p><ul><li><p>{a list in a list}</p></li></ul></li></ul>
<ol><li><p>{a numbered list}</p></li></ol>
<blockquote><p>{a quote}</p></blockquote>
<p><a href="https://example.org/{an address}">{a link}</a></p>
<spoiler-box data-label="{a label of a box in a box}"><p>{a box in a box}</p></spoiler-box>
<spoiler-box data-title="TITLE IN A BOX"><p>{a box in a box without a label}</p></spoiler-box>
</spoiler-box>
<p>The BESIDE grows there.</p>
<ul><li><p>Open</p><spoiler-box data-title="TITLE BEHIND A LABEL" data-label="A surprise">
<p>{a box in a list}</p></spoiler-box></li></ul>
<blockquote><p>Open</p><spoiler-box><p>{a box in a quote}</p></spoiler-box></blockquote>
"""


class _Words(dict):
    """The words of one source, made as a text asks for them."""

    def __init__(self, word):
        self.word = word

    def __missing__(self, place):
        return self.word(place)


def planted(text, word):
    """A text with a word for each name in braces."""
    return text.format_map(_Words(word))


def make_world():
    """About a hundred rows; what is planted is in ``plants``."""
    plants = Plants()
    world = SimpleNamespace(plants=plants, newsletters=make_newsletter_world())
    newsletter = world.newsletters.newsletter
    world.hub = make_hub(newsletter=newsletter, description="Of all kinds.")
    world.hidden_pictures = []
    world.photo = make_photo(alt="Plain to see", caption="An open caption")
    world.filed = {"title": make_title(), "topic": make_topic(), "author": make_author()}
    world.filed["title"].availability.create(service="A service", url="https://example.org/")
    _make_polls(world)
    _make_marked(world)
    _make_throughout(world)
    _make_unseen(world)
    return world


def make_filed(world, **fields):
    """A working copy that stands in every list that there is."""
    filed = {f"{name}s": [world.filed[name]] for name in ("title", "topic", "author")}
    return make_article(hub=world.hub, photo=world.photo, **filed, **fields)


def add(article, model, **fields):
    """A block at the end of the body."""
    return model.objects.create(parent=article, region="body", ordering=next(_order), **fields)


def make_hidden_photo(world, source):
    """A photo of which everything is a secret, the picture too, known by its file's name."""
    plants = world.plants
    word = plants.bed(source)
    photo = make_photo(
        alt=word("a photo's own alternative text"),
        caption=word("a photo's own caption"),
        credit=word("a photo's credit"),
    )
    plants.adopt(source, "the picture itself", Path(photo.image.name).stem)
    world.hidden_pictures.append(photo.image)
    return photo


# Polls


def _make_polls(world):
    world.polls = {
        "open poll": _make_poll(world, "open poll", result_visibility="always"),
        "secret poll": _make_poll(
            world, "secret poll", result_visibility="after_voting", max_choices=2
        ),
        "closed poll": _make_poll(world, "closed poll"),
        "coming poll": _make_poll(world, "coming poll", opens=COMING),
        "archived poll": _make_poll(world, "archived poll"),
    }
    make_ballot(world.polls["open poll"])
    make_ballot(world.polls["closed poll"])
    _reword(world, "open poll")
    transitions.close(world.polls["closed poll"])
    _reword(world, "closed poll")
    transitions.archive(world.polls["archived poll"])
    for poll in world.polls.values():
        poll.refresh_from_db()


def _make_poll(world, source, **fields):
    word = world.plants.bed(source)
    poll = make_poll(
        word("first choice"),
        word("second choice"),
        question=f"Was it {word('question')}?",
        introduction=word("introduction"),
        spoiler_warning=f"How the {source} ends",
        **fields,
    )
    world.plants.boxed_on[source].add(poll.get_absolute_url())
    answers = (reverse("polls:vote", args=[poll.slug]), poll.result_url)
    world.plants.opened_on[source].update(answers)
    return poll


def _reword(world, source):
    poll, word = world.polls[source], world.plants.bed(source)
    transitions.reword(
        poll,
        question=f"Was it really {word('question, corrected')}?",
        choices={poll.choices.first().pk: word("choice, corrected")},
        reason=f"{word('reason for a correction')}.",
    )


# What readers see


def add_section(world, article, source, *, poll=None, newsletter=None):
    """A spoiler section with every kind of block in it."""
    plants = world.plants
    word = plants.bed(source)
    hidden = make_hidden_photo(world, source)
    add(article, SpoilerStartBlock, season=2, episode=3)
    add(
        article,
        TextBlock,
        html=planted(
            '<p>{text in a section}</p><spoiler-box data-label="{label of a box in a section}">'
            "<p>{box in a section}</p></spoiler-box>",
            word,
        ),
    )
    own = {"alt": word("alternative text"), "caption": word("caption")}
    add(article, PhotoBlock, photo=article.photo, **own)
    add(article, PhotoBlock, photo=hidden)
    quote = {"text": word("pull quote"), "attribution": word("whose quote it is")}
    add(article, PullQuoteBlock, **quote)
    video = plants.adopt(source, "video", letters(11))
    video = {"url": f"https://youtu.be/{video}", "name": word("video's title")}
    add(article, VideoBlock, **video, photo=hidden)
    add(article, AdvertSlotBlock, name=word("advert slot"))
    if poll:
        add(article, PollBlock, poll=poll)
    if newsletter:
        add(article, SignUpBlock, newsletter=newsletter)
    add(article, SpoilerEndBlock)


def _make_marked(world):
    """Boxes and sections in a text that is open; no standfirst, so that channels take the text."""
    plants, polls = world.plants, world.polls
    former, word = plants.bed("former edition"), plants.bed("marked")
    text = f"<p>It was {former('text')}.</p><spoiler-box><p>{former('box')}</p></spoiler-box>"
    article = make_filed(world, slug="once-marked", text=text, spoiler="marked")
    add(article, PollBlock, poll=polls["coming poll"])
    world.former = publishing.publish(article)
    named = make_title(name=word("title of a box in a box"))
    behind = make_title(name=plants.word("never printed", "title behind a label"))
    html = planted(BOXES, word).replace("TITLE IN A BOX", str(named.pk))
    html = html.replace("BESIDE", BESIDE).replace("TITLE BEHIND A LABEL", str(behind.pk))
    TextBlock.objects.filter(parent=article).update(html=html)
    PollBlock.objects.filter(parent=article).delete()
    add(article, PollBlock, poll=polls["secret poll"])
    newsletter = world.newsletters.newsletter
    add_section(world, article, "marked", poll=polls["open poll"], newsletter=newsletter)
    add(article, TextBlock, html="<p>Open again.</p>")
    add(article, SpoilerStartBlock, label="The last minutes", title=behind)
    add(article, TextBlock, html=f"<p>{word('section without an end')}</p>")
    revise(article, slug="marked")
    edition = publishing.publish(article, correction="It was something else.")
    world.marked, world.page = article, edition.get_absolute_url()
    world.share = _make_share(world, article)
    shown_on = (edition.get_absolute_url(), world.share.get_absolute_url())
    for source in ("marked", "open poll", "secret poll"):
        plants.boxed_on[source].update(shown_on)


def _make_share(world, article):
    """Changes that are not published, and a link to them; whom it is for is the desk's."""
    plants = world.plants
    draft, boxed = plants.bed("working copy"), plants.bed("working copy's box")
    open_words = {name: draft(name) for name in ("headline", "standfirst", "seo_description")}
    revise(article, **open_words)
    text = f"<p>{draft('text')}</p><spoiler-box><p>{boxed('text')}</p></spoiler-box>"
    # Before the section that has no end.
    TextBlock.objects.create(parent=article, region="body", ordering=1, html=text)
    add_section(world, article, "working copy's box")
    link = ShareLink.objects.create(article=article, label=plants.word("desk", "share link"))
    plants.open_on["working copy"].add(link.get_absolute_url())
    plants.boxed_on["working copy's box"].add(link.get_absolute_url())
    return link


def _make_throughout(world):
    """All of it is a spoiler, but for what stands above the text."""
    plants, closed_poll = world.plants, world.polls["closed poll"]
    word = plants.bed("throughout")
    text = planted("<p>{text}</p><spoiler-box><p>{box}</p></spoiler-box><h2>{heading}</h2>", word)
    article = make_filed(world, slug="throughout", text=text, spoiler="throughout", lead=True)
    add(article, PullQuoteBlock, text=word("pull quote"))
    add(article, PhotoBlock, photo=world.photo, alt=word("alternative text"))
    add(article, PhotoBlock, photo=make_hidden_photo(world, "throughout"))
    add(article, VideoBlock, url="https://vimeo.com/76979871", name=word("video"))
    add(article, PollBlock, poll=closed_poll)
    add_section(world, article, "throughout's section")
    add(article, TextBlock, html=f"<p>{word('text after a section')}</p>")
    edition = publishing.publish(article)
    for source in ("throughout", "throughout's section", "closed poll"):
        plants.boxed_on[source].add(edition.get_absolute_url())
    world.throughout = article
    # What will be there one day.
    revise(article, headline=plants.word("scheduled edition", "headline"))
    publishing.schedule(article, COMING)


# What readers don't see


def _make_unseen(world):
    plants = world.plants
    names = ("withdrawn", "expired", "scheduled", "cancelled", "draft")
    world.unseen = {name: _make_unseen_article(world, name) for name in names}
    withdrawn = world.unseen["withdrawn"]
    publishing.publish(withdrawn)
    reason = plants.word("desk", "reason for withdrawing")
    publishing.withdraw(withdrawn, reason=reason, notice="A mistake was made.")
    with time_machine.travel(ago(hours=2)):
        publishing.publish(world.unseen["expired"])
        publishing.expire(world.unseen["expired"], ahead(hours=1))
    publishing.schedule(world.unseen["scheduled"], COMING)
    publishing.schedule(world.unseen["cancelled"], COMING)
    publishing.cancel_schedule(world.unseen["cancelled"])
    draft = world.unseen["draft"]
    world.ended_share = ShareLink.objects.create(article=draft, revoked_at=draft.created_at)


def _make_unseen_article(world, source):
    word = world.plants.bed(source)
    text = f"<p>{word('text')}</p><spoiler-box><p>{word('box')}</p></spoiler-box>"
    fields = {name: word(name) for name in ("headline", "standfirst", "seo_title")}
    return make_filed(world, slug=source, text=text, **fields)
